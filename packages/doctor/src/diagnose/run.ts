/** A diagnosis under way: the steps in their order, and the verdict. */
import { inspect } from "node:util";
import { defuse } from "@letterwright/base/display";
import { LetterwrightError } from "@letterwright/base/error";
import type { Provider } from "@letterwright/mailer/providers";
import { createTlsContext } from "@letterwright/tls";
import type { FailureId } from "../catalogue/index.ts";
import { explain } from "../explain/explain.ts";
import { symptomsOf } from "../explain/symptoms.ts";
import { textOf } from "../explain/text-of.ts";
import { nearestHost } from "../near-host.ts";
import { loginAdviceOf, portsOf } from "../providers.ts";
import { connectOverNetwork } from "./connector.ts";
import { readDomain } from "./domain.ts";
import { causeOfClosed, lookAround, tryDoors } from "./doors.ts";
import { talk } from "./first-words.ts";
import { readNames, type NamesReading } from "./names.ts";
import type { DiagnoseOptions } from "./options.ts";
import { within, type Probing } from "./probing.ts";
import { verdictOf, type Diagnosis, type Finding, type Values, type Verdict } from "./report.ts";
import { createResolver } from "./resolver.ts";
import { isClash, readSettings, submissionFor, type SettingsReading } from "./settings.ts";
import {
  domainOf,
  goalOf,
  isLoopback,
  secretText,
  type DiagnoseTarget,
  type Goal,
} from "./target.ts";
import type { Cause } from "./tls-verdict.ts";

/** One diagnosis. */
export class Run {
  readonly #target: DiagnoseTarget;
  readonly #options: DiagnoseOptions;
  readonly #signal: AbortSignal;
  readonly #goal: Goal | undefined;
  readonly #findings: Finding[] = [];
  readonly #probing: Probing;
  #settings: SettingsReading | undefined;

