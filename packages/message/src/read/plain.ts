/** A message for a person at a terminal. */
import { defuse, defuseLines } from "@letterwright/base/display";
import { formatAddress } from "../address/mailbox.ts";
import { formatDate } from "../date.ts";
import { cc, from, replyTo, sender, to } from "../field/addresses.ts";
import { date } from "../field/dates.ts";
import { subject } from "../field/notice.ts";
import { field } from "../holder.ts";
import type { Part } from "../part.ts";
import { attachmentsOf, htmlOf, textOf, type AttachedPart } from "./body.ts";
import { htmlText } from "./html-text.ts";
import { walk } from "./walk.ts";

/**
 * The message as text for a terminal, with LF as line end: who, when and what about, the text (from the
 * HTML when there is no other), and one line for each attachment. Nothing in it can drive the terminal.
 *
 * @throws {UsageError} `TEXT_NOT_IN_MEMORY` for text in a stream or a file
 * @example
 * ```ts
 * import { message, renderPlain } from "@letterwright/message";
 *
 * renderPlain(message({ from: "Ana <ana@example.com>", subject: "Hi", html: "<p>Hello <b>you</b>" }));
 * // => "From: Ana <ana@example.com>\nSubject: Hi\n\nHello you\n"
 * ```
 */
export function renderPlain(mail: Part): string {
  const head = headLines(mail);
  const text = plainTextOf(mail);
  const files = attachmentsOf(mail, { inline: true }).map(describeAttachment);
  const blocks = [
    head.join("\n"),
    text === undefined ? "" : defuseLines(text).trimEnd(),
    files.join("\n"),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/** What a message says as plain text: its own, else what its HTML says. */
export function plainTextOf(mail: Part): string | undefined {
  const text = textOf(mail);
  if (text !== undefined) return text;
  const html = htmlOf(mail);
  return html === undefined ? undefined : htmlText(html);
}

/** The fields that people look at, one line each. */
export function headLines(mail: Part): readonly string[] {
  const lines: string[] = [];
  const add = (name: string, text: string | undefined): void => {
    if (text !== undefined) lines.push(`${name}: ${defuse(text)}`);
  };
  for (const definition of [from, to, cc, replyTo]) {
    add(definition.name, field(mail, definition)?.map(formatAddress).join(", "));
    const author = definition === from ? field(mail, sender) : undefined;
    add(sender.name, author && formatAddress(author));
  }
  const moment = field(mail, date);
  add(date.name, moment && formatDate(moment));
  add(subject.name, field(mail, subject));
  return lines;
}

function describeAttachment(file: AttachedPart): string {
  const { body } = file.part;
  const size = body.kind === "bytes" ? body.source.byteLength : undefined;
  const about = [
    file.type,
    ...(size === undefined ? [] : [size === 1 ? "1 byte" : `${size} bytes`]),
  ].join(", ");
  const name =
    file.filename ?? (body.kind === "message" ? field(body.message, subject) : undefined);
  return defuse(
    `[${file.isInline ? "shown" : "attached"} ${file.path}: ${name ?? "no name"} (${about})]`,
  );
}

/**
 * The tree, a line each part: its path, its media type, its file name.
 *
 * @example
 * ```ts
 * import { message, structure } from "@letterwright/message";
 *
 * structure(message({ from: "ana@example.com", text: "Hi", html: "<p>Hi" }));
 * // => "multipart/alternative\n  1 text/plain\n  2 text/html\n"
 * ```
 */
export function structure(mail: Part): string {
  const named = new Map(
    attachmentsOf(mail, { inline: true }).map((one) => [one.part, one.filename]),
  );
  let text = "";
  for (const { part, path, type, depth } of walk(mail)) {
    const name = named.get(part);
    const words = [path, type, name === undefined ? "" : JSON.stringify(name)];
    text += `${"  ".repeat(depth)}${defuse(words.filter((word) => word !== "").join(" "))}\n`;
  }
  return text;
}
