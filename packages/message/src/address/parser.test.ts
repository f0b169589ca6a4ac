import { describe, expect, it } from "vitest";
import { decodeWords } from "@letterwright/base/codec";
import fc from "fast-check";
import {
  addrSpec,
  formatAddress,
  formatMailbox,
  group,
  mailbox,
  mailboxesOf,
  sameMailbox,
  type Address,
} from "./mailbox.ts";
import { parseAddressList, parseMailbox, readAddressList } from "./parser.ts";

describe("parseMailbox (RFC 5322 §3.4)", () => {
  const rows: readonly [text: string, name: string | undefined, address: string][] = [
    ["jane@example.com", undefined, "jane@example.com"],
    ["  jane@example.com  ", undefined, "jane@example.com"],
    ["<jane@example.com>", undefined, "jane@example.com"],
    ["Jane Doe <jane@example.com>", "Jane Doe", "jane@example.com"],
    ["Jane   Doe<jane@example.com>", "Jane Doe", "jane@example.com"],
    ['"Doe, Jane" <jane@example.com>', "Doe, Jane", "jane@example.com"],
    ['"a\\"b\\\\c" <a@b.example>', 'a"b\\c', "a@b.example"],
    ['Jane "X. Y" Doe <jane@example.com>', "Jane X. Y Doe", "jane@example.com"],
    ["Jörg <joerg@example.com>", "Jörg", "joerg@example.com"],
    ["jörg@exämple.de", undefined, "jörg@exämple.de"],
    ['"a b"@example.com', undefined, '"a b"@example.com'],
    ['"a@b"@example.com', undefined, '"a@b"@example.com'],
    ['""@example.com', undefined, "error"],
    ["(hi) jane@example.com (there (nested) \\) )", undefined, "jane@example.com"],
    ['Jane (the "one") Doe <jane@example.com>', "Jane Doe", "jane@example.com"],
    ["a@[127.0.0.1]", undefined, "a@[127.0.0.1]"],
    ["a@[IPv6:::1]", undefined, "a@[IPv6:::1]"],
    ["a.b.c@x.y", undefined, "a.b.c@x.y"],
    ["root@localhost", undefined, "root@localhost"],
  ];
  it.each(rows.filter(([, , address]) => address !== "error"))(
    "reads %j",
    (text, name, address) => {
      const box = parseMailbox(text);
      expect(box.name).toBe(name);
      expect(addrSpec(box)).toBe(address);
      expect(parseMailbox(formatMailbox(box))).toEqual(box);
      expect(Object.isFrozen(box)).toBe(true);
    },
  );

  const faults: readonly [text: string, at: number][] = [
    ["", 0],
    ["jane", 4],
    ["jane@", 5],
    ["@example.com", 0],
    ["a b@example.com", 0],
    ["a@b c@d", 4],
    ["a@x.example, b@y.example", 11],
    ["Smith, John <js@x.com>", 5],
    ["John Q. Public <j@x.example>", 6],
    [".a@x.example", 0],
    ["a..b@x.example", 1],
    ["a@-x.example", 2],
    ["a@x..example", 2],
    ["a@x_y.example", 2],
    ['"unclosed <a@b.example>', 0],
    ["(unclosed a@b.example", 0],
    ["<a@b.example", 0],
    ["a@b.example>", 11],
    ["g: a@b.example;", 0],
    ["a@[300.0.0.1]", 2],
    ["a@b.example\r\nRCPT TO:<c@d.example>", 11],
    ["a\u0000@b.example", 1],
    ["=?utf-8?q?a?= <a@b.example> x", 28],
    ["a@b@c", 3],
    ["user@exa mple.com", 9],
    ['""@example.com', 0],
    [`${"x".repeat(65)}@example.com`, 0],
  ];
  it.each(faults)("refuses %j and points at %i", (text, at) => {
    expect(() => parseMailbox(text)).toThrow(
      expect.objectContaining({
        code: "ADDRESS_SYNTAX",
        input: text,
        index: at,
        hint: expect.any(String) as string,
      }),
    );
  });

  it("shows the fault with a caret", () => {
    expect(() => parseMailbox("jane at example.com")).toThrow(
      /\n {2}jane at example\.com\n {2,}\^$/,
    );
  });

  it("does not decode before it parses: an encoded-word is text (RFC 2047 §5)", () => {
    expect(parseMailbox("=?utf-8?q?evil=40x?= <a@b.example>").name).toBe("=?utf-8?q?evil=40x?=");
  });

  it("bounds the nesting of comments", () => {
    expect(() => parseMailbox(`${"(".repeat(51)}${")".repeat(51)}a@b.example`)).toThrow(
      expect.objectContaining({ code: "ADDRESS_SYNTAX" }),
    );
  });
});

