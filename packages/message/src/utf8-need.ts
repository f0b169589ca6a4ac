/** Whether a message can only travel with UTF-8 fields (RFC 6531, RFC 6532). */
import { mailboxesOf, needsSmtpUtf8, type Address, type Mailbox } from "./address/mailbox.ts";
import type { Message, Part } from "./part.ts";

/**
 * Whether an address in the message, or in one inside it, has a local-part that is not ASCII: it has no
 * other form than UTF-8, so every server on the way has to offer SMTPUTF8 (RFC 6531 §3.1).
 */
export function needsUtf8Fields(mail: Message): boolean {
  return mailboxesIn(mail).some(needsSmtpUtf8) || partsOf(mail).some(needsUtf8Fields);
}

function partsOf({ body }: Part): readonly Part[] {
  if (body.kind === "multipart") return body.parts;
  return body.kind === "message" ? [body.message] : [];
}

/** The mailboxes of all fields, whichever fields they are. */
function mailboxesIn({ fields }: Part): readonly Mailbox[] {
  return fields.flatMap(({ value }) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return mailboxesOf(values.filter(isAddress));
  });
}

function isAddress(value: unknown): value is Address {
  return (
    typeof value === "object" &&
    value !== null &&
    "kind" in value &&
    (value.kind === "mailbox" || value.kind === "group")
  );
}
