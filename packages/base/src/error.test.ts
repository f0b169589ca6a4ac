import { describe, expect, it } from "vitest";
import { LetterwrightError, LimitError, pointAt, SyntaxFaultError, UsageError } from "./error.ts";

describe("LetterwrightError", () => {
  it("carries code, hint and the untouched cause", () => {
    const cause = new Error("low");
    const error = new LetterwrightError("high", { code: "X", hint: "do", cause });
    expect(error).toMatchObject({ code: "X", hint: "do", cause });
    expect(error).toBeInstanceOf(Error);
  });

  it("has no cause when there is none", () => {
    expect("cause" in new LetterwrightError("m", { code: "X" })).toBe(false);
  });

  it("is recognised by its brand, from whichever copy of the package", () => {
    const foreign = Object.defineProperty(new Error("m"), Symbol.for("letterwright.error"), {
      value: true,
    });
    expect(LetterwrightError.is(foreign)).toBe(true);
    expect(LetterwrightError.is(new UsageError("m", { code: "X" }))).toBe(true);
    expect(LetterwrightError.is(new Error("m"))).toBe(false);
    expect(LetterwrightError.is(null)).toBe(false);
  });

  it("names the limit that was met", () => {
    expect(new LimitError("m", { code: "X", limit: 3, option: "maxParts" })).toMatchObject({
      limit: 3,
      option: "maxParts",
    });
  });
});

describe("pointAt", () => {
  const rows: readonly [title: string, text: string, index: number, shown: string][] = [
    ["a caret under the character", "ab cd", 3, "  ab cd\n     ^"],
    ["a caret past the end", "ab", 2, "  ab\n    ^"],
    ["one column for a character of two units", "👩x", 2, "  👩x\n   ^"],
    ["controls defused", "a\u001b[2J\nb", 6, "  a·[2J·b\n        ^"],
    ["bidirectional overrides defused", "a\u202eb", 2, "  a·b\n    ^"],
  ];
  it.each(rows)("shows %s", (_title, text, index, shown) => {
    expect(pointAt(text, index)).toBe(shown);
  });

  it("shows the neighbourhood of a fault in a long text", () => {
    const [line = "", caret = ""] = pointAt(`${"x".repeat(500)}!${"y".repeat(500)}`, 500).split(
      "\n",
    );
    expect(line.length).toBeLessThan(80);
    expect(line.charAt(caret.indexOf("^"))).toBe("!");
  });
});

it("a SyntaxFaultError ends with the caret", () => {
  const error = new SyntaxFaultError("bad", { code: "X", input: "a b", index: 1 });
  expect(error.message).toBe("bad\n  a b\n   ^");
});
