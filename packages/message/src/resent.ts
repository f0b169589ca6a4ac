/** Messages that are put on their way once more, unchanged: RFC 5322 §3.6.6. */
import type { AddressInput, MailboxInput, MailboxListInput } from "./address/input.ts";
import type { DateTime } from "./date.ts";
import { resentBcc, resentCc, resentFrom, resentSender, resentTo } from "./field/addresses.ts";
import { resentDate } from "./field/dates.ts";
import { fieldOf, type Field } from "./field/field.ts";
import { resentMessageId } from "./field/identifiers.ts";
import type { FieldHolder } from "./holder.ts";
import { withFields, type Message } from "./part.ts";

/** Who puts a message on its way again, and to whom. */
export interface ResentInit {
  readonly from: MailboxListInput;
  readonly sender?: MailboxInput;
  readonly to?: AddressInput;
  readonly cc?: AddressInput;
  readonly bcc?: AddressInput;
  /** When; a `Date` is said in UTC. RFC 5322 §3.6.6 wants it in every block. */
  readonly date: Date | DateTime;
  readonly messageId?: string;
}

/**
 * The message with one more block of Resent- fields before all others. It stays the message that it was:
 * its author, recipients and identifier do not change, only {@link envelopeOf} does.
 */
export function resent(mail: Message, init: ResentInit): Message {
  const block: Field[] = [fieldOf(resentDate, init.date), fieldOf(resentFrom, init.from)];
  if (init.sender !== undefined) block.push(fieldOf(resentSender, init.sender));
  if (init.to !== undefined) block.push(fieldOf(resentTo, init.to));
  if (init.cc !== undefined) block.push(fieldOf(resentCc, init.cc));
  if (init.bcc !== undefined) block.push(fieldOf(resentBcc, init.bcc));
  if (init.messageId !== undefined) block.push(fieldOf(resentMessageId, init.messageId));
  return withFields(mail, [...block, ...mail.fields]);
}

/**
 * The block of Resent- fields that was added last: the first ones, up to a field of another kind or to a
 * name that the block has already. `undefined` when the message was never resent.
 */
export function latestResentBlock({ fields }: FieldHolder): FieldHolder | undefined {
  let start = 0;
  while (start < fields.length && !isResent((fields[start] as Field).name)) start++;
  if (start === fields.length) return undefined;
  const block: Field[] = [];
  const names = new Set<string>();
  for (let at = start; at < fields.length; at++) {
    const one = fields[at] as Field;
    const name = one.name.toLowerCase();
    if (!isResent(name) || names.has(name)) break;
    names.add(name);
    block.push(one);
  }
  return { fields: block };
}

/** Asked of every field of every message: the mark in the middle tells nearly all of them apart. */
function isResent(name: string): boolean {
  return name.charCodeAt(6) === 0x2d && name.slice(0, 6).toLowerCase() === "resent";
}
