/** What can go wrong between two machines, in words. */
import { LetterwrightError, type LetterwrightErrorInit } from "@letterwright/base/error";
import type { Retry } from "@letterwright/message";
import { explainTlsFailure } from "@letterwright/tls";
import type { Place } from "./place.ts";

/** How far a send had come. */
export type SmtpStage =
  | "connect"
  | "tls"
  | "greeting"
  | "login"
  | "envelope"
  | "content"
  | "end"
  | "quit";

/** What an {@link SmtpError} is made from. */
export interface SmtpErrorInit<Code extends string = string> extends LetterwrightErrorInit<Code> {
  readonly stage: SmtpStage;
  readonly retry: Retry;
}

/** The connection could not be made, or did not last. Nobody has the message. */
export class SmtpError<Code extends string = string> extends LetterwrightError<Code> {
  override readonly name: string = "SmtpError";
  readonly stage: SmtpStage;
  readonly retry: Retry;

  constructor(message: string, init: SmtpErrorInit<Code>) {
    super(message, init);
    this.stage = init.stage;
    this.retry = init.retry;
  }
}

/** An error of a connection that could not be made, explained. */
export function explainSocketError(cause: unknown, stage: SmtpStage, place: Place): SmtpError {
  const code = errorCode(cause);
  const where = place.label;
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new SmtpError(`there is no host ${JSON.stringify(place.host)}`, {
        code: "SMTP_HOST_NOT_FOUND",
        hint: "Check the spelling of the host, and that this machine's name resolution works.",
        stage,
        retry: code === "EAI_AGAIN" ? "later" : "no",
        cause,
      });
    case "ENOENT":
      return new SmtpError(`there is no socket ${JSON.stringify(where)}`, {
        code: "SMTP_SOCKET_NOT_FOUND",
        hint: "Check the path. Is the server running?",
        stage,
        retry: "later",
        cause,
      });
    case "EACCES":
      return new SmtpError(`this process may not open ${JSON.stringify(where)}`, {
        code: "SMTP_SOCKET_FORBIDDEN",
        hint: "The socket belongs to another user or group: ask for access, or for a port.",
        stage,
        retry: "no",
        cause,
      });
    case "ECONNREFUSED":
      return new SmtpError(`nothing listens on ${where}`, {
        code: "SMTP_CONNECTION_REFUSED",
        hint: "Check the port: 465 and 587 are usual for sending. Is the server running?",
        stage,
        retry: "later",
        cause,
      });
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EADDRNOTAVAIL":
      return new SmtpError(`there is no way to ${where}`, {
        code: "SMTP_HOST_UNREACHABLE",
        hint: "Is this machine online, and may it reach that network?",
        stage,
        retry: "later",
        cause,
      });
    case "ETIMEDOUT":
      return timedOut("connect", place, undefined, cause);
    default:
      return new SmtpError(
        `the connection to ${where} broke (${code === "" ? "closed by the server" : code})`,
        {
          code: "SMTP_CONNECTION_LOST",
          hint: "Try again; if it breaks each time at the same point, something between may cut it.",
          stage,
          retry: "later",
          cause,
        },
      );
  }
}

/** What a stream that stood said when it broke; `undefined` when it just ended. */
export function explainStreamError(cause: unknown, place: Place): LetterwrightError {
  if (cause !== undefined) {
    const { host, port } = place;
    // RFC 8446 §4.4.2.4: only after the handshake does a server say that it misses the client's certificate.
    const explained = explainTlsFailure(cause, { host, ...(port === undefined ? {} : { port }) });
    if (explained.code === "TLS_CLIENT_CERTIFICATE_REQUIRED") return explained;
  }
  return explainSocketError(cause, "connect", place);
}

/** The connection was given up on this side, for a reason that is another dialog's. */
export function brokenBy(cause: unknown, place: Place): SmtpError {
  return new SmtpError(`the connection to ${place.label} was given up`, {
    code: "SMTP_CONNECTION_LOST",
    hint: "Something else that used the connection failed or was stopped; the cause says what. Try again.",
    stage: "connect",
    retry: "later",
    cause,
  });
}

/** The same error, for the stage at which it struck: sockets do not know how far a send had come. */
export function atStage(error: unknown, stage: SmtpStage): unknown {
  if (!(error instanceof SmtpError) || error.stage === stage || error.code === "SMTP_TIMEOUT") {
    return error;
  }
  const { code, hint, retry, cause, message } = error;
  return new SmtpError(message, { code, hint, retry, cause, stage });
}

/** What answers first is not even SMTP: say so, rather than that a reply is malformed. */
export function notSmtp(error: unknown, place: Place): unknown {
  if (!LetterwrightError.is(error) || error.code !== "SMTP_REPLY_MALFORMED") return error;
  return new SmtpError(`${place.label} does not speak SMTP: ${error.message}`, {
    code: "SMTP_NOT_SMTP",
    hint: "Another service answers on this port. 465 and 587 are usual for sending.",
    stage: "greeting",
    retry: "no",
    cause: error,
  });
}

/** None of several hosts could be used. */
export function hostsExhausted(
  failures: readonly { readonly host: string; readonly error: unknown }[],
): SmtpError {
  const told = failures.map(({ host, error }) => {
    const words = error instanceof Error ? error.message : String(error);
    return `${host}: ${words}`;
  });
  const isTemporary = failures.some(
    ({ error }) =>
      typeof error === "object" && error !== null && "retry" in error && error.retry === "later",
  );
  return new SmtpError(`none of ${failures.length} hosts could be used\n${told.join("\n")}`, {
    code: "SMTP_HOSTS_EXHAUSTED",
    hint: "The cause has an error for each host, in the order in which they were tried.",
    stage: "connect",
    retry: isTemporary ? "later" : "no",
    cause: new AggregateError(
      failures.map(({ error }) => error),
      "each host",
    ),
  });
}

/** A deadline that passed. */
export function timedOut(
  stage: SmtpStage,
  place: Place,
  afterMs: number | undefined,
  cause?: unknown,
): SmtpError {
  const time = afterMs === undefined ? "" : ` within ${afterMs / 1000} s`;
  const [what, hint] =
    stage === "connect"
      ? [
          "did not answer",
          "A firewall may drop the packets; many networks block port 25. Try 465 or 587.",
        ]
      : stage === "greeting"
        ? [
            "accepted the connection and said nothing",
            'If TLS begins at once on this port, choose "implicit" (--tls implicit).',
          ]
        : ["stopped answering", "The server may be overloaded; try again later."];
  return new SmtpError(`${place.label} ${what}${time}`, {
    code: "SMTP_TIMEOUT",
    hint,
    stage,
    retry: "later",
    cause,
  });
}

/** The `code` of a Node error; of the first of several, when every address of a host was tried. */
function errorCode(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error instanceof AggregateError ? errorCode(error.errors[0]) : "";
}
