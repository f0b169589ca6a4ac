/** Composing: from what a person means to the tree that says it, with the least nesting. */
import { UsageError } from "@letterwright/base/error";
import type { AddressInput, MailboxInput, MailboxListInput } from "./address/input.ts";
import type { Attachment, InlineFile } from "./attachment.ts";
import { calendarAttachment, calendarPart, type CalendarInit } from "./calendar.ts";
import { mailingListFields, type MailingListInit } from "./compose-list.ts";
import type { DateTime } from "./date.ts";
import * as addresses from "./field/addresses.ts";
import { contentDisposition } from "./field/content.ts";
import { date } from "./field/dates.ts";
import type { FieldDefinition } from "./field/definition.ts";
import { fieldOf, textField, type Field } from "./field/field.ts";
import { contentId, inReplyTo, messageId, references } from "./field/identifiers.ts";
import { keyword } from "./field/keyword.ts";
import { importance, subject } from "./field/notice.ts";
import { assertRoom } from "./holder.ts";
import { linkInline } from "./inline-links.ts";
import { alternative, mixed, related } from "./multipart.ts";
import { assertOriginator } from "./originator.ts";
import { bytesPart, textPart, type Message, type Part } from "./part.ts";

/** What a message is composed from. Every option may be left out but `from`. */
export interface MessageInit {
  /** The author. Several need a `sender` (RFC 5322 §3.6.2). */
  readonly from: MailboxListInput;
  /** Who sent it, when that is not the author. */
  readonly sender?: MailboxInput;
  readonly to?: AddressInput;
  readonly cc?: AddressInput;
  /** Recipients whom nobody sees: they go into the envelope and are not written. */
  readonly bcc?: AddressInput;
  readonly replyTo?: AddressInput;
  readonly subject?: string;
  /** Default: the moment of sending. A `Date` is said in UTC. */
  readonly date?: Date | DateTime;
  /** `<left@right>`. Default: made when the message is sent. */
  readonly messageId?: string;
  readonly inReplyTo?: string | readonly string[];
  readonly references?: readonly string[];
  /** The plain text. */
  readonly text?: string;
  /** The same as HTML. */
  readonly html?: string;
  /** The same as AMP for Email; it needs `html` for readers without AMP. */
  readonly amp?: string;
  /** An invitation or an answer to one, for programs that keep calendars. */
  readonly calendar?: CalendarInit;
  /** Files that `html` shows by `cid:`. */
  readonly inline?: readonly InlineFile[];
  readonly attachments?: readonly Attachment[];
  /** Writes Importance, and X-Priority for older readers. `"normal"` writes nothing. */
  readonly priority?: "high" | "normal" | "low";
  /** What a mailing list or a newsletter says of itself, and how to leave it. */
  readonly list?: MailingListInit;
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
 * `MESSAGE_SENDER_MISSING`, `MESSAGE_INLINE_MISSING`, `MESSAGE_INLINE_WITHOUT_HTML`, `MESSAGE_AMP_WITHOUT_HTML`,
 * `CALENDAR_METHOD_MISMATCH`, `LIST_ONE_CLICK_WITHOUT_HTTPS`, `FIELD_CONTROL_CHARACTER`, `FIELD_TOO_MANY`
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
  const fields = headerOf(init);
  for (let at = 0; at < root.fields.length; at++) fields.push(root.fields[at] as Field);
  const mail = Object.freeze({ fields: Object.freeze(fields), body: root.body });
  assertOriginator(mail);
  return mail;
}

function headerOf(init: MessageInit): Field[] {
  const made: Field[] = [];
  push(made, addresses.from, presentAuthors(init.from));
  push(made, addresses.sender, init.sender);
  push(made, addresses.to, unlessEmpty(init.to));
  push(made, addresses.cc, unlessEmpty(init.cc));
  push(made, addresses.bcc, unlessEmpty(init.bcc));
  push(made, addresses.replyTo, unlessEmpty(init.replyTo));
  push(made, subject, init.subject);
  push(made, date, init.date);
  push(made, messageId, init.messageId);
  push(made, inReplyTo, typeof init.inReplyTo === "string" ? [init.inReplyTo] : init.inReplyTo);
  push(made, references, init.references);
  if (init.priority !== undefined && init.priority !== "normal") {
    push(made, importance, init.priority);
    // Older readers know only this one; 1 and 5 are its ends.
    made.push(fieldOf(keyword("X-Priority", ["1", "5"]), init.priority === "high" ? "1" : "5"));
  }
  if (init.list !== undefined) made.push(...mailingListFields(init.list));
  if (init.headers === undefined) return made;
  const holder = { fields: made };
  for (const extra of extraFields(init.headers)) {
    assertRoom(holder, extra);
    made.push(extra);
  }
  return made;
}

