/** postal-mime as a second independent reader. */
import PostalMime, { type Address } from "postal-mime";
import { hex, plainText, type Reading, type ReadMailbox } from "./reading.ts";

export async function readWithPostalMime(bytes: Uint8Array): Promise<Reading> {
  const mail = await PostalMime.parse(Buffer.from(bytes));
  return {
    subject: mail.subject ?? "",
    from: mailboxes(mail.from),
    to: mailboxes(mail.to),
    cc: mailboxes(mail.cc),
    replyTo: mailboxes(mail.replyTo),
    date: mail.date ?? "",
    messageId: mail.messageId ?? "",
    text: plainText(mail.text),
    html: plainText(mail.html),
    files: mail.attachments.map((file) => ({
      name: file.filename ?? "",
      type: file.mimeType,
      cid: file.contentId?.slice(1, -1),
      content: hex(file.content),
    })),
  };
}

function mailboxes(found: Address | Address[] | undefined): readonly ReadMailbox[] {
  const entries = found === undefined ? [] : Array.isArray(found) ? found : [found];
  return entries
    .flatMap(
      (entry): readonly { name: string; address?: string | undefined }[] => entry.group ?? [entry],
    )
    .map(({ name, address }) => ({ name, address: address ?? "" }));
}
