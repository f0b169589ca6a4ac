/** What can be said of settings before a packet leaves. */
import { LetterwrightError } from "@letterwright/base/error";
import { envelope } from "@letterwright/message";
import { nearestHost } from "../near-host.ts";
import {
  loginAdviceOf,
  providerOfAddress,
  providerOfHost,
  providerOfInbound,
  secretPrefixOf,
} from "../providers.ts";
import type { Provider } from "@letterwright/mailer/providers";
import type { Finding, Values, Verdict } from "./report.ts";
import { verdictOf } from "./report.ts";
import { describeShape, shapeOf } from "./secret-shape.ts";
import { domainOf, secretText, type DiagnoseTarget, type Goal } from "./target.ts";

/** What the settings say. */
export interface SettingsReading {
  readonly findings: readonly Finding[];
  /** Where there is no use in probing. */
  readonly verdict: Verdict | undefined;
  /** The provider whose mail the host receives, if it only does that. */
  readonly inboundOf: Provider | undefined;
  /** The well-known host that differs by a slip. */
  readonly nearHost: string | undefined;
  /** Advice about the login that the provider's documentation gives. */
  readonly loginAdvice: readonly string[];
}

/** Reads the settings. */
export function readSettings(
  target: DiagnoseTarget,
  goal: Goal | undefined,
  values: Values,
): SettingsReading {
  const findings: Finding[] = [];
  const say = (status: Finding["status"], text: string): void => {
    findings.push({ stage: "settings", status, text });
  };
  const nothing = { inboundOf: undefined, nearHost: undefined, loginAdvice: [] };
  const given: unknown = target.tls;
  if (given === "true" || given === "false" || typeof given === "boolean") {
    say(
      "failed",
      `the mode of TLS is ${JSON.stringify(given)}; it is one of implicit, starttls, opportunistic, none`,
    );
    const verdict = verdictOf(
      "config.tls-mode-string",
      "certain",
      [`tls is ${JSON.stringify(given)}`],
      values,
    );
    return { findings, verdict, ...nothing };
  }
  const fault = urlFault(target.host);
  if (fault !== undefined) {
    say("failed", fault);
    return {
      findings,
      verdict: verdictOf("config.url-encoding", "certain", [fault], values),
      ...nothing,
    };
  }
  if (goal === undefined) {
    say(
      "failed",
      target.host === undefined ? "no host" : `the host is ${JSON.stringify(target.host)}`,
    );
    return {
      findings,
      verdict: verdictOf("config.host-unset", "certain", ["no host was given"], values),
      ...nothing,
    };
  }
  const mode = goal.tls === undefined ? "TLS as it is found" : `TLS ${goal.tls}`;
  const who = target.user === undefined ? "no login" : `user ${target.user}`;
  say("ok", `host ${goal.host}, port ${goal.port}, ${mode}, ${who}`);
  if (target.host !== undefined && target.host !== target.host.trim())
    say("note", "the host has blanks around it");
  const wrong = addressFault(target);
  if (wrong !== undefined) {
    say("failed", wrong);
    return {
      findings,
      verdict: verdictOf("rcpt.bad-address", "certain", [wrong], values),
      ...nothing,
    };
  }
  if (
    target.login === true &&
    (target.user === undefined ||
      target.user.trim() === "" ||
      (secretText(target) ?? "").trim() === "")
  ) {
    const missing =
      target.user === undefined || target.user.trim() === "" ? "the user" : "the secret";
    say("failed", `${missing} is empty`);
    return {
      findings,
      verdict: verdictOf("config.credentials-missing", "certain", [`${missing} is empty`], values),
      ...nothing,
    };
  }
  const inboundOf = providerOfInbound(goal.host);
  if (inboundOf !== undefined)
    say("note", `${goal.host} receives mail for ${inboundOf.name}; it sends none for users`);
  const nearHost = inboundOf === undefined ? nearestHost(goal.host) : undefined;
  if (nearHost !== undefined && nearHost !== goal.host)
    say("note", `${goal.host} is nearly ${nearHost}`);
  if (isClash(goal))
    say(
      "note",
      `port ${goal.port} usually ${goal.port === 465 ? "begins with TLS" : "begins in plain text"}`,
    );
  return {
    findings: [...findings, ...loginNotes(target, goal)],
    verdict: undefined,
    inboundOf,
    nearHost: nearHost === goal.host ? undefined : nearHost,
    loginAdvice: loginAdvice(target, goal),
  };
}

