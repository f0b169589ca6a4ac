import { describe, expect, it } from "vitest";
import { octetText as textOf } from "../bytes.ts";
import {
  decodeQuotedPrintable,
  encodeQuotedPrintable,
  encodeQuotedPrintableInto,
  quotedPrintableDecoder,
  quotedPrintableLength,
  recoverQuotedPrintable,
} from "../codec.ts";

function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The octets of the text as UTF-8, one character each. */
function utf8Octets(text: string): string {
  return textOf(new TextEncoder().encode(text));
}

/** One of the units after another, the same in every run. */
function mixture(units: readonly string[], count: number, seed: number): string {
  let state = seed + 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return units[(state >>> 16) % units.length];
  }).join("");
}

describe("encodeQuotedPrintable (RFC 2045 §6.7)", () => {
  const x = (count: number): string => "x".repeat(count);
  const rows: readonly [title: string, plain: string, encoded: string][] = [
    ["nothing as nothing", "", ""],
    ["plain text as it is", "hello", "hello"],
    ["an equals sign", "a=b", "a=3Db"],
    ["non-ASCII", utf8Octets("é"), "=C3=A9"],
    ["a blank before a line end (rule 3)", "a \r\n", "a=20\r\n"],
    ["a tab before a line end (rule 3)", "b\t\r\n", "b=09\r\n"],
    ["only the last of several blanks", "a  \t\r\nb", "a  =09\r\nb"],
    ["a line of one blank", " \r\n \r\n", "=20\r\n=20\r\n"],
    ["a blank at the end of the data", "a ", "a=20"],
    ["a line that mbox files alter", "From x\r\nFrom: x", "=46rom x\r\nFrom: x"],
    ["a dot alone on its line", ".\r\n.", "=2E\r\n=2E"],
    ["a line that starts with a dot and goes on", "..\r\n.a", "..\r\n.a"],
    ["a bare LF, which is data", "a\nb", "a=0Ab"],
    ["a bare CR, which is data", "a\rb\r", "a=0Db=0D"],
    ["CR before a line end", "a\r\r\nb", "a=0D\r\nb"],
    ["a NUL", "\u0000", "=00"],
    ["76 octets on one line (rule 5)", x(76), x(76)],
    ["77 octets on two", x(77), `${x(75)}=\r\nxx`],
    ["76 octets before a line end", `${x(76)}\r\n`, `${x(76)}\r\n`],
    ["a character that fills the line", `${x(70)}\u00c3\u00a9\r\n`, `${x(70)}=C3=A9\r\n`],
    ["a character that would be split", `${x(70)}\u00c3\u00a9x`, `${x(70)}=\r\n=C3=A9x`],
    ["a blank in the last column", `${x(75)} \r\n`, `${x(75)}=\r\n=20\r\n`],
    ["a blank that fits encoded", `${x(73)} \r\n`, `${x(73)}=20\r\n`],
    ["a blank that does not", `${x(74)} \r\n`, `${x(74)}=\r\n=20\r\n`],
    ["a dot after a soft break", `${x(75)}.x\r\n`, `${x(75)}=\r\n.x\r\n`],
    ["a lone dot after a soft break", `${x(74)}\u0000.\r\n`, `${x(74)}=\r\n=00.\r\n`],
    ["From after a soft break", `${x(75)}From x`, `${x(75)}=\r\n=46rom x`],
    ["a line end at the end, and no other", "a\r\n", "a\r\n"],
  ];
  it.each(rows)("writes %s", (_title, plain, encoded) => {
    expect(textOf(encodeQuotedPrintable(octets(plain)))).toBe(encoded);
    expect(textOf(decodeQuotedPrintable(octets(encoded)))).toBe(plain);
  });

  const binary: readonly [title: string, plain: string, encoded: string][] = [
    ["line ends as data", "a\nb\r\nc\rd\u00ff", "a=0Ab=0D=0Ac=0Dd=FF"],
    ["a blank before them as it is", "a \r\nb", "a =0D=0Ab"],
    ["a dot before them as it is", ".\r\n", ".=0D=0A"],
    ["CRLF on one line", `${x(70)}\r\nx`, `${x(70)}=\r\n=0D=0Ax`],
    ["CRLF that ends the data", `${x(70)}\r\n`, `${x(70)}=0D=0A`],
  ];
  it.each(binary)("writes data: %s (rule 4)", (_title, plain, encoded) => {
    expect(textOf(encodeQuotedPrintable(octets(plain), { text: false }))).toBe(encoded);
    expect(textOf(decodeQuotedPrintable(octets(encoded)))).toBe(plain);
  });

  const units = [
    " ",
    "  ",
    "\t",
    "\r",
    "\n",
    "\r\n",
    " \r\n",
    ".",
    "From ",
    "=",
    "a",
    "aaaaaaaa",
    "\0",
    utf8Octets("é"),
    utf8Octets("日"),
    utf8Octets("😀"),
  ];
  it.each([16, 17, 18, 19, 40, 75, 76])("holds its rules in lines of %i octets", (lineLength) => {
    for (let seed = 0; seed < 300; seed++) {
      const bytes = octets(mixture(units, seed, seed));
      const lineEnd = octets(seed % 3 === 0 ? "\n" : "\r\n");
      const options = { text: seed % 2 === 0, lineLength, lineEnd };
      const encoded = encodeQuotedPrintable(bytes, options);
      expect(quotedPrintableLength(bytes, options)).toBe(encoded.length);
      for (const line of textOf(encoded).split(/\r?\n/)) {
        expect(line.length).toBeLessThanOrEqual(lineLength);
        expect(line).toMatch(/^(?!\.$|From )(?:[!-<>-~ \t]|=[0-9A-F]{2})*=?$/);
        expect(line).not.toMatch(/[ \t]$/);
        // No character is split: a line ends with no first part of one and begins with no second.
        expect(line).not.toMatch(/=(?:C3|E6|E6=97|F0|F0=9F|F0=9F=98)=$|^=(?:A9|97|A5|9F|98|80)/);
      }
      expect(textOf(decodeQuotedPrintable(encoded))).toBe(textOf(bytes));
    }
  });

  it("does not split a UTF-8 sequence over a soft break", () => {
    const encoded = textOf(encodeQuotedPrintable(octets(utf8Octets("日本語".repeat(40)))));
    for (const line of encoded.split("=\r\n")) expect(line.length % 9).toBe(0);
  });

  it.each([15, 77, 20.5, Number.NaN])("refuses lines of %d octets", (lineLength) => {
    const refusal = expect.objectContaining({ code: "QUOTED_PRINTABLE_LINE_LENGTH_INVALID" });
    expect(() => encodeQuotedPrintable(octets("a"), { lineLength })).toThrow(refusal);
    expect(() => quotedPrintableLength(octets("a"), { lineLength })).toThrow(refusal);
  });

  it("writes at the place it is told, and nothing beyond its end", () => {
    const target = new Uint8Array(9).fill(7);
    expect(encodeQuotedPrintableInto(target, 2, octets("a=b"))).toBe(7);
    expect(textOf(target)).toBe("\u0007\u0007a=3Db\u0007\u0007");
    expect(() => encodeQuotedPrintableInto(target, 5, octets("a=b"))).toThrow(
      expect.objectContaining({ code: "TARGET_TOO_SMALL" }),
    );
    expect(textOf(target)).toBe("\u0007\u0007a=3Db\u0007\u0007");
  });
});

