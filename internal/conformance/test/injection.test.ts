/**
 * No text that a program passes in makes one more field, part or line than was meant. Every exported
 * function that takes text is tried with every payload; a function that is exported and not listed here
 * fails the suite.
 */
import { LetterwrightError } from "@letterwright/base/error";
import { toBytes } from "@letterwright/generator";
import * as library from "@letterwright/message";
import * as mediaTypes from "@letterwright/message/media-types";
import {
  appendField,
  attachment,
  bytesOf,
  bytesPart,
  contentDisposition,
  contentType,
  fieldOf,
  mailbox,
  message,
  mixed,
  textPart,
  withFields,
  type Field,
  type Message,
  type Part,
} from "@letterwright/message";
import { simpleParser } from "mailparser";
import { describe, expect, it } from "vitest";

/** What has made other programs write a field more (CVE-2024-6923, CVE-2026-1299, CVE-2025-7962 and kin). */
const payloads: readonly string[] = [
  "a\r\nBcc: evil@example.net",
  "a\nBcc: evil@example.net",
  "a\rBcc: evil@example.net",
  "a\r\n\r\nBcc: evil@example.net",
  "a\r\n Bcc: evil@example.net",
  "a\0Bcc: evil@example.net",
  "a\u0085Bcc: evil@example.net",
  "a\u2028Bcc: evil@example.net",
  "a\u2029Bcc: evil@example.net",
  "a\u000bBcc: evil@example.net",
  "a\u007fb",
  // Cut to one octet, these become CR and LF.
  "a\u760d\u760aBcc: evil@example.net",
  "a%0d%0aBcc: evil@example.net",
  "a=0D=0ABcc: evil@example.net",
  "=?utf-8?q?a=0D=0ABcc:_evil@example.net?=",
  "=?utf-8?b?YQ0KQmNjOiBldmlsQGV4YW1wbGUubmV0?=",
  'a" <evil@example.net>, "b',
  "a>, <evil@example.net",
  "a, evil@example.net",
  "a; name=evil",
  "a(\r\nBcc: evil@example.net)",
  "--=_0\r\nContent-Type: text/html\r\n\r\nevil",
  "\ud800",
  "",
  " ",
];

const author = "ana@example.com";
const box = mailbox({ localPart: "ana", domain: "example.com" });
const mail = message({ from: author, to: "bob@example.org", subject: "s", text: "t" });
const withField = (one: Field): Message => appendField(mail, one);
const withPart = (part: Part): Message => {
  const root = mixed([textPart("t"), part]);
  return withFields(root, [...mail.fields.slice(0, 3), ...root.fields]);
};
type Attempt = (text: string) => unknown;

