/** Answers: to whom they go, what they refer to, what they quote (RFC 5322 §3.6.3, §3.6.4). */
import { UsageError } from "@letterwright/base/error";
import {
  addressesFrom,
  mailboxesFrom,
  type AddressInput,
  type MailboxListInput,
} from "./address/input.ts";
import { addrSpec, formatMailbox, mailboxesOf, type Mailbox } from "./address/mailbox.ts";
import { message, type MessageInit } from "./compose.ts";
import { formatDate } from "./date.ts";
import { cc, from, replyTo, to } from "./field/addresses.ts";
import { date } from "./field/dates.ts";
import { inReplyTo, messageId, references } from "./field/identifiers.ts";
import { subject } from "./field/notice.ts";
import { field } from "./holder.ts";
import type { MessageId } from "./message-id.ts";
import type { Message } from "./part.ts";
import { plainTextOf } from "./read/plain.ts";

/** What an answer is composed from: as any message, with the rest taken from what is answered. */
export interface ReplyInit extends Omit<MessageInit, "inReplyTo" | "references"> {
  /** Default: Reply-To of the original, else its authors. */
  readonly to?: AddressInput;
  /** Default: the original's with `Re: ` before it, unless it has that. */
  readonly subject?: string;
  /** Further addresses of whoever answers; with `from` they are nobody whom {@link replyAll} writes to. */
  readonly own?: MailboxListInput;
  /** Whether the original is quoted below `text` and `html`. Default true. */
  readonly quote?: boolean;
  /** The line above the quotation. Default: `On <date>, <author> wrote:`. */
  readonly attribution?: string;
}

/**
 * An answer to whoever wrote: to Reply-To, else to the authors. An answer to a message of one's own goes
 * to whom that went. References holds the thread (§3.6.4). Nothing is sent to anybody in Bcc.
 *
 * @throws {UsageError} `REPLY_NOBODY` when the original names nobody; what {@link message} throws; and
 * `TEXT_NOT_IN_MEMORY` for a quotation of text in a stream or a file
 * @example
 * ```ts
 * import { field, formatAddress, message, reply, subject, textOf, to } from "@letterwright/message";
 *
 * const original = message({ from: "Ana <ana@example.com>", to: "bob@example.org", subject: "Lunch?", text: "At noon?" });
 * const answer = reply(original, { from: "bob@example.org", text: "Yes." });
 * field(answer, to)?.map(formatAddress); // => ["Ana <ana@example.com>"]
 * field(answer, subject); // => "Re: Lunch?"
 * textOf(answer); // => "Yes.\n\nAna <ana@example.com> wrote:\n> At noon?\n"
 * ```
 */
export function reply(original: Message, init: ReplyInit): Message {
  return answer(original, init, init.to ?? authorsToAnswer(original, init));
}

/**
 * An answer to everybody whom the original names: whoever {@link reply} would write to, and in Cc the
 * others of To and Cc, each once, without the addresses of whoever answers. Addresses are compared
 * without case.
 *
 * @throws what {@link reply} throws
 */
export function replyAll(original: Message, init: ReplyInit): Message {
  const main = init.to ?? authorsToAnswer(original, init);
  if (init.cc !== undefined) return answer(original, init, main);
  const known = new Set([...ownAddresses(init), ...mailboxesOf(addressesFrom(main))].map(keyOf));
  const others: Mailbox[] = [];
  for (const box of [...recipients(original, to), ...recipients(original, cc)]) {
    const key = keyOf(box);
    if (known.has(key)) continue;
    known.add(key);
    others.push(box);
  }
  return answer(original, { ...init, cc: others }, main);
}

/**
 * What a message that belongs to the same thread has in References: those of the original, else its only
 * In-Reply-To, and then its Message-ID (RFC 5322 §3.6.4).
 */
export function threadOf(original: Message): readonly MessageId[] {
  const id = field(original, messageId);
  const earlier = field(original, references) ?? [];
  const parents = field(original, inReplyTo) ?? [];
  const chain = earlier.length > 0 ? earlier : parents.length === 1 ? parents : [];
  return id === undefined ? chain : [...chain.filter((one) => one !== id), id];
}

/** `> ` before each line, `>` before lines that are quoted already or empty. */
export function quoteLines(text: string): string {
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replace(/\n+$/, "")
    .split("\n")
    .map((line) => (line === "" || line.startsWith(">") ? `>${line}` : `> ${line}`))
    .join("\n");
}

function answer(original: Message, init: ReplyInit, recipient: AddressInput): Message {
  const { own: _own, quote = true, attribution, ...rest } = init;
  const id = field(original, messageId);
  const thread = threadOf(original);
  const line = attribution ?? attributionOf(original);
  return message({
    ...rest,
    to: recipient,
    subject: init.subject ?? answeredSubject(field(original, subject) ?? ""),
    ...(id === undefined ? {} : { inReplyTo: id }),
    ...(thread.length === 0 ? {} : { references: thread }),
    ...(quote ? quotation(original, init, line) : {}),
  });
}

function quotation(
  original: Message,
  init: ReplyInit,
  line: string,
): Pick<MessageInit, "text" | "html"> {
  const { text, html } = init;
  const said = plainTextOf(original);
  if (said === undefined || said === "") return {};
  return {
    ...(text === undefined ? {} : { text: `${text.trimEnd()}\n\n${line}\n${quoteLines(said)}\n` }),
    ...(html === undefined ? {} : { html: html + quotedHtml(line, said) }),
  };
}

/** The original's text, not its HTML: what strangers write into HTML stays out of one's own. */
function quotedHtml(line: string, said: string): string {
  const escaped = escapeHtml(said.replaceAll(/\r\n?/g, "\n").trimEnd()).replaceAll("\n", "<br>\n");
  return `\n<p>${escapeHtml(line)}</p>\n<blockquote type="cite">${escaped}</blockquote>\n`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function attributionOf(original: Message): string {
  const authors = (field(original, from) ?? []).map(formatMailbox).join(", ") || "Somebody";
  const moment = field(original, date);
  return moment === undefined ? `${authors} wrote:` : `On ${formatDate(moment)}, ${authors} wrote:`;
}

/** `Re: ` once; RFC 5322 §3.6.5 knows no other. */
function answeredSubject(original: string): string {
  return /^re:/i.test(original.trimStart()) ? original : `Re: ${original}`.trimEnd();
}

function authorsToAnswer(original: Message, init: ReplyInit): readonly Mailbox[] {
  const asked = recipients(original, replyTo);
  if (asked.length > 0) return asked;
  const authors = field(original, from) ?? [];
  const own = new Set(ownAddresses(init).map(keyOf));
  const isOwn = authors.length > 0 && authors.every((author) => own.has(keyOf(author)));
  const recipientsOfOwn = isOwn ? recipients(original, to) : [];
  const found = recipientsOfOwn.length > 0 ? recipientsOfOwn : authors;
  if (found.length > 0) return found;
  throw new UsageError("the original names nobody to answer", {
    code: "REPLY_NOBODY",
    hint: "Say with `to` who gets the answer.",
  });
}

function ownAddresses(init: ReplyInit): Mailbox[] {
  return [...mailboxesFrom(init.from), ...(init.own === undefined ? [] : mailboxesFrom(init.own))];
}

function recipients(original: Message, definition: typeof to): readonly Mailbox[] {
  return mailboxesOf(field(original, definition) ?? []);
}

/** What is the same for two spellings of one mailbox, as `sameMailbox` compares with `"ignore-case"`. */
function keyOf(box: Mailbox): string {
  return addrSpec(box, { domain: "ascii" }).toLowerCase();
}
