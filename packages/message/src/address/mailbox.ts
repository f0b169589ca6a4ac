/**
 * Mailboxes and groups: RFC 5322 §3.4, with RFC 6532 characters.
 *
 * One value from which the header, the envelope and the receipt are all printed, so that they cannot
 * disagree about who a message goes to.
 */
import { isAscii, utf8Length } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { isDotAtom } from "@letterwright/base/grammar";
import { controlIn } from "../field/text.ts";
import { assertDomain, asciiDomain } from "./domain.ts";

/** Where one person's, or one machine's, mail goes. */
export interface Mailbox {
  readonly kind: "mailbox";
  /** The display name as a person reads it: not quoted, not encoded. */
  readonly name?: string;
  /** What stands before the "@": its meaning, not quoted. Never converted to another script. */
  readonly localPart: string;
  /** The domain as given: U-labels or A-labels, or an address literal in brackets. */
  readonly domain: string;
}

/** A named list of mailboxes, RFC 5322 §3.4; it may be empty. */
export interface Group {
  readonly kind: "group";
  readonly name: string;
  readonly members: readonly Mailbox[];
}

/** What an address field holds. */
export type Address = Mailbox | Group;

/** What a {@link Mailbox} is made from. */
export interface MailboxInit {
  readonly name?: string | undefined;
  readonly localPart: string;
  readonly domain: string;
}

/**
 * A checked, frozen mailbox.
 *
 * @throws {UsageError} `ADDRESS_CONTROL_CHARACTER`, `ADDRESS_LOCAL_PART_INVALID`, `ADDRESS_DOMAIN_INVALID`
 * or `ADDRESS_TOO_LONG` (RFC 5321 §4.5.3.1: local-part 64 octets, domain 255).
 * @example
 * ```ts
 * import { addrSpec, mailbox } from "@letterwright/message";
 *
 * addrSpec(mailbox({ name: "Jörg", localPart: "joerg", domain: "example.com" })); // => "joerg@example.com"
 * ```
 */
export function mailbox(init: MailboxInit): Mailbox {
  assertDomain(init.domain);
  return mailboxAtDomain(init);
}

/** The same for a domain that has been checked. */
export function mailboxAtDomain(init: MailboxInit): Mailbox {
  const { name, localPart, domain } = init;
  if (name !== undefined) assertText(name, "display name");
  assertText(localPart, "local-part");
  if (localPart.length === 0) {
    throw new UsageError("the local-part is empty", {
      code: "ADDRESS_LOCAL_PART_INVALID",
      hint: 'Something has to stand before the "@".',
    });
  }
  // A character takes three octets for each of its units at most.
  if (localPart.length > 21 && utf8Length(localPart) > 64)
    throw tooLong("local-part", 64, "§4.5.3.1.1");
  return Object.freeze(
    name === undefined || name === ""
      ? { kind: "mailbox" as const, localPart, domain }
      : { kind: "mailbox" as const, name, localPart, domain },
  );
}

/** A checked, frozen group. */
export function group(name: string, members: readonly Mailbox[] = []): Group {
  assertText(name, "group name");
  if (name.trim() === "") {
    throw new UsageError("a group needs a name", {
      code: "ADDRESS_GROUP_NAME_MISSING",
      hint: "RFC 5322 §3.4.",
    });
  }
  return Object.freeze({ kind: "group", name, members: Object.freeze([...members]) });
}

/** Which form of the domain {@link addrSpec} prints. */
export interface AddrSpecOptions {
  /** `"as-given"` (default), or `"ascii"`: A-labels, for every server without SMTPUTF8. */
  readonly domain?: "as-given" | "ascii";
}

/** The `addr-spec` of RFC 5322 §3.4.1; the local-part is quoted when it has to be. */
export function addrSpec(address: Mailbox, options: AddrSpecOptions = {}): string {
  const domain =
    options.domain === "ascii" && !isAscii(address.domain)
      ? asciiDomain(address.domain)
      : address.domain;
  return `${printLocalPart(address.localPart)}@${domain}`;
}

/** A mailbox as a person writes it, `"Doe, Jane" <jane@example.com>`. For people, not for the wire. */
export function formatMailbox(address: Mailbox): string {
  return address.name === undefined
    ? addrSpec(address)
    : `${quotePhrase(address.name)} <${addrSpec(address)}>`;
}

/** A mailbox or group as a person writes it. */
export function formatAddress(address: Address): string {
  if (address.kind === "mailbox") return formatMailbox(address);
  return `${quotePhrase(address.name)}: ${address.members.map(formatMailbox).join(", ")};`;
}

/** Every mailbox of the list, groups opened, in order. */
export function mailboxesOf(addresses: readonly Address[]): readonly Mailbox[] {
  return addresses.flatMap((address) => (address.kind === "group" ? address.members : [address]));
}

/** How {@link sameMailbox} compares. */
export interface SameMailboxOptions {
  /**
   * `"exact"` (default): only the host of the mailbox knows whether case matters (RFC 5321 §2.4).
   * `"ignore-case"`: as nearly every host has it; for finding somebody again, not for delivery.
   */
  readonly localPart?: "exact" | "ignore-case";
}

/**
 * Whether two values are one mailbox: names do not count, domains are compared as A-labels without case.
 *
 * @example
 * ```ts
 * import { parseMailbox, sameMailbox } from "@letterwright/message";
 *
 * sameMailbox(parseMailbox("Jane <jane@EXAMPLE.com>"), parseMailbox("jane@example.com")); // => true
 * ```
 */
export function sameMailbox(
  one: Mailbox,
  other: Mailbox,
  options: SameMailboxOptions = {},
): boolean {
  const key = (box: Mailbox): string =>
    options.localPart === "ignore-case" ? box.localPart.toLowerCase() : box.localPart;
  return (
    key(one) === key(other) &&
    asciiDomain(one.domain).toLowerCase() === asciiDomain(other.domain).toLowerCase()
  );
}

/**
 * Whether the mailbox can only be written with SMTPUTF8 (RFC 6531): its local-part is not ASCII.
 * A domain never needs it, because it has A-labels.
 */
export function needsSmtpUtf8(address: Mailbox): boolean {
  return !isAscii(address.localPart);
}

/** A text as a `quoted-string`, RFC 5322 §3.2.4. */
export function quoteString(text: string): string {
  let quoted = '"';
  for (const character of text)
    quoted += character === '"' || character === "\\" ? `\\${character}` : character;
  return `${quoted}"`;
}

function printLocalPart(localPart: string): string {
  return isDotAtom(localPart) ? localPart : quoteString(localPart);
}

function quotePhrase(name: string): string {
  return name.split(" ").every((word) => isDotAtom(word) && !word.includes("."))
    ? name
    : quoteString(name);
}

function assertText(text: string, what: string): void {
  const found = controlIn(text);
  if (found === undefined) return;
  throw new UsageError(`the ${what} has ${found}`, {
    code: "ADDRESS_CONTROL_CHARACTER",
    hint: "Line breaks and control characters cannot stand in an address; remove them where the text comes from.",
  });
}

function tooLong(what: string, octets: number, section: string): UsageError {
  return new UsageError(`the ${what} is longer than ${octets} octets`, {
    code: "ADDRESS_TOO_LONG",
    hint: `RFC 5321 ${section} sets this limit; no server has to take more.`,
  });
}