/** Port and mode that do not belong together. */
export function isClash({ port, tls }: Goal): boolean {
  if (port === 465) return tls === "starttls" || tls === "none";
  return tls === "implicit" && (port === 587 || port === 25 || port === 2525);
}

/** A host that is part of a URL cut in the wrong place; what it holds may be a secret and is not shown. */
function urlFault(host: string | undefined): string | undefined {
  if (host === undefined) return undefined;
  if (/^[a-z]{2,10}:\/\//i.test(host)) return "the host is a URL: give the name alone";
  if (/[@/#?\\]/.test(host))
    return "the host holds a character of a URL (@ / # ?): it was cut out of one in the wrong place";
  return undefined;
}

function addressFault({ from, to = [] }: DiagnoseTarget): string | undefined {
  try {
    if (from !== undefined) envelope({ reversePath: from, recipients: ["a@example.com"] });
    if (to.length > 0) envelope({ reversePath: null, recipients: [...to] });
    return undefined;
  } catch (error) {
    return LetterwrightError.is(error) ? error.message : String(error);
  }
}

function loginNotes(target: DiagnoseTarget, goal: Goal): readonly Finding[] {
  const notes: string[] = [];
  const provider = providerOfHost(goal.host);
  const { user } = target;
  if (provider?.kind === "catcher")
    notes.push(`${provider.name} delivers nothing: mail stays there`);
  if (user !== undefined) {
    if (provider?.user.kind === "fixed" && user !== provider.user.name)
      notes.push(`at ${provider.name} the user is the word ${provider.user.name}`);
    if (user !== user.trim()) notes.push("the user has blanks around it");
    const isMailbox = provider?.kind === "mailbox" && !user.includes("@");
    if (isMailbox) notes.push(`at ${provider.name} the user is the whole address`);
  }
  const secret = secretText(target);
  if (secret !== undefined) {
    const shape = shapeOf(secret);
    notes.push(`the secret: ${describeShape(shape)}`);
    const prefix = provider === undefined ? undefined : secretPrefixOf(provider);
    if (provider !== undefined && prefix !== undefined && shape.prefix !== prefix)
      notes.push(`at ${provider.name} the secret begins with ${prefix}`);
  }
  return notes.map((text) => ({ stage: "settings", status: "note", text }));
}

function loginAdvice(target: DiagnoseTarget, goal: Goal): readonly string[] {
  const advice: string[] = [];
  const provider = providerOfHost(goal.host);
  if (provider !== undefined) advice.push(...loginAdviceOf(provider));
  const secret = secretText(target);
  if (secret !== undefined) {
    const shape = shapeOf(secret);
    if (shape.hasOuterBlank)
      advice.push("The secret has a blank or line end at its edge: take it off.");
    if (shape.isQuoted)
      advice.push("The secret stands in quotation marks: they are sent along. Take them off.");
    if (shape.isPlaceholder) advice.push("The secret looks like a placeholder.");
  }
  return advice;
}

/** The submission server to use instead: of the provider for whom the host receives, or of the user's address. */
export function submissionFor(
  target: DiagnoseTarget,
  inboundOf: Provider | undefined,
): Provider | undefined {
  const own = [target.user, target.from].flatMap((address) => {
    const domain = domainOf(address);
    const found = domain === undefined ? undefined : providerOfAddress(`@${domain}`);
    return found?.host === undefined ? [] : [found];
  });
  return inboundOf ?? own[0];
}
