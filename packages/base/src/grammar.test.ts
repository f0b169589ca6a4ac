import { describe, expect, it } from "vitest";
import { indexOfControl, isAtext, isBoundary, isDotAtom, isFieldName, isToken } from "./grammar.ts";

const tables: readonly [
  name: string,
  test: (text: string) => boolean,
  good: readonly string[],
  bad: readonly string[],
][] = [
  [
    "isToken (RFC 2045 §5.1)",
    isToken,
    ["a", "x-y.z", "a'b", "%"],
    ["", "a b", "a/b", "a=b", "a@b", "é", "a\n", "a?"],
  ],
  [
    "isFieldName (RFC 5322 §3.6.8)",
    isFieldName,
    ["X-A", "a", "!", "A;"],
    ["", "a b", "a:", "é", "a\r\nBcc", "\u007f"],
  ],
  [
    "isDotAtom (RFC 5322 §3.2.3)",
    isDotAtom,
    ["a", "a.b", "!#$", "jörg"],
    ["", ".a", "a.", "a..b", "a b", "a@b", "a\u0085b"],
  ],
  [
    "isBoundary (RFC 2046 §5.1.1)",
    isBoundary,
    ["a", "a b", "=_x", "x".repeat(70)],
    ["", "a ", "x".repeat(71), "a\n", "a;b", "é", '"'],
  ],
];
describe.each(tables)("%s", (_name, test, good, bad) => {
  it.each(good)("takes %j", (text) => expect(test(text)).toBe(true));
  it.each(bad)("refuses %j", (text) => expect(test(text)).toBe(false));
});

it("isAtext takes RFC 6532 characters and no control", () => {
  expect(isAtext(0xfc)).toBe(true);
  expect(isAtext(0x85)).toBe(false);
  expect(isAtext(0x28)).toBe(false);
});

it.each([
  ["", -1],
  ["a\tb", -1],
  ["a\r", 1],
  ["\n", 0],
  ["ab\u0000", 2],
  ["\u0085", 0],
  ["x\u2028", 1],
  ["\u760d\u760a", -1],
])("indexOfControl(%j) is %i", (text, index) => expect(indexOfControl(text)).toBe(index));
