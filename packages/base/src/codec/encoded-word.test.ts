import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeWords } from "./encoded-word.ts";

describe("decodeWords (RFC 2047)", () => {
  it.each([
    ["plain text", "plain text", []],
    ["=?utf-8?q?=C3=A9?=", "é", []],
    ["a =?ISO-8859-1?Q?b=E9_c?= d", "a bé c d", []],
    ["=?us-ascii?q?a?= =?us-ascii?q?b?=", "ab", []],
    ["=?us-ascii?q?a?=\r\n \t=?us-ascii?b?Yg==?=", "ab", []],
    ["foo =?us-ascii?q?bar?= \t =?us-ascii?q?bird?=", "foo barbird", []],
    ["=?us-ascii?q?a?= b =?us-ascii?q?c?=", "a b c", []],
    ["=?us-ascii*en?q?tagged?=", "tagged", []],
    ["(=?us-ascii?q?comment?=)", "(comment)", []],
    ["=?utf-8?b?w6kgIMOp?=", "é  é", []],
    ["=?utf-8?b?w6k?=", "é", []], // padding left out
    ["=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é", ["ENCODED_WORD_SPLIT_CHARACTER"]],
    ["=?utf-8?q?somevalue?=nowhitespace", "somevaluenowhitespace", ["ENCODED_WORD_NOT_SEPARATED"]],
    ["=?x-unknown?q?=E9?=", "é", ["CHARSET_UNKNOWN"]],
    ["=?utf-8?q?=FF?=", "\ufffd", ["CHARSET_OCTETS_INVALID"]],
    ["A =?UTF-8?Q?x=0ABcc:?= e", "A x\ufffdBcc: e", ["ENCODED_WORD_HAS_CONTROL"]],
    ["=?utf-8?q?=ZZ?=", "=?utf-8?q?=ZZ?=", ["ENCODED_WORD_MALFORMED"]],
    ["=?utf-8?x?abc?=", "=?utf-8?x?abc?=", ["ENCODED_WORD_MALFORMED"]],
    ["=?utf-8?q?open", "=?utf-8?q?open", ["ENCODED_WORD_MALFORMED"]],
    ["1 =? 2 ?= 3", "1 =? 2 ?= 3", ["ENCODED_WORD_MALFORMED"]],
  ])("reads %j", (wire, text, codes) => {
    const found: string[] = [];
    expect(decodeWords(wire, (code) => found.push(code))).toBe(text);
    expect(found).toEqual(codes);
  });

  it("never throws, and never lets a control character out of an encoded-word", () => {
    const piece = fc.oneof(
      fc.constantFrom("=?", "?=", "?", "utf-8", "q", "b", "=0D=0A", "DQo=", " ", "*en"),
      fc.string({ maxLength: 5 }).map((text) => text.replaceAll(/\p{Cc}/gu, "")),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(decodeWords(pieces.join(""))).not.toMatch(/[\r\n]/);
      }),
    );
  });
});

it("reads words that switch between modes one by one (RFC 2047 §3), and put together where one is cut", () => {
  const read = (text: string): readonly [string, readonly string[]] => {
    const codes: string[] = [];
    return [decodeWords(text, (code) => codes.push(code)), codes];
  };
  const whole = "=?iso-2022-jp?b?GyRCRnwbKEI=?= =?iso-2022-jp?b?GyRCS1wbKEI=?=";
  expect(read(whole)).toEqual(["日本", []]);
  // The first octet of the second character stands in the first word.
  const cut = "=?iso-2022-jp?b?GyRCRnxL?= =?iso-2022-jp?b?XBsoQg==?=";
  expect(read(cut)).toEqual(["日本", []]);
});

describe("what is read in between, and at length", () => {
  it("puts many adjacent words together, a character split between each two", () => {
    const text = "ü".repeat(9000);
    const octets = [...new TextEncoder().encode(text)];
    const q = octets.map((octet) => `=${octet.toString(16).toUpperCase()}`);
    const words: string[] = [];
    for (let at = 0; at < q.length; at += 15)
      words.push(`=?utf-8?q?${q.slice(at, at + 15).join("")}?=`);
    const found = new Set<string>();
    expect(decodeWords(words.join("\r\n "), (code) => found.add(code))).toBe(text);
    expect([...found]).toEqual(["ENCODED_WORD_SPLIT_CHARACTER"]);
  });

  it("keeps apart a text that is read while another is", () => {
    const inner = "=?utf-8?q?inner=C3=BC?=";
    const outer = "=?x-own?q?one=FC?= =?x-own?q?two?= =?utf-8?q?three=C3=BC?=";
    const charsets = (_charset: string, bytes: Uint8Array): string => {
      expect(decodeWords(inner)).toBe("innerü");
      return String.fromCharCode(...bytes);
    };
    expect(decodeWords(outer, () => undefined, charsets)).toBe("oneütwothreeü");
    const nested: string[] = [];
    const text = decodeWords("=?utf-8?q?a=C3?= =?utf-8?q?=BCb?=c", () =>
      nested.push(decodeWords(inner)),
    );
    expect([text, nested]).toEqual(["aübc", ["innerü", "innerü"]]);
  });

  it("goes on after whoever was told has thrown", () => {
    expect(() =>
      decodeWords("=?utf-8?q?a?=b", () => {
        throw new Error("told");
      }),
    ).toThrow("told");
    expect(decodeWords("=?utf-8?q?=C3=BC?=")).toBe("ü");
  });

  it("gives a decoder octets of its own", () => {
    const kept: Uint8Array[] = [];
    const charsets = (_charset: string, bytes: Uint8Array): string => {
      kept.push(bytes);
      return "x";
    };
    decodeWords("=?x-own?q?abc?= =?x-other?b?ZGVm?=", () => undefined, charsets);
    decodeWords("=?utf-8?q?=C3=BC=C3=BC=C3=BC?=");
    expect(kept.map((bytes) => String.fromCharCode(...bytes))).toEqual(["abc", "def"]);
  });
});