/** Each function that takes text, once for every place that text can go to. */
const attempts: Readonly<Record<string, readonly Attempt[]>> = {
  message: [
    (text) => message({ from: text }),
    (text) => message({ from: author, sender: text }),
    (text) => message({ from: author, to: text }),
    (text) => message({ from: author, cc: [text] }),
    (text) => message({ from: author, replyTo: text }),
    (text) => message({ from: author, subject: text }),
    (text) => message({ from: author, messageId: text }),
    (text) => message({ from: author, messageId: `<${text}@example.com>` }),
    (text) => message({ from: author, inReplyTo: `<a@${text}>` }),
    (text) => message({ from: author, references: [text] }),
    (text) => message({ from: author, text }),
    (text) => message({ from: author, html: text }),
    (text) => message({ from: author, html: "<p>", amp: text }),
    (text) => message({ from: author, headers: { [text]: "a" } }),
    (text) => message({ from: author, headers: { "X-A": text } }),
    (text) => message({ from: author, list: { id: text } }),
    (text) => message({ from: author, list: { id: { id: "a.example", name: text } } }),
    (text) => message({ from: author, list: { unsubscribe: `https://a.example/${text}` } }),
    (text) => message({ from: author, calendar: { method: text as "REPLY", content: text } }),
    (text) =>
      message({
        from: author,
        calendar: { method: "REPLY", content: "METHOD:REPLY", name: text },
      }),
  ],
  attachment: [
    (name) => message({ from: author, attachments: [attachment({ name, content: "c" })] }),
    (type) =>
      message({ from: author, attachments: [attachment({ name: "a", type, content: "c" })] }),
    (content) => message({ from: author, attachments: [attachment({ name: "a", content })] }),
  ],
  inlineFile: [
    (name) => inlined({ name, content: "c" }),
    (cid) => inlined({ name: "a.png", content: "c", cid }),
    (text) => inlined({ name: "a.png", content: "c", cid: `${text}@example.com` }),
  ],
  mailbox: [
    (name) => message({ from: mailbox({ name, localPart: "a", domain: "example.com" }) }),
    (localPart) => message({ from: mailbox({ localPart, domain: "example.com" }) }),
    (domain) => message({ from: mailbox({ localPart: "a", domain }) }),
    // Not made by `mailbox`, but by a program, or from JSON.
    (localPart) => message({ from: { kind: "mailbox", localPart, domain: "example.com" } }),
    (domain) => message({ from: author, to: { kind: "mailbox", localPart: "a", domain } }),
    (name) => message({ from: author, to: { kind: "group", name, members: [] } }),
  ],
  group: [(name) => message({ from: author, to: library.group(name, [box]) })],
  parseMailbox: [(text) => message({ from: library.parseMailbox(text) })],
  parseAddressList: [(text) => message({ from: author, to: library.parseAddressList(text) })],
  readAddressList: [
    (text) => message({ from: author, to: library.readAddressList(text).addresses }),
    (text) =>
      message({
        from: author,
        to: library.readAddressList("J <j@example.com>", { decodePhrase: () => text }).addresses,
      }),
  ],
  unicodeDomain: [(domain) => library.unicodeDomain(domain)],
  envelope: [
    (text) => library.envelope({ reversePath: text, recipients: [box] }),
    (text) => library.envelope({ reversePath: null, recipients: [text] }),
    (id) => library.envelope({ reversePath: null, recipients: [box], reports: { id } }),
    (address) =>
      library.envelope({
        reversePath: null,
        recipients: [{ mailbox: box, originalRecipient: { type: "rfc822", address } }],
      }),
    (type) =>
      library.envelope({
        reversePath: null,
        recipients: [{ mailbox: box, originalRecipient: { type, address: "a@b" } }],
      }),
  ],
  resent: [
    (from) => library.resent(mail, { from, date: new Date(0) }),
    (messageId) => library.resent(mail, { from: author, date: new Date(0), messageId }),
  ],
  fieldOf: [
    ...library.standardFields.map(
      (definition): Attempt =>
        (text) =>
          withField(fieldOf(definition, text as never)),
    ),
    (name) => withField(fieldOf(library.comments, "a", name)),
  ],
  appendField: [(text) => appendField(mail, library.comments, text)],
  prependField: [(text) => library.prependField(mail, library.comments, text)],
  setField: [(text) => library.setField(mail, library.subject, text)],
  removeField: [(name) => library.removeField(mail, name)],
  findField: [(name) => library.findField(mail, name)?.name],
  hasField: [(name) => library.hasField(mail, name)],
  textField: [
    (name) => withField(library.textField(name, "a")),
    (text) => withField(library.textField("X-A", text)),
  ],
  parseField: [
    (wire) => withField(fieldOf(library.subject, library.parseField(library.subject, wire))),
  ],
  readField: [
    (wire) =>
      withField(
        fieldOf(contentType, library.readField(contentType, `text/plain; name="${wire}"`).value!),
      ),
  ],
  defineField: [(name) => library.defineField(name, { of: String, format: () => [] }).name],
  unstructured: [(name) => withField(fieldOf(library.unstructured(name), "a"))],
  structured: [
    (name) => withField(fieldOf(library.structured(name), "a")),
    (text) => withField(fieldOf(library.structured("X-A"), text)),
  ],
  opaque: [
    (name) => withField(fieldOf(library.opaque(name), "a")),
    (text) => withField(fieldOf(library.opaque("X-A"), text)),
    (text) => withField(fieldOf(library.opaque("X-A"), ["a", ` ${text}`])),
  ],
  tokensOf: [(text) => library.tokensOf(text).length],
  standardField: [(name) => library.standardField(name)?.name],
  textPart: [
    (text) => withPart(textPart(text)),
    (text) => withPart(textPart(text, { lineEnds: "exact" })),
    (type) => withPart(textPart("a", { type })),
    (charset) => withPart(textPart("a", { charset })),
    (value) => withPart(textPart("a", { parameters: { format: value } })),
    (name) => withPart(textPart("a", { parameters: { [name]: "a" } })),
  ],
  bytesPart: [
    (text) => withPart(bytesPart(text)),
    (type) => withPart(bytesPart("a", { type })),
    (disposition) =>
      withPart(
        bytesPart("a", { fields: [fieldOf(contentDisposition, { disposition, parameters: {} })] }),
      ),
  ],
  addAttachment: [
    (name) => library.addAttachment(mail, attachment({ name, content: "c" })),
    (type) => library.addAttachment(mail, attachment({ name: "a", type, content: "c" })),
    (text) => library.addAttachment(mail, textPart(text)),
  ],
  addAlternative: [(text) => library.addAlternative(mail, textPart(text))],
  addRelated: [
    (name) =>
      library.addRelated(
        message({ from: author, html: "<p>" }),
        library.inlineFile({ name, content: "c" }),
      ),
  ],
  reply: [
    (subject) => library.reply(mail, { from: author, subject }),
    (from) => library.reply(mail, { from }),
    (to) => library.reply(mail, { from: author, to }),
    (own) => library.reply(mail, { from: author, own }),
    (text) => library.reply(mail, { from: author, text }),
    (attribution) => library.reply(mail, { from: author, text: "a", attribution }),
    (text) => library.reply(message({ from: author, text }), { from: author, text: "a" }),
    (name) =>
      library.reply(message({ from: mailbox({ name, localPart: "a", domain: "example.com" }) }), {
        from: author,
        html: "a",
      }),
  ],
  replyAll: [
    (from) => library.replyAll(mail, { from }),
    (to) => library.replyAll(mail, { from: author, to }),
  ],
  forward: [
    (text) => library.forward(mail, { from: author, to: author, text }),
    (text) =>
      library.forward(message({ from: author, subject: text }), { from: author, to: author }),
    (text) =>
      library.forward(message({ from: author, text, subject: text }), {
        from: author,
        to: author,
        as: "inline",
      }),
  ],
  replacePart: [
    (text) => library.replacePart(mail, "", textPart(text)),
    (path) => library.replacePart(mail, path, textPart("a")),
  ],
  removePart: [(path) => library.removePart(mail, path)],
  partAt: [(path) => library.partAt(mail, path)?.body.kind],
  safeFilename: [
    (name) => library.safeFilename(name),
    (fallback) =>
      message({
        from: author,
        attachments: [attachment({ name: library.safeFilename("", { fallback }), content: "c" })],
      }),
  ],
  multipart: [
    (subtype) => withPart(library.multipart(subtype, [textPart("a")])),
    (boundary) =>
      withPart(library.multipart("mixed", [textPart("a")], { parameters: { boundary } })),
    (preamble) => withPart(library.multipart("mixed", [textPart("a")], { preamble })),
    (epilogue) => withPart(library.multipart("mixed", [textPart("a")], { epilogue })),
  ],
  report: [(type) => withPart(library.report(type, [textPart("a"), textPart("b")]))],
  signed: [(micalg) => withPart(library.signed(textPart("a"), bytesPart("b"), { micalg }))],
  formData: [
    (name) => withPart(library.formData([{ name, value: "a" }])),
    (value) => withPart(library.formData([{ name: "a", value }])),
    (filename) => withPart(library.formData([{ name: "a", value: "b", filename }])),
  ],
  partialPart: [(id) => withPart(library.partialPart({ id, number: 1, content: bytesOf("a") }))],
  fieldGroupsPart: [
    (subtype) => withPart(library.fieldGroupsPart(subtype, [[fieldOf(library.subject, "a")]])),
  ],
  bytesOf: [(text) => withPart(bytesPart(bytesOf(text)))],
  sourceOf: [(text) => withPart(bytesPart(library.sourceOf(text)))],
  asciiDomain: [(domain) => library.asciiDomain(domain)],
  quoteString: [(text) => message({ from: `${library.quoteString(text)} <a@example.com>` })],
  createMessageId: [
    (domain) => message({ from: author, messageId: library.createMessageId(domain) }),
  ],
  parseMessageIds: [(text) => message({ from: author, references: library.parseMessageIds(text) })],
  parseDate: [(text) => message({ from: author, date: library.parseDate(text) })],
  mediaTypeOf: [
    (name) => withPart(bytesPart("a", { type: library.mediaTypeOf(name) })),
    (name) => withPart(bytesPart("a", { type: mediaTypes.mediaTypeOf(name) })),
  ],
  offers: [(keyword) => library.offers(library.bareOffer, keyword)],
};

