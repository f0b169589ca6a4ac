/** Who wrote a message and who sends it: RFC 5322 §3.6.2. */
import { UsageError } from "@letterwright/base/error";
import { from, sender } from "./field/addresses.ts";
import type { Mailbox } from "./address/mailbox.ts";
import type { Field } from "./field/field.ts";
import { isNamed, typedField, type FieldHolder } from "./holder.ts";

/**
 * Refuses a message whose originator is not clear to every reader.
 *
 * @throws {UsageError} `MESSAGE_FROM_MISSING`, `MESSAGE_FROM_TWICE` when a second From field stands there,
 * `MESSAGE_SENDER_MISSING` for several authors without a sender, `FIELD_UNTYPED`
 */
export function assertOriginator(mail: FieldHolder): void {
  let authors: readonly Mailbox[] | undefined;
  let count = 0;
  let hasSender = false;
  const { fields } = mail;
  for (let at = 0; at < fields.length; at++) {
    const one = fields[at] as Field;
    if (isNamed(one, from.name)) {
      count++;
      authors ??= typedField(mail, from);
    } else if (isNamed(one, sender.name)) hasSender = true;
  }
  if (authors === undefined) {
    throw new UsageError("the message has no author", {
      code: "MESSAGE_FROM_MISSING",
      hint: 'Give `from`, for example "Ana <ana@example.com>" (RFC 5322 §3.6.2).',
    });
  }
  if (count > 1) {
    throw new UsageError("the message has several From fields", {
      code: "MESSAGE_FROM_TWICE",
      hint: "Readers differ in which they believe; keep one (RFC 5322 §3.6).",
    });
  }
  if (authors.length > 1 && !hasSender) {
    throw new UsageError("a message with several authors needs a sender", {
      code: "MESSAGE_SENDER_MISSING",
      hint: "Say with `sender` which one mailbox sends it (RFC 5322 §3.6.2).",
    });
  }
}
