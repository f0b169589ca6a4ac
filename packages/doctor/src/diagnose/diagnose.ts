/**
 * Finding out why mail cannot be sent, step by step.
 *
 * Theory of operation. What is known without a packet comes first: the settings, and the words of an error that was
 * thrown. Then DNS; then the ports, all at once; then what the chosen port says to somebody who is silent and to
 * somebody who begins TLS, which tells apart what looks alike; then TLS, EHLO, and, only when asked, a login and an
 * envelope. The first cause that leaves no other ends it. Every step has its share of ten seconds.
 */
import { inspect } from "node:util";
import { defuse } from "@letterwright/base/display";
import { LetterwrightError } from "@letterwright/base/error";
import type { Provider } from "@letterwright/mailer/providers";
import { createTlsContext, type TlsContext } from "@letterwright/tls";
import type { FailureId } from "../catalogue/index.ts";
import { explain } from "../explain/explain.ts";
import { symptomsOf } from "../explain/symptoms.ts";
import { textOf } from "../explain/text-of.ts";
import {
  connectOverNetwork,
  tryDoor,
  type Connector,
  type Destination,
  type DoorState,
} from "./connector.ts";
import { converse } from "./conversation.ts";
import { readDomain } from "./domain.ts";
import { nearestHost } from "../near-host.ts";
import { loginAdviceOf, portsOf } from "../providers.ts";
import { platformOf, proxyVariableOf, type Environment } from "./environment.ts";
import { listen, sayHello, type HelloAnswer, type PlainWords } from "./first-bytes.ts";
import { readNames, type NamesReading } from "./names.ts";
import { verdictOf, type Diagnosis, type Finding, type Values, type Verdict } from "./report.ts";
import { createResolver, type Resolver } from "./resolver.ts";
import { isClash, readSettings, submissionFor, type SettingsReading } from "./settings.ts";
import {
  domainOf,
  goalOf,
  isLoopback,
  secretText,
  type DiagnoseTarget,
  type Goal,
} from "./target.ts";
import { causeOfTls, type Cause } from "./tls-verdict.ts";

/** Options of {@link diagnose}. */
export interface DiagnoseOptions {
  /** What was thrown, or the text of an error, beside the target it belongs to. */
  readonly error?: unknown;
  /** Send no packet: settings, the error's words and the table of providers only. Default `false`. */
  readonly offline?: boolean;
  /** A host to compare with, `www.example.com`; port 443 is tried, nothing is sent. Default: none is contacted. */
  readonly neutralHost?: string;
  /** At most 10,000, the default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Default: the system's. */
  readonly resolver?: Resolver;
  /** Default: the network. */
  readonly connect?: Connector;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Whom to trust. Default: the system's authorities. */
  readonly tlsContext?: TlsContext;
  /** Variables by which hosting platforms and proxies are known. Default: those of the process. */
  readonly environment?: Environment;
  /** Told each finding as it is made. */
  readonly onFinding?: (finding: Finding) => void;
}

const budgetMs = 10_000;
const doorMs = 3000;
const wordsMs = 3000;
const helloMs = 2500;

/**
 * Finds out why mail cannot be sent to a server.
 *
 * Takes at most ten seconds, sends no message, logs in only with `login: true` and then once. A target on this machine
 * is probed without a packet or a DNS question leaving it. Nothing secret is in what it gives.
 *
 * Rejects with `DOCTOR_TARGET_INVALID`, `DOCTOR_OPTION_INVALID`, or with `signal.reason`.
 *
 * @example
 * ```ts
 * import { diagnose } from "@letterwright/doctor";
 *
 * const { verdict } = await diagnose({ host: "smtp.google.com", user: "me@gmail.com" }, { offline: true });
 * verdict?.id; // => "config.mx-used-for-submission"
 * ```
 */
export async function diagnose(
  target: DiagnoseTarget,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const { timeoutMs = budgetMs, signal: given } = options;
  if (typeof timeoutMs !== "number" || !(timeoutMs > 0 && timeoutMs <= budgetMs)) {
    throw new LetterwrightError(
      `timeoutMs must be more than 0 and at most ${budgetMs}, found ${String(timeoutMs)}`,
      {
        code: "DOCTOR_OPTION_INVALID",
        hint: "Leave it out for the default.",
      },
    );
  }
  given?.throwIfAborted();
  const deadline = AbortSignal.timeout(Math.ceil(timeoutMs));
  const signal = given === undefined ? deadline : AbortSignal.any([given, deadline]);
  const run = new Run(target, options, signal);
  const diagnosis = await run.run();
  given?.throwIfAborted();
  return diagnosis;
}