/** Exported functions that no text goes into but through values made by the others. */
const takesNoText: ReadonlySet<string> = new Set([
  "addrSpec",
  "alternative",
  "assertOriginator",
  "attachmentsOf",
  "bodyOf",
  "contentOf",
  "contentSource",
  "dateTime",
  "digest",
  "encrypted",
  "envelopeOf",
  "field",
  "fieldValues",
  "filenameOf",
  "formatAddress",
  "formatDate",
  "formatMailbox",
  "headBytes",
  "hexOf",
  "htmlOf",
  "isNamed",
  "mailboxesOf",
  "messagePart",
  "mixed",
  "needsSmtpUtf8",
  "needsUtf8Fields",
  "once",
  "originOf",
  // What a parser makes of bytes; the generator writes those again.
  "bodyOriginOf",
  "fieldDefects",
  "parsedBody",
  "parsedField",
  "parsedPart",
  "separatorOf",
  "platformRandom",
  "rawByteLength",
  "rawChunks",
  "readAll",
  "readText",
  "related",
  // For a terminal; that nothing in it drives one is tested beside it.
  "renderPlain",
  "replaceField",
  "sameMailbox",
  "sizeLimitOf",
  "sliceOf",
  "structure",
  "textOf",
  "typedField",
  "toJson",
  "typeOf",
  "walk",
  "withBody",
  "withContent",
  "withFields",
  "writeHeadInto",
  // Bytes that a parser or signer vouches for: written as they are, and said so where it is documented.
  "withOrigin",
]);

