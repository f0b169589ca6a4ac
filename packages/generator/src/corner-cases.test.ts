/** Corner cases of writing, each with the bytes that are right, most of them written wrong by some library. */
import { utf8, utf8Text } from "@letterwright/base/bytes";
import {
  bytesPart,
  contentDisposition,
  contentTransferEncoding,
  contentType,
  dkimSignature,
  fieldOf,
  group,
  inReplyTo,
  listUnsubscribe,
  mailbox,
  message,
  messageId,
  multipart,
  once,
  parseAddressList,
  parseField,
  readField,
  references,
  subject,
  textField,
  textPart,
  to,
  withContent,
  withOrigin,
  type Field,
  type Part,
  type TransferEncoding,
} from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { toBytes, toStream } from "./generate.ts";
import { writeField } from "./field-writer.ts";
import { smtpPolicy, smtpUtf8Policy, type Policy } from "./policy.ts";

const text = (value: string): Field => fieldOf(subject, value);
const named = (name: string): Field =>
  fieldOf(to, mailbox({ name, localPart: "a", domain: "example.com" }));
const file = (filename: string): Field =>
  fieldOf(contentDisposition, { disposition: "attachment", parameters: { filename } });
const lines = (field: Field, policy: Policy = smtpPolicy): readonly string[] => {
  const written = writeField(field, policy);
  expect(written.endsWith("\r\n")).toBe(true);
  return written.slice(0, -2).split("\r\n");
};
const id = (left: string): `<${string}>` => `<${left}@mail.example.org>`;
const bare = message({ from: "ana@example.com", messageId: "<1@example.com>", date: new Date(0) });

describe("folding (RFC 5322 §2.2.3)", () => {
  const rows: readonly [title: string, field: Field, lines: readonly string[]][] = [
    [
      "before a whole run of blanks; no line of blanks alone",
      text(`${"x".repeat(68)}${" ".repeat(20)}y`),
      [`Subject: ${"x".repeat(68)}`, `${" ".repeat(20)}y`],
    ],
    ["not before the first word", text("z".repeat(900)), [`Subject: ${"z".repeat(900)}`]],
    [
      "between identifiers only",
      fieldOf(references, [id("0".repeat(30)), id("1".repeat(30)), id("x".repeat(80))]),
      [`References: ${id("0".repeat(30))}`, ` ${id("1".repeat(30))}`, ` ${id("x".repeat(80))}`],
    ],
    [
      "never an identifier",
      fieldOf(messageId, id("m".repeat(90))),
      [`Message-ID: ${id("m".repeat(90))}`],
    ],
    [
      "never the only identifier",
      fieldOf(inReplyTo, [id("m".repeat(90))]),
      [`In-Reply-To: ${id("m".repeat(90))}`],
    ],
    [
      "never a URI (RFC 2369 §2)",
      fieldOf(listUnsubscribe, [`https://example.com/${"u".repeat(130)}`]),
      [`List-Unsubscribe: <https://example.com/${"u".repeat(130)}>`],
    ],
    [
      "a signature as it was computed (RFC 6376 §3.7)",
      fieldOf(dkimSignature, [" v=1; a=rsa-sha256;", `\tb=${"A".repeat(100)}`]),
      ["DKIM-Signature: v=1; a=rsa-sha256;", `\tb=${"A".repeat(100)}`],
    ],
    [
      "a group between its members",
      fieldOf(
        to,
        parseAddressList(
          "me <foo@example.com>, bing: fiz <z@b.example>, zif <f@c.example>;, you <bar@example.com>",
        ),
      ),
      [
        "To: me <foo@example.com>, bing: fiz <z@b.example>, zif <f@c.example>;, you",
        " <bar@example.com>",
      ],
    ],
  ];
  it.each(rows)("%s", (_title, field, expected) => expect(lines(field)).toEqual(expected));

  it("a group at 40 columns, between its members", () => {
    const narrow = smtpPolicy.with({ limits: { headerLine: 40 } });
    const list = "me <foo@example.com>, bing: fiz <z@b.com>, zif <f@c.com>;, you <bar@example.com>";
    expect(lines(fieldOf(to, parseAddressList(list)), narrow)).toEqual([
      "To: me <foo@example.com>, bing: fiz",
      " <z@b.com>, zif <f@c.com>;, you",
      " <bar@example.com>",
    ]);
  });

  it.each([0, 14, 39, 999, Number.NaN])(
    "a width of %d is refused, not tried for ever",
    (headerLine) => {
      expect(() => smtpPolicy.with({ limits: { headerLine } })).toThrow(
        expect.objectContaining({ code: "POLICY_INVALID" }),
      );
    },
  );

  it("a word over 998 octets becomes encoded-words, since there is no other way", () => {
    const written = lines(text("w".repeat(1200)));
    expect(written[0]).toMatch(/^Subject: =\?utf-8\?q\?w+\?=$/);
    for (const line of written) expect(line.length).toBeLessThanOrEqual(76);
  });

  it("a comma stays a comma, however long the mailbox before it", () => {
    const long = `${"v".repeat(60)}@${"d".repeat(60)}.example`;
    expect(lines(fieldOf(to, parseAddressList(`${long}, b@example.com`)))).toEqual([
      `To: ${long},`,
      " b@example.com",
    ]);
  });

  it.each([
    ["the tab too", text("a\tb"), "Subject: a\r\n\t b\r\n"],
    ["no blank behind the colon", textField("X", "nospace"), "X:nospace\r\n"],
    [
      "an injection that a reader would decode",
      fieldOf(subject, "A x\ufffdBcc: evil@example.com"),
      "Subject: A =?UTF-8?Q?x=0A?=Bcc: evil@example.com\r\n",
    ],
  ])("what was read and not changed stays to the octet: %s", (_title, field, wire) => {
    const mail = { ...bare, fields: [withOrigin(field, utf8(wire)), ...bare.fields] };
    expect(utf8Text(toBytes(mail)).startsWith(wire)).toBe(true);
  });

  it("breaks a list of long mailboxes so that each is whole, and no quote is lost", () => {
    const list =
      '"Theodore H. Perfect" <yes@man.com>, "My address is very long because my name is long" <foo@bar.com>, "Only A. Friend" <no@yes.com>';
    const written = lines(fieldOf(to, parseAddressList(list)));
    for (const line of written) expect(line.length).toBeLessThanOrEqual(78);
    expect(parseAddressList(written.join("").slice("To:".length))).toEqual(parseAddressList(list));
  });
});

