/** Boundaries: made, given, and never where they would cut a part in two. */
import { utf8Text } from "@letterwright/base/bytes";
import {
  bytesPart,
  contentType,
  fieldOf,
  message,
  mixed,
  signed,
  textField,
  textPart,
  withContent,
  type Part,
} from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { toBytes } from "./generate.ts";
import { debugPolicy, smtpPolicy, smtpUtf8Policy, type Policy } from "./policy.ts";

const bare = message({ from: "ana@example.com", messageId: "<1@example.com>", date: new Date(0) });
const written = (part: Part, policy: Policy = smtpPolicy): string =>
  utf8Text(toBytes(withContent(bare, part), policy));
const numbered = smtpPolicy.with({ boundary: (number) => `b${number}` });
const given = (
  boundary: string,
  parts: readonly Part[] = [textPart("a")],
  more: object = {},
): Part => mixed(parts, { parameters: { boundary }, ...more });

describe("boundaries (RFC 2046 §5.1.1)", () => {
  it("are 128 random bits, numbered so that none begins another", () => {
    const text = written(mixed([mixed([textPart("a")]), textPart("b")]));
    const made = [...text.matchAll(/boundary="=_(\d)_([0-9a-f]{32})"/g)];
    expect(made.map(([, number]) => number)).toEqual(["0", "1"]);
    expect(made[0]?.[2]).toBe(made[1]?.[2]);
  });

  it("can be made by the caller, and are checked", () => {
    expect(written(mixed([textPart("a")]), numbered)).toContain("\r\n--b0--\r\n");
    const broken = smtpPolicy.with({ boundary: () => "a\r\nb" });
    expect(() => written(mixed([textPart("a")]), broken)).toThrow(
      expect.objectContaining({ code: "BOUNDARY_INVALID" }),
    );
  });

  it("are counted on inside what is signed", () => {
    const tree = signed(mixed([textPart("é")]), bytesPart("s"), { micalg: "pgp-sha256" });
    const policy = smtpUtf8Policy.with({ boundary: (number) => `b${number}` });
    expect(written(tree, policy)).toContain("\r\n--b1--\r\n\r\n--b0\r\n");
  });

  const forged = {
    fields: [fieldOf(contentType, { type: "multipart/mixed", parameters: { boundary: "b " } })],
  };
  it("that a hand-made part gives are checked too", () => {
    const part: Part = { ...forged, body: { kind: "multipart", parts: [textPart("a")] } };
    expect(() => written(part)).toThrow(expect.objectContaining({ code: "BOUNDARY_INVALID" }));
  });

  it("need a part to stand before (RFC 2046 §5.1.1)", () => {
    const part: Part = { ...forged, body: { kind: "multipart", parts: [] } };
    expect(() => written(part)).toThrow(expect.objectContaining({ code: "MULTIPART_EMPTY" }));
  });

  const inside = Uint8Array.from(toBytes(withContent(bare, mixed([textPart("a")])), debugPolicy));
  const rows: readonly [title: string, part: Part, policy?: Policy][] = [
    ["in a text", given("b", [textPart("a\n--b\n")])],
    ["at the start of a text", given("b", [textPart("--b")])],
    ["as a beginning", given("b", [textPart("a\n--bc\n")])],
    ["in bytes", given("b", [bytesPart("a\r\n--b\r\n", { type: "text/csv" })])],
    ["in the preamble", given("b", undefined, { preamble: "--b" })],
    ["in the epilogue", given("b", undefined, { epilogue: "x\r\n--b--" })],
    ["as the name of a field", given("b", [textPart("a", { fields: [textField("--b", "x")] })])],
    ["in a multipart inside", given("b", [given("c", [textPart("--b")])])],
    ["as that of a multipart inside", given("b", [given("b")])],
    ["as the beginning of one inside", given("b", [given("bc")])],
    ["made by the caller, in a text", mixed([textPart("--b0")]), numbered],
    [
      "made by the caller, twice",
      mixed([mixed([textPart("a")])]),
      smtpPolicy.with({ boundary: () => "b" }),
    ],
    [
      "made of injected chance, in a message inside",
      mixed([bytesPart(inside, { type: "message/rfc822" })]),
      debugPolicy,
    ],
  ];
  it.each(rows)("are refused where they occur: %s", (_title, part, policy) => {
    expect(() => written(part, policy)).toThrow(
      expect.objectContaining({ code: "BOUNDARY_COLLISION" }),
    );
  });

  it.each([
    ["within a line", given("b", [textPart("a --b")])],
    ["beside each other", mixed([given("b"), given("b")])],
    ["in base64", given("b", [bytesPart("--b")])],
  ])("may stand %s", (_title, part) => {
    expect(written(part)).toContain("--b--");
  });
});
