/** Reading addresses, beside nodemailer's addressparser; and how the time of the readers grows. */
import {
  mailboxesOf,
  parseAddressList,
  parseMailbox,
  readAddressList,
} from "@letterwright/message";
import addressparser from "nodemailer/lib/addressparser/index.js";
import type { Comparison, Growth } from "./comparison.ts";

/** Ten shapes, each a thousand times with another number in it. */
const shapes: readonly ((at: number) => string)[] = [
  (at) => `user${at}@example.com`,
  (at) => `<user${at}@mail.example.org>`,
  (at) => `Jane Doe ${at} <jane.doe${at}@example.com>`,
  (at) => `"Doe, Jane ${at}" <jane${at}@example.com>`,
  (at) => `"Jane \\"JD\\" Doe ${at}" <jd${at}@example.net>`,
  (at) => `user${at}@example.com (a comment)`,
  (at) => `Team ${at}: a${at}@example.com, B <b${at}@example.com>;`,
  (at) => `=?utf-8?Q?J=C3=B6rg_${at}?= <joerg${at}@example.de>`,
  (at) => `Jörg Müller ${at} <joerg${at}@example.de>`,
  (at) => `info${at}@b\u00fccher${at % 10}.example`,
];

// Decoded from bytes, as text that comes from a file or a socket: not the rope that a template makes.
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const flat = (text: string): string => decoder.decode(encoder.encode(text));

const texts = Array.from({ length: 10_000 }, (_, at) =>
  flat((shapes[at % shapes.length] as (at: number) => string)(at)),
);
const list = flat(texts.join(", "));
const isGroup = (text: string): boolean => text.startsWith("Team");

const peerCount = (found: ReturnType<typeof addressparser>): number =>
  found.reduce((count, one) => count + ("group" in one ? (one.group?.length ?? 1) : 1), 0);

function expectSame(ours: number, theirs: number): void {
  if (ours !== theirs) throw new Error(`${ours} mailboxes here, ${theirs} there`);
}

export const addressComparisons: readonly Comparison[] = [
  {
    name: "addresses/10,000 one by one",
    work: { amount: 10_000, unit: "address" },
    goal: 8,
    sides: [
      {
        name: "letterwright",
        run: () => {
          let last: unknown;
          for (const text of texts)
            last = isGroup(text) ? parseAddressList(text) : parseMailbox(text);
          return last;
        },
      },
      {
        name: "nodemailer",
        run: () => {
          let last: unknown;
          for (const text of texts) last = addressparser(text);
          return last;
        },
      },
    ],
    verify: () => {
      for (const text of texts) {
        expectSame(mailboxesOf(parseAddressList(text)).length, peerCount(addressparser(text)));
      }
    },
  },
  {
    name: "addresses/10,000 as one list",
    work: { amount: 10_000, unit: "address" },
    goal: 8,
    sides: [
      { name: "letterwright", run: () => parseAddressList(list) },
      { name: "nodemailer", run: () => addressparser(list) },
    ],
    verify: () =>
      expectSame(mailboxesOf(parseAddressList(list)).length, peerCount(addressparser(list))),
  },
];

/** Pieces that make a parser that backtracks, searches ahead or recurses slow. */
const pieces: readonly string[] = [
  "user@example.com, ",
  "Jane <jane@example.com>, ",
  ",",
  "(",
  "()",
  '"',
  '"a" ',
  "\\",
  "<",
  "a ",
  "a. ",
  "a.",
  "@",
  "@a,",
  "[",
  "a@[",
  "a: b@c.example, ",
  "a:",
  ";",
  "é",
  "=?utf-8?q?a?= ",
];

export const addressGrowths: readonly Growth[] = pieces.map((piece) => ({
  name: `read addresses: ${JSON.stringify(piece)}`,
  input: (length) => piece.repeat(Math.floor(length / piece.length)),
  run: (input) => readAddressList(input as string),
}));