describe("encoded-words (RFC 2047)", () => {
  const rows: readonly [title: string, field: Field, line: string][] = [
    [
      "the blank between two is inside one (§6.2)",
      text("hübsch kleiner beißt"),
      "Subject: =?utf-8?q?h=C3=BCbsch_kleiner_bei=C3=9Ft?=",
    ],
    [
      "double blanks",
      text("ist hübsch.  Es beißt"),
      "Subject: ist =?utf-8?q?h=C3=BCbsch=2E__Es_bei=C3=9Ft?=",
    ],
    ["B when it is shorter", text("é  é"), "Subject: =?utf-8?b?w6kgIMOp?="],
    [
      "what looks like one",
      text("literal =?utf-8?q?abc?= text"),
      "Subject: literal =?utf-8?q?=3D=3Futf-8=3Fq=3Fabc=3F=3D?= text",
    ],
    [
      "an injection that looks like one",
      text("A =?UTF-8?Q?x=0A?=Bcc: evil@example.com"),
      "Subject: A =?utf-8?q?=3D=3FUTF-8=3FQ=3Fx=3D0A=3F=3DBcc:?= evil@example.com",
    ],
    ["blanks at the start", text("  two leading"), "Subject: =?utf-8?q?__two?= leading"],
    ["blanks at the end", text("two trailing  "), "Subject: two =?utf-8?q?trailing__?="],
    [
      "a comma of a name is inside (§5)",
      named("Müller, Jörg"),
      "To: =?utf-8?q?M=C3=BCller=2C_J=C3=B6rg?= <a@example.com>",
    ],
    [
      "a comment's brackets in a name",
      named("Foo Bar (España)"),
      "To: =?utf-8?q?Foo_Bar_=28Espa=C3=B1a=29?= <a@example.com>",
    ],
    [
      "a blank before the colon of a group (§5)",
      fieldOf(to, group("Équipe, A", [mailbox({ localPart: "a", domain: "x.example" })])),
      "To: =?utf-8?b?w4lxdWlwZSwgQQ==?= : a@x.example;",
    ],
  ];
  it.each(rows)("%s", (_title, field, expected) => {
    const [line, ...more] = lines(field);
    expect(more).toEqual([]);
    // Q and B may change places where they cost the same; what is said may not.
    expect(decoded(line as string)).toBe(decoded(expected));
    expect((line as string).length).toBeLessThanOrEqual(expected.length);
  });

  it.each([
    "日本語".repeat(20),
    "👩‍👩‍👧".repeat(20),
    "e\u0301".repeat(60),
    "\u{1f1e9}\u{1f1ea}".repeat(30),
  ])("no character of %j is cut, and each word can be read alone (§5)", (value) => {
    const written = lines(text(value));
    const words = written.flatMap((line) => line.match(/=\?utf-8\?[bq]\?[^?]*\?=/g) ?? []);
    for (const line of written) expect(line.length).toBeLessThanOrEqual(76);
    const said = words.map((word) => decoded(word));
    expect(said.join("")).toBe(value);
    const segmenter = new Intl.Segmenter("en");
    const whole = [...segmenter.segment(value)].length;
    const parts = said.reduce((sum, one) => sum + [...segmenter.segment(one)].length, 0);
    expect(parts).toBe(whole);
  });

  it("UTF-8 fields are folded at blanks and never encoded but for what looks encoded (RFC 6532)", () => {
    expect(lines(text("日本語".repeat(40)), smtpUtf8Policy)).toEqual([
      `Subject: ${"日本語".repeat(40)}`,
    ]);
    expect(lines(text("日本語 ".repeat(12).trim()), smtpUtf8Policy)).toEqual([
      `Subject: ${"日本語 ".repeat(7).trim()}`,
      ` ${"日本語 ".repeat(5).trim()}`,
    ]);
  });

  it("half a surrogate pair is an error, not U+FFFD", () => {
    expect(() => text("\ud800")).toThrow(expect.objectContaining({ code: "TEXT_LONE_SURROGATE" }));
  });

  it.each(["abc\n", "a\rb", "a\0b", "a\u0007", "a\u0085b"])(
    "%j is an error when it is set",
    (value) => {
      expect(() => text(value)).toThrow(
        expect.objectContaining({ code: "FIELD_CONTROL_CHARACTER" }),
      );
    },
  );

  it.each(["X-A\r\nBcc", "X A", "", "X:A", "é"])("the name %j is an error", (name) => {
    expect(() => textField(name, "a")).toThrow(
      expect.objectContaining({ code: "FIELD_NAME_INVALID" }),
    );
  });
});

