/** mailparser as an independent reader. */
import { simpleParser, type AddressObject, type EmailAddress } from "mailparser";
import { hex, plainText, type Reading, type ReadMailbox } from "./reading.ts";

export async function readWithMailparser(bytes: Uint8Array): Promise<Reading> {
  const mail = await simpleParser(Buffer.from(bytes), {
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
    date: mail.date?.toISOString() ?? "",
    messageId: mail.messageId ?? "",
    text: plainText(mail.text),
    html: plainText(mail.html),
    files: mail.attachments.map((file) => ({
      name: file.filename ?? "",
      type: file.contentType,
      cid: file.cid,
      content: hex(file.content),
    })),
  };
}

function mailboxes(found: AddressObject | AddressObject[] | undefined): readonly ReadMailbox[] {
  const objects = found === undefined ? [] : Array.isArray(found) ? found : [found];
  return objects
    .flatMap(({ value }) => value.flatMap(opened))
    .map(({ name, address }) => ({ name, address: address ?? "" }));
}

function opened(entry: EmailAddress): readonly EmailAddress[] {
  return entry.group ?? [entry];
}
