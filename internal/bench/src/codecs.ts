/** The transfer encodings, beside the encoders of Nodemailer and the decoders that mailparser uses. */
import type { Transform } from "node:stream";
import {
  decodeBase64,
  decodeQuotedPrintable,
  encodeBase64,
  encodeBase64Into,
  encodeQuotedPrintable,
  encodeQuotedPrintableInto,
  recoverBase64,
  recoverQuotedPrintable,
} from "@letterwright/base/codec";
import { Decoder as Base64Decoder } from "libbase64";
import { Decoder as QuotedPrintableDecoder } from "libqp";
import { Encoder as Base64Encoder } from "nodemailer/lib/base64";
import { Encoder as QuotedPrintableEncoder } from "nodemailer/lib/qp";
import type { Comparison, Growth } from "./comparison.ts";

const megabyte = 1_000_000;
const sizes: readonly (readonly [label: string, byteLength: number])[] = [
  ["1 KB", 1000],
  ["64 KB", 65_536],
  ["1 MB", megabyte],
  ["25 MB", 25 * megabyte],
];

export const codecComparisons: readonly Comparison[] = [
  ...sizes.map(([label, byteLength]) => base64Encoding(label, byteLength)),
  ...sizes.map(([label, byteLength]) => base64Decoding(label, byteLength)),
  quotedPrintableEncoding(),
  quotedPrintableDecoding(),
];

const repeated = (piece: string) => (length: number) =>
  new TextEncoder().encode(piece.repeat(Math.ceil(length / piece.length)));

/** What makes a careless reader of quoted-printable or base64 look again and again. */
export const codecGrowths: readonly Growth[] = [
  ...["=", " ", "= ", "=4", "\r", " \r", "a=\r\n"].map((piece) => ({
    name: `read quoted-printable: ${JSON.stringify(piece)}`,
    input: repeated(piece),
    run: (input: unknown) => recoverQuotedPrintable(input as Uint8Array),
  })),
  ...["=", "*", "A", "\n", "AAAA\n", `${"AAAA".repeat(19)}\r\n*`].map((piece) => ({
    name: `read base64: ${JSON.stringify(piece.slice(-8))}`,
    input: repeated(piece),
    run: (input: unknown) => recoverBase64(input as Uint8Array),
  })),
];

function base64Encoding(label: string, byteLength: number): Comparison {
  const plain = lazily(() => noise(byteLength));
  const kept = lazily(() => encodeBase64(plain()));
  return {
    name: `base64/encode ${label}`,
    work: { amount: byteLength / megabyte, unit: "MB" },
    goal: byteLength < megabyte ? 3 : 6,
    sides: [
      { name: "letterwright", run: () => encodeBase64Into(kept(), 0, plain()) },
      { name: "nodemailer 10.6.0, stream", run: () => through(new Base64Encoder(), plain()) },
      { name: "letterwright, array of its own", run: () => encodeBase64(plain()) },
    ],
    async verify() {
      same(encodeBase64(plain()), joined(await through(new Base64Encoder(), plain())));
    },
  };
}

function base64Decoding(label: string, byteLength: number): Comparison {
  const plain = lazily(() => noise(byteLength));
  const encoded = lazily(() => encodeBase64(plain()));
  return {
    name: `base64/decode ${label}`,
    work: { amount: byteLength / megabyte, unit: "MB" },
    goal: byteLength < megabyte ? 2 : 5,
    sides: [
      { name: "letterwright", run: () => decodeBase64(encoded()) },
      { name: "libbase64 1.4.1, stream", run: () => through(new Base64Decoder(), encoded()) },
    ],
    async verify() {
      same(decodeBase64(encoded()), plain());
      same(joined(await through(new Base64Decoder(), encoded())), plain());
    },
  };
}

/** The two do not break lines at the same places; what they wrote has to mean the same. */
function quotedPrintableEncoding(): Comparison {
  const plain = lazily(() => letters(megabyte));
  const kept = lazily(() => encodeQuotedPrintable(plain()));
  return {
    name: "quoted-printable/encode 1 MB",
    work: { amount: 1, unit: "MB" },
    goal: 2,
    sides: [
      { name: "letterwright", run: () => encodeQuotedPrintableInto(kept(), 0, plain()) },
      {
        name: "nodemailer 10.6.0, stream",
        run: () => through(new QuotedPrintableEncoder(), plain()),
      },
      { name: "letterwright, array of its own", run: () => encodeQuotedPrintable(plain()) },
    ],
    async verify() {
      same(decodeQuotedPrintable(encodeQuotedPrintable(plain())), plain());
      same(
        decodeQuotedPrintable(joined(await through(new QuotedPrintableEncoder(), plain()))),
        plain(),
      );
    },
  };
}

function quotedPrintableDecoding(): Comparison {
  const plain = lazily(() => letters(megabyte));
  const encoded = lazily(() => encodeQuotedPrintable(plain()));
  return {
    name: "quoted-printable/decode 1 MB",
    work: { amount: 1, unit: "MB" },
    goal: 4,
    sides: [
      { name: "letterwright", run: () => decodeQuotedPrintable(encoded()) },
      { name: "libqp 3.0.1, stream", run: () => through(new QuotedPrintableDecoder(), encoded()) },
    ],
    async verify() {
      same(decodeQuotedPrintable(encoded()), plain());
      same(joined(await through(new QuotedPrintableDecoder(), encoded())), plain());
    },
  };
}

/** What a stream makes of the bytes, handed to it as a file would be. */
async function through(transform: Transform, bytes: Uint8Array): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = [];
  transform.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve, reject) => transform.on("end", resolve).on("error", reject));
  const step = 64 * 1024;
  for (let at = 0; at < bytes.length; at += step) {
    transform.write(
      Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(step, bytes.length - at)),
    );
  }
  transform.end();
  await ended;
  return chunks;
}

function joined(chunks: readonly Buffer[]): Uint8Array {
  return Buffer.concat(chunks);
}

function same(left: Uint8Array, right: Uint8Array): void {
  if (Buffer.compare(left, right) !== 0) throw new Error("the sides do not give the same");
}

/** Made when it is first asked for, and kept: other subjects are timed without it in memory. */
function lazily<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}

/** Bytes without a pattern, the same in every run. */
function noise(byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  let state = 1;
  for (let at = 0; at < byteLength; at++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** Letters in a language with some accents: lines of 72, every third with something to encode. */
function letters(byteLength: number): Uint8Array {
  const paragraph = [
    "We are glad to tell you that the parcel left our warehouse this morning\r\n",
    "and should be with you by Friday. Should it not be, please write to us,\r\n",
    "naming the order; the café next door (open at 7) keeps it, as you wish.\r\n",
    "\r\n",
  ].join("");
  return new TextEncoder()
    .encode(paragraph.repeat(Math.ceil(byteLength / paragraph.length)))
    .slice(0, byteLength);
}
