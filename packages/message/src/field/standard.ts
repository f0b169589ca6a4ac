/** The fields of RFC 5322 §3.6 and RFC 2045 that composing needs, one definition each. */
import { UsageError } from "@letterwright/base/error";
import { isToken } from "@letterwright/base/grammar";
import { formatDate } from "../date.ts";
import type { Address, Mailbox } from "../mailbox.ts";
import { assertMessageId, type MessageId } from "../message-id.ts";
import { defineField, type FieldDefinition } from "./definition.ts";
import { fieldText } from "./text.ts";
import { tokensOf, type FieldUnit } from "./unit.ts";

/** A media type with its parameters, RFC 2045 §5.1. */
export interface ContentType {
  /** Lower case, `"text/plain"`. */
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** How a part wants to be shown, RFC 2183. */
export interface ContentDisposition {
  readonly disposition: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The transfer encodings of RFC 2045 §6.1. */
export type TransferEncoding = "7bit" | "8bit" | "binary" | "quoted-printable" | "base64";

/** Free text under a name of your own, or under one that has no definition here. It may be repeated. */
export function unstructured(
  name: string,
  options: { readonly maxCount?: number } = {},
): FieldDefinition<string> {
  return defineField(name, {
    maxCount: options.maxCount ?? Infinity,
    of: (text: string) => fieldText(text, name),
    format: (text) => [{ kind: "text", text }],
  });
}

export const subject: FieldDefinition<string> = unstructured("Subject", { maxCount: 1 });
export const from: FieldDefinition<readonly Mailbox[]> = defineField<readonly Mailbox[]>("From", {
  // RFC 6854 allows a group here; RFC 5322 §3.6.2 does not, and receivers refuse it.
  of: (mailboxes: readonly Mailbox[]) => atLeastOne(mailboxes, "From"),
  format: formatAddresses,
});
export const sender: FieldDefinition<Mailbox> = defineField("Sender", {
  of: (box: Mailbox) => box,
  format: (box) => formatAddresses([box]),
});
export const to: FieldDefinition<readonly Address[]> = addressList("To");
export const cc: FieldDefinition<readonly Address[]> = addressList("Cc");
export const bcc: FieldDefinition<readonly Address[]> = addressList("Bcc");
export const replyTo: FieldDefinition<readonly Address[]> = addressList("Reply-To");
export const date: FieldDefinition<Date> = defineField("Date", {
  of: (moment: Date) => {
    formatDate(moment); // refuses what no date can say
    return moment;
  },
  format: (moment) => tokensOf(formatDate(moment)),
});
export const messageId: FieldDefinition<MessageId, string> = defineField("Message-ID", {
  of: (id: string) => assertMessageId(id, "Message-ID"),
  format: (id) => [{ kind: "token", text: id }],
});
export const inReplyTo: FieldDefinition<readonly MessageId[], readonly string[]> =
  messageIds("In-Reply-To");
export const references: FieldDefinition<readonly MessageId[], readonly string[]> =
  messageIds("References");
export const mimeVersion: FieldDefinition<"1.0"> = defineField("MIME-Version", {
  of: (version: "1.0") => version,
  format: (version) => [{ kind: "token", text: version }],
});
export const contentType: FieldDefinition<ContentType> = defineField("Content-Type", {
  of: checkedContentType,
  format: ({ type, parameters }) => [{ kind: "token", text: type }, ...parameterUnits(parameters)],
});
export const contentDisposition: FieldDefinition<ContentDisposition> = defineField(
  "Content-Disposition",
  {
    of: checkedDisposition,
    format: ({ disposition, parameters }) => [
      { kind: "token", text: disposition },
      ...parameterUnits(parameters),
    ],
  },
);
export const contentTransferEncoding: FieldDefinition<TransferEncoding> = defineField(
  "Content-Transfer-Encoding",
  {
    of: (encoding: TransferEncoding) => encoding,
    format: (encoding) => [{ kind: "token", text: encoding }],
  },
);
export const contentId: FieldDefinition<MessageId, string> = defineField("Content-ID", {
  of: (id: string) => assertMessageId(id, "Content-ID"),
  format: (id) => [{ kind: "token", text: id }],
});

const all: readonly FieldDefinition[] = [
  subject,
  from,
  sender,
  to,
  cc,
  bcc,
  replyTo,
  date,
  messageId,
  inReplyTo,
  references,
  mimeVersion,
  contentType,
  contentDisposition,
  contentTransferEncoding,
  contentId,
];
const byName: ReadonlyMap<string, FieldDefinition> = new Map(
  all.map((definition) => [definition.name.toLowerCase(), definition]),
);

/** The standard definition of a name, matched without case; `undefined` when it has none here. */
export function standardField(name: string): FieldDefinition | undefined {
  return byName.get(name.toLowerCase());
}

function addressList(name: string): FieldDefinition<readonly Address[]> {
  return defineField(name, {
    of: (addresses: readonly Address[]) => atLeastOne(addresses, name),
    format: formatAddresses,
  });
}

function messageIds(name: string): FieldDefinition<readonly MessageId[], readonly string[]> {
  return defineField(name, {
    of: (ids: readonly string[]): readonly MessageId[] =>
      Object.freeze(atLeastOne(ids, name).map((id) => assertMessageId(id, name))),
    format: (ids) => ids.map((id) => ({ kind: "token", text: id })),
  });
}

function atLeastOne<Item>(items: readonly Item[], name: string): readonly Item[] {
  if (items.length > 0) return Object.freeze([...items]);
  throw new UsageError(`${name} is empty`, {
    code: "FIELD_EMPTY",
    hint: `Leave ${name} out, or put at least one value into it (RFC 5322 §3.6).`,
  });
}

function formatAddresses(addresses: readonly Address[]): readonly FieldUnit[] {
  const units: FieldUnit[] = [];
  addresses.forEach((address, index) => {
    if (index > 0) units.push({ kind: "token", text: ",", glued: true });
    if (address.kind === "mailbox") {
      units.push(...mailboxUnits(address));
      return;
    }
    units.push({ kind: "phrase", text: address.name });
    units.push({ kind: "token", text: ":", glued: true });
    address.members.forEach((member, memberIndex) => {
      if (memberIndex > 0) units.push({ kind: "token", text: ",", glued: true });
      units.push(...mailboxUnits(member));
    });
    units.push({ kind: "token", text: ";", glued: true });
  });
  return units;
}

function mailboxUnits(box: Mailbox): readonly FieldUnit[] {
  const address: FieldUnit = { kind: "addr-spec", mailbox: box, angle: box.name !== undefined };
  return box.name === undefined ? [address] : [{ kind: "phrase", text: box.name }, address];
}

function parameterUnits(parameters: Readonly<Record<string, string>>): readonly FieldUnit[] {
  return Object.entries(parameters).map(([name, value]) => ({ kind: "parameter", name, value }));
}

function checkedContentType(value: ContentType): ContentType {
  const type = value.type.toLowerCase();
  const [main = "", sub = "", ...more] = type.split("/");
  if (!isToken(main) || !isToken(sub) || more.length > 0) {
    throw new UsageError(`${JSON.stringify(value.type)} is not a media type`, {
      code: "CONTENT_TYPE_INVALID",
      hint: 'A media type is two tokens with a slash between, "image/png" for example (RFC 2045 §5.1).',
    });
  }
  return Object.freeze({ type, parameters: checkedParameters(value.parameters, "Content-Type") });
}

function checkedDisposition(value: ContentDisposition): ContentDisposition {
  const disposition = value.disposition.toLowerCase();
  if (!isToken(disposition)) {
    throw new UsageError(`${JSON.stringify(value.disposition)} is not a disposition`, {
      code: "CONTENT_DISPOSITION_INVALID",
      hint: 'Write "attachment" or "inline" (RFC 2183 §2).',
    });
  }
  return Object.freeze({
    disposition,
    parameters: checkedParameters(value.parameters, "Content-Disposition"),
  });
}

function checkedParameters(
  parameters: Readonly<Record<string, string>>,
  field: string,
): Readonly<Record<string, string>> {
  const checked: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(parameters)) {
    const lower = name.toLowerCase();
    // RFC 2231 gives "*", "'" and "%" a meaning of their own in names.
    if (!isToken(lower) || /[*'%]/.test(lower)) {
      throw new UsageError(`${JSON.stringify(name)} is not a parameter name`, {
        code: "PARAMETER_NAME_INVALID",
        hint: "A parameter name is a token without *, ' and % (RFC 2045 §5.1, RFC 2231 §7).",
      });
    }
    if (lower in checked) {
      throw new UsageError(`${field} has the parameter ${lower} twice`, {
        code: "PARAMETER_DUPLICATE",
        hint: "Parameter names are matched without case; keep one of them.",
      });
    }
    checked[lower] = fieldText(value, `the ${field} parameter ${lower}`);
  }
  return Object.freeze(checked);
}
