/** Whether what arrived is what was composed: read by mailparser, compared item by item. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { simpleParser, type AddressObject, type ParsedMail } from "mailparser";
import { imageCid, type Letter } from "./letter.ts";

/** What arrived. */
export interface Arrival {
  readonly recipients: readonly string[];
  /** The stored message. */
  readonly bytes: Uint8Array;
}

/** One thing that was compared. */
export interface Comparison {
  readonly what: string;
  readonly isSame: boolean;
  readonly expected: string;
  readonly found: string;
}

/**
 * Compares the stored message with the letter, and with the bytes that were sent.
 */
export async function compareArrival(
  letter: Letter,
  sent: Uint8Array,
  messageId: string,
  arrival: Arrival,
): Promise<readonly Comparison[]> {
  const mail = await simpleParser(Buffer.from(arrival.bytes), {
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipImageLinks: true,
    skipTextLinks: true,
  });
  const [image, attached] = mail.attachments;
  const row = (what: string, expected: string, found: string): Comparison => ({
    what,
    expected,
    found,
    isSame: expected === found,
  });
  const wanted = [...letter.to.map(({ address }) => address), letter.bcc];
  return [
    row("recipients", wanted.join(", "), arrival.recipients.join(", ")),
    row("From", addressText([letter.from]), addressText(mailboxes(mail.from))),
    row("To", addressText(letter.to), addressText(mailboxes(mail.to))),
    row("Bcc is not written", "absent", mail.headers.has("bcc") ? "present" : "absent"),
    row("Subject", letter.subject, mail.subject ?? ""),
    row("X-Note", letter.note, headerText(mail, "x-note")),
    row("Message-ID", messageId, mail.messageId ?? ""),
    row("Date", letter.date.toISOString(), mail.date?.toISOString() ?? ""),
    row("text", letter.text, mail.text ?? ""),
    row("HTML", letter.html.replace("cid:logo.png", `cid:${imageCid}`), mail.html || ""),
    row("number of files", "2", String(mail.attachments.length)),
    row("inline image, name", letter.image.name, image?.filename ?? ""),
    row("inline image, cid", imageCid, image?.cid ?? ""),
    row("inline image, bytes", digest(readFileSync(letter.image.path)), digest(image?.content)),
    row("attachment, name", letter.attached.name, attached?.filename ?? ""),
    row("attachment, bytes", digest(readFileSync(letter.attached.path)), digest(attached?.content)),
    row(`all ${sent.length} bytes as sent`, digest(sent), digest(arrival.bytes)),
  ];
}

interface NamedAddress {
  readonly name: string;
  readonly address: string;
}

function mailboxes(found: AddressObject | AddressObject[] | undefined): readonly NamedAddress[] {
  const objects = found === undefined ? [] : Array.isArray(found) ? found : [found];
  return objects.flatMap(({ value }) =>
    value.map(({ name, address }) => ({ name, address: address ?? "" })),
  );
}

function addressText(list: readonly NamedAddress[]): string {
  return list.map(({ name, address }) => `${name} <${address}>`).join(", ");
}

function headerText(mail: ParsedMail, name: string): string {
  const value = mail.headers.get(name);
  return typeof value === "string" ? value : "";
}

function digest(bytes: Uint8Array | undefined): string {
  return bytes === undefined
    ? "nothing"
    : `sha256 ${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}`;
}
