/** The parser of this project as one more reader. */
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
} from "@letterwright/message";
import { parse } from "@letterwright/parser";
import { hex, plainText, type Reading, type ReadMailbox } from "./reading.ts";

export function readWithLetterwright(bytes: Uint8Array): Promise<Reading> {
  const { message } = parse(bytes);
  const moment = field(message, date);
  return Promise.resolve({
    subject: field(message, subject) ?? "",
    from: mailboxes(field(message, from)),
    to: mailboxes(field(message, to)),
    cc: mailboxes(field(message, cc)),
    replyTo: mailboxes(field(message, replyTo)),
    date: moment === undefined ? "" : new Date(moment.epochMs).toISOString(),
    messageId: field(message, messageId) ?? "",
    text: plainText(textOf(message)),
    html: plainText(htmlOf(message)),
    files: attachmentsOf(message, { inline: true }).map(({ part, filename, type, contentId }) => ({
      name: filename ?? "",
      type,
      cid: contentId,
      content: hex(contentSource(part)?.bytes ?? ""),
    })),
  });
}

function mailboxes(found: readonly Address[] = []): readonly ReadMailbox[] {
  return mailboxesOf(found).map((box) => ({
    name: box.name ?? "",
    address: addrSpec(box, { domain: "ascii" }),
  }));
}
