import {
  fieldOf,
  message,
  subject,
  textField,
  to,
  references,
  inReplyTo,
  unstructured,
  contentDisposition,
  contentType,
  defineField,
  type Field,
} from "@letterwright/message";
import { field as valueOf, parseAddressList, parseField } from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { writeField } from "./field-writer.ts";
import { smtpPolicy, smtpUtf8Policy } from "./policy.ts";

const text = (value: string): Field => fieldOf(subject, value);
const recipients = (value: string): Field => fieldOf(to, parseAddressList(value));
const filename = (value: string): Field =>
  fieldOf(contentDisposition, { disposition: "attachment", parameters: { filename: value } });

describe("writeField: folding (RFC 5322 §2.2.3)", () => {
  const rows: readonly [title: string, field: Field, lines: readonly string[]][] = [
    [
      "folds text at a blank before column 78",
      text(
        "This is a long header line that will need to be folded into two lines and will demonstrate basic folding",
      ),
      [
        "Subject: This is a long header line that will need to be folded into two lines",
        " and will demonstrate basic folding",
      ],
    ],
    [
      "folds before a whole run of blanks, so that unfolding gives all of it",
      text(`${"x".repeat(68)}${" ".repeat(20)}y`),
      [`Subject: ${"x".repeat(68)}`, `${" ".repeat(20)}y`],
    ],
    [
      "leaves a long first word on the first line",
      text("z".repeat(200)),
      [`Subject: ${"z".repeat(200)}`],
    ],
    [
      "leaves a long later word alone on its line",
      text(`a ${"z".repeat(200)} b`),
      ["Subject: a", ` ${"z".repeat(200)}`, " b"],
    ],
    [
      "breaks an address list after commas",
      recipients(
        '"Theodore H. Perfect" <yes@man.com>, My address is very long because my name is long <foo@bar.com>, "Only A. Friend" <no@yes.com>',
      ),
      [
        'To: "Theodore H. Perfect" <yes@man.com>, My address is very long because my',
        ' name is long <foo@bar.com>, "Only A. Friend" <no@yes.com>',
      ],
    ],
    [
      "folds a quoted-string with its quotes (RFC 5322 §3.2.4)",
      recipients(`"Long Name, With Comma ${"Long Name, ".repeat(6)}End" <a@example.com>`),
      [
        'To: "Long Name, With Comma Long Name, Long Name, Long Name, Long Name, Long',
        ' Name, Long Name, End" <a@example.com>',
      ],
    ],
    [
      "puts identifiers on lines of their own and encodes none (RFC 2047 §5)",
      fieldOf(references, [
        `<${"0".repeat(50)}@mail.example.com>`,
        `<${"x".repeat(80)}@example.com>`,
      ]),
      [`References: <${"0".repeat(50)}@mail.example.com>`, ` <${"x".repeat(80)}@example.com>`],
    ],
    [
      "keeps one long identifier on the first line",
      fieldOf(inReplyTo, [`<${"x".repeat(90)}@example.com>`]),
      [`In-Reply-To: <${"x".repeat(90)}@example.com>`],
    ],
    ["writes an empty value without a trailing blank", text(""), ["Subject:"]],
  ];
  it.each(rows)("%s", (_title, field, lines) => {
    expect(writeField(field, smtpPolicy)).toBe(`${lines.join("\r\n")}\r\n`);
  });

  it("refuses a token over 998 octets in a structured field (RFC 5322 §2.1.1)", () => {
    const token = defineField("X-Token", {
      of: (value: string) => value,
      format: (value) => [{ kind: "token", text: value }],
    });
    expect(() => writeField(fieldOf(token, "x".repeat(1000)), smtpPolicy)).toThrow(
      expect.objectContaining({ code: "FIELD_LINE_TOO_LONG", limit: 998 }),
    );
  });
});

