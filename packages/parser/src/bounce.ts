/** A report that mail could not be delivered, as a value: RFC 6522, RFC 3464. */
import {
  field,
  messageId,
  textOf,
  walk,
  type Message,
  type MessageId,
  type Part,
} from "@letterwright/message";
import {
  readDeliveryStatus,
  type DeliveryStatus,
  type RecipientStatus,
} from "./delivery-status.ts";
import { parse } from "./parse.ts";

/** Who did not get a message, and why. */
export interface Bounce extends DeliveryStatus {
  /** Those of the recipients who will not get it. */
  readonly failed: readonly RecipientStatus[];
  /** Those who have to wait. */
  readonly delayed: readonly RecipientStatus[];
  /** What is said to people, when it is in memory. */
  readonly text: string | undefined;
  /** The message that is reported on, or its fields alone, as it came back. */
  readonly original: Message | undefined;
  /** Its identifier, to find it by. */
  readonly originalMessageId: MessageId | undefined;
}

/**
 * Reads a multipart/report about delivery, or any message with a message/delivery-status in it, wherever that is but
 * not inside another message; `undefined` for other mail.
 *
 * What it says was said by whoever sent it: a bounce is as easily made up as any other mail.
 *
 * @example
 * ```ts
 * import { parse, readBounce } from "@letterwright/parser";
 *
 * const report = [
 *   "Content-Type: multipart/report; report-type=delivery-status; boundary=b", "",
 *   "--b", "", "Sorry.",
 *   "--b", "Content-Type: message/delivery-status", "",
 *   "Reporting-MTA: dns; mx.example.com", "",
 *   "Final-Recipient: rfc822; bob@example.org", "Action: failed", "Status: 5.1.1",
 *   "Diagnostic-Code: smtp; 550 5.1.1 no such user",
 *   "--b", "Content-Type: text/rfc822-headers", "",
 *   "Message-ID: <1@example.com>", "--b--",
 * ].join("\r\n");
 * const bounce = readBounce(parse(new TextEncoder().encode(report)).message);
 * bounce?.failed.map(({ address, status, diagnostic }) => `${address} ${status?.text} ${diagnostic}`);
 * // => ["bob@example.org 5.1.1 550 5.1.1 no such user"]
 * bounce?.originalMessageId; // => "<1@example.com>"
 * ```
 */
export function readBounce(message: Message): Bounce | undefined {
  let status: DeliveryStatus | undefined;
  let original: Message | undefined;
  for (const { part, type } of walk(message, { into: "multiparts" })) {
    if (type === "message/delivery-status" || type === "message/global-delivery-status") {
      status ??= readDeliveryStatus(part);
    } else if (status !== undefined) original ??= originalIn(part, type);
  }
  if (status === undefined) return undefined;
  const { recipients } = status;
  return Object.freeze({
    ...status,
    failed: Object.freeze(recipients.filter(({ action }) => action === "failed")),
    delayed: Object.freeze(recipients.filter(({ action }) => action === "delayed")),
    text: textInMemory(message),
    original,
    originalMessageId: original && field(original, messageId),
  });
}

/** RFC 6522 §3: the message or its header section comes last. */
function originalIn({ body }: Part, type: string): Message | undefined {
  if (body.kind === "message") return body.message;
  const isHead =
    type === "text/rfc822-headers" ||
    type === "message/rfc822-headers" ||
    type === "message/global-headers";
  if (!isHead || body.kind !== "bytes" || body.source.bytes === undefined) return undefined;
  return parse(body.source.bytes).message;
}

function textInMemory(message: Message): string | undefined {
  try {
    return textOf(message);
  } catch {
    return undefined; // it is in a stream or a file
  }
}
