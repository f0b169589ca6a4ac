/** What a mailer adds to the receipt of its transport. */
import type { SendReceipt } from "@letterwright/transport";
import type { MailReceipt } from "./mail-options.ts";

/** What composed messages need. */
export const noChanges: readonly string[] = Object.freeze([]);

/** What every transport may say. */
const usual: ReadonlySet<string> = new Set<keyof SendReceipt>([
  "accepted",
  "refused",
  "unknown",
  "acceptedBy",
  "reply",
  "protection",
  "byteLength",
  "durationMs",
  "timings",
  "messageId",
  "queueId",
]);

/**
 * The receipt, with what was changed on the way. What else a transport says in its receipts is kept.
 *
 * A receipt that says what every transport says is written property by property: with a spread each would have a shape
 * of its own for the engine, which costs more than all else that is done with it.
 */
export function mailReceipt(receipt: SendReceipt, changes: readonly string[]): MailReceipt {
  const kept = changes.length === 0 ? noChanges : Object.freeze([...changes]);
  for (const name in receipt) {
    if (!usual.has(name)) return Object.freeze({ ...receipt, changes: kept });
  }
  const { messageId, queueId } = receipt;
  const made: { -readonly [Name in keyof MailReceipt]: MailReceipt[Name] } = {
    accepted: receipt.accepted,
    refused: receipt.refused,
    unknown: receipt.unknown,
    acceptedBy: receipt.acceptedBy,
    reply: receipt.reply,
    protection: receipt.protection,
    byteLength: receipt.byteLength,
    durationMs: receipt.durationMs,
    timings: receipt.timings,
    changes: kept,
  };
  if (messageId !== undefined) made.messageId = messageId;
  if (queueId !== undefined) made.queueId = queueId;
  return Object.freeze(made);
}
