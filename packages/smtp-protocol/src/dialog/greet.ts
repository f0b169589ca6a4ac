/** The beginning: greeting, EHLO or HELO, and TLS. RFC 5321 §3.1, §3.2; RFC 3207; RFC 2033 §4.1. */
import { bareOffer, offers, type ServerOffer } from "@letterwright/message";
import { ReplyError } from "../errors.ts";
import { offerOf } from "../offer.ts";
import { ask, type Dialog } from "./dialog.ts";

/** How the client introduces itself: EHLO, or LHLO in LMTP. */
export interface GreetOptions {
  /** Default `"smtp"`. */
  readonly protocol?: "smtp" | "lmtp";
}

/**
 * Waits for the greeting and says who we are.
 *
 * Throws {@link ReplyError} `SMTP_GREETING_REFUSED` when the server will not talk to us, `SMTP_HELLO_REFUSED`.
 */
export function* greet(name: string, options: GreetOptions = {}): Dialog<ServerOffer> {
  const { replies, failure } = yield { kind: "greeting" };
  const [reply] = replies;
  if (reply === undefined) throw failure?.reason;
  if (reply.code >= 400) {
    throw new ReplyError("the server will not talk to this client", {
      code: "SMTP_GREETING_REFUSED",
      reply,
      hint: "Its words say why: often the address of this machine is blocked, or has no reverse DNS entry.",
    });
  }
  return yield* hello(name, options);
}

/** EHLO, and HELO where that is not known (RFC 5321 §3.2); LHLO in LMTP, which has nothing to fall back on. */
export function* hello(name: string, { protocol }: GreetOptions = {}): Dialog<ServerOffer> {
  const isLmtp = protocol === "lmtp";
  const reply = yield* ask({ verb: isLmtp ? "LHLO" : "EHLO", name });
  if (reply.code < 400) return offerOf(reply);
  if (isLmtp) {
    throw new ReplyError("the server does not take LHLO", {
      code: "SMTP_HELLO_REFUSED",
      reply,
      hint: "It may speak SMTP and not LMTP: leave out the protocol, or check the port (RFC 2033 §5 forbids LMTP on 25).",
    });
  }
  if (reply.code < 500) throw refused(reply);
  const old = yield* ask({ verb: "HELO", name });
  if (old.code >= 400) throw refused(old);
  return bareOffer;
}

/**
 * STARTTLS, and a new EHLO: what was offered before TLS is forgotten (RFC 3207 §4.2).
 *
 * Throws {@link ReplyError} `SMTP_STARTTLS_REFUSED`.
 */
export function* startTls(name: string, options: GreetOptions = {}): Dialog<ServerOffer> {
  const reply = yield* ask({ verb: "STARTTLS" });
  if (reply.code >= 400) {
    throw new ReplyError("the server offers STARTTLS and refuses it", {
      code: "SMTP_STARTTLS_REFUSED",
      reply,
      hint: "Its TLS is out of order; try implicit TLS on port 465, or later.",
    });
  }
  const { failure } = yield { kind: "upgrade" };
  if (failure !== undefined) throw failure.reason;
  return yield* hello(name, options);
}

/** Whether STARTTLS is offered. */
export function offersStartTls(offer: ServerOffer): boolean {
  return offers(offer, "STARTTLS");
}

/** Ends a transaction that was left half-way (RFC 5321 §4.1.1.5), so that another can begin. */
export function* reset(): Dialog<void> {
  yield* ask({ verb: "RSET" });
}

/** Says goodbye (RFC 5321 §4.1.1.10); whatever the server answers, it is over. */
export function* quit(): Dialog<void> {
  yield* ask({ verb: "QUIT" });
}

function refused(reply: ReplyError["reply"]): ReplyError {
  return new ReplyError("the server refused the name of this client", {
    code: "SMTP_HELLO_REFUSED",
    reply,
    hint: "Give a name with `clientName` that the server accepts, the full host name of this machine for example.",
  });
}
