/** Reading messages: everything decoded, as the peers do, and structure alone, which is not their work. */
import {
  attachmentsOf,
  field,
  from,
  htmlOf,
  readField,
  subject,
  textOf,
  unstructured,
  walk,
  type Field,
  type Message,
} from "@letterwright/message";
import { createEventParser, parse, readMbox } from "@letterwright/parser";
import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";
import type { Comparison, Growth, Side } from "./comparison.ts";
import { pythonSide } from "./python-parser.ts";

const head = (n: number, type: string): string =>
  [
    "Return-Path: <ana@example.com>",
    "Received: from mx1.example.net (mx1.example.net [192.0.2.7])",
    `\tby mx.example.org with ESMTPS id 4Xy${n} for <bob@example.org>;`,
    "\tFri, 27 Nov 2026 10:00:01 +0000",
    "Received: from laptop.example.com (unknown [198.51.100.4])",
    `\tby mx1.example.net with ESMTPSA id 7Zz${n};`,
    "\tFri, 27 Nov 2026 10:00:00 +0000",
    'From: "Ana M. Example" <ana@example.com>',
    "To: =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg@example.org>, bob@example.org",
    "Cc: team <team@example.org>",
    `Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= number ${n}`,
    "Date: Fri, 27 Nov 2026 10:00:00 +0000",
    `Message-ID: <${n}.abc@example.com>`,
    "References: <1@example.com> <2@example.com>",
    "User-Agent: Example 1.0",
    "MIME-Version: 1.0",
    type,
    "",
    "",
  ].join("\r\n");

const sentence =
  "The quick brown fox jumps over the lazy dog, and says so in a line of its own.\r\n";
const words = (length: number): string =>
  sentence.repeat(Math.ceil(length / sentence.length)).slice(0, length - 2) + "\r\n";
const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

const text = (n: number): string =>
  `${head(n, "Content-Type: text/plain; charset=utf-8")}${words(1_100)}`;

const alternative = (n: number, length: number): string =>
  head(n, 'Content-Type: multipart/alternative; boundary="=_alternative"') +
  `--=_alternative\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${words(length)}` +
  `\r\n--=_alternative\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n` +
  `<p class=3D"x">Gr=C3=BC=C3=9Fe</p>\r\n${words(length)}\r\n--=_alternative--\r\n`;

function base64Lines(length: number): string {
  const bytes = Uint8Array.from({ length }, (_, at) => (at * 2_654_435_761) >>> 13);
  return Buffer.from(bytes).toString("base64").replaceAll(/.{76}/g, "$&\r\n");
}

const attached = (length: number): string =>
  head(1, 'Content-Type: multipart/mixed; boundary="=_mixed"') +
  `--=_mixed\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSee attached.\r\n` +
  ["a.bin", "b.bin"]
    .map(
      (name) =>
        `\r\n--=_mixed\r\nContent-Type: application/octet-stream; name=${name}\r\n` +
        `Content-Disposition: attachment; filename=${name}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(length)}`,
    )
    .join("") +
  "\r\n--=_mixed--\r\n";

/** The peers decode Received as text; what it says, a value here, they leave to their users. */
const receivedAsText = unstructured("Received");

/**
 * Everything the peers make, in memory: the values of the fields that they read, the decoded text of Received,
 * the texts, the contents of all files.
 */
function decodeAll({ message }: Parsed): unknown {
  return decodeWith(message, (one) =>
    one.name === "Received" ? readField(receivedAsText, one.wire ?? "").value : one.value,
  );
}

/** The same with the value of each field: every hop and its date too. */
function decodeAllAndHops({ message }: Parsed): unknown {
  return decodeWith(message, (one) => one.value);
}

interface Parsed {
  readonly message: Message;
}

function decodeWith(message: Message, valueOf: (one: Field) => unknown): unknown {
  let length = 0;
  for (const { part } of walk(message)) {
    for (const one of part.fields) if (valueOf(one) !== undefined) length++;
    if (part.body.kind === "bytes") length += part.body.source.bytes?.length ?? 0;
  }
  return [textOf(message), htmlOf(message), attachmentsOf(message), length];
}

function sides(inputs: readonly Uint8Array[]): readonly [Side, Side, Side, Side, Side] {
  let turn = 0;
  const next = (): Uint8Array => inputs[turn++ % inputs.length] as Uint8Array;
  return [
    { name: "letterwright", run: () => decodeAll(parse(next())) },
    { name: "mailparser 3.14.2", run: () => simpleParser(Buffer.from(next())) },
    { name: "postal-mime 4.0.0", run: () => PostalMime.parse(next()) },
    pythonSide(inputs),
    { name: "letterwright, Received as a value", run: () => decodeAllAndHops(parse(next())) },
  ];
}