/** One diagnosis. */
class Run {
  readonly #target: DiagnoseTarget;
  readonly #options: DiagnoseOptions;
  readonly #signal: AbortSignal;
  readonly #goal: Goal | undefined;
  readonly #now: () => number;
  readonly #findings: Finding[] = [];
  readonly #connect: Connector;
  #settings: SettingsReading | undefined;

  constructor(target: DiagnoseTarget, options: DiagnoseOptions, signal: AbortSignal) {
    this.#target = target;
    this.#options = options;
    this.#signal = signal;
    this.#now = options.now ?? Date.now;
    this.#goal = goalOf(target);
    this.#connect = options.connect ?? connectOverNetwork;
  }

  async run(): Promise<Diagnosis> {
    const started = this.#now();
    const { verdict, others } = await this.#causes();
    return Object.freeze({
      findings: Object.freeze(this.#findings),
      verdict,
      others: Object.freeze(others),
      tookMs: this.#now() - started,
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
    const network = this.#network(goal);
    const names = await this.#within(readNames(this.#target, goal, resolver, this.#now), 5000);
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
    const doors = await this.#doors(goal, names);
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
    if (doors.state !== "open") return this.#closed(goal, doors, names);
    return this.#talk(goal, doors.to, isInbound);
  }

  /** The control that is only made when it is asked for. */
  async #network(goal: Goal): Promise<void> {
    const environment = this.#options.environment ?? process.env;
    const platform = platformOf(environment);
    if (platform !== undefined)
      this.#say({ stage: "network", status: "note", text: `this runs on ${platform}` });
    const proxy = proxyVariableOf(environment);
    if (proxy !== undefined)
      this.#say({
        stage: "network",
        status: "note",
        text: `${proxy} is set; mail does not use it by itself`,
      });
    const { neutralHost } = this.#options;
    if (neutralHost === undefined || goal.isLoopback) return;
    const state = await this.#try({ host: neutralHost, port: 443 });
    this.#say({
      stage: "network",
      status: state === "open" ? "ok" : "failed",
      text: `${neutralHost}:443 ${doorWords[state]}`,
    });
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

  /** The chosen port over both families, and the other ports for sending, all at once. */
  async #doors(goal: Goal, { ipv4, ipv6 }: NamesReading): Promise<Doors> {
    const { host, port } = goal;
    const first = { host, port, address: ipv4[0] ?? ipv6[0] };
    const others = goal.isLoopback ? [] : [465, 587, 2525, 25].filter((one) => one !== port);
    const both = ipv4[0] !== undefined && ipv6[0] !== undefined;
    const [state, state6, ...states] = await Promise.all([
      this.#try(first),
      both ? this.#try({ host, port, address: ipv6[0] }) : undefined,
      ...others.map((other) => this.#try({ ...first, port: other })),
    ]);
    const useSix = state !== "open" && state6 === "open";
    const open = others.filter((_, at) => states[at] === "open");
    const shown = (one: DoorState): string => doorWords[one];
    const family =
      state6 === undefined || state === state6 ? "" : ` (IPv4), ${shown(state6)} (IPv6)`;
    const rest = others.map((other, at) => `${other} ${shown(states[at] ?? "failed")}`);
    const text = [`${port} ${shown(state)}${family}`, ...rest].join("; ");
    const isOpen = state === "open" || useSix;
    this.#say({ stage: "connect", status: isOpen ? "ok" : "failed", text });
    const answered = [state, ...states];
    return {
      state: isOpen ? "open" : state,
      to: useSix ? { host, port, address: ipv6[0] } : first,
      open,
      allSilent: answered.every((one) => one === "silent"),
      text,
    };
  }

  #closed(goal: Goal, { state, open, allSilent, text }: Doors, names: NamesReading): Cause {
    const evidence = [text];
    if (state === "refused") return { id: "connect.refused", certainty: "certain", evidence };
    if (state === "unreachable") {
      const isOnlySix = names.ipv4.length === 0 && names.ipv6.length > 0;
      return {
        id: isOnlySix ? "dns.ipv6-unroutable" : "connect.timeout",
        certainty: "likely",
        evidence,
      };
    }
    if (state === "no-name") return { id: "dns.nxdomain", certainty: "likely", evidence };
    if (goal.port === 25 && open.length > 0)
      return { id: "connect.port25-blocked", certainty: "likely", evidence };
    const platform = platformOf(this.#options.environment ?? process.env);
    if (allSilent && platform !== undefined)
      return {
        id: "connect.platform-blocks-smtp",
        certainty: "likely",
        evidence: [...evidence, `this runs on ${platform}`],
      };
    if (state === "silent") return { id: "connect.timeout", certainty: "likely", evidence };
    return { id: "connect.reset", certainty: "likely", evidence };
  }

  /** The two-way look at the first bytes, then the conversation. */
  async #talk(goal: Goal, to: Destination, isInbound: boolean): Promise<Cause | undefined> {
    const listening = new AbortController();
    const words = listen(this.#connect, to, AbortSignal.any([this.#signal, listening.signal]));
    try {
      const hello = goal.tls === "implicit" ? this.#hello(goal, to) : undefined;
      const early = await this.#earlyWords(words, hello);
      if (early === "secured") return this.#converse(goal, to, true, isInbound);
      if (early !== undefined && early.kind !== "closed" && early.kind !== "silence")
        return await this.#spoken(goal, to, early, isInbound);
      const answer = await (hello ?? this.#hello(goal, to));
      return await this.#unspoken(goal, to, {
        answer,
        words,
        wasClosed: early?.kind === "closed",
        isInbound,
      });
    } finally {
      listening.abort();
    }
  }

  /** What is said in plain text within three seconds, unless TLS stands before. */
  #earlyWords(
    words: Promise<PlainWords>,
    hello: Promise<HelloAnswer> | undefined,
  ): Promise<PlainWords | "secured" | undefined> {
    if (hello === undefined) return this.#within(words, wordsMs);
    const secured = hello.then((answer): Promise<PlainWords | "secured"> =>
      answer.kind === "secured" || isCertificate(answer) ? Promise.resolve("secured") : words,
    );
    return this.#within<PlainWords | "secured">(Promise.race([words, secured]), wordsMs);
  }

  async #hello(goal: Goal, to: Destination): Promise<HelloAnswer> {
    const tlsContext = this.#options.tlsContext ?? createTlsContext();
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(helloMs)]);
    return sayHello(this.#connect, to, { host: goal.host, tlsContext, signal });
  }

  /** The port speaks before it is asked. */
  async #spoken(
    goal: Goal,
    to: Destination,
    { kind, line }: PlainWords,
    isInbound: boolean,
  ): Promise<Cause | undefined> {
    const quoted = JSON.stringify(line.slice(0, 120));
    if (kind === "smtp") {
      const isRefusal = line.startsWith("4") || line.startsWith("5");
      if (goal.tls === "implicit" && !isRefusal) {
        this.#say({
          stage: "probe",
          status: "failed",
          text: `the port greets in plain text: ${quoted}`,
        });
        return {
          id: "tls.implicit-on-starttls-port",
          certainty: "certain",
          evidence: [`plain text greeting ${quoted}`],
        };
      }
      return this.#converse(goal, to, false, isInbound);
    }
    this.#say({
      stage: "probe",
      status: "failed",
      text: `the port says ${quoted}: ${serviceNames[kind] ?? "nothing of mail"}`,
    });
    if (kind === "http") {
      const isRedirect = /^HTTP\/\d(\.\d)? (30\d|511)/.test(line);
      return isRedirect
        ? {
            id: "connect.captive-portal",
            certainty: "likely",
            evidence: [`a web page's redirection: ${quoted}`],
          }
        : {
            id: "config.wrong-service-port",
            certainty: "certain",
            evidence: [`a web server: ${quoted}`],
          };
    }
    return {
      id: "config.wrong-service-port",
      certainty: kind === "other" ? "likely" : "certain",
      evidence: [`${serviceNames[kind] ?? "not SMTP"}: ${quoted}`],
    };
  }

  /** The port is silent, or hangs up, before it is asked. */
  async #unspoken(
    goal: Goal,
    to: Destination,
    {
      answer,
      words,
      wasClosed,
      isInbound,
    }: {
      readonly answer: HelloAnswer;
      readonly words: Promise<PlainWords>;
      readonly wasClosed: boolean;
      readonly isInbound: boolean;
    },
  ): Promise<Cause | undefined> {
    if (answer.kind === "secured" || isCertificate(answer)) {
      const wanted = goal.tls === "starttls" || goal.tls === "none" || goal.tls === "opportunistic";
      if (wanted) {
        this.#say({
          stage: "probe",
          status: "failed",
          text: "the port says nothing in plain text, and answers TLS",
        });
        return {
          id: "tls.plaintext-on-implicit-port",
          certainty: "certain",
          evidence: ["silent in plain text, and TLS is answered"],
        };
      }
      return this.#converse(goal, to, true, isInbound);
    }
    if (wasClosed) {
      this.#say({
        stage: "probe",
        status: "failed",
        text: "the server takes the connection and hangs up before it says a word",
      });
      return {
        id: "connect.reset",
        certainty: "certain",
        evidence: ["closed before the greeting"],
      };
    }
    if (
      answer.kind === "failed" &&
      answer.error.code !== "TLS_CONNECTION_LOST" &&
      answer.error.code !== "TLS_PLAINTEXT_ON_PORT"
    ) {
      this.#say({ stage: "tls", status: "failed", text: answer.error.message });
      return causeOfTls(answer.error, goal.host, this.#target.user);
    }
    if (
      answer.kind === "failed" &&
      answer.error.code === "TLS_CONNECTION_LOST" &&
      goal.tls !== "starttls" &&
      goal.tls !== "none"
    ) {
      this.#say({
        stage: "tls",
        status: "failed",
        text: "the server hangs up in the middle of the handshake",
      });
      return {
        id: "connect.reset",
        certainty: "likely",
        evidence: ["closed during the handshake"],
      };
    }
    // Something that answers for a port on which no mail server listens answers for everybody.
    const odd = goal.isLoopback ? undefined : await this.#try({ ...to, port: 60_025 });
    if (odd === "open") {
      this.#say({
        stage: "probe",
        status: "failed",
        text: "every port takes connections, also one that nobody uses, and none says a word",
      });
      return {
        id: "connect.middlebox-silent",
        certainty: "certain",
        evidence: ["port 60025 takes connections too"],
      };
    }
    this.#say({
      stage: "probe",
      status: "note",
      text: "silent in plain text and in TLS; waiting for a late greeting",
    });
    const late = await words;
    if (late.kind === "smtp") {
      this.#say({
        stage: "probe",
        status: "failed",
        text: `the greeting came late: ${JSON.stringify(late.line.slice(0, 120))}`,
      });
      return {
        id: "greeting.slow",
        certainty: "certain",
        evidence: ["a greeting after more than three seconds"],
      };
    }
    return {
      id: "connect.middlebox-silent",
      certainty: "likely",
      evidence: ["the connection is taken, and nothing is said"],
    };
  }

  #converse(
    goal: Goal,
    to: Destination,
    isImplicit: boolean,
    isInbound: boolean,
  ): Promise<Cause | undefined> {
    return converse({
      target: this.#target,
      goal,
      isImplicit,
      connect: this.#connect,
      to,
      tlsContext: this.#options.tlsContext ?? createTlsContext(),
      signal: this.#signal,
      now: this.#now,
      say: (finding) => this.#say(finding),
      isInbound,
    });
  }

  async #domain(domain: string, looksAtMx: boolean): Promise<Verdict | undefined> {
    if (isLoopback(domain) || this.#options.offline === true) return undefined;
    const resolver = this.#options.resolver ?? createResolver();
    const { publicAddress, dkimSelector, from } = this.#target;
    const envelopeDomain = domainOf(from);
    const reading = await this.#within(
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

  #try(to: Destination): Promise<DoorState> {
    return tryDoor(this.#connect, to, AbortSignal.any([this.#signal, AbortSignal.timeout(doorMs)]));
  }

  /** The value, or nothing when it does not come in time. */
  async #within<Value>(value: Promise<Value>, limitMs: number): Promise<Value | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), limitMs);
      this.#signal.addEventListener("abort", () => resolve(undefined), { once: true });
    });
    try {
      return await Promise.race([value, late]);
    } finally {
      clearTimeout(timer);
      // What comes too late is of no use, and no failure of anybody's.
      value.catch(() => undefined);
    }
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

interface Doors {
  readonly state: DoorState;
  readonly to: Destination;
  /** Other ports that take connections. */
  readonly open: readonly number[];
  readonly allSilent: boolean;
  readonly text: string;
}

const doorWords: Readonly<Record<DoorState, string>> = {
  open: "open",
  refused: "refused",
  silent: "no answer in 3 s",
  unreachable: "unreachable",
  "no-name": "no such name",
  failed: "failed",
};

const serviceNames: Partial<Readonly<Record<PlainWords["kind"], string>>> = {
  imap: "IMAP, for reading mail",
  pop3: "POP3, for fetching mail",
  ssh: "SSH",
  http: "a web server",
};

/** TLS was spoken, whatever was wrong with it. */
function isCertificate(answer: HelloAnswer): boolean {
  return (
    answer.kind === "failed" &&
    answer.error.code.startsWith("TLS_") &&
    answer.error.chain.length > 0
  );
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