describe("parseAddressList (RFC 5322 §3.4)", () => {
  it("reads mailboxes and groups in order", () => {
    const list = parseAddressList(
      'a@x.example, "B, C" <b@x.example>, team: c@x.example, D <d@x.example>;, nobody:;',
    );
    expect(list.map(formatAddress)).toEqual([
      "a@x.example",
      '"B, C" <b@x.example>',
      "team: c@x.example, D <d@x.example>;",
      "nobody: ;",
    ]);
    expect(mailboxesOf(list).map((box) => box.localPart)).toEqual(["a", "b", "c", "d"]);
  });

  it.each([
    ["a@x.example,,b@x.example", 12],
    ["a@x.example,", 12],
    [",a@x.example", 0],
    ["g: h: a@x.example;;", 3],
    ["g: a@x.example", 14],
  ])("refuses %j and points at %i", (text, at) => {
    expect(() => parseAddressList(text)).toThrow(
      expect.objectContaining({ code: "ADDRESS_SYNTAX", index: at }),
    );
  });
});

describe("what has led other parsers to another mailbox", () => {
  // [text, the local-part and domain that are meant; undefined: refused]
  const rows: readonly [text: string, address: readonly [string, string] | undefined][] = [
    // A quoted local-part is one local-part, whatever stands in it.
    ['"evil@attacker.example, x"@good.example', ["evil@attacker.example, x", "good.example"]],
    ['"xclow3n@gmail.example x"@internal.example', ["xclow3n@gmail.example x", "internal.example"]],
    ['"a\\"b"@good.example', ['a"b', "good.example"]],
    ['"<evil@attacker.example>" <a@good.example>', ["a", "good.example"]],
    ["a@good.example <b@other.example>", undefined],
    ["<a@good.example>evil@attacker.example", undefined],
    ["<a@good.example><b@other.example>", undefined],
    ["a@good.example b@other.example", undefined],
    ["alice@example.org)bob@example.org", undefined],
    ["a(b@c.example, )@good.example", ["a", "good.example"]],
    ["a@good.example(b@c.example", undefined],
    ["a@(comment)good.example", ["a", "good.example"]],
    // Comments do not glue words.
    ["ev(x)il@good.example", undefined],
    ["a@good(x)evil.example", undefined],
    // Encoded-words are decoded by nobody here (RFC 2047 §5).
    ["=?utf-8?q?evil=40attacker=2Eexample=3E?= <a@good.example>", ["a", "good.example"]],
    ["=?utf-8?q?a=40b.example=2C?=@good.example", ["=?utf-8?q?a=40b.example=2C?=", "good.example"]],
    // Routes of the past are characters, or nothing.
    ["a%attacker.example@good.example", ["a%attacker.example", "good.example"]],
    ["attacker.example!a@good.example", ["attacker.example!a", "good.example"]],
    ["@attacker.example:a@good.example", undefined],
    ["<@attacker.example:a@good.example>", undefined],
    // What looks like a dot or an "@" is none, and what UTS #46 makes of it is refused or said.
    ["a@good．example", ["a", "good．example"]],
    ["a@go／od.example", undefined],
    ["a@good.example＠evil.example", undefined],
    ["a＠good.example", undefined],
    ["a@good.example\u2028b", undefined],
    ["a\u200b@good.example", ["a\u200b", "good.example"]],
    ["a@xn--\u00e9.example", undefined],
    // Controls.
    ["a@good.example\r\nBcc: b@c.example", undefined],
    ["a@good.example\0", undefined],
    ['"a\r\n.b"@good.example', undefined],
    ['"a\r\n b"@good.example', ["a b", "good.example"]],
    ['"a\\\r\n b"@good.example', undefined],
    ["a@[1.2.3.4].example", undefined],
    ["a@[IPv6:1::2%25eth0]", undefined],
    ["a@[x\\]@evil.example]", undefined],
  ];
  it.each(rows)("%j", (text, expected) => {
    const read = (): readonly [string, string] => {
      const { localPart, domain } = parseMailbox(text);
      return [localPart, domain];
    };
    if (expected === undefined)
      expect(read).toThrow(expect.objectContaining({ code: "ADDRESS_SYNTAX" }));
    else expect(read()).toEqual(expected);
  });
});