async function assertSame(input: Uint8Array): Promise<void> {
  const { message } = parse(input);
  const [theirs, others] = [await simpleParser(Buffer.from(input)), await PostalMime.parse(input)];
  const lines = (one: string | undefined): string => (one ?? "").replaceAll("\r\n", "\n").trimEnd();
  const files = attachmentsOf(message).map(({ part }) =>
    part.body.kind === "bytes" ? Buffer.from(part.body.source.bytes as Uint8Array) : undefined,
  );
  const isSame =
    field(message, subject) === theirs.subject &&
    theirs.subject === others.subject &&
    field(message, from)?.[0]?.name === theirs.from?.value[0]?.name &&
    lines(textOf(message)) === lines(theirs.text) &&
    lines(textOf(message)) === lines(others.text) &&
    files.every(
      (file, index) => file?.equals(theirs.attachments[index]?.content as Buffer) === true,
    ) &&
    files.length === others.attachments.length;
  if (!isSame) throw new Error("the parsers do not give the same");
}

function decoded(
  name: string,
  inputs: readonly string[],
  unit: Comparison["work"],
  goal?: number,
): Comparison {
  const all = inputs.map(octets);
  return {
    name,
    work: unit,
    sides: sides(all),
    warmUp: inputs.length > 1 ? 2_000 : 0,
    ...(goal === undefined ? {} : { goal }),
    verify: () => assertSame(all[0] as Uint8Array),
  };
}

const message = { amount: 1, unit: "message" };
const several = (make: (n: number) => string): readonly string[] =>
  Array.from({ length: 64 }, (_, n) => make(n));

const large = octets(attached(3_700_000));
const small = octets(text(1));
const mailbox = several((n) => alternative(n, 400));
const mbox = octets(
  Array.from(
    { length: 10_000 },
    (_, n) => `From ana@example.com Fri Nov 27 10:00:00 2026\n${text(n)}\n`,
  ).join(""),
);

/** Many lines that all but are delimiters: of the same beginning, and another end. */
const nearBoundary = "=_near-0123456789abcdef";
const nearMisses = (length: number, line = `--${nearBoundary.slice(0, -1)}X\r\n`): Uint8Array =>
  octets(
    `Content-Type: multipart/mixed; boundary="${nearBoundary}"\r\n\r\n--${nearBoundary}\r\n\r\n` +
      `${line.repeat(Math.ceil(length / line.length))}--${nearBoundary}--\r\n`,
  );
const near = nearMisses(10_000_000);
/** The same with every octet of the boundary in each line, so that no octet of it tells them apart. */
const nearer = nearMisses(10_000_000, `--${nearBoundary.slice(0, -2)}fe\r\n`);

export const parsingComparisons: readonly Comparison[] = [
  decoded("parse/2 KB, text", several(text), message, 12),
  decoded(
    "parse/2 KB, text and HTML",
    several((n) => alternative(n, 400)),
    message,
    12,
  ),
  decoded(
    "parse/30 KB newsletter",
    several((n) => alternative(n, 14_500)),
    message,
  ),
  decoded("parse/10 MB, two attachments", [attached(3_700_000)], message, 10),
  {
    name: "parse/mbox of 10,000 messages",
    work: { amount: 10_000, unit: "message" },
    sides: [
      {
        name: "letterwright",
        async run() {
          let count = 0;
          for await (const { bytes } of readMbox(mbox)) {
            decodeAll(parse(bytes));
            count++;
          }
          if (count !== 10_000) throw new Error(`${count} messages`);
        },
      },
    ],
  },
  {
    name: "structure/2 KB, text",
    work: message,
    goal: 50,
    sides: [
      { name: "letterwright, offsets alone", run: () => parse(small) },
      { name: "mailparser 3.14.2, all", run: () => simpleParser(Buffer.from(small)) },
    ],
  },
  {
    name: "structure/2 KB, text and HTML",
    work: message,
    goal: 50,
    sides: [
      { name: "letterwright, offsets alone", run: () => parse(octetsOf(mailbox)) },
      { name: "mailparser 3.14.2, all", run: () => simpleParser(Buffer.from(octetsOf(mailbox))) },
    ],
  },
  {
    name: "structure/10 MB, two attachments",
    work: { amount: large.length / 1e6, unit: "MB" },
    sides: [{ name: "letterwright, offsets alone", run: () => parse(large) }],
  },
  {
    name: "structure/10 MB of lines that all but are delimiters",
    work: { amount: near.length / 1e6, unit: "MB" },
    sides: [{ name: "letterwright, offsets alone", run: () => parse(near) }],
  },
  {
    name: "structure/10 MB of lines that have all octets of a delimiter in another order",
    work: { amount: nearer.length / 1e6, unit: "MB" },
    sides: [{ name: "letterwright, offsets alone", run: () => parse(nearer) }],
  },
  {
    name: "events/10 MB in chunks of 64 KB",
    work: { amount: large.length / 1e6, unit: "MB" },
    sides: [
      {
        name: "letterwright",
        run() {
          const parser = createEventParser();
          let count = 0;
          for (let at = 0; at < large.length; at += 65_536) {
            count += parser.push(large.subarray(at, at + 65_536)).length;
          }
          return count + parser.end().length;
        },
      },
    ],
  },
];

