/** The last look: each rule is broken once, so that a rule which is no longer looked at is missed. */
import { utf8 } from "@letterwright/base/bytes";
import {
  defineField,
  fieldOf,
  message,
  readAll,
  type Field,
  type FieldUnit,
} from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { checkBase64, checkFields, checkOctets, type LineRules } from "./gate.ts";
import { generate, toBytes, toStream } from "./generate.ts";
import { smtpPolicy, smtpUtf8Policy } from "./policy.ts";

const crlf: LineRules = { lineEnd: "\r\n", eightBit: false };
const fault = expect.objectContaining({ code: "GENERATOR_FAULT" }) as unknown;

describe("fields (RFC 5322 §2.2)", () => {
  const check = (rules: LineRules, ...fields: readonly string[]) => {
    const own = fields.filter((text) => text !== "\r\n");
    checkFields(
      fields.join(""),
      own.map((text) => ({ text })),
      rules,
    );
  };

  it.each<[title: string, rules: LineRules, fields: readonly string[]]>([
    ["one line", crlf, ["A: b\r\n"]],
    ["lines behind a blank or a tab", crlf, ["A: b\r\n c\r\n\td\r\n", "E: f\r\n"]],
    ["998 octets", crlf, [`A: ${"b".repeat(995)}\r\n`]],
    [
      "more than is looked at quickly",
      crlf,
      Array.from({ length: 40 }, () => "A: b\r\n".padStart(90, "x")),
    ],
    ["a head with the line that ends it", crlf, ["A: b\r\n", "C: d\r\n", "\r\n"]],
    ["LF in files", { lineEnd: "\n", eightBit: false }, ["A: b\n c\n", "D: e\n"]],
    ["UTF-8", { lineEnd: "\r\n", eightBit: true }, ["A: é\r\n", "B: c\r\n"]],
  ])("of %s pass", (_title, rules, fields) => {
    expect(() => check(rules, ...fields)).not.toThrow();
  });

  it.each<[title: string, rules: LineRules, fields: readonly string[]]>([
    ["a second field inside one", crlf, ["A: b\r\nBcc: c\r\n"]],
    ["an empty line, which ends the header", crlf, ["A: b\r\n\r\n"]],
    ["an empty line before others", crlf, ["A: b\r\n", "\r\n", "C: d\r\n"]],
    ["two empty lines behind them", crlf, ["A: b\r\n", "\r\n", "\r\n"]],
    ["a bare CR and a bare LF", crlf, ["A: b\r\n", "C: \rd\n"]],
    ["no line end", crlf, ["A: b", "C: d\r\n"]],
    ["no line end at the end", crlf, ["A: b\r\n", "C: d"]],
    ["a bare CR", crlf, ["A: b\rc\r\n"]],
    ["a bare LF", crlf, ["A: b\n c\r\n"]],
    ["CRLF in files", { lineEnd: "\n", eightBit: false }, ["A: b\r\n"]],
    ["a NUL", crlf, ["A: b\0\r\n"]],
    ["eight bits", crlf, ["A: \u00e9\r\n"]],
    ["a character whose low octet is ASCII", crlf, ["A: \u0141\r\n"]],
    ["999 octets", crlf, [`A: ${"b".repeat(996)}\r\n`]],
    ["999 octets on a further line", crlf, [`A: b\r\n ${"c".repeat(998)}\r\n`]],
    ["999 octets of UTF-8", { lineEnd: "\r\n", eightBit: true }, [`A: ${"é".repeat(498)}\r\n`]],
    ["a second field in UTF-8", { lineEnd: "\r\n", eightBit: true }, ["A: é\r\nBcc: c\r\n"]],
  ])("with %s are a fault", (_title, rules, fields) => {
    expect(() => check(rules, ...fields)).toThrow(fault);
  });

  it("that are other than those of the text are a fault", () => {
    expect(() => checkFields("A: b\r\nC: d\r\n", [{ text: "A: b\r\n" }], crlf)).toThrow(fault);
  });
});