describe("writeField: encoded-words (RFC 2047)", () => {
  const rows: readonly [title: string, field: Field, line: string][] = [
    [
      "encodes only what needs it",
      text("A hübsch B and more words"),
      "Subject: A =?utf-8?q?h=C3=BCbsch?= B and more words",
    ],
    [
      "keeps the blank between two encoded words inside",
      text("hübsch beißt"),
      "Subject: =?utf-8?b?aMO8YnNjaCBiZWnDn3Q=?=",
    ],
    ["keeps every blank of a run", text("é  é"), "Subject: =?utf-8?b?w6kgIMOp?="],
    ["chooses base64 where it is shorter", text("日本語"), "Subject: =?utf-8?b?5pel5pys6Kqe?="],
    [
      "encodes text that looks like an encoded-word",
      text("x =?utf-8?q?abc?= y"),
      "Subject: x =?utf-8?b?PT91dGYtOD9xP2FiYz89?= y",
    ],
    ["encodes blanks at the start", text("  two leading"), "Subject: =?utf-8?q?__two?= leading"],
    ["encodes blanks at the end", text("end  "), "Subject: =?utf-8?q?end__?="],
    ["encodes a value of blanks", text("  "), "Subject: =?utf-8?q?__?="],
    [
      "keeps a comma inside the word of a phrase (§5)",
      recipients('"Müller, Jörg" <a@example.com>'),
      "To: =?utf-8?b?TcO8bGxlciwgSsO2cmc=?= <a@example.com>",
    ],
    [
      "quotes an ASCII phrase with specials",
      recipients('"Smith, John" <a@example.com>'),
      'To: "Smith, John" <a@example.com>',
    ],
    [
      "escapes in a quoted phrase",
      recipients('"a\\"b\\\\c" <a@example.com>'),
      'To: "a\\"b\\\\c" <a@example.com>',
    ],
    ["keeps a run of blanks in a phrase", recipients('"A   B" <a@x.com>'), 'To: "A   B" <a@x.com>'],
    [
      "puts a blank between a word and the colon of a group (§5)",
      recipients('"Équipe, A": a@x.com;'),
      "To: =?utf-8?q?=C3=89quipe=2C_A?= : a@x.com;",
    ],
    [
      "writes an empty group",
      recipients("undisclosed-recipients:;"),
      "To: undisclosed-recipients:;",
    ],
    [
      "encodes a phrase that looks encoded",
      recipients('"=?utf-8?q?x?=" <a@x.com>'),
      "To: =?utf-8?b?PT91dGYtOD9xP3g/PQ==?= <a@x.com>",
    ],
    ["writes a domain as A-labels", recipients("a@exämple.com"), "To: a@xn--exmple-cua.com"],
  ];
  it.each(rows)("%s", (_title, field, line) => {
    expect(writeField(field, smtpPolicy)).toBe(`${line}\r\n`);
  });

  it.each([
    "日本語".repeat(20),
    "👩‍👩‍👧".repeat(20),
    "e\u0301".repeat(60),
    `a ${"ü".repeat(300)} b`,
    "x".repeat(2000),
  ])(
    "cuts %j into words of 75 and lines of 76 octets, each of which decodes alone (§2, §5)",
    (value) => {
      const written = writeField(text(value), smtpPolicy);
      for (const line of written.split("\r\n")) expect(line.length).toBeLessThanOrEqual(76);
      const words = written.match(/=\?[^ ]*\?=/g) ?? [];
      const decoded = words.map((word) => {
        expect(word.length).toBeLessThanOrEqual(75);
        const [, , encoding, payload = ""] = word.split("?");
        const bytes =
          encoding === "b"
            ? Buffer.from(payload, "base64")
            : Buffer.from(
                decodeURIComponent(payload.replaceAll("_", " ").replace(/=(..)/g, "%$1")),
              );
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      });
      expect(decoded.join("")).toBe(value.replace(/^a | b$/g, ""));
    },
  );

  it("refuses an address that only UTF-8 can write (RFC 6531 §3.1)", () => {
    expect(() => writeField(recipients("jörg@example.com"), smtpPolicy)).toThrow(
      expect.objectContaining({ code: "ADDRESS_NEEDS_SMTPUTF8" }),
    );
  });

  it("writes UTF-8 as it is under a UTF-8 policy, folded at blanks only (RFC 6532)", () => {
    expect(writeField(recipients("Jörg Ö <jörg@exämple.de>"), smtpUtf8Policy)).toBe(
      "To: Jörg Ö <jörg@exämple.de>\r\n",
    );
    const value = Array.from({ length: 10 }, () => "日本語日本語").join(" ");
    const lines = writeField(text(value), smtpUtf8Policy).trimEnd().split("\r\n");
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(78);
    expect(lines.join("")).toBe(`Subject: ${value}`);
  });
});

