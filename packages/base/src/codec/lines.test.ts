import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type * as Codec from "../codec.ts";
import type { TextLines } from "../codec.ts";

const numRuns = Number(process.env["LETTERWRIGHT_PROPERTY_RUNS"] ?? 1000);

/** Every row runs on each way to do it. */
const ways: readonly [name: string, load: () => Promise<typeof Codec>][] = [
  ["by the kernel", withKernel],
  ["by script", byScript],
];

/** A module of its own whose kernel runs. */
async function withKernel(): Promise<typeof Codec> {
  vi.resetModules();
  const codec = await import("../codec.ts");
  const { kernelFor } = await import("../kernel.ts");
  expect(kernelFor(1 << 20)).toBeDefined();
  return codec;
}

async function byScript(): Promise<typeof Codec> {
  vi.resetModules();
  vi.stubGlobal("WebAssembly", undefined);
  return import("../codec.ts");
}

afterEach(() => {
  vi.unstubAllGlobals();
});

/** What the lines of a text are, said as plainly as it can be. */
function plainly(text: string): Record<string, unknown> {
  const canonical = text.replaceAll(/\r\n|\r|\n/g, "\r\n");
  const octets = Buffer.from(canonical);
  return {
    octets: octets.toString("latin1"),
    length: octets.length,
    isAscii: octets.every((octet) => octet < 0x80),
    // oxlint-disable-next-line no-control-regex
    hasControl: /[\u0000\u001a\u001b]/.test(text),
    hasFrom: /^From /m.test(canonical),
    hasLongLine: canonical.split("\r\n").some((line) => Buffer.byteLength(line) > 998),
    isEnded: /(?:^|\n)$/.test(canonical),
  };
}

function seen(lines: TextLines): Record<string, unknown> {
  const { length, isAscii, hasControl, hasFrom, hasLongLine, isEnded } = lines;
  const octets = new Uint8Array(length + 3);
  expect(lines.writeInto(octets, 2)).toBe(length + 2);
  expect([octets[0], octets[1], octets.at(-1)]).toEqual([0, 0, 0]);
  const written = Buffer.from(octets.subarray(2, -1)).toString("latin1");
  return { octets: written, length, isAscii, hasControl, hasFrom, hasLongLine, isEnded };
}

/** Text of what lines have an opinion about, now and then longer than a block or a line may be. */
const text: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom("\r\n", "\r", "\n", "\n\n", "From ", "From", ".") },
      {
        weight: 12,
        arbitrary: fc.constantFrom(" ", "\t", "=", "a", "word ", "ü", "日", "👩‍👧", "\u007f"),
      },
      { weight: 2, arbitrary: fc.constantFrom("\0", "\u001a", "\u001b", "\u0001", "\u001f") },
      { weight: 8, arbitrary: fc.nat(40).map((count) => "x".repeat(count)) },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 70, max: 1200 }).map((count) => "y".repeat(count)),
      },
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(""));

