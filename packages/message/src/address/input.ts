/** Addresses as callers give them: values, or text in the syntax of RFC 5322 §3.4. */
import { group, mailbox, type Address, type Mailbox } from "./mailbox.ts";
import { parseAddressList, parseMailbox } from "./parser.ts";

/** One mailbox: a value, or text such as `Jane <jane@example.com>`. */
export type MailboxInput = Mailbox | string;
/** One mailbox, or several in an array. */
export type MailboxListInput = MailboxInput | readonly MailboxInput[];
/** Addresses: text that holds a list, one value, or an array of values and single mailboxes as text. */
export type AddressInput = Address | string | readonly (Address | string)[];

/** @throws {SyntaxFaultError} `ADDRESS_SYNTAX` with a caret under the fault */
export function mailboxFrom(input: MailboxInput): Mailbox {
  if (typeof input === "string") return parseMailbox(input);
  // What `mailbox` made is frozen; an object from elsewhere is checked like any other input.
  return Object.isFrozen(input) ? input : mailbox(input);
}

function addressFrom(input: Address | string): Address {
  if (typeof input === "string" || input.kind !== "group") return mailboxFrom(input);
  return Object.isFrozen(input) ? input : group(input.name, input.members.map(mailboxFrom));
}

/** @throws {SyntaxFaultError} `ADDRESS_SYNTAX` with a caret under the fault */
export function mailboxesFrom(input: MailboxListInput): readonly Mailbox[] {
  return isList(input) ? input.map(mailboxFrom) : [mailboxFrom(input)];
}

/** @throws {SyntaxFaultError} `ADDRESS_SYNTAX` with a caret under the fault */
export function addressesFrom(input: AddressInput): readonly Address[] {
  if (typeof input === "string") return parseAddressList(input);
  return isList(input) ? input.map(addressFrom) : [addressFrom(input)];
}

function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}