describe("what a definition of the caller's gives is looked at whichever way it is written", () => {
  const field = (unit: FieldUnit): Field =>
    fieldOf(defineField("X-Own", { of: () => "", format: () => [unit] }), "");
  const rows: readonly [title: string, unit: FieldUnit][] = [
    ["a field in a token", { kind: "token", text: "a\r\nBcc: eve@example.net" }],
    ["a field in a text", { kind: "text", text: "a\r\nBcc: eve@example.net" }],
    ["an empty line in a line", { kind: "verbatim", lines: ["a\r\n\r\nbody"] }],
    ["a NUL", { kind: "token", text: "a\0b" }],
    ["eight bits", { kind: "token", text: "é" }],
  ];
  it.each(rows)("%s", async (_title, unit) => {
    const mail = message({ from: "ana@example.com", text: "a", headers: [field(unit)] });
    expect(() => toBytes(mail)).toThrow(fault);
    expect(() => generate(mail)).toThrow(fault);
    expect(() => toStream(mail)).toThrow(fault);
    const inside = { ...mail, body: { kind: "message", message: mail } as const };
    const outer = message({ from: "ana@example.com", text: "a" });
    expect(() => toBytes({ ...outer, body: inside.body })).toThrow(fault);
  });

  it("in UTF-8 too", () => {
    const unit: FieldUnit = { kind: "token", text: "é\r\nBcc: eve@example.net" };
    const mail = message({ from: "ana@example.com", text: "a", headers: [field(unit)] });
    expect(() => toBytes(mail, smtpUtf8Policy)).toThrow(fault);
    expect(() => generate(mail, smtpUtf8Policy)).toThrow(fault);
  });

  it("and what is right is the same in each", async () => {
    const unit: FieldUnit = { kind: "token", text: "right" };
    const mail = message({
      from: "ana@example.com",
      messageId: "<1@example.com>",
      date: new Date(0),
      text: "a",
      headers: [field(unit)],
    });
    const whole = toBytes(mail);
    const { fields, separator, body } = generate(mail, smtpPolicy);
    const pieces = [...fields.map(({ bytes }) => bytes), separator, await readAll(body)];
    expect(Buffer.concat(pieces)).toEqual(Buffer.from(whole));
    expect(fields.map(({ name }) => name)).toContain("X-Own");
  });
});

describe("the lines of a body", () => {
  it.each<[title: string, text: string, rules: LineRules]>([
    ["a bare LF", "a\nb\r\n", crlf],
    ["a bare CR", "a\rb\r\n", crlf],
    ["a CR at the end", "a\r", crlf],
    ["CRLF in files", "a\r\n", { lineEnd: "\n", eightBit: false }],
    ["a NUL", "a\0\r\n", crlf],
    ["eight bits", "é\r\n", crlf],
    ["999 octets", `${"a".repeat(999)}\r\n`, crlf],
    ["999 octets without a line end", `a\r\n${"a".repeat(999)}`, crlf],
  ])("with %s are a fault", (_title, text, rules) => {
    expect(() => checkOctets(utf8(text), rules)).toThrow(fault);
    // As long as it takes for the kernel to be asked.
    const lineEnd = rules.lineEnd;
    const long = `${`${"b".repeat(70)}${lineEnd}`.repeat(1000)}${text}`;
    expect(() => checkOctets(utf8(long), rules)).toThrow(fault);
  });
});

describe("base64", () => {
  const layout = { lineLength: 76, lineEnd: Uint8Array.of(0x0d, 0x0a) };
  const right = `${"A".repeat(76)}\r\n`.repeat(80) + "QUJD";
  const check = (text: string) => {
    const octets = utf8(text);
    checkBase64(octets, 0, octets.length, layout);
  };

  it("in lines of 76 passes", () => {
    expect(() => check(right)).not.toThrow();
  });

  it.each<[title: string, wrong: string]>([
    ["lines that end with LF alone", right.replaceAll("\r\n", "\n\n")],
    ["lines that end with CR alone", right.replaceAll("\r\n", "\r\r")],
    ["a line that is one octet short", right.replace("A\r\n", "\r\n")],
    ["a line that is one octet long", right.replace("A\r\n", "AA\r\n")],
    ["blanks in each line", right.replaceAll("A".repeat(76), " ".repeat(76))],
    ["eight bits in each line", right.replaceAll("A".repeat(76), "é".repeat(38))],
    ["a NUL in each line", right.replaceAll("A".repeat(76), "\0".repeat(76))],
  ])("with %s is a fault", (_title, wrong) => {
    expect(() => check(wrong)).toThrow(fault);
  });

  it.each(Array.from({ length: 76 }, (_, column) => column))(
    "with a foreign octet in column %d of every line is a fault",
    (column) => {
      const line = `${"A".repeat(column)}{${"A".repeat(75 - column)}\r\n`;
      expect(() => check(line.repeat(80))).toThrow(fault);
    },
  );
});
