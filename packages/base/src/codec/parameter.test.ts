import { describe, expect, it } from "vitest";
import { decodeParameters } from "./parameter.ts";

const read = (text: readonly [string, string][]): [Record<string, string>, string[]] => {
  const found: string[] = [];
  const values = decodeParameters(
    text.map(([name, value], index) => ({ name, value, index })),
    (code) => found.push(code),
  );
  return [{ ...values }, found];
};

describe("decodeParameters (RFC 2231)", () => {
  it.each<[[string, string][], Record<string, string>, string[]]>([
    [[["Charset", "utf-8"]], { charset: "utf-8" }, []],
    [[["filename*", "utf-8''%C3%BC.pdf"]], { filename: "ü.pdf" }, []],
    [
      [
        ["filename*0*", "iso-8859-1''%32%30%31%2E"],
        ["filename*1*", "%74%69%66"],
      ],
      { filename: "201.tif" },
      [],
    ],
    [
      [
        ["title*1", "b c"],
        ["title*0", "a "],
      ],
      { title: "a b c" },
      [],
    ],
    [
      [
        ["title*2", "isn't it!"],
        ["title*0*", "us-ascii'en'This%20is%20even%20more%20"],
        ["title*1*", "%2A%2A%2Afun%2A%2A%2A%20"],
      ],
      { title: "This is even more ***fun*** isn't it!" },
      [],
    ],
    [
      [
        ["filename", "a"],
        ["filename*", "utf-8''b"],
      ],
      { filename: "b" },
      [],
    ],
    [
      [
        ["a", "1"],
        ["A", "2"],
      ],
      { a: "1" },
      ["PARAMETER_DUPLICATE"],
    ],
    [[["a*1", "x"]], { a: "x" }, ["PARAMETER_SECTION_MISSING"]],
    [[["a*", "utf-8''50%"]], { a: "50%" }, ["PARAMETER_PERCENT_MALFORMED"]],
    [[["a*", "utf-8''%0d%0ab"]], { a: "\ufffd\ufffdb" }, ["PARAMETER_HAS_CONTROL"]],
    [[["name", "=?utf-8?q?=C3=BC?="]], { name: "ü" }, ["PARAMETER_ENCODED_WORD"]],
    [[["a*x", "1"]], { "a*x": "1" }, []],
    [[["__proto__", "1"]], JSON.parse('{"__proto__":"1"}') as Record<string, string>, []],
  ])("reads %j", (parameters, values, codes) => {
    expect(read(parameters)).toEqual([values, codes]);
  });

  it("puts a character together that was split between sections", () => {
    expect(
      read([
        ["a*0*", "utf-8''%C3"],
        ["a*1*", "%BC"],
      ])[0],
    ).toEqual({ a: "ü" });
  });

  it.each<[string, readonly [string, string][]]>([
    ["none", []],
    ["a plain one", [["__proto__", "x"]]],
    ["an extended one", [["__proto__*", "utf-8''x"]]],
    ["many", Array.from({ length: 200 }, (_, at) => [`p${at}`, String(at)])],
  ])("gives a frozen object without a prototype for %s", (_, parameters) => {
    const all = parameters.map(([name, value], index) => ({ name, value, index }));
    const values = decodeParameters(all, () => undefined);
    expect(Object.getPrototypeOf(values)).toBeNull();
    expect(Object.isFrozen(values)).toBe(true);
    expect(Object.keys(values)).toEqual(parameters.map(([name]) => name.replace("*", "")));
  });
});
