import { describe, expect, it } from "vitest";
import { ascii, equalBytes, octetText, utf8 } from "./bytes.ts";
import {
  base64Text,
  decodeBase64,
  decodeQuotedPrintable,
  encodeBase64,
  encodedBase64Length,
  encodeQuotedPrintable,
} from "./codec.ts";

/** Bytes that are the same in every run and have no pattern to lean on. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed + 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  });
}

describe("base64 (RFC 4648 §10 test vectors)", () => {
  const rows: readonly [plain: string, encoded: string][] = [
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foo", "Zm9v"],
    ["foob", "Zm9vYg=="],
    ["fooba", "Zm9vYmE="],
    ["foobar", "Zm9vYmFy"],
  ];
  it.each(rows)("%j is %j both ways", (plain, encoded) => {
    expect(octetText(encodeBase64(utf8(plain)))).toBe(encoded);
    expect(base64Text(utf8(plain))).toBe(encoded);
    expect(decodeBase64(encoded)).toEqual(utf8(plain));
  });

  it("gives back every length from 0 to 300, in lines of at most 76 (RFC 2045 §6.8)", () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = noise(length, length);
      const encoded = encodeBase64(bytes);
      expect(encoded.length).toBe(encodedBase64Length(length));
      const text = octetText(encoded);
      for (const line of text.split("\r\n")) expect(line.length).toBeLessThanOrEqual(76);
      expect(text.endsWith("\r\n")).toBe(false);
      expect(equalBytes(decodeBase64(text), bytes)).toBe(true);
    }
  });

  it.each(["Zg=", "Zg", "Z", "Zg==Zg==", "Zm9v=", "Z*==", "Zh==", "=", "Zm9v\u00e9AAA"])(
    "refuses %j (RFC 4648 §3.3, §3.5)",
    (text) => {
      expect(() => decodeBase64(text)).toThrow(expect.objectContaining({ code: "BASE64_INVALID" }));
    },
  );

  it("refuses a line length that is no multiple of 4", () => {
    expect(() => encodeBase64(utf8("a"), { lineLength: 75 })).toThrow(
      expect.objectContaining({ code: "BASE64_LINE_LENGTH_INVALID" }),
    );
  });
});

describe("quoted-printable (RFC 2045 §6.7)", () => {
  const rows: readonly [title: string, plain: string, encoded: string][] = [
    ["plain text as it is", "hello", "hello"],
    ["an equals sign", "a=b", "a=3Db"],
    ["non-ASCII", "é", "=C3=A9"],
    ["a blank before a line end (rule 3)", "a \r\n", "a=20\r\n"],
    ["a tab before a line end (rule 3)", "b\t\r\n", "b=09\r\n"],
    ["a blank at the end of the data", "a ", "a=20"],
    ["a line that mbox files alter", "From x", "=46rom x"],
    ["a dot alone on its line", ".\r\n", "=2E\r\n"],
    ["a line that starts with a dot and goes on", "..", ".."],
    ["a bare LF, which is data", "a\nb", "a=0Ab"],
    ["a bare CR, which is data", "a\rb", "a=0Db"],
    ["a NUL", "\u0000", "=00"],
  ];
  it.each(rows)("writes %s", (_title, plain, encoded) => {
    expect(octetText(encodeQuotedPrintable(utf8(plain)))).toBe(encoded);
    expect(decodeQuotedPrintable(ascii(encoded))).toEqual(utf8(plain));
  });

  it.each([16, 20, 40, 76])("keeps lines of %i octets and gives back any bytes", (lineLength) => {
    for (let seed = 0; seed < 200; seed++) {
      const bytes = noise(seed * 3, seed);
      const encoded = encodeQuotedPrintable(bytes, { text: false, lineLength });
      for (const line of octetText(encoded).split("\r\n")) {
        expect(line.length).toBeLessThanOrEqual(lineLength);
      }
      expect(equalBytes(decodeQuotedPrintable(encoded), bytes)).toBe(true);
    }
  });

  it("uses the last column only where the line ends there (rule 5)", () => {
    expect(octetText(encodeQuotedPrintable(utf8("x".repeat(76))))).toBe("x".repeat(76));
    expect(octetText(encodeQuotedPrintable(utf8("x".repeat(77))))).toBe(`${"x".repeat(75)}=\r\nxx`);
    expect(octetText(encodeQuotedPrintable(utf8(`${"x".repeat(76)}\r\n`)))).toBe(
      `${"x".repeat(76)}\r\n`,
    );
  });

  it("does not split a UTF-8 sequence over a soft break", () => {
    const encoded = octetText(encodeQuotedPrintable(utf8("日本語".repeat(40))));
    for (const line of encoded.split("=\r\n")) expect(line.length % 9).toBe(0);
  });

  it.each(["=", "a=4", "=zz", "a=4\r\n"])("refuses or passes %j by its grammar", (text) => {
    const decode = (): Uint8Array => decodeQuotedPrintable(ascii(text));
    if (text === "=") expect(decode()).toEqual(new Uint8Array(0));
    else expect(decode).toThrow(expect.objectContaining({ code: "QUOTED_PRINTABLE_INVALID" }));
  });
});