describe("names and addresses (RFC 5322 §3.4)", () => {
  it.each([
    ["Smith, John", 'To: "Smith, John" <a@example.com>'],
    ["John X. Doe", 'To: "John X. Doe" <a@example.com>'],
    ['a"b\\c', 'To: "a\\"b\\\\c" <a@example.com>'],
    ["A   B", 'To: "A   B" <a@example.com>'],
  ])("%s", (name, line) => expect(lines(named(name))).toEqual([line]));

  it.each([
    ["Müller, Jörg", "=?utf-8?q?M=C3=BCller=2C_J=C3=B6rg?= <a@example.com>"],
    [
      "A véry long name with non-ASCII char and, comma",
      "=?utf-8?q?A_v=C3=A9ry_long_name_with_non-ASCII_char_and=2C_comma?= <a@example.com>",
    ],
  ])("the comma of %s does not come out when it is written again", (name, wire) => {
    const { value } = readField(to, wire);
    expect(value).toMatchObject([{ name, localPart: "a" }]);
    const written = lines(fieldOf(to, value ?? []), smtpPolicy).join("");
    expect(written.match(/,/g)).toBeNull();
    expect(decoded(written)).toContain(name.split(",")[0]);
    for (const policy of [smtpPolicy, smtpUtf8Policy]) {
      const again = lines(fieldOf(to, value ?? []), policy).join("\r\n");
      expect(readField(to, again.slice("To:".length)).value).toMatchObject([{ name }]);
    }
  });

  it("what looks encoded inside quotes is not decoded, is told, and is not written so", () => {
    const { value, defects } = readField(to, '"=?utf-8?q?=C3=89ric?=" <foo@example.com>');
    expect(value).toMatchObject([{ name: "=?utf-8?q?=C3=89ric?=" }]);
    expect(defects.map(({ code }) => code)).toEqual(["ENCODED_WORD_QUOTED"]);
    expect(lines(fieldOf(to, value ?? [])).join("")).not.toContain('"');
  });

  it("an address beyond ASCII needs SMTPUTF8, a domain has A-labels", () => {
    const address = (localPart: string, domain: string): Field =>
      fieldOf(to, mailbox({ localPart, domain }));
    expect(() => lines(address("jörg", "example.com"))).toThrow(
      expect.objectContaining({ code: "ADDRESS_NEEDS_SMTPUTF8" }),
    );
    expect(lines(address("a", "exämple.com"))).toEqual(["To: a@xn--exmple-cua.com"]);
  });
});

