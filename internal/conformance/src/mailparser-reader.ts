/** mailparser as an independent reader. */
import { domainToASCII } from "node:url";
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
    .map(({ name, address = "" }) => ({ name, address: withAsciiDomain(address) }));
}

/** mailparser shows A-labels as U-labels; both name the same domain (RFC 5890 §2.3.2.1). */
function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at + 1)}${domainToASCII(address.slice(at + 1))}`;
}

function opened(entry: EmailAddress): readonly EmailAddress[] {
  return entry.group ?? [entry];
}