describe("reading quoted-printable (RFC 2045 §6.7)", () => {
  const rows: readonly [encoded: string, plain: string][] = [
    ["=", ""],
    ["a=\r\nb", "ab"],
    ["a=\nb", "ab"],
    ["a=\r\n", "a"],
    ["a\nb\r\n", "a\r\nb\r\n"],
    ["\n".repeat(50), "\r\n".repeat(50)],
    ["a=20\r\n=09", "a \r\n\t"],
    [`${"x".repeat(75)}=\r\n${"x".repeat(76)}\r\n`, `${"x".repeat(151)}\r\n`],
  ];
  it.each(rows)("%j is %j without a defect", (encoded, plain) => {
    expect(textOf(decodeQuotedPrintable(octets(encoded)))).toBe(plain);
  });

  const escape = "QUOTED_PRINTABLE_ESCAPE_MALFORMED";
  const lower = "QUOTED_PRINTABLE_LOWER_CASE";
  const blank = "QUOTED_PRINTABLE_TRAILING_BLANK";
  const long = "QUOTED_PRINTABLE_LINE_TOO_LONG";
  const raw = "QUOTED_PRINTABLE_RAW_OCTET";
  const damaged: readonly [encoded: string, plain: string, defects: readonly string[]][] = [
    ["a=4", "a=4", [`${escape} 1`]],
    ["a=4\r\n", "a=4\r\n", [`${escape} 1`]],
    ["=zz=41", "=zzA", [`${escape} 0`]],
    ["==41", "=A", [`${escape} 0`]],
    ["= x", "= x", [`${escape} 0`]],
    ["=\rx", "=\rx", [`${escape} 0`, `${raw} 1`]],
    ["1+1=2", "1+1=2", [`${escape} 3`]],
    ["=c3=a9=C3=A9", "\u00c3\u00a9\u00c3\u00a9", [`${lower} 0`]],
    ["=F9", "\u00f9", []],
    ["=9F=A0=3A", "\u009f\u00a0:", []],
    ["a \t\r\nb", "a\r\nb", [`${blank} 1`]],
    ["a  ", "a", [`${blank} 1`]],
    [" ", "", [`${blank} 0`]],
    ["a=20 \r\n", "a \r\n", [`${blank} 4`]],
    ["a= \r\nb", "ab", [`${blank} 2`]],
    ["a=  ", "a", [`${blank} 2`]],
    ["a \rb", "a \rb", [`${raw} 2`]],
    ["a\u00e9\u0000", "a\u00e9\u0000", [`${raw} 1`]],
    [`${"x".repeat(77)}\r\ny`, `${"x".repeat(77)}\r\ny`, [`${long} 76`]],
    [`y\r\n${"x".repeat(76)}=\r\n`, `y\r\n${"x".repeat(76)}`, [`${long} 79`]],
    ["x".repeat(77), "x".repeat(77), [`${long} 76`]],
  ];
  it.each(damaged)("%j is %j with %j", (encoded, plain, expected) => {
    const { bytes, defects } = recoverQuotedPrintable(octets(encoded));
    expect(textOf(bytes)).toBe(plain);
    expect(defects.map(({ code, index }) => `${code} ${index}`)).toEqual(expected);
    if (expected.length === 0) return;
    const [defect, index] = (expected[0] as string).split(" ");
    expect(() => decodeQuotedPrintable(octets(encoded))).toThrow(
      expect.objectContaining({ code: "QUOTED_PRINTABLE_INVALID", defect, index: Number(index) }),
    );
  });

  it("says the same however the octets are cut", () => {
    const inputs = [...rows, ...damaged].map(([encoded]) => encoded);

    const units = [" ", "\t", "\r", "\n", "\r\n", "=", "=\r\n", "=4", "=41", "=e9", "x", "\u00e9"];
    for (let seed = 0; seed < 500; seed++) inputs.push(mixture(units, 30, seed));
    for (const input of inputs) {
      const whole = recoverQuotedPrintable(octets(input));
      for (const size of [1, 2, 3, 5]) {
        const defects: string[] = [];
        const decoder = quotedPrintableDecoder((code, index) => defects.push(`${code} ${index}`));
        let text = "";
        for (let at = 0; at < input.length; at += size) {
          text += textOf(decoder.decode(octets(input.slice(at, at + size))));
        }
        text += textOf(decoder.end());
        expect(JSON.stringify(text)).toBe(JSON.stringify(textOf(whole.bytes)));
        expect(defects).toEqual(whole.defects.map(({ code, index }) => `${code} ${index}`));
      }
    }
  });
});
