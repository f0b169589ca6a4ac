import { describe, expect, it } from "vitest";
import { ascii, concatBytes, equalBytes, octetText, utf8, utf8Length, utf8Text } from "./bytes.ts";

describe("utf8", () => {
  it.each(["", "a", "ü", "日本", "👩‍👩‍👧", "a\u0000b"])("writes %j and reads it back", (text) => {
    expect(utf8Text(utf8(text))).toBe(text);
    expect(utf8Length(text)).toBe(utf8(text).length);
  });

  it.each(["\ud800", "a\udc00", "\udc00\ud800", "x\ud800y"])(
    "refuses half a surrogate pair (RFC 3629 §3)",
    (text) => {
      expect(() => utf8(text)).toThrow(expect.objectContaining({ code: "TEXT_LONE_SURROGATE" }));
    },
  );

  it("keeps a byte order mark: it is part of the text", () => {
    expect(utf8Text(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe("\ufeffa");
  });
});

describe("ascii", () => {
  it("refuses what would be narrowed", () => {
    // U+760D U+760A lose their upper byte to become CR and LF in careless encoders.
    expect(() => ascii("a\u760d\u760a")).toThrow(
      expect.objectContaining({ code: "TEXT_NOT_ASCII" }),
    );
  });
});

it("concatBytes copies, so the parts may be written over", () => {
  const part = Uint8Array.of(1, 2);
  const whole = concatBytes([part, Uint8Array.of(3)]);
  part[0] = 9;
  expect([...whole]).toEqual([1, 2, 3]);
});

it("equalBytes compares length and octets", () => {
  expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1))).toBe(true);
  expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBe(false);
  expect(equalBytes(Uint8Array.of(1), Uint8Array.of(2))).toBe(false);
});

it("octetText reads one character an octet, past the limit on call arguments", () => {
  const bytes = new Uint8Array(20_000).fill(0xff);
  expect(octetText(bytes)).toBe("\u00ff".repeat(20_000));
});
