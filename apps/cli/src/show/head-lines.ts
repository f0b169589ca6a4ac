/** The fields of a message for a terminal: those that people look at, or all of them. */
import { defuse } from "@letterwright/base/display";
import type { Message } from "@letterwright/message";
import { fieldText } from "./field-text.ts";
import { sizeText } from "./size-text.ts";

/** In this order; each as often as it stands, because readers differ in which of two they show. */
const shownNames = ["From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Date", "Subject"] as const;

/** Who, when, what about, and how large. */
export function headLines(mail: Message, byteLength: number | undefined): readonly string[] {
  const lines: string[] = [];
  for (const name of shownNames) {
    for (const one of mail.fields) {
      if (one.name.toLowerCase() === name.toLowerCase()) lines.push(row(name, fieldText(one)));
    }
  }
  if (byteLength !== undefined) lines.push(row("Size", sizeText(byteLength)));
  return lines;
}

/** Every field, decoded, in order. Lines among the fields that are none have no name. */
export function fieldLines(mail: Message): readonly string[] {
  return mail.fields.map((one) =>
    one.name === "" ? fieldText(one) : `${defuse(one.name)}: ${fieldText(one)}`,
  );
}

function row(name: string, text: string): string {
  return `${name.padEnd(9)}${text}`;
}
