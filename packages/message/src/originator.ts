/** Who wrote a message and who sends it: RFC 5322 §3.6.2. */
import { UsageError } from "@letterwright/base/error";
import { from, sender } from "./field/addresses.ts";
import { fieldValues, findField, hasField, type FieldHolder } from "./holder.ts";

/**
 * Refuses a message whose originator is not clear to every reader.
 *
 * @throws {UsageError} `MESSAGE_FROM_MISSING`, `MESSAGE_FROM_TWICE` when a second From field stands there,
 * `MESSAGE_SENDER_MISSING` for several authors without a sender
 */
export function assertOriginator(mail: FieldHolder): void {
  const first = findField(mail, from);
  const authors = fieldValues(mail, from);
  if (first === undefined || authors.length === 0) {
    throw new UsageError("the message has no author", {
      code: "MESSAGE_FROM_MISSING",
      hint: 'Give `from`, for example "Ana <ana@example.com>" (RFC 5322 §3.6.2).',
    });
  }
  if (authors.length > 1) {
    throw new UsageError("the message has several From fields", {
      code: "MESSAGE_FROM_TWICE",
      hint: "Readers differ in which they believe; keep one (RFC 5322 §3.6).",
    });
  }
  if ((authors[0]?.length ?? 0) > 1 && !hasField(mail, sender)) {
    throw new UsageError("a message with several authors needs a sender", {
      code: "MESSAGE_SENDER_MISSING",
      hint: "Say with `sender` which one mailbox sends it (RFC 5322 §3.6.2).",
    });
  }
}
