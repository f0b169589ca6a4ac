import { describe, expect, it } from "vitest";
import { shown, shownOnOneLine } from "./shown.ts";

describe("shown", () => {
  const rows: readonly [title: string, text: string, safe: string][] = [
    ["text stays", "Grüße 漢字 🙂", "Grüße 漢字 🙂"],
    ["line feeds stay", "a\nb", "a\nb"],
    ["a colour", "\u001b[31mred", "\\u001b[31mred"],
    ["a carriage return", "good\rbad", "good\\u000dbad"],
    ["a C1 control", "\u009b2J", "\\u009b2J"],
    ["a delete", "a\u007f", "a\\u007f"],
    ["a turned direction", "a\u202egpj.exe", "a\\u202egpj.exe"],
    ["an isolate", "\u2066a\u2069", "\\u2066a\\u2069"],
    ["a line separator", "a\u2028b", "a\\u2028b"],
  ];
  it.each(rows)("%s", (_, text, safe) => expect(shown(text)).toBe(safe));
  it("can keep to one line", () => expect(shownOnOneLine("a\nb")).toBe("a b"));
});