describe("readAddressList (RFC 5322 §4.4)", () => {
  const rows: readonly [text: string, addresses: readonly string[], codes: string][] = [
    ["a@x.example", ["a@x.example"], ""],
    ["John Q. Public <j@x.example>", ['"John Q. Public" <j@x.example>'], "o"],
    ["a . b @ x . example", ["a.b@x.example"], "oo"],
    ['"a".b@x.example', ["a.b@x.example"], "o"],
    ["<@r.example,@s.example:a@x.example>", ["a@x.example"], "o"],
    ["<@r.example,, @s.example :a@x.example>", ["a@x.example"], "o"],
    ["a..b@x.example, .c@x.example", ['"a..b"@x.example', '".c"@x.example'], "oo"],
    [",a@x.example,, b@x.example,", ["a@x.example", "b@x.example"], "ooo"],
    ["g:;", ["g: ;"], ""],
    ["g: ,a@x.example,;", ["g: a@x.example;"], "oo"],
    ["g: a@x.example", ["g: a@x.example;"], "o"],
    [
      "g: a@x.example, !, b@x.example; , c@x.example",
      ["g: a@x.example, b@x.example;", "c@x.example"],
      "s",
    ],
    ["g: h: a@x.example;, b@x.example", ["g: ;", "b@x.example"], "s"],
    ["a@x.example b@y.example, c@x.example", ["c@x.example"], "s"],
    ["a@x.example;b@y.example", [], "s"],
    ["root, a@x.example", ["a@x.example"], "s"],
    // Nothing is made up from the rest of what could not be read.
    ['@ "x, evil@x.example" y, a@x.example', ["a@x.example"], "s"],
    ["@ (x, evil@x.example) y, a@x.example", ["a@x.example"], "s"],
    ['"x, evil@x.example', [], "s"],
    ["(x, evil@x.example", [], "s"],
    [`${"(".repeat(60)}, evil@x.example`, [], "s"],
    ["<evil@x.example", [], "s"],
    ["", [], "o"],
    [" (only a comment)", [], "o"],
  ];
  it.each(rows)("%j", (text, addresses, codes) => {
    const reading = readAddressList(text);
    expect(reading.addresses.map(formatAddress)).toEqual(addresses);
    expect(
      reading.defects.map(({ code }) => (code === "ADDRESS_OBSOLETE" ? "o" : "s")).join(""),
    ).toBe(codes);
    if (codes !== "")
      expect(() => parseAddressList(text)).toThrow(
        expect.objectContaining({ code: "ADDRESS_SYNTAX" }),
      );
  });

  it.each(["\r\n", "\n"])(
    "reads lines that end with %j where they are folded (§2.2.3)",
    (lineEnd) => {
      const text = 'A\n <a@x.example>,\n\t"b\n c" <b@x.example>, (d\n d) g:\n e@x.example\n ;\n ';
      const { addresses, defects } = readAddressList(text.replaceAll("\n", lineEnd));
      expect(addresses.map(formatAddress)).toEqual([
        "A <a@x.example>",
        "b c <b@x.example>",
        "g: e@x.example;",
      ]);
      expect(defects).toEqual([]);
    },
  );
  it.each(["A\n<a@x.example>", '"b\nc" <b@x.example>', "A\r <a@x.example>", "(d\n) a@x.example"])(
    "takes %j for no fold, and what is folded with LF alone only from files",
    (text) => {
      expect(readAddressList(text).defects).toMatchObject([{ code: "ADDRESS_SYNTAX" }]);
      expect(() => parseAddressList("A\n <a@x.example>")).toThrow(
        expect.objectContaining({ code: "ADDRESS_SYNTAX", index: 1 }),
      );
    },
  );

  it("decodes phrases when asked: atoms, never what is quoted (RFC 2047 §5)", () => {
    const name = (text: string): string | undefined => {
      const [address] = readAddressList(text, { decodePhrase: decodeWords }).addresses;
      return address?.name;
    };
    expect(name("=?utf-8?q?J=C3=B6rg?= =?utf-8?q?_M?= <a@x.example>")).toBe("Jörg M");
    expect(name('"=?utf-8?q?a?=" <a@x.example>')).toBe("=?utf-8?q?a?=");
    expect(name('=?utf-8?q?=41?= "b" =?utf-8?q?=43?= <a@x.example>')).toBe("A b C");
    expect(name("=?utf-8?q?Friends?=: a@x.example;")).toBe("Friends");
    expect(name("=?utf-8?q?x=0D=0ABcc=3A_b=40c?= <a@x.example>")).toBe("x\uFFFD\uFFFDBcc: b@c");
    expect(name("=?utf-8?q?=3Cb=40c=2Eexample=3E=2C?= <a@x.example>")).toBe("<b@c.example>,");
  });

  it("gives defects of a phrase with indices into the whole text", () => {
    const { defects } = readAddressList("a@x.example, =?no-such?q?a?= <b@x.example>", {
      decodePhrase: decodeWords,
    });
    expect(defects).toEqual([expect.objectContaining({ code: "CHARSET_UNKNOWN", index: 13 })]);
  });
});

