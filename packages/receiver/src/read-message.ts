/** Reads a stored message through the parser: the only file that knows it. */
import { emptyBytes } from "@letterwright/base/bytes";
import {
  addrSpec,
  attachmentsOf,
  cc,
  contentSource,
  date,
  field,
  from,
  htmlOf,
  mailboxesOf,
  messageId,
  replyTo,
  subject,
  textOf,
  to,
  type Address,
  type AttachedPart,
  type Message,
} from "@letterwright/message";
import { parse, type MessageDefect } from "@letterwright/parser";

/** A mailbox as it was read. */
export interface CaughtMailbox {
  readonly name: string;
  readonly address: string;
}

/** A file as it was read. */
export interface CaughtFile {
  /** As the sender gave it: `safeFilename` of `@letterwright/message` before it touches a disk. */
  readonly name: string | undefined;
  readonly type: string;
  /** The Content-ID without its angle brackets. */
  readonly cid: string | undefined;
  readonly content: Uint8Array;
}

/** What a message says. */
export interface ReadMessage {
  readonly subject: string;
  readonly from: readonly CaughtMailbox[];
  readonly to: readonly CaughtMailbox[];
  readonly cc: readonly CaughtMailbox[];
  readonly replyTo: readonly CaughtMailbox[];
  readonly messageId: string | undefined;
  readonly date: Date | undefined;
  /** With LF as line end. */
  readonly text: string | undefined;
  /** With LF as line end. */
  readonly html: string | undefined;
  /** Everything that comes beside the text; what the text shows inside itself too. */
  readonly attachments: readonly CaughtFile[];
  /** Every field as it stands in the message, unfolded, in order. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** The whole of it, for every function of `@letterwright/message`. */
  readonly message: Message;
  /** Everything that is not as the standards have it. */
  readonly defects: readonly MessageDefect[];
}

/** @throws {LimitError} `PARSE_LIMIT` for a message that was made to exhaust its readers */
export function readMessage(bytes: Uint8Array): ReadMessage {
  const { message, defects } = parse(bytes);
  const moment = field(message, date);
  return {
    subject: field(message, subject) ?? "",
    from: mailboxes(field(message, from)),
    to: mailboxes(field(message, to)),
    cc: mailboxes(field(message, cc)),
    replyTo: mailboxes(field(message, replyTo)),
    messageId: field(message, messageId),
    date: moment === undefined ? undefined : new Date(moment.epochMs),
    text: withLf(textOf(message)),
    html: withLf(htmlOf(message)),
    attachments: attachmentsOf(message, { inline: true }).map(fileOf),
    headers: message.fields
      .filter(({ name }) => name !== "")
      .map(({ name, wire = "" }) => ({ name, value: wire.replace(/\r?\n/g, "").trim() })),
    message,
    defects,
  };
}

function mailboxes(found: readonly Address[] = []): readonly CaughtMailbox[] {
  return mailboxesOf(found).map((one) => ({ name: one.name ?? "", address: addrSpec(one) }));
}

function withLf(text: string | undefined): string | undefined {
  return text?.replaceAll("\r\n", "\n");
}

function fileOf({ part, filename, type, contentId }: AttachedPart): CaughtFile {
  const content = contentSource(part)?.bytes ?? emptyBytes;
  return { name: filename, type, cid: contentId, content };
}
