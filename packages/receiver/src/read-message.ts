/**
 * Reads a stored message through mailparser: the only file that knows it, until a parser of this
 * project's own takes its place.
 */
import { simpleParser, type AddressObject, type EmailAddress } from "mailparser";

/** A mailbox as it was read. */
export interface CaughtMailbox {
  readonly name: string;
  readonly address: string;
}

/** A file as it was read. */
export interface CaughtFile {
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
  readonly text: string | undefined;
  readonly html: string | undefined;
  readonly attachments: readonly CaughtFile[];
  /** Every field as it stands in the message, unfolded, in order. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

export async function readMessage(bytes: Uint8Array): Promise<ReadMessage> {
  const mail = await simpleParser(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
    skipTextLinks: true,
  });
  return {
    subject: mail.subject ?? "",
    from: mailboxes(mail.from),
    to: mailboxes(mail.to),
    cc: mailboxes(mail.cc),
    replyTo: mailboxes(mail.replyTo),
    messageId: mail.messageId,
    date: mail.date,
    text: mail.text,
    html: mail.html === false ? undefined : mail.html,
    attachments: mail.attachments.map((file) => ({
      name: file.filename,
      type: file.contentType,
      cid: file.cid,
      content: new Uint8Array(file.content),
    })),
    headers: mail.headerLines.map(({ line }) => {
      const colon = line.indexOf(":");
      return {
        name: line.slice(0, colon),
        value: line
          .slice(colon + 1)
          .replace(/\r?\n/g, "")
          .trim(),
      };
    }),
  };
}

function mailboxes(found: AddressObject | AddressObject[] | undefined): readonly CaughtMailbox[] {
  const objects = found === undefined ? [] : Array.isArray(found) ? found : [found];
  return objects
    .flatMap(({ value }) => value.flatMap((entry: EmailAddress) => entry.group ?? [entry]))
    .map(({ name, address }) => ({ name, address: address ?? "" }));
}