describe("limits", () => {
  it("refuses text longer than maxLength", () => {
    const limit = { code: "ADDRESS_LIMIT", limit: 5, option: "maxLength" };
    for (const read of [parseMailbox, parseAddressList, readAddressList]) {
      expect(() => read("a@x.example", { maxLength: 5 })).toThrow(expect.objectContaining(limit));
    }
    expect(() => parseMailbox(" ".repeat(1_048_577))).toThrow(
      expect.objectContaining({ code: "ADDRESS_LIMIT", limit: 1_048_576 }),
    );
  });

  it("reads comments 50 deep and no deeper", () => {
    const deep = (depth: number): string => `a@x.example ${"(".repeat(depth)}${")".repeat(depth)}`;
    expect(parseMailbox(deep(50)).localPart).toBe("a");
    expect(() => parseMailbox(deep(51))).toThrow(
      expect.objectContaining({ code: "ADDRESS_SYNTAX" }),
    );
  });
});

describe("laws", () => {
  const word = fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => {
    try {
      mailbox({ name: text, localPart: text === "" ? "a" : text, domain: "x.example" });
      return true;
    } catch {
      return false;
    }
  });
  const box = fc.record({
    name: fc.option(word, { nil: undefined }),
    localPart: word.filter((text) => text !== ""),
    domain: fc.constantFrom(
      "example.com",
      "[192.0.2.1]",
      "[IPv6:2001:db8::1]",
      "bücher.example",
      "xn--bcher-kva.example",
    ),
  });
  const address: fc.Arbitrary<Address> = fc.oneof(
    box.map((init) => mailbox(init)),
    fc
      .tuple(
        word.filter((text) => text.trim() !== ""),
        fc.array(box, { maxLength: 3 }),
      )
      .map(([name, members]) =>
        group(
          name,
          members.map((init) => mailbox(init)),
        ),
      ),
  );

  it("parse(print(x)) = x", () => {
    fc.assert(
      fc.property(fc.array(address, { minLength: 1, maxLength: 4 }), (addresses) => {
        const text = addresses.map(formatAddress).join(", ");
        expect(parseAddressList(text)).toEqual(addresses);
        expect(readAddressList(text)).toEqual({ addresses, defects: [] });
      }),
    );
  });

  const pieces = fc.constantFrom(
    ...'\r\n \t()<>@,;:\\".[]',
    "\r\n ",
    "a",
    "é",
    "a@b.example",
    "=?utf-8?q?=40?=",
    "\0",
    "\u2028",
    "\ud800",
  );
  it("both readers take any text; where the strict one reads, the lenient one reads the same", () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const text = parts.join("");
        const reading = readAddressList(text);
        let strict: readonly Address[] | undefined;
        try {
          strict = parseAddressList(text);
        } catch (error) {
          expect(error).toMatchObject({ code: "ADDRESS_SYNTAX" });
        }
        // The folds of files are the only thing that is no defect to one and a fault to the other.
        if (strict === undefined && reading.defects.length === 0) {
          const mail = text.replaceAll(/(?<!\r)\n(?=[ \t])/g, "\r\n");
          expect(mail).not.toBe(text);
          expect(reading).toEqual({ addresses: parseAddressList(mail), defects: [] });
        } else if (strict !== undefined)
          expect(reading).toEqual({ addresses: strict, defects: [] });
        for (const one of mailboxesOf(reading.addresses)) expect(mailbox(one)).toEqual(one);
      }),
      { numRuns: 2000 },
    );
  });

  it("a list is its elements, one by one", () => {
    fc.assert(
      fc.property(fc.array(address, { minLength: 1, maxLength: 4 }), (addresses) => {
        const texts = addresses.map(formatAddress);
        expect(parseAddressList(texts.join(" ,\r\n\t"))).toEqual(
          texts.flatMap((text) => parseAddressList(text)),
        );
      }),
    );
  });
});

