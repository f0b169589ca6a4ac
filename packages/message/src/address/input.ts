/** Addresses as callers give them: values, or text in the syntax of RFC 5322 §3.4. */
import type { Address, Mailbox } from "./mailbox.ts";
import { parseAddressList, parseMailbox } from "./parser.ts";

/** One mailbox: a value, or text such as `Jane <jane@example.com>`. */
export type MailboxInput = Mailbox | string;
/** One mailbox, or several in an array. */
export type MailboxListInput = MailboxInput | readonly MailboxInput[];
/** Addresses: text that holds a list, one value, or an array of values and single mailboxes as text. */
export type AddressInput = Address | string | readonly (Address | string)[];

/** @throws {SyntaxFaultError} `ADDRESS_SYNTAX` with a caret under the fault */
export function mailboxFrom(input: MailboxInput): Mailbox {
  return typeof input === "string" ? parseMailbox(input) : input;
}

/** @throws {SyntaxFaultError} `ADDRESS_SYNTAX` with a caret under the fault */
export function mailboxesFrom(input: MailboxListInput): readonly Mailbox[] {
  return isList(input) ? input.map(mailboxFrom) : [mailboxFrom(input)];
}

/** @throws {SyntaxFaultError} `ADDRESS_SYNTAX` with a caret under the fault */
export function addressesFrom(input: AddressInput): readonly Address[] {
  if (typeof input === "string") return parseAddressList(input);
  if (!isList(input)) return [input];
  return input.map((one) => (typeof one === "string" ? parseMailbox(one) : one));
}

function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}
