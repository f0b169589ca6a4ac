import { afterEach, describe, expect, it, vi } from "vitest";
import type * as Bytes from "./bytes.ts";

const long = "The quick brown fox jumps over the lazy dog. ".repeat(4000);

/** Every row runs on each way to do it. */
const runtimes: readonly [name: string, globals: Record<string, unknown>][] = [
  ["with Buffer", {}],
  ["without Buffer", { Buffer: undefined }],
];

afterEach(() => vi.unstubAllGlobals());

describe.each(runtimes)("bytes %s", (name, globals) => {
  async function bytes(): Promise<typeof Bytes> {
    vi.resetModules();
    for (const [global, value] of Object.entries(globals)) vi.stubGlobal(global, value);
    expect((await import("./native.ts")).buffer === undefined).toBe(name !== "with Buffer");
    return import("./bytes.ts");
  }

  const texts = ["", "a", "ü", "日本", "👩‍👩‍👧", "a\u0000b", long, `${long}ü`, `${long}👩‍👩‍👧`];
  it.each(texts)("writes %j as UTF-8, measures it and reads it back (RFC 3629)", async (text) => {
    const { isAscii, isAsciiBytes, utf8, utf8Into, utf8Length, utf8Text } = await bytes();
    const expected = new TextEncoder().encode(text);
    const written = utf8(text);
    expect(written).toEqual(expected);
    expect(written.buffer.byteLength).toBe(expected.length);
    expect(utf8Text(written)).toBe(text);
    expect(utf8Length(text)).toBe(expected.length);
    expect(isAscii(text)).toBe(expected.length === text.length);
    expect(isAsciiBytes(written)).toBe(expected.length === text.length);
    // Into exactly the room it needs, and into ample room.
    for (const room of [expected.length, text.length * 3]) {
      const target = new Uint8Array(room + 4).fill(7);
      expect(utf8Into(target.subarray(0, room + 2), 2, text)).toBe(expected.length);
      expect(target.subarray(2, 2 + expected.length)).toEqual(expected);
      const around = [...target.subarray(0, 2), ...target.subarray(2 + expected.length)];
      expect(around.every((octet) => octet === 7)).toBe(true);
    }
  });

  it.each(["\ud800", "a\udc00", "\udc00\ud800", "x\ud800y", `${long}\ud800`])(
    "refuses half a surrogate pair (RFC 3629 §3)",
    async (text) => {
      const { utf8, utf8Into, utf8Length } = await bytes();
      const refusal = expect.objectContaining({ code: "TEXT_LONE_SURROGATE" });
      expect(() => utf8(text)).toThrow(refusal);
      expect(() => utf8Into(new Uint8Array(9), 0, text)).toThrow(refusal);
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
    },
  );

  it("keeps a byte order mark: it is part of the text", async () => {
    const { utf8, utf8Text } = await bytes();
    expect(utf8Text(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
    expect([...utf8("\ufeffa")]).toEqual([0xef, 0xbb, 0xbf, 0x61]);
  });

  it.each(["a\u760d\u760a", "\u0080", `${long}\u00e9`])(
    "refuses what would be narrowed",
    async (text) => {
      // U+760D U+760A lose their upper byte to become CR and LF in careless encoders.
      const { ascii } = await bytes();
      expect(() => ascii(text)).toThrow(expect.objectContaining({ code: "TEXT_NOT_ASCII" }));
    },
  );

  it.each(["", "Subject", "Subject: a line that is longer than a few characters", long])(
    "writes ASCII where it is told",
    async (text) => {
      const { ascii, asciiInto, octetText } = await bytes();
      const target = new Uint8Array(text.length + 4).fill(7);
      expect(asciiInto(target, 2, text)).toBe(text.length);
      expect(octetText(target)).toBe(`\u0007\u0007${text}\u0007\u0007`);
      expect(octetText(ascii(text))).toBe(text);
    },
  );

  it.each([1, 3, -1, 0.5, Number.NaN])(
    "refuses to write past the target, at %d",
    async (offset) => {
      const { asciiInto, utf8Into } = await bytes();
      const target = new Uint8Array(3);
      const refusal = expect.objectContaining({ code: "TARGET_TOO_SMALL" });
      expect(() => asciiInto(target, offset, "abc")).toThrow(refusal);
      expect(() => utf8Into(target, offset, "aé")).toThrow(refusal);
      expect(target).toEqual(new Uint8Array(3));
    },
  );

  it("octetText reads one character an octet, past the limit on call arguments", async () => {
    const { octetText } = await bytes();
    const octets = Uint8Array.from({ length: 20_000 }, (_, at) => at);
    const text = octetText(octets);
    expect(Uint8Array.from(text, (character) => character.charCodeAt(0))).toEqual(octets);
    expect(octetText(octets.subarray(0x80, 0xa0))).toBe(text.slice(0x80, 0xa0));
  });

  it("isAsciiBytes finds the one octet anywhere", async () => {
    const { isAsciiBytes } = await bytes();
    for (const length of [1, 24, 25, 65_536, 65_537, 140_000]) {
      for (const at of [0, length >> 1, length - 1]) {
        const octets = new Uint8Array(length).fill(0x7f);
        expect(isAsciiBytes(octets)).toBe(true);
        octets[at] = 0x80;
        expect(isAsciiBytes(octets)).toBe(false);
      }
    }
  });

  it("concatBytes copies, so the parts may be written over", async () => {
    const { concatBytes } = await bytes();
    const part = Uint8Array.of(1, 2);
    const whole = concatBytes([part, Uint8Array.of(3)]);
    part[0] = 9;
    expect([...whole]).toEqual([1, 2, 3]);
  });

  it("equalBytes compares length and octets", async () => {
    const { equalBytes } = await bytes();
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1))).toBe(true);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBe(false);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(2))).toBe(false);
  });

  it("prints octets as hexadecimal digits", async () => {
    const { hexOf } = await bytes();
    expect(hexOf(Uint8Array.of())).toBe("");
    expect(hexOf(Uint8Array.of(0, 1, 15, 16, 127, 128, 255))).toBe("00010f107f80ff");
  });

  it("finds octets among others", async () => {
    const { ascii, indexOfBytes } = await bytes();
    const rows: readonly [text: string, sought: string, from: number, at: number][] = [
      ["", "a", 0, -1],
      ["a", "a", 0, 0],
      ["a", "a", 1, -1],
      ["a", "a", 2, -1],
      ["aab", "ab", 0, 1],
      ["a\r\n.\r\n", "\r\n.", 0, 1],
      ["\r\n.\r\n.", "\r\n.", 1, 3],
      ["\r\r\n.", "\r\n.", 0, 1],
      ["a\r\n", "\r\n.", 0, -1],
      [`${long}\r\n.`, "\r\n.", 0, long.length],
    ];
    for (const [text, sought, from, at] of rows) {
      expect(indexOfBytes(ascii(text), ascii(sought), from), JSON.stringify(text)).toBe(at);
    }
  });
});