function push<Value, Input>(
  made: Field[],
  definition: FieldDefinition<Value, Input>,
  input: Input | undefined,
): void {
  if (input !== undefined) made.push(fieldOf(definition, input));
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

function extraFields(headers: NonNullable<MessageInit["headers"]>): readonly Field[] {
  const isList = (given: typeof headers): given is readonly Field[] => Array.isArray(given);
  if (isList(headers)) {
    for (const { name } of headers) refuseBodyField(name);
    return headers;
  }
  return Object.keys(headers).map((name) => {
    refuseBodyField(name);
    return textField(name, headers[name] as string);
  });
}

function contentOf(init: MessageInit): Part {
  const { inline = [], attachments = [], calendar } = init;
  const texts = textsOf(init, inline);
  const root = texts.length === 1 ? (texts[0] as Part) : alternative(texts);
  const attached = attachments.map(attachedPart);
  // Some readers take an invitation only from a file, some only from the alternative: both are there.
  if (calendar !== undefined) attached.push(attachedPart(calendarAttachment(calendar)));
  return attached.length === 0 ? root : mixed([root, ...attached]);
}

/**
 * The versions of the text, plainest first (RFC 2046 §5.1.4). Inline files belong to the HTML alone when
 * there are other versions beside it that do not show them, and AMP has to stand before the HTML.
 */
function textsOf(init: MessageInit, inline: readonly InlineFile[]): readonly Part[] {
  const { text, html, amp, calendar } = init;
  if (inline.length > 0 && html === undefined) {
    throw new UsageError("inline files are shown by HTML, and there is none", {
      code: "MESSAGE_INLINE_WITHOUT_HTML",
      hint: "Give `html` that shows them by cid:, or attach them.",
    });
  }
  if (amp !== undefined && html === undefined) {
    throw new UsageError("a message with AMP needs HTML for readers without AMP", {
      code: "MESSAGE_AMP_WITHOUT_HTML",
      hint: "Give `html`, and best `text` too.",
    });
  }
  const texts: Part[] = text === undefined ? [] : [textPart(text)];
  if (amp !== undefined) texts.push(textPart(amp, { type: "text/x-amp-html" }));
  if (html !== undefined) texts.push(textPart(linkInline(html, inline), { type: "text/html" }));
  if (calendar !== undefined) texts.push(calendarPart(calendar));
  if (texts.length === 0) texts.push(textPart(""));
  if (inline.length === 0) return texts;
  // related(alternative(…), files…): every reader finds the files beside whichever version it shows.
  const root = texts.length === 1 ? (texts[0] as Part) : alternative(texts);
  return [related(root, inline.map(inlinePart))];
}

/** The part that shows an inline file. */
export function inlinePart(file: InlineFile): Part {
  return bytesPart(file.content, {
    type: file.type,
    fields: [
      fieldOf(contentId, `<${file.cid}>`),
      fieldOf(contentDisposition, { disposition: "inline", parameters: { filename: file.name } }),
    ],
  });
}

/** The part that carries an attachment. */
export function attachedPart(file: Attachment): Part {
  return bytesPart(file.content, {
    type: file.type,
    fields: [
      fieldOf(contentDisposition, {
        disposition: "attachment",
        parameters: { filename: file.name },
      }),
    ],
  });
}

function presentAuthors(input: MailboxListInput | undefined): MailboxListInput {
  if (input !== undefined && !(Array.isArray(input) && input.length === 0)) return input;
  throw new UsageError("a message needs an author", {
    code: "MESSAGE_FROM_MISSING",
    hint: 'Give `from`, for example "Ana <ana@example.com>" (RFC 5322 §3.6.2).',
  });
}

/** An empty array says nobody, as leaving the option out does. */
function unlessEmpty(input: AddressInput | undefined): AddressInput | undefined {
  return Array.isArray(input) && input.length === 0 ? undefined : input;
}