describe("parameters (RFC 2231)", () => {
  it.each([
    ["a b.pdf", 'filename="a b.pdf"'],
    ['q"uote.pdf', 'filename="q\\"uote.pdf"'],
    ["back\\slash.pdf", 'filename="back\\\\slash.pdf"'],
    ["report.pdf", "filename=report.pdf"],
    ["ü.pdf", "filename*=utf-8''%C3%BC.pdf"],
    ["it's%20ü.pdf", "filename*=utf-8''it%27s%2520%C3%BC.pdf"],
    ["it's.pdf", 'filename="it\'s.pdf"'],
    ["fdp\u202e.exe", "filename*=utf-8''fdp%E2%80%AE.exe"],
  ])("%s", (name, parameter) => {
    expect(lines(file(name))).toEqual([`Content-Disposition: attachment; ${parameter}`]);
  });

  it.each([`${"a".repeat(100)}.pdf`, `${"日本語".repeat(15)}.pdf`, `${"👩‍👩‍👧".repeat(12)}.pdf`])(
    "long ones are continued, no octet and no character split: %s",
    (name) => {
      const written = lines(file(name));
      expect(written.length).toBeGreaterThan(2);
      for (const line of written) {
        expect(line.length).toBeLessThanOrEqual(78);
        expect(line).not.toMatch(/%[0-9A-F]?(?:;|$)/);
      }
      expect(written.filter((line) => line.includes("utf-8''")).length).toBeLessThanOrEqual(1);
      const value = written.join("\r\n").slice("Content-Disposition:".length);
      expect(parseField(contentDisposition, value).parameters["filename"]).toBe(name);
    },
  );

  it.each(["a\nb", "a\rb", "a\0b"])("the file name %j is an error", (name) => {
    expect(() => file(name)).toThrow(expect.objectContaining({ code: "FIELD_CONTROL_CHARACTER" }));
  });

  it("a boundary is never continued, which readers would not see through", () => {
    const boundary = "b".repeat(70);
    const field = fieldOf(contentType, { type: "multipart/mixed", parameters: { boundary } });
    expect(lines(field)).toEqual(["Content-Type: multipart/mixed;", ` boundary=${boundary}`]);
  });
});