  constructor(target: DiagnoseTarget, options: DiagnoseOptions, signal: AbortSignal) {
    this.#target = target;
    this.#options = options;
    this.#signal = signal;
    this.#goal = goalOf(target);
    let tlsContext = options.tlsContext;
    this.#probing = {
      target,
      connect: options.connect ?? connectOverNetwork,
      tlsContext: () => (tlsContext ??= createTlsContext()),
      environment: options.environment ?? process.env,
      signal,
      now: options.now ?? Date.now,
      say: (finding) => this.#say(finding),
    };
  }

  async run(): Promise<Diagnosis> {
    const started = this.#probing.now();
    const { verdict, others } = await this.#causes();
    return Object.freeze({
      findings: Object.freeze(this.#findings),
      verdict,
      others: Object.freeze(others),
      tookMs: this.#probing.now() - started,
    });
  }

  async #causes(): Promise<{
    readonly verdict: Verdict | undefined;
    readonly others: readonly FailureId[];
  }> {
    const only = (
      verdict: Verdict | undefined,
    ): { readonly verdict: Verdict | undefined; readonly others: readonly FailureId[] } => ({
      verdict,
      others: [],
    });
    const told = this.#told();
    const isDomainOnly =
      this.#target.domain !== undefined && this.#goal === undefined && told === undefined;
    if (isDomainOnly) return only(await this.#domain(this.#target.domain ?? "", true));
    if (told !== undefined && (told.isSettled || this.#goal === undefined)) {
      return { verdict: this.#verdict(told.cause), others: told.others };
    }
    const settings = readSettings(this.#target, this.#goal, this.#values());
    this.#settings = settings;
    for (const finding of settings.findings) this.#say(finding);
    if (settings.verdict !== undefined) return only(settings.verdict);
    const goal = this.#goal;
    if (goal === undefined) return only(undefined);
    if (this.#options.offline === true)
      return only(
        this.#offline(goal, settings) ??
          (told === undefined ? undefined : this.#verdict(told.cause)),
      );
    const found = await this.#probe(goal, settings);
    if (found !== undefined) return { verdict: this.#verdict(found), others: told?.others ?? [] };
    const from = domainOf(
      this.#target.domain === undefined ? this.#target.from : `@${this.#target.domain}`,
    );
    if (from !== undefined && !goal.isLoopback) {
      const verdict = await this.#domain(from, false);
      if (verdict !== undefined) return only(verdict);
    }
    return {
      verdict: told === undefined ? undefined : this.#verdict(told.cause),
      others: told?.others ?? [],
    };
  }

  /** What the error says by itself. Words of the server, and faults of the program, need no probing. */
  #told():
    | { readonly cause: Cause; readonly isSettled: boolean; readonly others: readonly FailureId[] }
    | undefined {
    const { error } = this.#options;
    if (error === undefined) return undefined;
    const input = typeof error === "string" || isObject(error) ? error : inspect(error);
    const host = this.#goal?.host;
    const { candidates } = explain(input, { host, mechanism: this.#target.mechanism });
    const symptoms = symptomsOf(textOf(input), host);
    const shown = LetterwrightError.is(error)
      ? `${error.code}: ${error.message}`
      : firstLine(error instanceof Error ? `${error.name}: ${error.message}` : textOf(input));
    this.#say({ stage: "error", status: "failed", text: shown.slice(0, 300) });
    const [top, ...rest] = candidates;
    if (top === undefined) return undefined;
    const isRefusal =
      symptoms.replies.some(({ code }) => code >= 400) && top.failure.stage !== "connect";
    const isLate = ["sender", "recipient", "content", "after"].includes(top.failure.stage);
    const isOwn =
      top.id.startsWith("local.") ||
      top.id === "config.credentials-missing" ||
      top.id === "config.url-encoding";
    return {
      cause: {
        id: top.id,
        certainty: top.certainty === "certain" ? "certain" : "likely",
        evidence: top.evidence,
      },
      isSettled: isRefusal || isLate || isOwn,
      others: rest.filter(({ certainty }) => certainty !== "possible").map(({ id }) => id),
    };
  }

  /** Without a packet: the table of providers, slips, and modes that do not fit. */
  #offline(goal: Goal, settings: SettingsReading): Verdict | undefined {
    if (settings.inboundOf !== undefined) {
      return this.#verdict(inboundCause(goal, settings.inboundOf));
    }
    // Two letters may be another house altogether; whether the name exists is not asked here.
    if (settings.nearHost !== undefined && nearestHost(goal.host, 1) !== undefined) {
      return this.#verdict({
        id: "config.host-typo",
        certainty: "likely",
        evidence: [`${goal.host} is nearly ${settings.nearHost}`],
      });
    }
    if (isClash(goal))
      return this.#verdict({
        id: "config.scheme-port-clash",
        certainty: "likely",
        evidence: [`port ${goal.port} with TLS ${goal.tls ?? ""}`],
      });
    return undefined;
  }

  async #probe(goal: Goal, settings: SettingsReading): Promise<Cause | undefined> {
    const resolver = this.#options.resolver ?? createResolver();
    const network = lookAround(this.#probing, goal, this.#options.neutralHost);
    const names = await within(
      this.#signal,
      readNames(this.#target, goal, resolver, this.#probing.now),
      5000,
    );
    if (names === undefined) {
      this.#say({ stage: "dns", status: "failed", text: "the resolver gave no answer in time" });
      return { id: "dns.temporary", certainty: "likely", evidence: ["no answer from DNS"] };
    }
    for (const finding of names.findings) this.#say(finding);
    await network;
    const isInbound = settings.inboundOf !== undefined || names.receivesFor.length > 0;
    if (names.absence !== undefined) {
      // What the table knows is true without a network, too.
      return settings.inboundOf === undefined
        ? this.#absent(goal, settings, names)
        : inboundCause(goal, settings.inboundOf);
    }
    const doors = await tryDoors(this.#probing, goal, names);
    if (isInbound && (settings.inboundOf !== undefined || doors.state !== "open")) {
      const evidence =
        settings.inboundOf === undefined
          ? names.receivesFor.map((domain) => `in the MX records of ${domain}`)
          : [`a server of ${settings.inboundOf.name} that receives mail`];
      // A server may do both, in a small house; one from the table never does.
      const certainty = settings.inboundOf === undefined && goal.port !== 25 ? "likely" : "certain";
      for (const stage of ["tls", "login", "recipient"] as const)
        this.#say({ stage, status: "skipped", text: "not reached" });
      return {
        id: "config.mx-used-for-submission",
        certainty,
        evidence: [...evidence, doors.text],
      };
    }
    if (doors.state !== "open") return causeOfClosed(this.#probing, goal, doors, names);
    return talk(this.#probing, goal, doors.to, isInbound);
  }

  #absent(goal: Goal, settings: SettingsReading, { absence }: NamesReading): Cause {
    if (absence === "failed")
      return { id: "dns.temporary", certainty: "likely", evidence: [`no answer for ${goal.host}`] };
    if (settings.nearHost !== undefined) {
      return {
        id: "config.host-typo",
        certainty: "likely",
        evidence: [`${goal.host} does not exist, and is nearly ${settings.nearHost}`],
      };
    }
    return {
      id: "dns.nxdomain",
      certainty: absence === "no-name" ? "certain" : "likely",
      evidence: [`${goal.host}: ${absence === "no-name" ? "no such name" : "no address"}`],
    };
  }

  async #domain(domain: string, looksAtMx: boolean): Promise<Verdict | undefined> {
    if (isLoopback(domain) || this.#options.offline === true) return undefined;
    const resolver = this.#options.resolver ?? createResolver();
    const { publicAddress, dkimSelector, from } = this.#target;
    const envelopeDomain = domainOf(from);
    const reading = await within(
      this.#signal,
      readDomain({ domain, envelopeDomain, publicAddress, dkimSelector, looksAtMx }, resolver),
      5000,
    );
    if (reading === undefined) {
      this.#say({ stage: "domain", status: "note", text: `DNS of ${domain}: no answer in time` });
      return undefined;
    }
    for (const finding of reading.findings) this.#say(finding);
    return reading.cause === undefined ? undefined : this.#verdict(reading.cause);
  }

  #verdict({ id, certainty, evidence }: Cause): Verdict {
    const isLogin = id.startsWith("auth.") && id !== "auth.not-offered";
    const advice = isLogin ? (this.#settings ?? this.#readLogin()).loginAdvice : [];
    const near =
      id === "config.host-typo" ? [`Did you mean ${this.#settings?.nearHost ?? ""}?`] : [];
    const named = id === "tls.hostname-mismatch" ? this.#nameIn(evidence) : undefined;
    const instead = this.#submissionAdvice(id);
    const known = [...near, ...advice, ...instead];
    const values = { ...this.#values(), named };
    const seen = evidence.map((text) => this.#shown(text));
    return verdictOf(id, certainty, seen, values, known, instead.length > 0);
  }

  #readLogin(): SettingsReading {
    return readSettings(this.#target, this.#goal, {});
  }

  #submissionAdvice(id: FailureId): readonly string[] {
    if (id !== "config.mx-used-for-submission") return [];
    const provider = submissionFor(this.#target, this.#settings?.inboundOf);
    if (provider?.host === undefined) return [];
    const ports = [
      ...portsOf(provider, "implicit").slice(0, 1).map(String),
      ...portsOf(provider, "starttls")
        .slice(0, 1)
        .map((port) => `${port} with STARTTLS`),
    ];
    return [`Use ${provider.host}, port ${ports.join(" or ")}.`, ...loginAdviceOf(provider)];
  }

  #nameIn(evidence: readonly string[]): string | undefined {
    const names = /but for (.+)/.exec(evidence[0] ?? "")?.[1] ?? "";
    return [...names.matchAll(/"([a-z0-9.-]{1,253})"/gi)]
      .map(([, name]) => name)
      .find((name) => name?.includes("."));
  }

  #values(): Values {
    const { user, from, to = [] } = this.#target;
    const submission = submissionFor(this.#target, this.#settings?.inboundOf)?.host;
    return {
      server: this.#goal?.server,
      host: this.#goal?.host,
      user,
      to: to[0],
      submission: this.#settings?.nearHost ?? submission,
      domain: domainOf(to[0]) ?? this.#target.domain,
      "from-domain": domainOf(from) ?? this.#target.domain ?? domainOf(user),
    };
  }

  #say(finding: Finding): void {
    const shown = Object.freeze({ ...finding, text: this.#shown(finding.text) });
    this.#findings.push(shown);
    this.#options.onFinding?.(shown);
  }

  /** Harmless for a terminal, and without the secret, which an error or a server may have repeated. */
  #shown(text: string): string {
    const secret = secretText(this.#target)?.trim() ?? "";
    return defuse(secret.length < 4 ? text : text.replaceAll(secret, "***"));
  }
}

function inboundCause(goal: Goal, provider: Provider): Cause {
  return {
    id: "config.mx-used-for-submission",
    certainty: "certain",
    evidence: [`${goal.host} is a server of ${provider.name} that receives mail`],
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function firstLine(text: string): string {
  return (
    text
      .split("\n")
      .find((line) => line.trim() !== "")
      ?.trim() ?? ""
  );
}
