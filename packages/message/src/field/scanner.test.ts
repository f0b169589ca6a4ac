import { describe, expect, it } from "vitest";
import { contentDisposition } from "./content.ts";
import { readField } from "./reading.ts";
import { FieldScanner } from "./scanner.ts";

describe("a quoted-string", () => {
  it.each([
    ['"a b"', "a b", "plain"],
    ['"a\\"b\\\\"', 'a"b\\', "quoted-pairs (RFC 5322 §3.2.4)"],
    ['"a\r\n b"', "a b", "folded (RFC 5322 §2.2.3)"],
    ['"a\r\n\tb\r\n  c"', "a\tb  c", "folded twice, at other blanks"],
    ['"\r\n a\r\n "', " a ", "folded at its ends"],
    ['"a\n b"', "a b", "folded in a file with LF alone"],
    ['"a\r b"', "a\r b", "with a CR that is no line end"],
    ['"a\r\nb"', "a\r\nb", "with a line end that is no fold"],
    ['"a\\\r\n b"', "a\r b", "with a CR that is quoted, before a fold of LF"],
  ])("%j says %j: %s", (wire, said) => {
    const scanner = new FieldScanner(wire, (code) => expect.fail(code));
    expect(scanner.quotedString()).toBe(said);
    expect(scanner.isAtEnd).toBe(true);
  });

  it("of a file's name may be folded, and nothing is wrong with it", () => {
    const wire = 'attachment;\r\n filename="minutes of\r\n the meeting.pdf"';
    expect(readField(contentDisposition, wire)).toMatchObject({
      value: { parameters: { filename: "minutes of the meeting.pdf" } },
      defects: [],
    });
  });

  it("keeps what no line can hold from looking like nothing", () => {
    const { defects } = readField(contentDisposition, 'attachment; filename="a\r\nb"');
    expect(defects.map(({ code }) => code)).toEqual(["PARAMETER_HAS_CONTROL"]);
  });
});
