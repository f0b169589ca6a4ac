/** Composing: from what a person means to the tree that says it, with the least nesting. */
import { UsageError } from "@letterwright/base/error";
import { parseAddressList, parseMailbox } from "./address-parser.ts";
import type { Attachment, InlineFile } from "./attachment.ts";
import { linkInline } from "./inline-links.ts";
import { appendField, fieldOf, textField, type Field, type Fields } from "./field/field.ts";
import type { FieldDefinition } from "./field/definition.ts";
import * as standard from "./field/standard.ts";
import type { Address, Mailbox } from "./mailbox.ts";
import { bytesPart, multipart, textPart, withFields, type Message, type Part } from "./part.ts";

/** One mailbox: a value, or text such as `Jane <jane@example.com>`. */
export type MailboxInput = Mailbox | string;
/** Addresses: text that holds a list, one value, or an array of values and single mailboxes as text. */
export type AddressInput = Address | string | readonly (Address | string)[];

/** What a message is composed from. Every option may be left out but `from`. */
export interface MessageInit {
  /** The author. Several need a `sender` (RFC 5322 §3.6.2). */
  readonly from: MailboxInput | readonly MailboxInput[];
  /** Who sent it, when that is not the author. */
  readonly sender?: MailboxInput;
  readonly to?: AddressInput;
  readonly cc?: AddressInput;
  /** Recipients whom nobody sees: they go into the envelope and are not written. */
  readonly bcc?: AddressInput;
  readonly replyTo?: AddressInput;
  readonly subject?: string;
  /** Default: the moment of sending. */
  readonly date?: Date;
  /** `<left@right>`. Default: made when the message is sent. */
  readonly messageId?: string;
  readonly inReplyTo?: string | readonly string[];
  readonly references?: readonly string[];
  /** The plain text. */
  readonly text?: string;
  /** The same as HTML. */
  readonly html?: string;
  /** Files that `html` shows by `cid:`. */
  readonly inline?: readonly InlineFile[];
  readonly attachments?: readonly Attachment[];
  /** Further fields: made with `fieldOf` or `textField`, or as `{ "X-Name": "text" }`. */
  readonly headers?: readonly Field[] | Readonly<Record<string, string>>;
}

/**
 * Composes a message. It is checked now, frozen, and may be sent as often as you like.
 *
 * The tree has no more levels than it needs: mixed(related(alternative(text, html), inline…), attachments…)
 * without those that would have a single child.
 *
 * @throws {UsageError} `ADDRESS_SYNTAX` with a caret under the fault, `MESSAGE_FROM_MISSING`,
 * `MESSAGE_SENDER_MISSING`, `MESSAGE_INLINE_MISSING`, `MESSAGE_INLINE_WITHOUT_HTML`, `FIELD_CONTROL_CHARACTER`
 * @example
 * ```ts
 * import { field, message, subject } from "@letterwright/message";
 *
 * const mail = message({ from: "Ana <ana@example.com>", to: "bob@example.org", subject: "Grüße", text: "Hello" });
 * field(mail, subject); // => "Grüße"
 * ```
 */
export function message(init: MessageInit): Message {
  const root = contentOf(init);
  return withFields(root, [...headerOf(init), ...root.fields]);
}

function headerOf(init: MessageInit): Fields {
  const authors = fromOf(init.from);
  if (authors.length > 1 && init.sender === undefined) {
    throw new UsageError("a message with several authors needs a sender", {
      code: "MESSAGE_SENDER_MISSING",
      hint: "Say with `sender` which one mailbox sends it (RFC 5322 §3.6.2).",
    });
  }
  let fields: Fields = [];
  const add = <Value, Input>(
    definition: FieldDefinition<Value, Input>,
    input: Input | undefined,
  ): void => {
    if (input !== undefined) fields = appendField(fields, fieldOf(definition, input));
  };
  add(standard.from, authors);
  add(standard.sender, init.sender === undefined ? undefined : mailboxOf(init.sender));
  add(standard.to, addressesOf(init.to));
  add(standard.cc, addressesOf(init.cc));
  add(standard.bcc, addressesOf(init.bcc));
  add(standard.replyTo, addressesOf(init.replyTo));
  add(standard.subject, init.subject);
  add(standard.date, init.date);
  add(standard.messageId, init.messageId);
  add(standard.inReplyTo, typeof init.inReplyTo === "string" ? [init.inReplyTo] : init.inReplyTo);
  add(standard.references, init.references);
  for (const extra of extraFields(init.headers)) {
    refuseBodyField(extra.name);
    fields = appendField(fields, extra);
  }
  return fields;
}