describe.each(ways)("the lines of a text %s", (way, load) => {
  it.each([
    ["nothing", ""],
    ["one line without its end", "a"],
    ["LF", "a\nb\n"],
    ["CR", "a\rb\r"],
    ["CRLF", "a\r\nb\r\n"],
    ["all three", "a\rb\nc\r\n\r\r\n\n"],
    ["line ends only", "\n\n\r\r\n"],
    ["UTF-8", "Grüße 日本 👩‍👧\n"],
    ["NUL", "a\0b"],
    ["what drives a terminal", "\u001b[31m"],
    ["a tab, which does no harm", "a\tb"],
    ["From at the start", "From x"],
    ["From at the start of a line", "a\r\nFrom x"],
    ["From behind CR", "a\rFrom x"],
    ["From within a line", "a From x\nFrom: x\nFromage"],
    ["From without its blank, at the end", "a\nFrom"],
    ["998 octets on a line (RFC 5322 §2.1.1)", `${"x".repeat(998)}\n${"x".repeat(998)}`],
    ["999 octets on the first line", `${"x".repeat(999)}\na`],
    ["999 octets on the last line", `a\n${"x".repeat(999)}`],
    ["998 characters of two octets", "ü".repeat(499)],
    ["999 octets in half as many characters", `${"ü".repeat(499)}x`],
    [
      "blocks that end in CR and start with LF",
      `${"x".repeat(15)}\r\n${"x".repeat(15)}\r${"x".repeat(16)}\n`,
    ],
    ["20,000 lines", "12\n".repeat(20_000)],
    ["64 KiB of ASCII without a line end", "x".repeat(65_536)],
    ["100 KiB of UTF-8", "ü\r\n".repeat(25_000)],
  ])("are seen and written: %s", async (_title, given) => {
    const { textLines } = await load();
    expect(seen(textLines(given))).toEqual(plainly(given));
  });

  it("are seen and written as they are, whatever the text", async () => {
    const { encodeQuotedPrintable, textLines } = await load();
    fc.assert(
      fc.property(text, (given) => {
        const lines = textLines(given);
        const expected = plainly(given);
        const octets = Buffer.from(expected["octets"] as string, "latin1");
        expect(seen(lines)).toEqual(expected);
        expect(Buffer.from(lines.canonicalOctets())).toEqual(octets);
        expect(Buffer.from(lines.quotedPrintable()).toString("latin1")).toBe(
          Buffer.from(encodeQuotedPrintable(octets)).toString("latin1"),
        );
        expect(Buffer.from(lines.quotedPrintable(40)).toString("latin1")).toBe(
          Buffer.from(encodeQuotedPrintable(octets, { lineLength: 40 })).toString("latin1"),
        );
      }),
      { numRuns },
    );
  });

  it("are still theirs after others came", async () => {
    const { encodeBase64, textLines } = await load();
    const texts = Array.from({ length: 400 }, (_, index) => `${index} ü\n`.repeat(index * 2));
    const lines = texts.map((given) => textLines(given));
    encodeBase64(new Uint8Array(200_000).fill(7));
    for (const [index, given] of texts.entries()) {
      const one = lines[index] as TextLines;
      expect(seen(one)).toEqual(plainly(given));
      expect(Buffer.from(one.quotedPrintable()).toString()).toBe(
        given.replaceAll("ü", "=C3=BC").replaceAll("\n", "\r\n"),
      );
    }
  });

  it("end with LF where that is asked for, in quoted-printable too", async () => {
    const { textLines } = await load();
    const lines = textLines("ü\r\nb\rc\n", "\n");
    const octets = new Uint8Array(lines.length);
    lines.writeInto(octets, 0);
    expect(Buffer.from(octets).toString()).toBe("ü\nb\nc\n");
    expect(Buffer.from(lines.quotedPrintable()).toString()).toBe("=C3=BC\nb\nc\n");
    expect(Buffer.from(lines.canonicalOctets()).toString()).toBe("ü\r\nb\r\nc\r\n");
  });

  it("refuse half a surrogate pair and a target that is too small", async () => {
    const { textLines } = await load();
    for (const given of ["a\ud800", "\udc00", "\ud83d\n\ude00"]) {
      expect(() => textLines(given)).toThrow(
        expect.objectContaining({ code: "TEXT_LONE_SURROGATE" }),
      );
    }
    const target = new Uint8Array(4);
    expect(() => textLines("ab\n").writeInto(target, 1)).toThrow(
      expect.objectContaining({ code: "TARGET_TOO_SMALL" }),
    );
    expect(target).toEqual(new Uint8Array(4));
    expect(() => textLines("ü").quotedPrintable(77)).toThrow(
      expect.objectContaining({ code: "QUOTED_PRINTABLE_LINE_LENGTH_INVALID" }),
    );
  });

  it("may be octets that were not made here", async () => {
    const { areLines } = await load();
    const isKernel = way === "by the kernel";
    const rows: readonly [
      title: string,
      octets: string,
      isSevenBit: boolean,
      isEightBit: boolean,
    ][] = [
      ["nothing", "", true, true],
      ["a line", "a\r\n", true, true],
      ["a line without its end", "a", true, true],
      ["octets above 127", "\u00c3\u00bc\r\n", false, true],
      ["a NUL", `${"x".repeat(20)}\0`, false, false],
      ["a bare CR", "a\rb\r\n", false, false],
      ["a bare CR at the end", "a\r\nb\r", false, false],
      ["a bare CR at the end of a block", `${"x".repeat(15)}\r`, false, false],
      ["a bare LF", "a\nb\r\n", false, false],
      ["a bare LF at the start", "\nb\r\n", false, false],
      ["CRLF over two blocks", `${"x".repeat(15)}\r\n`, true, true],
      ["998 octets", `${"x".repeat(998)}\r\n${"x".repeat(998)}`, true, true],
      ["999 octets", `${"x".repeat(999)}\r\n`, false, false],
      ["999 octets at the end", `a\r\n${"x".repeat(999)}`, false, false],
      ["200 KB", `${"x".repeat(98)}\r\n`.repeat(2000), true, true],
      ["200 KB with a fault at the end", `${"x".repeat(98)}\r\n`.repeat(2000) + "\n", false, false],
      ["200 KB on one line", "x".repeat(200_000), false, false],
    ];
    for (const [title, octets, isSevenBit, isEightBit] of rows) {
      const bytes = Buffer.from(octets, "latin1");
      expect(areLines(bytes, { eightBit: false }), title).toBe(isKernel && isSevenBit);
      expect(areLines(bytes, { eightBit: true }), title).toBe(isKernel && isEightBit);
    }
  });

  it("may be octets that were not made here, whatever they are", async () => {
    const { areLines } = await load();
    const isKernel = way === "by the kernel";
    fc.assert(
      fc.property(text, (given) => {
        const octets = Buffer.from(given).toString("latin1");
        const lines = octets.split("\r\n");
        // oxlint-disable-next-line no-control-regex
        const isFit = lines.every((line) => line.length <= 998 && !/[\u0000\r\n]/.test(line));
        const isAscii = Buffer.byteLength(octets) === octets.length;
        const bytes = Buffer.from(given);
        expect(areLines(bytes, { eightBit: true })).toBe(isKernel && isFit);
        expect(areLines(bytes, { eightBit: false })).toBe(isKernel && isFit && isAscii);
      }),
      { numRuns },
    );
  });
});
