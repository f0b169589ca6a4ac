import { describe, expect, it } from "vitest";
import { unflowed } from "./flowed.ts";

describe("unflowed (RFC 3676 §4)", () => {
  const rows: readonly [title: string, text: string, whole: string][] = [
    ["lines that end with a blank go on", "a \r\nb \r\nc\r\nd", "a b c\r\nd"],
    ["line ends stay what they are", "a \nb\r\nc\n", "a b\r\nc\n"],
    ["a blank before a line is taken off, one", " From a\r\n  b\r\n >c", "From a\r\n b\r\n>c"],
    ["quotes go on at their depth", "> a \r\n> b\r\n>> c", "> a b\r\n>> c"],
    ["another depth ends the paragraph", "> a \r\nb", "> a \r\nb"],
    ["quotes without blanks", ">a \r\n>b", "> a b"],
    ["the line above a signature stays", "a\r\n-- \r\nAna", "a\r\n-- \r\nAna"],
    ["and ends a paragraph", "a \r\n-- \r\nAna", "a \r\n-- \r\nAna"],
    ["the last line may want to go on", "a \r\n", "a \r\n"],
    ["empty lines stay", "a\r\n\r\nb", "a\r\n\r\nb"],
    ["nothing", "", ""],
  ];
  it.each(rows)("%s", (_title, text, whole) => expect(unflowed(text, false)).toBe(whole));

  it("takes the blank away where DelSp says so", () => {
    expect(unflowed("para \r\ngraph \r\ns\r\n", true)).toBe("paragraphs\r\n");
  });
});