describe("writeField: parameters (RFC 2045 §5.1, RFC 2231)", () => {
  const rows: readonly [value: string, written: string][] = [
    ["report.pdf", "filename=report.pdf"],
    ["a b.pdf", 'filename="a b.pdf"'],
    ['q"uote.pdf', 'filename="q\\"uote.pdf"'],
    ["back\\slash.pdf", 'filename="back\\\\slash.pdf"'],
    ["ü.pdf", "filename*=utf-8''%C3%BC.pdf"],
    ["it's%20ü.pdf", "filename*=utf-8''it%27s%2520%C3%BC.pdf"],
    ["=?utf-8?q?x?=.pdf", "filename*=utf-8''%3D%3Futf-8%3Fq%3Fx%3F%3D.pdf"],
  ];
  it.each(rows)("%j", (value, written) => {
    const unfolded = writeField(filename(value), smtpPolicy).replaceAll("\r\n ", " ").trimEnd();
    expect(unfolded).toBe(`Content-Disposition: attachment; ${written}`);
  });

  it("continues a long ASCII value in plain sections (RFC 2231 §3)", () => {
    expect(writeField(filename(`${"a".repeat(100)}.pdf`), smtpPolicy)).toMatch(
      /^Content-Disposition: attachment;\r\n filename\*0="a+";\r\n filename\*1="a+\.pdf"\r\n$/,
    );
  });

  it("puts the charset into section 0 only and splits no character (RFC 2231 §4.1)", () => {
    const written = writeField(filename(`${"日本語".repeat(15)}.pdf`), smtpPolicy);
    const sections = [...written.matchAll(/filename\*(\d+)\*=([^;\r]+)/g)];
    expect(sections.length).toBeGreaterThan(1);
    sections.forEach(([, index, section = ""], at) => {
      expect(Number(index)).toBe(at);
      expect(section.startsWith("utf-8''")).toBe(at === 0);
      expect(() => decodeURIComponent(section.replace("utf-8''", ""))).not.toThrow();
    });
    for (const line of written.split("\r\n")) expect(line.length).toBeLessThanOrEqual(78);
  });

  it("never splits a boundary: readers need it whole", () => {
    const boundary = "b".repeat(70);
    const field = fieldOf(contentType, { type: "multipart/mixed", parameters: { boundary } });
    expect(writeField(field, smtpPolicy)).toBe(
      `Content-Type: multipart/mixed;\r\n boundary=${boundary}\r\n`,
    );
  });
});

describe("runs of blanks", () => {
  const narrow = smtpPolicy.with({
    limits: { headerLine: 40, encodedWordLine: 40, encodedWord: 30 },
  });
  const lengths = [...Array.from({ length: 100 }, (_, length) => length + 1), 330, 990, 998, 5000];
  it.each([
    ["smtp", smtpPolicy],
    ["narrow", narrow],
    ["smtputf8", smtpUtf8Policy],
  ])("of every length survive, before a word of any kind: %s", (_name, policy) => {
    for (const length of lengths) {
      for (const word of ["b", "é", "=?b", "日本語".repeat(20), "x".repeat(1200)]) {
        for (const value of [
          `a${" ".repeat(length)}${word}`,
          `a\t${"\t ".repeat(length)}${word} c`,
        ]) {
          const written = writeField(fieldOf(subject, value), policy);
          for (const line of written.slice(0, -2).split("\r\n")) {
            expect(Buffer.byteLength(line)).toBeLessThanOrEqual(998);
            expect(line).not.toMatch(/^[ \t]*$/);
          }
          expect(parseField(subject, written.slice("Subject:".length, -2))).toBe(value);
        }
      }
    }
  });

  it("are encoded behind the longest field name too", () => {
    for (const length of [40, 60, 70, 76]) {
      const written = writeField(textField("X".repeat(length), `a${" ".repeat(90)}é`), smtpPolicy);
      expect(parseField(subject, written.slice(length + 1, -2))).toBe(`a${" ".repeat(90)}é`);
    }
  });
});

it("cannot be made to write two fields, whatever the text (RFC 5322 §2.2)", () => {
  for (const evil of ["a\r\nBcc: x", "a\nBcc: x", "a\rBcc: x", "a\u0000", "a\u2028", "a\u0085"]) {
    expect(() => fieldOf(unstructured("X-A"), evil)).toThrow();
    expect(() => message({ from: "a@b.example", subject: evil })).toThrow();
  }
  const narrow = message({ from: "a@b.example", subject: "a\u760d\u760aBcc: x" });
  expect(
    writeField(fieldOf(subject, valueOf(narrow, subject) ?? ""), smtpPolicy).split("\r\n"),
  ).toHaveLength(2);
  expect(writeField(textField("X-A", "a =?utf-8?q?=0D=0A?= b"), smtpPolicy)).not.toContain("=0D");
});
