/** Fields that hold addresses: RFC 5322 §3.6.2, §3.6.3 and §3.6.6. */
import { decodeWords, type CharsetDecoder } from "@letterwright/base/codec";
import type { Report } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import {
  addressesFrom,
  mailboxesFrom,
  mailboxFrom,
  type AddressInput,
  type MailboxInput,
  type MailboxListInput,
} from "../address/input.ts";
import { mailboxesOf, type Address, type Mailbox } from "../address/mailbox.ts";
import { scanAddresses } from "../address/parser.ts";
import { defineField, type FieldDefinition } from "./definition.ts";
import { trimBlanks } from "./unstructured.ts";
import type { FieldUnit } from "./unit.ts";

/** Holds one mailbox; made from a value or from text. */
export type MailboxField = FieldDefinition<Mailbox, MailboxInput>;
/** Holds mailboxes and no group. */
export type MailboxListField = FieldDefinition<readonly Mailbox[], MailboxListInput>;
/** Holds mailboxes and groups. */
export type AddressListField = FieldDefinition<readonly Address[], AddressInput>;

export const from: MailboxListField = /* @__PURE__ */ mailboxList("From", 1);
export const sender: MailboxField = /* @__PURE__ */ oneMailbox("Sender", 1);
export const replyTo: AddressListField = /* @__PURE__ */ addressList("Reply-To", 1);
export const to: AddressListField = /* @__PURE__ */ addressList("To", 1);
export const cc: AddressListField = /* @__PURE__ */ addressList("Cc", 1);
export const bcc: AddressListField = /* @__PURE__ */ addressList("Bcc", 1, "may be empty");

// RFC 5322 §3.6: a resent block may be added again and again, so these have no count.
export const resentFrom: MailboxListField = /* @__PURE__ */ mailboxList("Resent-From", Infinity);
export const resentSender: MailboxField = /* @__PURE__ */ oneMailbox("Resent-Sender", Infinity);
export const resentTo: AddressListField = /* @__PURE__ */ addressList("Resent-To", Infinity);
export const resentCc: AddressListField = /* @__PURE__ */ addressList("Resent-Cc", Infinity);
export const resentBcc: AddressListField = /* @__PURE__ */ addressList(
  "Resent-Bcc",
  Infinity,
  "may be empty",
);

/** Where a disposition notification should go, RFC 8098 §2.1. */
export const dispositionNotificationTo: MailboxListField = /* @__PURE__ */ mailboxList(
  "Disposition-Notification-To",
  1,
);

/** Where reports went, written by the last server (RFC 5321 §4.4); `null` is `<>`. */
export const returnPath: FieldDefinition<Mailbox | null, MailboxInput | null> =
  /* @__PURE__ */ defineField<Mailbox | null, MailboxInput | null>("Return-Path", {
    of: (path: MailboxInput | null) => (path === null ? null : mailboxFrom(path)),
    format: (path) =>
      path === null
        ? [{ kind: "token", text: "<>" }]
        : [{ kind: "addr-spec", mailbox: path, angle: true }],
    syntax: "reverse-path",
  });

/** Units of a list of addresses, with a comma between. */
export function addressUnits(addresses: readonly Address[]): readonly FieldUnit[] {
  const first = addresses[0];
  if (addresses.length === 1 && first?.kind === "mailbox") return mailboxUnits(first);
  const units: FieldUnit[] = [];
  for (let at = 0; at < addresses.length; at++) {
    const address = addresses[at] as Address;
    if (at > 0) units.push(comma);
    if (address.kind === "mailbox") for (const unit of mailboxUnits(address)) units.push(unit);
    else {
      units.push({ kind: "phrase", text: address.name }, colon);
      units.push(...addressUnits(address.members), semicolon);
    }
  }
  return units;
}

const comma: FieldUnit = Object.freeze({ kind: "token", text: ",", glued: true });
const colon: FieldUnit = Object.freeze({ kind: "token", text: ":", glued: true });
const semicolon: FieldUnit = Object.freeze({ kind: "token", text: ";", glued: true });

function mailboxUnits(mailbox: Mailbox): readonly FieldUnit[] {
  const { name } = mailbox;
  if (name === undefined) return [{ kind: "addr-spec", mailbox, angle: false }];
  return [
    { kind: "phrase", text: name },
    { kind: "addr-spec", mailbox, angle: true },
  ];
}

