import { describe, expect, it } from "vitest";
import { decodeCharset, encodeCharset } from "./charset.ts";

describe("encodeCharset", () => {
  it.each([
    ["é", "iso-8859-1", [0xe9]],
    ["Łódź", "ISO-8859-2", [0xa3, 0xf3, 0x64, 0xbc]],
    ["Привет", "koi8-r", [0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4]],
    ["€", "windows-1252", [0x80]],
    ["a", "us-ascii", [0x61]],
    ["é", "utf-8", [0xc3, 0xa9]],
  ])("writes %j in %s", (text, charset, octets) => {
    expect([...encodeCharset(text, charset)]).toEqual(octets);
    expect(decodeCharset(encodeCharset(text, charset), charset, refuse)).toBe(text);
  });

  it.each([
    ["€", "iso-8859-1", "CHARSET_CANNOT_ENCODE"],
    ["é", "us-ascii", "CHARSET_CANNOT_ENCODE"],
    ["日本", "shift_jis", "CHARSET_UNSUPPORTED"],
    ["a", "utf-16le", "CHARSET_UNSUPPORTED"],
    ["a", "no-such-charset", "CHARSET_UNSUPPORTED"],
    ["\ud800", "utf-8", "TEXT_LONE_SURROGATE"],
  ])("refuses %j in %s", (text, charset, code) => {
    expect(() => encodeCharset(text, charset)).toThrow(expect.objectContaining({ code }));
  });
});

describe("decodeCharset", () => {
  it.each([
    [[0xff], "utf-8", "\ufffd", ["CHARSET_OCTETS_INVALID"]],
    [[0xef, 0xbf, 0xbd], "utf-8", "\ufffd", []],
    [[0xe9], "us-ascii", "é", ["CHARSET_OCTETS_INVALID"]],
    [[0xe9], "no-such-charset", "é", ["CHARSET_UNKNOWN"]],
    [[0xc3, 0xa9], "1", "é", ["CHARSET_UNKNOWN"]],
    [[0x80, 0x93, 0x9f, 0x41], "windows-1252", "€“ŸA", []],
    [[0xe9], "iso-8859-1", "é", []],
    [[0x93, 0xfa], "shift_jis", "日", []],
  ] as const)("reads %j as %s", (octets, charset, text, codes) => {
    const found: string[] = [];
    expect(decodeCharset(Uint8Array.from(octets), charset, (code) => found.push(code))).toBe(text);
    expect(found).toEqual(codes);
  });

  it("asks the caller about a charset that the platform does not know", () => {
    const text = decodeCharset(Uint8Array.of(1), "x-mine", refuse, (name, bytes) =>
      name === "x-mine" ? `<${bytes.length}>` : undefined,
    );
    expect(text).toBe("<1>");
  });
});

function refuse(code: string): never {
  throw new Error(code);
}
