/** The conversation with a server: EHLO before and after TLS, login and envelope only when asked. */
import type { Socket } from "node:net";
import { defuse } from "@letterwright/base/display";
import { LetterwrightError } from "@letterwright/base/error";
import { envelope, sizeLimitOf, type ServerOffer, type ServerReply } from "@letterwright/message";
import {
  authenticate,
  describeReply,
  greet,
  mechanisms,
  mechanismsOf,
  offersStartTls,
  ProtocolError,
  reset,
  startTls,
  type Command,
  type Dialog,
} from "@letterwright/smtp-protocol";
import { explainTlsFailure, TlsFailureError, type TlsContext } from "@letterwright/tls";
import { lackingHashes } from "@letterwright/smtp";
import type { FailureId } from "../catalogue/index.ts";
import { explain } from "../explain/explain.ts";
import type { Connector, Destination } from "./connector.ts";
import { kindOf } from "./first-bytes.ts";
import type { Finding } from "./report.ts";
import { createAskingSession, LineEnded, type AskingSession } from "./session.ts";
import { secretText, type DiagnoseTarget, type Goal } from "./target.ts";
import { causeOfTls, type Cause } from "./tls-verdict.ts";

/** What the conversation needs. */
export interface ConversationOptions {
  readonly target: DiagnoseTarget;
  readonly goal: Goal;
  /** `"implicit"` as it was found to be. */
  readonly isImplicit: boolean;
  readonly connect: Connector;
  readonly to: Destination;
  readonly tlsContext: TlsContext;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly say: (finding: Finding) => void;
  /** The host is known to receive mail only. */
  readonly isInbound: boolean;
}

/** Talks, and gives the cause of what went wrong, or nothing. */
export async function converse(options: ConversationOptions): Promise<Cause | undefined> {
  const { goal, tlsContext, signal, connect, to } = options;
  let socket: Socket;
  try {
    socket = await connect(to, signal);
  } catch {
    return {
      id: "connect.reset",
      certainty: "likely",
      evidence: ["the port took one connection and not the next"],
    };
  }
  const asking = createAskingSession(socket, {
    host: goal.host,
    port: goal.port,
    tlsContext,
    signal,
  });
  try {
    return await stages(options, asking, nameFor(socket));
  } catch (error) {
    return causeOf(error, options, asking);
  } finally {
    asking.close();
  }
}

async function stages(
  options: ConversationOptions,
  asking: AskingSession,
  name: string,
): Promise<Cause | undefined> {
  const { target, goal, isImplicit, now, say } = options;
  const started = now();
  if (isImplicit) {
    await asking.secure();
    sayTls(asking, options, started);
  }
  let offer = await asking.run(greet(name));
  say({
    stage: "ehlo",
    status: "ok",
    text: `${quoted(asking.greeting)}; offers ${describeOffer(offer)}`,
    tookMs: now() - started,
  });
  const wantsTls = goal.tls !== "none" && goal.tls !== "opportunistic";
  if (!isImplicit && offersStartTls(offer) && goal.tls !== "none") {
    const begun = now();
    offer = await asking.run(startTls(name));
    sayTls(asking, options, begun);
    say({ stage: "ehlo", status: "ok", text: `inside TLS: offers ${describeOffer(offer)}` });
  } else if (!isImplicit && wantsTls && !goal.isLoopback) {
    const masked = [...offer.keywords.keys()].find((keyword) => /^X{4,}A?$/.test(keyword));
    say({ stage: "tls", status: "failed", text: "STARTTLS is not offered" });
    const evidence =
      masked === undefined
        ? []
        : [`the offer holds ${masked}: something on the way has painted over a word`];
    return {
      id: "starttls.not-offered",
      certainty: "certain",
      evidence: ["EHLO offers no STARTTLS", ...evidence],
    };
  } else if (!isImplicit && goal.tls === "starttls") {
    say({ stage: "tls", status: "failed", text: "STARTTLS is not offered" });
    return {
      id: "starttls.not-offered",
      certainty: "certain",
      evidence: ["EHLO offers no STARTTLS"],
    };
  } else if (!isImplicit)
    say({ stage: "tls", status: "note", text: "not used: everybody on the way can read along" });
  if (target.user !== undefined) {
    const cause = mechanismCause(options, offer, asking);
    if (cause !== undefined) return cause;
  }
  if (target.login === true) await login(options, asking, offer);
  else if (target.user !== undefined)
    say({ stage: "login", status: "skipped", text: "not tried; --login logs in once" });
  if (target.to !== undefined && target.to.length > 0) return askEnvelope(options, asking);
  return undefined;
}

