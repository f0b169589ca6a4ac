/** The transfer encodings: the laws of both directions, and what other implementations read and write. */
import { concatBytes } from "@letterwright/base/bytes";
import {
  base64Decoder,
  base64Text,
  decodeBase64,
  decodeQuotedPrintable,
  encodeBase64,
  encodeBase64Into,
  encodedBase64Length,
  encodeQuotedPrintable,
  encodeQuotedPrintableInto,
  quotedPrintableDecoder,
  quotedPrintableLength,
  recoverBase64,
  recoverQuotedPrintable,
  type TransferDecoder,
} from "@letterwright/base/codec";
import { shred } from "@letterwright/testing";
import fc from "fast-check";
import { decode as libbase64Decode } from "libbase64";
import { decode as libqpDecode } from "libqp";
import { wrap as nodemailerWrap } from "nodemailer/lib/base64";
import { encode as nodemailerQuote, wrap as nodemailerSoftBreaks } from "nodemailer/lib/qp";
import { describe, expect, it } from "vitest";

const numRuns = Number(process.env["LETTERWRIGHT_PROPERTY_RUNS"] ?? 1000);

/** Any octets; or many of those on which quoted-printable has an opinion; sometimes more than one block. */
const octets = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc
    .array(
      fc.constantFrom(
        " ",
        "\t",
        "\r\n",
        "\r",
        "\n",
        ".",
        "From ",
        "=",
        "=3D",
        "abcdefghij",
        "é",
        "日本",
        "\0",
      ),
    )
    .map((pieces) => Buffer.from(pieces.join("")) as Uint8Array),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.integer({ min: 0, max: 120_000 }))
    .map(([pattern, length]) =>
      Uint8Array.from({ length }, (_, at) => pattern[(at * 7) % pattern.length] as number),
    ),
);
const lineEnd = fc.constantFrom("\r\n", "\n").map((text) => new TextEncoder().encode(text));
const base64Lines = fc.record({
  lineLength: fc.integer({ min: 1, max: 25 }).map((fours) => fours * 4),
  lineEnd,
});
const quotedPrintableOptions = fc.record({
  text: fc.boolean(),
  lineLength: fc.integer({ min: 16, max: 76 }),
  lineEnd,
});
const damage = fc.array(
  fc.tuple(
    fc.nat(),
    fc.constantFrom(..."=-_* \t\r\n\0aZ4é".split("").map((one) => one.charCodeAt(0))),
  ),
  { maxLength: 3 },
);

function damaged(bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (copy.length > 0) for (const [at, octet] of changes) copy[at % copy.length] = octet;
  return copy;
}

