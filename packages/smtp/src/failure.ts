/** What can go wrong between two machines, in words. */
import { LetterwrightError, type LetterwrightErrorInit } from "@letterwright/base/error";
import type { Retry } from "@letterwright/message";

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

/** An error of a socket, explained. */
export function explainSocketError(
  cause: unknown,
  stage: SmtpStage,
  host: string,
  port: number,
): SmtpError {
  const code = errorCode(cause);
  const where = `${host}:${port}`;
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new SmtpError(`there is no host ${JSON.stringify(host)}`, {
        code: "SMTP_HOST_NOT_FOUND",
        hint: "Check the spelling of the host, and that this machine's name resolution works.",
        stage,
        retry: code === "EAI_AGAIN" ? "later" : "no",
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
      return timedOut("connect", host, port, undefined, cause);
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

/** A deadline that passed. */
export function timedOut(
  stage: SmtpStage,
  host: string,
  port: number,
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
  return new SmtpError(`${host}:${port} ${what}${time}`, {
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
