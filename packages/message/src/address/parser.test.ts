import { describe, expect, it } from "vitest";
import { parseAddressList, parseMailbox } from "./parser.ts";
import { addrSpec, formatAddress, formatMailbox, mailbox, mailboxesOf } from "./mailbox.ts";

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