function mailboxList(name: string, maxCount: number): MailboxListField {
  return defineField<readonly Mailbox[], MailboxListInput>(name, {
    maxCount,
    of: (input: MailboxListInput) => {
      const mailboxes = mailboxesFrom(input);
      for (const box of mailboxes as readonly Address[]) refuseGroup(box, name);
      return atLeastOne(mailboxes, name);
    },
    format: addressUnits,
    syntax: "mailbox-list",
  });
}

function oneMailbox(name: string, maxCount: number): MailboxField {
  return defineField<Mailbox, MailboxInput>(name, {
    maxCount,
    of: (input: MailboxInput) => {
      const box = mailboxFrom(input);
      refuseGroup(box, name);
      return box;
    },
    format: mailboxUnits,
    syntax: "mailbox",
  });
}

function addressList(name: string, maxCount: number, emptiness?: "may be empty"): AddressListField {
  return defineField<readonly Address[], AddressInput>(name, {
    maxCount,
    of: (input: AddressInput) => atLeastOne(addressesFrom(input), name),
    format: addressUnits,
    syntax: emptiness === undefined ? "address-list" : "address-list-or-empty",
  });
}

/** `path` of RFC 5322 §3.6.7; `null` for `<>`. */
export function readReversePath(
  wire: string,
  report: Report,
  charsets?: CharsetDecoder,
): Mailbox | null | undefined {
  return trimBlanks(wire) === "<>" ? null : readMailbox(wire, report, charsets);
}

/** `mailbox-list` of RFC 5322 §3.4. */
export function readMailboxes(
  wire: string,
  report: Report,
  charsets?: CharsetDecoder,
): readonly Mailbox[] | undefined {
  const addresses = readAddresses(wire, report, charsets);
  if (addresses === undefined || addresses.every(isMailbox)) return addresses;
  report("FIELD_SYNTAX", 0, "a group stands where only mailboxes may (RFC 5322 §3.6.2)");
  return Object.freeze(mailboxesOf(addresses));
}

function isMailbox(address: Address): address is Mailbox {
  return address.kind === "mailbox";
}

/** `mailbox` of RFC 5322 §3.4. */
export function readMailbox(
  wire: string,
  report: Report,
  charsets?: CharsetDecoder,
): Mailbox | undefined {
  return single(readAddresses(wire, report, charsets), report);
}

/** Bcc may be empty (RFC 5322 §3.6.3). */
export function readAddressesOrNone(
  wire: string,
  report: Report,
  charsets?: CharsetDecoder,
): readonly Address[] | undefined {
  return trimBlanks(wire) === "" ? [] : readAddresses(wire, report, charsets);
}

function single(addresses: readonly Address[] | undefined, report: Report): Mailbox | undefined {
  if (addresses === undefined) return undefined;
  const boxes = addresses.every(isMailbox) ? addresses : mailboxesOf(addresses);
  if (boxes.length > 1) report("FIELD_SYNTAX", 0, "more than one mailbox stands here");
  return boxes[0];
}

/** RFC 6854 allows a group in From; RFC 5322 §3.6.2 does not, and receivers refuse it. */
function refuseGroup(address: Address, name: string): void {
  if (address.kind === "mailbox") return;
  throw new UsageError(`${name} holds the group ${JSON.stringify(address.name)}`, {
    code: "FIELD_TAKES_NO_GROUP",
    hint: `${name} takes mailboxes: who sends is a person, not a list (RFC 5322 §3.6.2).`,
  });
}

function atLeastOne<Item>(items: readonly Item[], name: string): readonly Item[] {
  if (items.length > 0) return Object.freeze(items);
  throw new UsageError(`${name} is empty`, {
    code: "FIELD_EMPTY",
    hint: `Leave ${name} out, or put at least one value into it (RFC 5322 §3.6).`,
  });
}

/** `address-list` of RFC 5322 §3.4; phrases are decoded (RFC 2047 §5). */
export function readAddresses(
  wire: string,
  report: Report,
  charsets?: CharsetDecoder,
): readonly Address[] | undefined {
  const decode =
    charsets === undefined
      ? decodeWords
      : (atoms: string, found: Report): string => decodeWords(atoms, found, charsets);
  const addresses = scanAddresses(wire, decode, report);
  return addresses.length === 0 ? undefined : addresses;
}