describe("sameMailbox", () => {
  it.each([
    ["a@x.example", "A Name <a@X.EXAMPLE>", true, true],
    ["a@x.example", "A@x.example", false, true],
    ["a@bücher.example", "a@XN--BCHER-KVA.example", true, true],
    ['"a"@x.example', "a@x.example", true, true],
    ["a@x.example", "a@y.example", false, false],
    ["ab@x.example", "a@x.example", false, false],
  ])("%s and %s", (one, other, exact, ignoring) => {
    const boxes = [parseMailbox(one), parseMailbox(other)] as const;
    expect(sameMailbox(...boxes)).toBe(exact);
    expect(sameMailbox(...boxes, { localPart: "ignore-case" })).toBe(ignoring);
  });
});

describe("mailbox", () => {
  it.each([
    [{ localPart: "a\r\nb", domain: "x.example" }, "ADDRESS_CONTROL_CHARACTER"],
    [{ name: "a\nb", localPart: "a", domain: "x.example" }, "ADDRESS_CONTROL_CHARACTER"],
    [{ localPart: "", domain: "x.example" }, "ADDRESS_LOCAL_PART_INVALID"],
    [{ localPart: "a", domain: "" }, "ADDRESS_DOMAIN_INVALID"],
    [{ localPart: "a", domain: "x>y" }, "ADDRESS_DOMAIN_INVALID"],
    [{ localPart: "a", domain: "x y" }, "ADDRESS_DOMAIN_INVALID"],
    [{ localPart: "a", domain: "ex%41mple.com" }, "ADDRESS_DOMAIN_INVALID"],
    [{ localPart: "a", domain: "ü%41.example" }, "ADDRESS_DOMAIN_INVALID"],
    [{ localPart: "a", domain: "ü／b.example" }, "ADDRESS_DOMAIN_INVALID"],
    [{ localPart: "a", domain: "ü＠b.example" }, "ADDRESS_DOMAIN_INVALID"],
    [{ localPart: "x".repeat(65), domain: "x.example" }, "ADDRESS_TOO_LONG"],
    [{ localPart: "a", domain: `${"a.".repeat(130)}example` }, "ADDRESS_TOO_LONG"],
  ])("refuses %j with %s", (init, code) => {
    expect(() => mailbox(init)).toThrow(expect.objectContaining({ code }));
  });

  it("prints the domain as A-labels when asked, and never the local-part (RFC 6531 §3.2)", () => {
    const box = mailbox({ localPart: "jörg", domain: "exämple.de" });
    expect(addrSpec(box, { domain: "ascii" })).toBe("jörg@xn--exmple-cua.de");
  });

  it("does not take a domain of digits for an IPv4 address", () => {
    expect(addrSpec(mailbox({ localPart: "a", domain: "１２７.0.0.1" }), { domain: "ascii" })).toBe(
      "a@127.0.0.1",
    );
  });
});
