/** Whether a message can only travel with UTF-8 fields (RFC 6531, RFC 6532). */
import { needsSmtpUtf8, type Address, type Group, type Mailbox } from "./address/mailbox.ts";
import type { Field } from "./field/field.ts";
import type { Part } from "./part.ts";

/**
 * Whether an address in the message, or in one inside it, has a local-part that is not ASCII: it has no
 * other form than UTF-8, so every server on the way has to offer SMTPUTF8 (RFC 6531 §3.1).
 */
export function needsUtf8Fields({ fields, body }: Part): boolean {
  // By index: the engine makes an object for each step over a frozen list, and this is asked of every message.
  for (let at = 0; at < fields.length; at++) {
    if (hasWideAddress((fields[at] as Field).value)) return true;
  }
  if (body.kind === "multipart") return body.parts.some(needsUtf8Fields);
  return body.kind === "message" && needsUtf8Fields(body.message);
}

/** Whichever field it is of: the value is looked at, and not the name. */
function hasWideAddress(value: unknown): boolean {
  if (!Array.isArray(value)) return isWide(value);
  const values: readonly unknown[] = value;
  for (let at = 0; at < values.length; at++) if (isWide(values[at])) return true;
  return false;
}

function isWide(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const address = value as Partial<Address>;
  if (address.kind === "mailbox") return needsSmtpUtf8(address as Mailbox);
  return address.kind === "group" && (address as Group).members.some(needsSmtpUtf8);
}
