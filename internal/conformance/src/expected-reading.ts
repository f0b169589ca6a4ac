/** What a reader has to find, from the options of composing alone. */
import {
  attachment,
  inlineFile,
  mailbox,
  mediaTypeOf,
  message,
  type Message,
} from "@letterwright/message";
import type { ComposedFile, ComposedMailbox, Composition } from "@letterwright/testing";
import { hex, plainText, type Reading } from "./reading.ts";

export const fixedMessageId = "<round.trip@example.com>";

/** The composition as a message; every inline file is shown once. */
export function composed(options: Composition): Message {
  const inline = options.inline.map((file, index) => inlineFile({ ...file, cid: cidOf(index) }));
  return message({
    from: mailbox(options.from),
    to: options.to.map((box) => mailbox(box)),
    cc: options.cc.map((box) => mailbox(box)),
    replyTo: options.replyTo.map((box) => mailbox(box)),
    subject: options.subject,
    date: options.date,
    messageId: fixedMessageId,
    ...(options.text === undefined ? {} : { text: options.text }),
    ...(options.html === undefined ? {} : { html: htmlOf(options) }),
    inline,
    attachments: options.attachments.map((file) => attachment(file)),
  });
}

/** What was put in, in the shape of a reading. */
export function expectedReading(options: Composition): Reading {
  return {
    subject: options.subject,
    from: [read(options.from)],
    to: options.to.map(read),
    cc: options.cc.map(read),
    replyTo: options.replyTo.map(read),
    date: options.date.toISOString(),
    messageId: fixedMessageId,
    text: plainText(options.text),
    html: options.html === undefined ? "" : plainText(htmlOf(options)),
    files: [
      ...options.inline.map((file, index) => readFile(file, cidOf(index))),
      ...options.attachments.map((file) => readFile(file, undefined)),
    ],
  };
}

function htmlOf(options: Composition): string {
  return (
    options.inline.map((_file, index) => `<img src="cid:${cidOf(index)}">\n`).join("") +
    (options.html ?? "")
  );
}

const cidOf = (index: number): string => `file.${index}@example.com`;
const read = (box: ComposedMailbox) => ({
  name: box.name ?? "",
  address: `${box.localPart}@${box.domain}`,
});
const readFile = (file: ComposedFile, cid: string | undefined) => ({
  name: file.name,
  type: mediaTypeOf(file.name),
  cid,
  content: hex(file.content),
});