function mechanismCause(
  { target, isInbound, say }: ConversationOptions,
  offer: ServerOffer,
  asking: AskingSession,
): Cause | undefined {
  const offered = mechanismsOf(offer);
  if (offered.length === 0) {
    say({
      stage: "login",
      status: "failed",
      text: `no login is offered${asking.security === undefined ? "" : ", inside TLS either"}`,
    });
    const id: FailureId = isInbound ? "config.mx-used-for-submission" : "auth.not-offered";
    return { id, certainty: "certain", evidence: ["EHLO offers no AUTH"] };
  }
  const wanted: readonly string[] =
    target.mechanism === undefined
      ? mechanisms.filter(({ needs }) => needs.credential === "password").map(({ name }) => name)
      : [target.mechanism];
  if (wanted.some((mechanism) => offered.includes(mechanism))) return undefined;
  const names = offered.map(defuse).join(", ");
  say({ stage: "login", status: "failed", text: `the ways to log in are ${names}` });
  return {
    id: "auth.mechanism",
    certainty: "certain",
    evidence: [`the server offers ${names}; this client has ${wanted.join(", ")}`],
  };
}

async function login(
  { target, goal, say, now }: ConversationOptions,
  asking: AskingSession,
  offer: ServerOffer,
): Promise<void> {
  const secret = secretText(target) ?? "";
  const { user = "", mechanism } = target;
  if (asking.security === undefined) {
    say({
      stage: "login",
      status: "skipped",
      text: "not tried: without TLS everybody on the way could read the secret",
    });
    return;
  }
  const started = now();
  await asking.run(
    authenticate({ user, secret, ...(mechanism === undefined ? {} : { mechanism }) }, offer, {
      host: goal.host,
      port: goal.port,
      isVerified: asking.security.verified,
      canBind: asking.canBind,
      lacks: lackingHashes(),
    }),
  );
  say({ stage: "login", status: "ok", text: `${user} is let in`, tookMs: now() - started });
}

async function askEnvelope(
  { target, goal, say }: ConversationOptions,
  asking: AskingSession,
): Promise<Cause | undefined> {
  const { from = target.user, to = [] } = target;
  const asked = envelope({
    reversePath: from?.includes("@") === true ? from : null,
    recipients: [...to],
  });
  const mail = await asking.run(oneCommand({ verb: "MAIL", reversePath: asked.reversePath }));
  if (mail.code >= 400) {
    say({ stage: "recipient", status: "failed", text: `the sender: ${describeReply(mail)}` });
    return causeOfReply(mail, "sender", goal.host);
  }
  const refused: ServerReply[] = [];
  for (const { mailbox } of asked.recipients) {
    const reply = await asking.run(oneCommand({ verb: "RCPT", mailbox, smtpUtf8: false }));
    const address = `${mailbox.localPart}@${mailbox.domain}`;
    say({
      stage: "recipient",
      status: reply.code < 300 ? "ok" : "failed",
      text: `${defuse(address)}: ${describeReply(reply)}`,
    });
    if (reply.code >= 300) refused.push(reply);
  }
  await asking.run(reset());
  const [first] = refused;
  if (first === undefined) return undefined;
  if (
    refused.length < asked.recipients.length &&
    explainedReply(first, "recipient", goal.host).id === "rcpt.unknown-user"
  ) {
    return { id: "rcpt.partial", certainty: "certain", evidence: [describeReply(first)] };
  }
  return causeOfReply(first, "recipient", goal.host);
}

function* oneCommand(command: Command): Dialog<ServerReply> {
  const { replies, failure } = yield { kind: "flight", commands: [command] };
  const [reply] = replies;
  if (reply === undefined) throw failure?.reason;
  return reply;
}

/** The cause that a reply names. */
export function causeOfReply(reply: ServerReply, stage: string, host: string): Cause {
  return explainedReply(reply, stage, host);
}

const commandOf: Readonly<Record<string, string>> = {
  sender: "command: MAIL",
  recipient: "command: RCPT",
  login: "command: AUTH",
};

