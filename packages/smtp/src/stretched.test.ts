import { encodeBase64 } from "@letterwright/base/codec";
import { concatBytes, utf8 } from "@letterwright/base/bytes";
import type { ByteSource, RawMessage, Stretch } from "@letterwright/message";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Filler, stretchedOf } from "./stretched.ts";

const crlf = utf8("\r\n");

const stretch: fc.Arbitrary<Stretch> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(utf8("\r\n--b--\r\n"), new Uint8Array(0)),
  fc.record({
    octets: fc.uint8Array({ minLength: 1, maxLength: 900 }),
    lineLength: fc.constantFrom(4, 64, 72, 76),
    lineEnd: fc.constant(crlf),
  }),
);

function rawOf(stretches: readonly Stretch[], byteLength?: number): RawMessage {
  const body: ByteSource = {
    ...(byteLength === undefined ? {} : { byteLength }),
    stretches: () => stretches,
    async *open() {
      yield utf8("by another way");
    },
  };
  return {
    fields: [
      { name: "A", bytes: utf8("A: b\r\n") },
      { name: "C", bytes: utf8("C: d\r\n") },
    ],
    separator: crlf,
    body,
    requires: new Set(),
  };
}

/** What it has to come to. */
function made(stretches: readonly Stretch[]): Uint8Array {
  const parts = stretches.map((one) =>
    one instanceof Uint8Array
      ? one
      : encodeBase64(one.octets, { lineLength: one.lineLength, lineEnd: one.lineEnd }),
  );
  return concatBytes([utf8("A: b\r\nC: d\r\n\r\n"), ...parts]);
}

const long = { octets: new Uint8Array(500).fill(9), lineLength: 76, lineEnd: crlf };

describe("stretched content", () => {
  it("comes to the same octets in blocks of any size, and writes nothing beside them", () => {
    fc.assert(
      fc.property(
        fc.array(stretch, { maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 78, max: 700 })),
        fc.nat(20),
        (stretches, sizes, start) => {
          const expected = made(stretches);
          const content = stretchedOf(rawOf(stretches))?.content;
          expect(content?.byteLength).toBe(expected.length);
          const filler = new Filler(content as NonNullable<typeof content>);
          const blocks: Uint8Array[] = [];
          while (!filler.isDone) {
            const size = sizes.next().value as number;
            const whole = new Uint8Array(start + size + 20).fill(0xff);
            const end = filler.writeInto(whole.subarray(0, start + size), start);
            expect(end).toBeGreaterThan(start);
            expect(whole.subarray(0, start).every((octet) => octet === 0xff)).toBe(true);
            expect(whole.subarray(end + 20).every((octet) => octet === 0xff)).toBe(true);
            blocks.push(whole.subarray(start, end));
          }
          expect(Buffer.compare(concatBytes(blocks), expected)).toBe(0);
          // A lone octet is no line, and is refused before anybody asks.
          if (stretches.every((one) => !(one instanceof Uint8Array) || one.length !== 1)) {
            const isEnded = expected.at(-2) === 13 && expected.at(-1) === 10;
            expect(content?.isEnded).toBe(isEnded);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("gives to be looked at what is not encoded here, and nothing else", () => {
    const [head, tail] = [utf8("--b\r\n\r\n"), utf8("\r\n--b--\r\n")];
    expect(stretchedOf(rawOf([head, long, tail]))?.looked).toEqual([
      utf8("A: b\r\nC: d\r\n\r\n"),
      head,
      tail,
    ]);
  });

  it.each<[string, readonly Stretch[] | undefined]>([
    ["none", undefined],
    ["line ends that are no CRLF", [{ ...long, lineEnd: utf8("\n") }]],
    ["a line end that is longer", [{ ...long, lineEnd: utf8("\r\n\r\n") }]],
    ["lines over 998 octets (RFC 5321 §4.5.3.1.6)", [{ ...long, lineLength: 1000 }]],
    ["nothing to encode", [{ ...long, octets: new Uint8Array(0) }]],
  ])("is not made of stretches with %s", (_, stretches) => {
    const raw = rawOf(stretches ?? []);
    const body: ByteSource = { ...raw.body, stretches: () => stretches };
    expect(stretchedOf({ ...raw, body })).toBeUndefined();
  });

  it("keeps to the length that was declared", () => {
    const { length } = made([long]);
    const head = utf8("A: b\r\nC: d\r\n\r\n").length;
    expect(stretchedOf(rawOf([long], length - head))?.content.byteLength).toBe(length);
    expect(() => stretchedOf(rawOf([long], length - head - 1))).toThrow(
      expect.objectContaining({ code: "SMTP_LENGTH_MISMATCH" }),
    );
  });

  it("stays what it was when the caller writes into the line end he gave", () => {
    const lineEnd = utf8("\r\n");
    const content = stretchedOf(rawOf([{ ...long, lineEnd }]))?.content;
    lineEnd[0] = 0;
    const block = new Uint8Array(2000);
    const end = new Filler(content as NonNullable<typeof content>).writeInto(block, 0);
    expect(Buffer.compare(block.subarray(0, end), made([long]))).toBe(0);
  });
});
