import { describe, expect, it } from "vitest";
import { defuse, defuseLines } from "./display.ts";

describe("defuse", () => {
  it.each([
    ["plain", "plain"],
    ["", ""],
    ["\u001b[31mred", "·[31mred"],
    ["a\r\nb\tc", "a··b·c"],
    ["\u007f\u009b", "··"],
    ["exe.\u202efdp", "exe.·fdp"],
    ["\u2066a\u2069\u200e\u200f\u061c", "·a····"],
    ["\u2028\u2029", "··"],
    ["Grüße 日本 💌", "Grüße 日本 💌"],
  ])("%j is shown as %j", (text, shown) => {
    expect(defuse(text)).toBe(shown);
  });
});

describe("defuseLines", () => {
  it("keeps lines and tabs", () => {
    expect(defuseLines("a\tb\r\nc\rd\n\u001b[0m\n")).toBe("a\tb\nc\nd\n·[0m\n");
  });
});
