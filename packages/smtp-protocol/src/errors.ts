/** What goes wrong in a conversation. */
import { LetterwrightError, type LetterwrightErrorInit } from "@letterwright/base/error";
import type { Retry, ServerReply } from "@letterwright/message";

/** What a {@link ProtocolError} is made from. */
export interface ProtocolErrorInit<
  Code extends string = string,
> extends LetterwrightErrorInit<Code> {
  readonly reply?: ServerReply | undefined;
}

/** The peer broke the rules of the protocol, or ended it: the connection cannot be used any more. */
export class ProtocolError<Code extends string = string> extends LetterwrightError<Code> {
  override readonly name: string = "ProtocolError";
  /** The reply that came at the wrong time, when there was a whole one. */
  readonly reply: ServerReply | undefined;
  /** `"later"` when that reply says so. */
  readonly retry: Retry;

  constructor(message: string, init: ProtocolErrorInit<Code>) {
    super(message, init);
    this.reply = init.reply;
    this.retry = init.reply === undefined ? "no" : retryOf(init.reply);
  }
}

/** What a {@link ReplyError} is made from. */
export interface ReplyErrorInit<Code extends string = string> extends LetterwrightErrorInit<Code> {
  readonly reply: ServerReply;
}

/** The peer said no, in order: the connection is still good. */
export class ReplyError<Code extends string = string> extends LetterwrightError<Code> {
  override readonly name: string = "ReplyError";
  /** The server's own words. */
  readonly reply: ServerReply;
  /** `"later"` after a 4yz reply (RFC 5321 §4.2.1). */
  readonly retry: Retry;

  constructor(message: string, init: ReplyErrorInit<Code>) {
    super(`${message}: ${describeReply(init.reply)}`, init);
    this.reply = init.reply;
    this.retry = retryOf(init.reply);
  }
}

/** Whether a refusal is worth another try, by its first digit. */
export function retryOf(reply: ServerReply): Retry {
  return reply.code >= 400 && reply.code < 500 ? "later" : "no";
}

/** A reply on one line, its text quoted, so that it cannot drive a terminal; a challenge is stars. */
export function describeReply(reply: ServerReply): string {
  const status = reply.enhancedStatus === undefined ? "" : ` ${reply.enhancedStatus}`;
  return `${reply.code}${status} ${JSON.stringify(shownText(reply))}`;
}

/**
 * The text of a reply as one may show it. A challenge (334) is stars: salt and signature of a login are enough
 * to try passwords against.
 */
export function shownText({ code, text }: ServerReply): string {
  return code === 334 && text !== "" ? "***" : text;
}