const known = new Map<readonly string[], Uint8Array>();

function octetsOf(inputs: readonly string[]): Uint8Array {
  let bytes = known.get(inputs);
  if (bytes === undefined) known.set(inputs, (bytes = octets(inputs[0] as string)));
  return bytes;
}

const all = { parts: 10_000_000, fields: 10_000_000, headBytes: 1e9, fieldBytes: 1e9 };
const growth = (
  name: string,
  input: (length: number) => string,
  run: (bytes: Uint8Array) => unknown = (bytes) => decodeAllAndHops(parse(bytes, { limits: all })),
): Growth => ({
  name: `parse: ${name}`,
  input: (length) => octets(input(length)),
  run: (bytes) => run(bytes as Uint8Array),
});
const filled = (unit: string, length: number): string =>
  unit.repeat(Math.max(1, Math.ceil(length / unit.length)));
const mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";

export const parsingGrowths: readonly Growth[] = [
  growth("fields", (length) => filled("X-Field: some value\r\n", length)),
  growth("one field of many folds", (length) => `Subject: ${filled("word\r\n ", length)}\r\n\r\n`),
  growth("encoded-words", (length) => `Subject: ${filled("=?utf-8?q?a?= ", length)}\r\n\r\n`),
  growth("beginnings of encoded-words", (length) => `Subject: ${filled("=?a?q?", length)}\r\n\r\n`),
  growth(
    "parameters",
    (length) => `Content-Type: multipart/mixed${filled("; boundary*1=x", length)}\r\n\r\n`,
  ),
  growth("parts", (length) => mixed + filled("--b\r\n\r\nx\r\n", length)),
  growth("lines that all but are delimiters", (length) => mixed + filled("--bX\r\n", length)),
  growth("dashes", (length) => mixed + filled("-", length)),
  growth("empty lines", (length) => mixed + filled("\r\n", length)),
  growth("blanks behind a boundary", (length) => `${mixed}--b${filled(" ", length)}`),
  growth(
    "base64",
    (length) => `Content-Transfer-Encoding: base64\r\n\r\n${filled("QUJDREVG\r\n", length)}`,
  ),
  growth(
    "quoted-printable",
    (length) => `Content-Transfer-Encoding: quoted-printable\r\n\r\n${filled("a=3D=\r\n", length)}`,
  ),
  growth(
    "defects of all octets",
    (length) => `Subject: x\r\n\r\n${filled("a\rb\n\0\r\n", length)}`,
    (bytes) => parse(bytes).defects,
  ),
  growth(
    "multiparts that are not closed",
    (length) =>
      mixed +
      filled("--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n", length),
  ),
  growth(
    "groups of fields",
    (length) =>
      `Content-Type: message/delivery-status\r\n\r\n${filled("Action: failed\r\n\r\n", Math.min(length, 900_000))}`,
  ),
  growth(
    "events, octet by octet",
    (length) => mixed + filled("--b\r\nA: 1\r\n\r\nx\r\n", length / 50),
    (bytes) => {
      const parser = createEventParser({ limits: all });
      let count = 0;
      for (let at = 0; at < bytes.length; at++)
        count += parser.push(bytes.subarray(at, at + 1)).length;
      return count + parser.end().length;
    },
  ),
  growth(
    "one line, octet by octet",
    (length) => mixed + filled("-", length / 50),
    (bytes) => {
      const parser = createEventParser({ limits: all });
      let count = 0;
      for (let at = 0; at < bytes.length; at++)
        count += parser.push(bytes.subarray(at, at + 1)).length;
      return count + parser.end().length;
    },
  ),
];