it("knows every exported function", () => {
  const exported = Object.entries(library as Record<string, unknown>)
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => name)
    .sort();
  const known = [...Object.keys(attempts), ...takesNoText].sort();
  expect(exported).toEqual(known);
});

describe("injection is impossible by construction", () => {
  const rows = Object.entries(attempts).flatMap(([name, list]) =>
    list.map((attempt, index) => [name, index, attempt] as const),
  );
  it.each(rows)("%s, place %i", async (_name, _index, attempt) => {
    for (const payload of payloads) {
      const result = outcomeOf(attempt, payload);
      if (isMessage(result)) await expectNothingMore(result, payload);
      else if (typeof result === "string") expect(result, payload).not.toMatch(/[\r\n\0]/);
    }
  });
});

function inlined(init: Parameters<typeof library.inlineFile>[0]): Message {
  return message({ from: author, html: "<p>", inline: [library.inlineFile(init)] });
}

/** What the attempt gives; `undefined` for a typed refusal. Any other error is a fault. */
function outcomeOf(attempt: Attempt, payload: string): unknown {
  try {
    const result = attempt(payload);
    if (isMessage(result)) toBytes(result);
    return result;
  } catch (error) {
    if (LetterwrightError.is(error) && error.code !== "GENERATOR_FAULT") return undefined;
    throw error;
  }
}

function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "fields" in value && "body" in value;
}

async function expectNothingMore(mail: Message, payload: string): Promise<void> {
  const bytes = toBytes(mail);
  const text = new TextDecoder("latin1").decode(bytes);
  const head = text.slice(0, text.indexOf("\r\n\r\n"));
  const names = head
    .split("\r\n")
    .filter((line) => !line.startsWith(" ") && !line.startsWith("\t"))
    .map((line) => line.slice(0, line.indexOf(":")).toLowerCase());
  const meant = mail.fields.map(({ name }) => name.toLowerCase()).filter((name) => name !== "bcc");
  const added = ["date", "message-id", "mime-version", "content-transfer-encoding"];
  expect(
    names.filter((name) => !meant.includes(name) && !added.includes(name)),
    JSON.stringify(payload),
  ).toEqual([]);
  expect(names).toHaveLength(new Set(names).size);
  // CR, LF and NUL stand nowhere but in line ends.
  expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n\0]/);
  const read = await simpleParser(Buffer.from(bytes));
  expect(read.bcc).toBeUndefined();
  expect(read.headers.has("bcc")).toBe(false);
}
