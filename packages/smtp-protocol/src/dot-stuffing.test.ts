import { octetText, utf8 } from "@letterwright/base/bytes";
import { describe, expect, it } from "vitest";
import { createDotStuffer } from "./dot-stuffing.ts";

function stuffed(chunks: readonly string[]): string {
  const stuffer = createDotStuffer();
  return (
    chunks.map((chunk) => octetText(stuffer.stuff(utf8(chunk)))).join("") + octetText(stuffer.end())
  );
}

describe("dot-stuffing (RFC 5321 §4.5.2)", () => {
  const rows: readonly [content: string, wire: string][] = [
    ["", ""],
    [".", "..\r\n"],
    ["..", "...\r\n"],
    ["a\r\n.\r\nb", "a\r\n..\r\nb\r\n"],
    ["a\r\n.b\r\n", "a\r\n..b\r\n"],
    ["a.b\r\nc.", "a.b\r\nc.\r\n"],
    [".\r\n.\r\n", "..\r\n..\r\n"],
    ["\r\n", "\r\n"],
    ["a\r\n\r\n.", "a\r\n\r\n..\r\n"],
    [".\r\n..a.".repeat(90), `..\r\n${"...a..\r\n".repeat(89)}...a.\r\n`],
    ["\r\r\n.\n.\r.", "\r\r\n..\n.\r.\r\n"],
  ];
  describe.each(rows)("%j", (content, wire) => {
    it("whole", () => expect(stuffed([content])).toBe(wire));
    it("cut in two at every place", () => {
      for (let at = 0; at <= content.length; at++)
        expect(stuffed([content.slice(0, at), content.slice(at)])).toBe(wire);
    });
    it("byte by byte, with empty chunks between", () =>
      expect(stuffed(content.split("").flatMap((one) => [one, ""]))).toBe(wire));
  });
});