function decoded(decoder: TransferDecoder, chunks: readonly Uint8Array[]): Uint8Array {
  return concatBytes([...chunks.map((chunk) => decoder.decode(chunk)), decoder.end()]);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

describe("base64 (RFC 4648 §4, RFC 2045 §6.8)", () => {
  it("gives back any octets, in any lines, as long as announced, wherever they are written", () => {
    fc.assert(
      fc.property(octets, base64Lines, fc.nat(9), (bytes, lines, offset) => {
        const encoded = encodeBase64(bytes, lines);
        expect(encoded.length).toBe(encodedBase64Length(bytes.length, lines));
        const target = new Uint8Array(offset + encoded.length);
        expect(encodeBase64Into(target, offset, bytes, lines)).toBe(target.length);
        expect(text(target.subarray(offset))).toBe(text(encoded));
        expect(text(decodeBase64(encoded))).toBe(text(bytes));
      }),
      { numRuns },
    );
  });

  it("is what Node and Nodemailer write, and what Node and libbase64 read", () => {
    fc.assert(
      fc.property(octets, (bytes) => {
        const encoded = Buffer.from(encodeBase64(bytes)).toString();
        expect(base64Text(bytes)).toBe(text(bytes));
        expect(encoded).toBe(nodemailerWrap(text(bytes)));
        expect(text(Buffer.from(encoded, "base64"))).toBe(text(bytes));
        expect(text(libbase64Decode(encoded))).toBe(text(bytes));
      }),
      { numRuns },
    );
  });

  it("is strict exactly where it finds no defect, and reads the rest as libbase64 does", () => {
    fc.assert(
      fc.property(octets, base64Lines, damage, (bytes, lines, changes) => {
        const input = damaged(encodeBase64(bytes, lines), changes);
        const { bytes: recovered, defects } = recoverBase64(input);
        const strict = (): Uint8Array => decodeBase64(input);
        if (defects.length === 0) expect(text(strict())).toBe(text(recovered));
        else
          expect(strict).toThrow(
            expect.objectContaining({ defect: defects[0]?.code, index: defects[0]?.index }),
          );
        // libbase64 reads the digits of the URL alphabet, which RFC 2045 does not have.
        const others = Buffer.from(input).toString("latin1").replaceAll(/[-_]/g, "");
        expect(text(recovered)).toBe(text(libbase64Decode(others)));
      }),
      { numRuns },
    );
  });

  it("says the same however the octets are cut", () => {
    fc.assert(
      fc.property(octets, base64Lines, damage, (bytes, lines, changes) => {
        const input = damaged(encodeBase64(bytes.subarray(0, 5000), lines), changes);
        const whole = recoverBase64(input);
        for (const [, chunks] of shred(input)) {
          const codes: string[] = [];
          const decoder = base64Decoder((code, index) => codes.push(`${code} ${index}`));
          expect(text(decoded(decoder, chunks))).toBe(text(whole.bytes));
          expect(codes).toEqual(whole.defects.map(({ code, index }) => `${code} ${index}`));
        }
      }),
      { numRuns: numRuns / 10 },
    );
  });
});

describe("quoted-printable (RFC 2045 §6.7)", () => {
  it("gives back any octets, with any options, as long as announced, wherever they are written", () => {
    fc.assert(
      fc.property(octets, quotedPrintableOptions, fc.nat(9), (bytes, options, offset) => {
        const encoded = encodeQuotedPrintable(bytes, options);
        expect(encoded.length).toBe(quotedPrintableLength(bytes, options));
        const target = new Uint8Array(offset + encoded.length);
        expect(encodeQuotedPrintableInto(target, offset, bytes, options)).toBe(target.length);
        expect(text(target.subarray(offset))).toBe(text(encoded));
        expect(text(decodeQuotedPrintable(encoded))).toBe(text(bytes));
      }),
      { numRuns },
    );
  });

  it("keeps every line within its length and free of what alters on the way", () => {
    fc.assert(
      fc.property(octets, quotedPrintableOptions, (bytes, options) => {
        const encoded = Buffer.from(encodeQuotedPrintable(bytes, options)).toString("latin1");
        const harmful = encoded
          .split(/\r?\n/)
          .filter(
            (line) =>
              line.length > options.lineLength ||
              !/^(?!\.$|From )(?:[!-<>-~ \t]|=[0-9A-F]{2})*=?$/.test(line) ||
              /[ \t]$/.test(line),
          );
        expect(harmful).toEqual([]);
      }),
      { numRuns },
    );
  });

  it("is read by libqp, and reads what Nodemailer writes", () => {
    fc.assert(
      fc.property(octets, fc.boolean(), (bytes, isText) => {
        expect(text(libqpDecode(encodeQuotedPrintable(bytes, { text: isText })))).toBe(text(bytes));
        const canonical = Buffer.from(
          Buffer.from(bytes)
            .toString("latin1")
            .replaceAll(/\r\n|\r|\n/g, "\r\n"),
          "latin1",
        );
        const theirs = nodemailerSoftBreaks(nodemailerQuote(canonical));
        expect(text(recoverQuotedPrintable(Buffer.from(theirs)).bytes)).toBe(text(canonical));
      }),
      { numRuns },
    );
  });

  it("is strict exactly where it finds no defect, and says the same however the octets are cut", () => {
    fc.assert(
      fc.property(octets, quotedPrintableOptions, damage, (bytes, options, changes) => {
        const input = damaged(encodeQuotedPrintable(bytes.subarray(0, 2000), options), changes);
        const whole = recoverQuotedPrintable(input);
        const strict = (): Uint8Array => decodeQuotedPrintable(input);
        const [first] = whole.defects;
        if (first === undefined) expect(text(strict())).toBe(text(whole.bytes));
        else
          expect(strict).toThrow(
            expect.objectContaining({ defect: first.code, index: first.index }),
          );
        for (const [, chunks] of shred(input)) {
          const codes: string[] = [];
          const decoder = quotedPrintableDecoder((code, index) => codes.push(`${code} ${index}`));
          expect(text(decoded(decoder, chunks))).toBe(text(whole.bytes));
          expect(codes).toEqual(whole.defects.map(({ code, index }) => `${code} ${index}`));
        }
      }),
      { numRuns: numRuns / 10 },
    );
  });
});
