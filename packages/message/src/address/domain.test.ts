import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asciiDomain, unicodeDomain } from "./domain.ts";

describe("asciiDomain and unicodeDomain (RFC 5890 §2.3.2.1, UTS #46)", () => {
  it.each([
    ["example.com", "example.com"],
    ["exämple.de", "xn--exmple-cua.de"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["日本語.jp", "xn--wgv71a119e.jp"],
    ["пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f"],
    ["مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"],
    ["faß.example", "xn--fa-hia.example"],
    ["[192.0.2.1]", "[192.0.2.1]"],
  ])("%s is %s", (unicode, ascii) => {
    expect(asciiDomain(unicode)).toBe(ascii);
    expect(unicodeDomain(ascii)).toBe(unicode);
    expect(unicodeDomain(unicode)).toBe(unicode);
  });

  it("maps what UTS #46 maps", () => {
    expect(asciiDomain("BÜCHER．Example")).toBe("xn--bcher-kva.example");
  });

  it.each([
    "xn--a.example", // decodes to a control character
    "xn--ls8h\u002da.example",
    "xn--99999999.example",
    "xn--example-a.example", // decodes to what has another A-label
  ])("leaves %s, which is no A-label, as it is", (domain) => {
    expect(unicodeDomain(domain)).toBe(domain);
  });

  it.each(["a b", "a@b", "a/b", "a%41", "-a.example", "a..b", "", `${"a".repeat(64)}.example`])(
    "both refuse %j",
    (domain) => {
      const refused = expect.objectContaining({ code: "ADDRESS_DOMAIN_INVALID" }) as unknown;
      expect(() => asciiDomain(domain)).toThrow(refused);
      expect(() => unicodeDomain(domain)).toThrow(refused);
    },
  );

  it("limits the A-labels too: 255 octets (RFC 5321 §4.5.3.1.2)", () => {
    const domain = Array.from({ length: 20 }, () => "日本語日本語日本").join(".");
    expect(() => asciiDomain(domain)).toThrow(
      expect.objectContaining({ code: "ADDRESS_TOO_LONG" }),
    );
  });

  it("go there and back for any domain that has both forms", () => {
    const label = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(label, (text) => {
        let ascii: string;
        try {
          ascii = asciiDomain(`${text}.example`);
        } catch {
          return;
        }
        expect(asciiDomain(unicodeDomain(ascii))).toBe(ascii);
      }),
      { numRuns: 1000 },
    );
  });
});