/** RFC 2045 fields describe the body, which `message` makes itself. */
function refuseBodyField(name: string): void {
  const lower = name.toLowerCase();
  if (lower !== "mime-version" && !lower.startsWith("content-")) return;
  if (lower === "content-language") return;
  throw new UsageError(`${name} is written for you and cannot be given`, {
    code: "FIELD_IS_DERIVED",
    hint: "Build the parts by hand with textPart, bytesPart and multipart to say it yourself.",
  });
}

function extraFields(headers: MessageInit["headers"]): readonly Field[] {
  if (headers === undefined) return [];
  if (Array.isArray(headers)) return headers as readonly Field[];
  return Object.entries(headers as Readonly<Record<string, string>>).map(([name, text]) =>
    textField(name, text),
  );
}

function contentOf(init: MessageInit): Part {
  const { inline = [], attachments = [] } = init;
  if (inline.length > 0 && init.html === undefined) {
    throw new UsageError("inline files are shown by HTML, and there is none", {
      code: "MESSAGE_INLINE_WITHOUT_HTML",
      hint: "Give `html` that shows them by cid:, or attach them.",
    });
  }
  const texts: Part[] = [];
  if (init.text !== undefined || init.html === undefined) texts.push(textPart(init.text ?? ""));
  if (init.html !== undefined)
    texts.push(textPart(linkInline(init.html, inline), { type: "text/html" }));
  const root = texts.length === 1 ? (texts[0] as Part) : multipart("alternative", texts);
  const shown = inline.length === 0 ? root : related(root, inline);
  return attachments.length === 0
    ? shown
    : multipart("mixed", [shown, ...attachments.map(attachedPart)]);
}

/** RFC 2387 §3.1: `type` names the media type of the root part. */
function related(root: Part, inline: readonly InlineFile[]): Part {
  const type = root.body.kind === "multipart" ? "multipart/alternative" : "text/html";
  return multipart("related", [root, ...inline.map(inlinePart)], { parameters: { type } });
}

function inlinePart(file: InlineFile): Part {
  return bytesPart(file.content, {
    type: file.type,
    fields: [
      fieldOf(standard.contentId, `<${file.cid}>`),
      fieldOf(standard.contentDisposition, {
        disposition: "inline",
        parameters: { filename: file.name },
      }),
    ],
  });
}

function attachedPart(file: Attachment): Part {
  return bytesPart(file.content, {
    type: file.type,
    fields: [
      fieldOf(standard.contentDisposition, {
        disposition: "attachment",
        parameters: { filename: file.name },
      }),
    ],
  });
}

function fromOf(input: MessageInit["from"] | undefined): readonly Mailbox[] {
  const authors = isList(input) ? input : input === undefined ? [] : [input];
  if (authors.length === 0) {
    throw new UsageError("a message needs an author", {
      code: "MESSAGE_FROM_MISSING",
      hint: 'Give `from`, for example "Ana <ana@example.com>" (RFC 5322 §3.6.2).',
    });
  }
  return authors.map(mailboxOf);
}

function mailboxOf(input: MailboxInput): Mailbox {
  return typeof input === "string" ? parseMailbox(input) : input;
}

function addressesOf(input: AddressInput | undefined): readonly Address[] | undefined {
  if (input === undefined) return undefined;
  if (typeof input === "string") return parseAddressList(input);
  if (!isList(input)) return [input];
  const addresses = input.map((one) => (typeof one === "string" ? parseMailbox(one) : one));
  return addresses.length === 0 ? undefined : addresses;
}

function isList<Item>(value: Item | readonly Item[] | undefined): value is readonly Item[] {
  return Array.isArray(value);
}