describe("bodies (RFC 2045 §6)", () => {
  const body = (part: ReturnType<typeof textPart>): string => {
    const written = utf8Text(toBytes(withContent(bare, part)));
    return written.slice(written.indexOf("\r\n\r\n") + 4);
  };
  const long = ", und noch so viel Text, dass sich die Kodierung lohnt";
  it.each([
    [`é${long}\na  \nb\t\n`, `=C3=A9${long}\r\na =20\r\nb=09\r\n`],
    [`é${long}\nFrom x\n.\n`, `=C3=A9${long}\r\n=46rom x\r\n=2E\r\n`],
    ["é\n", "=C3=A9\r\n"],
  ])("%j in quoted-printable", (value, expected) => expect(body(textPart(value))).toBe(expected));

  it("text is canonical before it becomes base64 (§6.8)", () => {
    expect(body(textPart("日本\n"))).toBe(`${Buffer.from("日本\r\n").toString("base64")}\r\n`);
  });

  it("octets are exact (§6.8)", () => {
    const bytes = Uint8Array.from(Buffer.from("a\nb\r\nc\rd\xff", "latin1"));
    expect(body(bytesPart(bytes))).toBe("YQpiDQpjDWT/\r\n");
    const declared = (encoding: TransferEncoding): Part =>
      bytesPart(bytes, { fields: [fieldOf(contentTransferEncoding, encoding)] });
    // The line end behind the last "=" is no content (§6.7, rule 5).
    expect(body(declared("quoted-printable"))).toBe("a=0Ab=0D=0Ac=0Dd=FF=\r\n");
    for (const encoding of ["7bit", "8bit"] as const) {
      expect(() => body(declared(encoding))).toThrow(
        expect.objectContaining({ code: "ENCODING_IMPOSSIBLE" }),
      );
    }
  });

  it.each([56, 57, 58, 114])("lines of base64 have 76 columns: %d octets (§6.8)", (count) => {
    const bytes = new Uint8Array(count).fill(0x61);
    const wrapped = Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,76}/g);
    expect(body(bytesPart(bytes))).toBe(`${wrapped?.join("\r\n")}\r\n`);
  });

  it("no octets are no line, wherever they come from", async () => {
    expect(body(bytesPart(new Uint8Array(0)))).toBe("");
    let streamed = "";
    const none = once(new Blob([]).stream(), { byteLength: 0 });
    for await (const chunk of toStream(withContent(bare, bytesPart(none)))) {
      streamed += utf8Text(chunk);
    }
    expect(streamed).toMatch(/base64\r\n\r\n$/);
  });

  it("a charset that lacks a character is an error before anything is made", () => {
    expect(() => textPart("€", { charset: "iso-8859-1" })).toThrow(
      expect.objectContaining({ code: "CHARSET_CANNOT_ENCODE" }),
    );
  });

  it("lines of up to 998 octets stay as they are, one of 999 does not (RFC 5322 §2.1.1)", () => {
    expect(body(textPart(`${"x".repeat(998)}\n`))).toBe(`${"x".repeat(998)}\r\n`);
    expect(body(textPart(`${"x".repeat(999)}\n`))).toMatch(/^x{75}=\r\n/);
  });

  it("octets without a last line end get none (RFC 2046 §5.1.1)", () => {
    const part = multipart("mixed", [bytesPart("a=é", { type: "text/csv" })], {
      parameters: { boundary: "b" },
    });
    expect(body(part)).toMatch(/\r\n\r\n(?:a=3D=C3=A9|YT3DqQ==)\r\n--b--\r\n$/);
  });

  it("preamble and epilogue stay to the octet", () => {
    const around = { preamble: "pre", epilogue: "epi\r\n", parameters: { boundary: "b" } };
    expect(body(multipart("mixed", [textPart("a")], around))).toBe(
      "pre\r\n--b\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\na\r\n--b--\r\nepi\r\n",
    );
  });

  it("an empty one is nothing behind the empty line", () => expect(body(textPart(""))).toBe(""));

  it("the line end before a boundary is the boundary's (RFC 2046 §5.1.1)", () => {
    const part = multipart("mixed", [textPart("hi")], { parameters: { boundary: "b" } });
    expect(body(part)).toContain("\r\n\r\nhi\r\n--b--\r\n");
  });

  it.each(["--QQ", "--QQx"])(
    "the line %j does not stand in a part with the boundary QQ",
    (line) => {
      const part = multipart("mixed", [textPart(`a\n${line}\n`)], {
        parameters: { boundary: "QQ" },
      });
      expect(() => body(part)).toThrow(expect.objectContaining({ code: "BOUNDARY_COLLISION" }));
    },
  );
});

/** The line with its encoded-words decoded by code that is not ours. */
function decoded(line: string): string {
  return line.replaceAll(
    /=\?utf-8\?([bq])\?([^?]*)\?=/g,
    (_word, encoding: string, content: string) =>
      encoding === "b"
        ? Buffer.from(content, "base64").toString("utf8")
        : decodeURIComponent(
            content.replaceAll("%", "%25").replaceAll("_", " ").replaceAll("=", "%"),
          ),
  );
}