function explainedReply(reply: ServerReply, stage: string, host: string): Cause {
  const text = `${commandOf[stage] ?? ""}\n${reply.code} ${reply.enhancedStatus ?? ""} ${reply.text}`;
  const [top] = explain(text, { host }).candidates;
  const evidence = [describeReply(reply)];
  if (top === undefined) return { id: "auth.generic-535", certainty: "likely", evidence };
  return { id: top.id, certainty: top.certainty === "certain" ? "certain" : "likely", evidence };
}

/** What was thrown, as a cause. */
function causeOf(error: unknown, options: ConversationOptions, asking: AskingSession): Cause {
  const { goal, target, say } = options;
  const wasGreeted = asking.greeting !== undefined;
  if (
    error instanceof LineEnded ||
    (!LetterwrightError.is(error) && !(error instanceof TlsFailureError))
  ) {
    const tls = isTlsError(error)
      ? explainTlsFailure(error, { host: goal.host, port: goal.port })
      : undefined;
    if (tls !== undefined && tls.code !== "TLS_FAILED" && tls.code !== "TLS_CONNECTION_LOST") {
      say({ stage: "tls", status: "failed", text: tls.message });
      return causeOfTls(tls, goal.host, target.user);
    }
    const isSilence = error instanceof LineEnded && error.isSilence;
    say({
      stage: "ehlo",
      status: "failed",
      text: isSilence ? "the server stopped answering" : "the server hung up",
    });
    if (isSilence && !wasGreeted)
      return { id: "greeting.slow", certainty: "likely", evidence: ["no greeting"] };
    return {
      id: "connect.reset",
      certainty: isSilence ? "likely" : "certain",
      evidence: [`the line ended ${wasGreeted ? "after" : "before"} the greeting`],
    };
  }
  if (error instanceof TlsFailureError) {
    say({ stage: "tls", status: "failed", text: error.message });
    return causeOfTls(error, goal.host, target.user);
  }
  const stage =
    error.code === "SMTP_AUTH_REFUSED"
      ? "login"
      : error.code === "SMTP_STARTTLS_REFUSED"
        ? "tls"
        : "ehlo";
  say({ stage, status: "failed", text: error.message });
  if (error instanceof ProtocolError && error.code === "SMTP_REPLY_MALFORMED") {
    const heard = /"(.*)"/.exec(error.message)?.[1] ?? "";
    const kind = kindOf(heard);
    return {
      id: "config.wrong-service-port",
      certainty: kind === "other" ? "likely" : "certain",
      evidence: [error.message],
    };
  }
  const [top] = explain(error, { host: goal.host, mechanism: target.mechanism }).candidates;
  const certainty = top?.certainty === "certain" ? "certain" : "likely";
  return { id: top?.id ?? "connect.reset", certainty, evidence: [error.message] };
}

function isTlsError(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    String(error.code).startsWith("ERR_SSL")
  );
}

function sayTls(asking: AskingSession, { say, now }: ConversationOptions, started: number): void {
  const report = asking.security;
  if (report === undefined) return;
  const [leaf] = report.chain;
  const days =
    leaf === undefined ? undefined : Math.floor((Date.parse(leaf.notAfter) - now()) / 86_400_000);
  const left = days === undefined ? "" : `, ${days} days left`;
  const name =
    report.verifiedName === undefined ? "not verified" : `certificate for ${report.verifiedName}`;
  say({
    stage: "tls",
    status: "ok",
    text: `${report.protocol}, ${name}${left}`,
    tookMs: now() - started,
  });
}

function describeOffer(offer: ServerOffer): string {
  const words = [...offer.keywords].map(([keyword, parameters]) => {
    if (keyword === "SIZE") {
      const limit = sizeLimitOf(offer);
      return limit === undefined ? "SIZE" : `SIZE ${(limit / 1_048_576).toFixed(1)} MiB`;
    }
    return keyword === "AUTH" ? `AUTH ${parameters.join(" ")}` : keyword;
  });
  const shown = words.slice(0, 20).map(defuse).join(", ");
  return words.length === 0 ? "nothing" : shown;
}

function quoted(reply: ServerReply | undefined): string {
  return reply === undefined ? "" : describeReply({ ...reply, text: reply.text.slice(0, 120) });
}

/** RFC 5321 §4.1.3: an address literal, which every server has to take. */
function nameFor(socket: Socket): string {
  const address = (socket.localAddress ?? "127.0.0.1").replace(/^::ffff:/, "");
  return address.includes(":") ? `[IPv6:${address.split("%")[0] ?? ""}]` : `[${address}]`;
}
