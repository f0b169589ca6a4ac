/** What parsing gives, and what it says is wrong. */
import {
  attachmentsOf,
  bodyOf,
  contentDisposition,
  contentTransferEncoding,
  contentType,
  date,
  field,
  filenameOf,
  from,
  htmlOf,
  partAt,
  readAll,
  removePart,
  setField,
  subject,
  textOf,
  to,
  typeOf,
  walk,
  withOrigin,
  type Message,
} from "@letterwright/message";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defectTable, type MessageDefectCode } from "./defect.ts";
import { parse, type ParseOptions } from "./index.ts";

/** One octet a character. */
const octets = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));
const lines = (...all: readonly string[]): Uint8Array => octets(all.join("\r\n"));
const author = "From: ana@example.com";
const mixed = "Content-Type: multipart/mixed; boundary=b";
const typesOf = (bytes: Uint8Array): readonly string[] =>
  [...walk(parse(bytes).message)].map(({ path, type }) => `${path} ${type}`.trim());

describe("fields", () => {
  const rows: readonly [
    title: string,
    field: string,
    read: (bytes: Uint8Array) => unknown,
    value: unknown,
  ][] = [
    [
      "adjacent encoded-words (RFC 2047 §6.2)",
      "Subject: =?utf-8?q?a?= \r\n =?utf-8?q?b?=",
      (bytes) => field(parse(bytes).message, subject),
      "ab",
    ],
    [
      "a character split between words",
      "Subject: =?utf-8?b?w6?= =?utf-8?b?k=?=",
      (bytes) => field(parse(bytes).message, subject) !== undefined,
      true,
    ],
    [
      "a language tag (RFC 2231 §5)",
      "Subject: =?us-ascii*en?q?x?=",
      (bytes) => field(parse(bytes).message, subject),
      "x",
    ],
    [
      "another charset",
      "Subject: =?iso-8859-2?q?=B1?=",
      (bytes) => field(parse(bytes).message, subject),
      "\u0105",
    ],
    [
      "raw UTF-8 (RFC 6532 §3.2)",
      "Subject: \u00c3\u00bc",
      (bytes) => field(parse(bytes).message, subject),
      "\u00fc",
    ],
    [
      "octets that are no UTF-8, as windows-1252",
      "Subject: \u0080",
      (bytes) => field(parse(bytes).message, subject),
      "\u20ac",
    ],
    [
      "a fold (RFC 5322 §2.2.3)",
      "Subject: a\r\n\tb",
      (bytes) => field(parse(bytes).message, subject),
      "a\tb",
    ],
    [
      "a fold by LF alone",
      "Subject: a\n b",
      (bytes) => field(parse(bytes).message, subject),
      "a b",
    ],
    [
      "a blank before the colon (RFC 5322 §4.5)",
      "Subject : a",
      (bytes) => field(parse(bytes).message, subject),
      "a",
    ],
    ["a name in any case", "sUBJECT:a", (bytes) => field(parse(bytes).message, subject), "a"],
    [
      "an obsolete date (RFC 5322 §4.3)",
      "Date: 1 Jan 99 10:00 EST",
      (bytes) => field(parse(bytes).message, date) !== undefined,
      true,
    ],
    [
      "a date that is none",
      "Date: yesterday",
      (bytes) => field(parse(bytes).message, date),
      undefined,
    ],
    [
      "addresses with names",
      "To: =?utf-8?q?J=C3=B6?= <j@example.com>, g: a@example.com;",
      (bytes) => field(parse(bytes).message, to)?.map(({ name }) => name),
      ["J\u00f6", "g"],
    ],
    [
      "continued parameters (RFC 2231 §3)",
      "Content-Disposition: attachment; filename*0*=utf-8''%C3%BC; filename*1=.pdf",
      (bytes) => filenameOf(parse(bytes).message),
      "\u00fc.pdf",
    ],
    [
      "an extended parameter in another charset",
      "Content-Disposition: attachment; filename*=iso-8859-1'de'%FC",
      (bytes) => filenameOf(parse(bytes).message),
      "\u00fc",
    ],
  ];
  it.each(rows)("reads %s", (_title, line, read, value) => {
    expect(read(lines(author, line, "", "body"))).toEqual(value);
  });

  it("are decoded when they are asked for, and once", () => {
    const { message } = parse(lines("Subject: =?utf-8?q?a?=", ""));
    const [one] = message.fields;
    expect(Object.keys(one ?? {})).not.toContain("value");
    expect(one?.value).toBe("a");
    expect(one?.wire).toBe(" =?utf-8?q?a?=");
  });

  it("are read in a charset that the platform does not know by another decoder", () => {
    const charsets: ParseOptions["charsets"] = (charset, bytes) =>
      charset === "x-rot" ? String.fromCharCode(...bytes.map((octet) => octet - 1)) : undefined;
    const { message, defects } = parse(
      lines(
        author,
        "To: =?x-rot?q?bc?= <a@example.com>",
        "Subject: =?x-rot?q?bc?=",
        "Content-Type: text/plain; charset=x-rot; name*=x-rot''bc",
        "",
        "bc\u0080",
      ),
      { charsets },
    );
    expect(field(message, subject)).toBe("ab");
    expect(field(message, to)?.[0]?.name).toBe("ab");
    expect(field(message, contentType)?.parameters["name"]).toBe("ab");
    expect(textOf(message)).toBe("ab\u007f");
    expect(defects.map(({ code }) => code)).toEqual(["BODY_EIGHT_BIT"]);
  });
});

describe("a field that was read and is given other bytes", () => {
  it("keeps its value", () => {
    const { message } = parse(lines(author, "Subject: Hello", "", ""));
    const [, one] = message.fields;
    const signed = withOrigin(one as (typeof message.fields)[number], octets("Subject: Hello\r\n"));
    expect(field({ ...message, fields: [signed] }, subject)).toBe("Hello");
  });
});

describe("bodies", () => {
  const rows: readonly [encoding: string, body: string, content: string][] = [
    ["7bit", "a=3D\r\n", "a=3D\r\n"],
    ["8bit", "\u00e9", "\u00e9"],
    ["binary", "\0\r\n", "\0\r\n"],
    ["quoted-printable", "a=3D=\r\nb", "a=b"],
    ["BASE64", "aGVs\r\nbG8=\r\n", "hello"],
    ["base64 (with a comment)", "aGk=", "hi"],
    ["x-strange", "aGk=", "aGk="],
  ];
  it.each(rows)("are decoded from %s (RFC 2045 §6)", async (encoding, body, content) => {
    const { message } = parse(
      lines(
        author,
        "Content-Type: application/octet-stream",
        `Content-Transfer-Encoding: ${encoding}`,
        "",
        body,
      ),
    );
    if (message.body.kind !== "bytes") throw new Error("octets were expected");
    expect(message.body.source.bytes).toEqual(octets(content));
    expect(message.body.source.byteLength).toBe(content.length);
    const chunks: number[] = [];
    for await (const chunk of message.body.source.open()) chunks.push(...chunk);
    expect(chunks).toEqual([...octets(content)]);
    expect(await readAll(message.body.source)).toEqual(octets(content));
  });

  it("are text in their charset, and read as well as can be without one", () => {
    const inCharset = (type: string, body: string): string | undefined =>
      textOf(parse(lines(author, type, "Content-Transfer-Encoding: 8bit", "", body)).message);
    expect(inCharset("Content-Type: text/plain; charset=iso-8859-7", "\u00e1")).toBe("\u03b1");
    expect(inCharset("Content-Type: text/plain", "\u00c3\u00bc")).toBe("\u00fc");
    expect(inCharset("Content-Type: text/plain; charset=nobody-knows", "\u00c3\u00bc")).toBe(
      "\u00fc",
    );
  });

  it("tell parts, their text and what is attached", () => {
    const { message, defects } = parse(
      lines(
        author,
        "MIME-Version: 1.0",
        mixed,
        "",
        "for old readers",
        "--b",
        "Content-Type: multipart/alternative; boundary=inner",
        "",
        "--inner",
        "",
        "plain",
        "--inner",
        "Content-Type: text/html",
        "",
        "<p>html",
        "--inner--",
        "--b",
        "Content-Disposition: attachment; filename=a.bin",
        "Content-Transfer-Encoding: base64",
        "",
        "AAEC",
        "--b--",
        "after",
      ),
    );
    expect(defects).toEqual([]);
    expect(textOf(message)).toBe("plain");
    expect(htmlOf(message)).toBe("<p>html");
    const [file] = attachmentsOf(message);
    expect(file?.filename).toBe("a.bin");
    expect(file?.part.body.kind === "bytes" && file.part.body.source.bytes).toEqual(
      Uint8Array.of(0, 1, 2),
    );
    if (message.body.kind !== "multipart") throw new Error("parts were expected");
    expect(message.body.preamble).toEqual(octets("for old readers"));
    expect(message.body.epilogue).toEqual(octets("after"));
  });

  const structures: readonly [title: string, bytes: Uint8Array, types: readonly string[]][] = [
    [
      "parts of a digest are messages (RFC 2046 §5.1.5)",
      lines(
        "Content-Type: multipart/digest; boundary=b",
        "",
        "--b",
        "",
        "Subject: x",
        "",
        "text",
        "--b--",
      ),
      ["multipart/digest", "1 message/rfc822", "1.1 text/plain"],
    ],
    [
      "a message inside",
      lines("Content-Type: message/rfc822", "", "Subject: x", "", "text"),
      ["message/rfc822", "1 text/plain"],
    ],
    [
      "an encoded message inside",
      lines(
        "Content-Type: message/rfc822",
        "Content-Transfer-Encoding: base64",
        "",
        "Q29udGVudC1UeXBlOiB0ZXh0L2h0bWwNCg0KPHA+",
      ),
      ["message/rfc822", "1 text/html"],
    ],
    [
      "a boundary that is the beginning of another",
      lines(
        mixed,
        "",
        "--b",
        "Content-Type: multipart/alternative; boundary=bb",
        "",
        "--bb",
        "",
        "1",
        "--bb--",
        "--b--",
      ),
      ["multipart/mixed", "1 multipart/alternative", "1.1 text/plain"],
    ],
    [
      "an outer delimiter ends what is inside (RFC 2046 §5.1.2)",
      lines(
        mixed,
        "",
        "--b",
        "Content-Type: multipart/alternative; boundary=c",
        "",
        "--c",
        "",
        "1",
        "--b",
        "",
        "2",
        "--b--",
      ),
      ["multipart/mixed", "1 multipart/alternative", "1.1 text/plain", "2 text/plain"],
    ],
    [
      "a multipart that has the boundary around it has no part",
      lines(
        mixed,
        "",
        "--b",
        "Content-Type: multipart/alternative; boundary=b",
        "",
        "--b",
        "",
        "1",
        "--b--",
      ),
      ["multipart/mixed", "1 multipart/alternative", "2 text/plain"],
    ],
    [
      "a multipart without a boundary is octets",
      lines("Content-Type: multipart/mixed", "", "--b", "", "1"),
      ["multipart/mixed"],
    ],
    [
      "a multipart that is cut has the parts that are there",
      lines(mixed, "", "--b", "", "1", "--b", "Content-Type: text/ht"),
      ["multipart/mixed", "1 text/plain", "2 text/ht"],
    ],
    [
      "blanks behind a boundary are no part of it (RFC 2046 §5.1.1)",
      lines(mixed, "", "--b \t ", "", "1", "--b--  "),
      ["multipart/mixed", "1 text/plain"],
    ],
    [
      "a part may have fields and no body",
      lines(mixed, "", "--b", "Content-Type: text/html", "--b--"),
      ["multipart/mixed", "1 text/html"],
    ],
    [
      "a boundary in quotes, with blanks in it",
      lines('Content-Type: multipart/mixed; boundary="a b"', "", "--a b", "", "1", "--a b--"),
      ["multipart/mixed", "1 text/plain"],
    ],
    [
      "a boundary in the form of RFC 2231",
      lines(
        "Content-Type: multipart/mixed; boundary*0=a; boundary*1=b",
        "",
        "--ab",
        "",
        "1",
        "--ab--",
      ),
      ["multipart/mixed", "1 text/plain"],
    ],
    [
      "a delivery status",
      lines(
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; x",
        "",
        "Action: failed",
      ),
      ["message/delivery-status"],
    ],
  ];
  it.each(structures)("%s", (_title, bytes, types) => {
    expect(typesOf(bytes)).toEqual(types);
    expect(typesOf(octets(String.fromCharCode(...bytes).replaceAll("\r\n", "\n")))).toEqual(types);
  });

  it("of a delivery status are groups of fields (RFC 3464 §2.1)", () => {
    const { message } = parse(
      lines(
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; x",
        "",
        "",
        "Final-Recipient: rfc822; a@example.com",
        "Action:",
        " failed",
        "",
      ),
    );
    if (message.body.kind !== "field-groups") throw new Error("groups were expected");
    expect(
      message.body.groups.map((group) => group.map(({ name, value }) => [name, value])),
    ).toEqual([
      [["Reporting-MTA", "dns; x"]],
      [
        ["Final-Recipient", "rfc822; a@example.com"],
        ["Action", "failed"],
      ],
    ]);
  });
});

/** A row a defect: what has it, and where. */
const defective: Readonly<
  Partial<Record<MessageDefectCode, readonly [bytes: Uint8Array, found: string]>>
> = {
  BOUNDARY_AMBIGUOUS: [
    lines(
      author,
      "Content-Type: multipart/mixed; boundary=b; boundary=c",
      "",
      "--b",
      "",
      "1",
      "--b--",
    ),
    author.slice(0, 5),
  ],
  BOUNDARY_DUPLICATE: [
    lines(author, mixed, "", "--b", "Content-Type: multipart/mixed; boundary=b", "", "--b--"),
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--",
  ],
  BOUNDARY_IRREGULAR: [
    lines(
      author,
      `Content-Type: multipart/mixed; boundary="${"b".repeat(71)}"`,
      "",
      `--${"b".repeat(71)}`,
      "",
      "1",
      `--${"b".repeat(71)}--`,
    ),
    author.slice(0, 5),
  ],
  BOUNDARY_MISSING: [lines(author, "Content-Type: multipart/mixed", "", "x"), author.slice(0, 5)],
  BOUNDARY_PREFIX: [lines(author, mixed, "", "--b", "", "--bX", "--b--"), "--bX"],
  CLOSE_DELIMITER_MISSING: [lines(author, mixed, "", "--b", "", "1"), ""],
  DELIMITER_AFTER_CLOSE: [
    lines(author, mixed, "", "--b", "", "1", "--b--", "x", "--b", ""),
    "--b\r\n",
  ],
  ENVELOPE_LINE_MISPLACED: [lines("From ana Fri", author, "", ""), "From ana"],
  FIELD_LINE_CONTINUES_NOTHING: [lines(" x", author, "", ""), " x"],
  FIELD_NAME_BLANK: [lines(author, "Subject : x", "", ""), " : x"],
  FIELD_NAME_MISSING: [lines(author, ": x", "", ""), ": x"],
  MESSAGE_ENCODED: [
    lines(
      author,
      "Content-Type: message/rfc822",
      "Content-Transfer-Encoding: base64",
      "",
      "RnJvbTogYUBi",
    ),
    "From",
  ],
  MULTIPART_ENCODED: [
    lines(author, mixed, "Content-Transfer-Encoding: base64", "", "--b", "", "1", "--b--"),
    "From",
  ],
  SEPARATOR_MISSING: [lines(author, "hello there", "you"), "hello"],
  START_DELIMITER_MISSING: [lines(author, mixed, "", "nothing"), ""],
  BODY_EIGHT_BIT: [lines(author, "", "ab\u00e9"), "\u00e9"],
  CARRIAGE_RETURN_BARE: [lines(author, "", "a\rb"), "\rb"],
  LINE_ENDS_MIXED: [octets(`${author}\r\n\r\na\nb\r\n`), "\nb"],
  LINE_TOO_LONG: [lines(author, "", "x", "y".repeat(999)), "y"],
  NUL_OCTET: [lines(author, "", "a\0"), "\0"],
  ENCODING_DUPLICATE: [
    lines(author, "Content-Transfer-Encoding: 7bit", "Content-Transfer-Encoding: base64", "", ""),
    "Content-Transfer-Encoding: base64",
  ],
  ENCODING_UNKNOWN: [
    lines(author, "Content-Transfer-Encoding: strange", "", ""),
    "Content-Transfer-Encoding",
  ],
  FIELD_DUPLICATE: [lines(author, "Subject: a", "Subject: b", "", ""), "Subject: b"],
  FIELD_EIGHT_BIT: [lines(author, "Subject: \u00e9", "", ""), "Subject"],
  FIELD_EMPTY_VALUE: [lines(author, "Date: ", "", ""), "Date"],
  FIELD_HAS_CONTROL: [lines(author, "Subject: \u001b[2J", "", ""), "Subject"],
  FIELD_SYNTAX: [lines(author, "Date: yesterday", "", ""), "yesterday"],
  FILENAME_AMBIGUOUS: [
    lines(
      author,
      "Content-Type: text/plain; name=a",
      "Content-Disposition: attachment; filename=b",
      "",
      "",
    ),
    "From",
  ],
  FROM_AMBIGUOUS: [lines("From: a@example.com, b@example.com", "", ""), "From"],
  FROM_MISSING: [lines("Subject: x", "", ""), "Subject"],
  PARAMETERS_TOO_MANY: [
    lines(author, `Content-Type: text/plain${"; a=b".repeat(201)}`, "", ""),
    "Content-Type",
  ],
  ADDRESS_OBSOLETE: [lines("From: a . b@example.com", "", ""), "a . b"],
  ADDRESS_SYNTAX: [lines(author, "To: a@@b", "", ""), ""],
  BASE64_BITS_LOST: [lines(author, "Content-Transfer-Encoding: base64", "", "QR=="), ""],
  BASE64_DATA_AFTER_PADDING: [
    lines(author, "Content-Transfer-Encoding: base64", "", "QQ==QQ=="),
    "QQ==",
  ],
  BASE64_FOREIGN_CHARACTER: [
    lines(author, "Content-Transfer-Encoding: base64", "", "QU*JD"),
    "*JD",
  ],
  BASE64_LENGTH_WRONG: [lines(author, "Content-Transfer-Encoding: base64", "", "QUJDR"), ""],
  BASE64_PADDING_MISPLACED: [
    lines(author, "Content-Transfer-Encoding: base64", "", "=QUJD"),
    "=QUJD",
  ],
  BASE64_PADDING_MISSING: [lines(author, "Content-Transfer-Encoding: base64", "", "QQ"), ""],
  QUOTED_PRINTABLE_ESCAPE_MALFORMED: [
    lines(author, "Content-Transfer-Encoding: quoted-printable", "", "1=x"),
    "=x",
  ],
  QUOTED_PRINTABLE_LINE_TOO_LONG: [
    lines(author, "Content-Transfer-Encoding: quoted-printable", "", "x".repeat(80)),
    "xxxx",
  ],
  QUOTED_PRINTABLE_LOWER_CASE: [
    lines(author, "Content-Transfer-Encoding: quoted-printable", "", "=3d"),
    "=3d",
  ],
  QUOTED_PRINTABLE_RAW_OCTET: [
    lines(author, "Content-Transfer-Encoding: quoted-printable", "", "\u0001"),
    "\u0001",
  ],
  QUOTED_PRINTABLE_TRAILING_BLANK: [
    lines(author, "Content-Transfer-Encoding: quoted-printable", "", "a ", ""),
    " \r\n",
  ],
  CHARSET_OCTETS_INVALID: [
    lines(
      author,
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: 8bit",
      "",
      "\u00ff",
    ),
    "\u00ff",
  ],
  CHARSET_UNKNOWN: [lines(author, "Subject: =?nobody?q?x?=", "", ""), ""],
  ENCODED_WORD_HAS_CONTROL: [lines(author, "Subject: =?utf-8?q?=0A?=", "", ""), ""],
  ENCODED_WORD_MALFORMED: [lines(author, "Subject: =?utf-8", "", ""), "=?utf-8"],
  ENCODED_WORD_NOT_SEPARATED: [lines(author, "Subject: =?utf-8?q?x?=y", "", ""), "=?utf-8"],
  ENCODED_WORD_QUOTED: [lines(author, 'To: "=?utf-8?q?x?=" <a@example.com>', "", ""), ""],
  ENCODED_WORD_SPLIT_CHARACTER: [
    lines(author, "Subject: =?utf-8?q?=C3?= =?utf-8?q?=A9?=", "", ""),
    "=?utf-8",
  ],
  PARAMETER_DUPLICATE: [lines(author, "Content-Type: text/plain; a=b; a=c", "", ""), "a=c"],
  PARAMETER_ENCODED_WORD: [
    lines(author, 'Content-Disposition: inline; filename="=?utf-8?q?x?="', "", ""),
    "",
  ],
  PARAMETER_HAS_CONTROL: [
    lines(author, "Content-Disposition: inline; filename*=utf-8''%00", "", ""),
    "",
  ],
  PARAMETER_PERCENT_MALFORMED: [
    lines(author, "Content-Disposition: inline; filename*=utf-8''%GG", "", ""),
    "",
  ],
  PARAMETER_SECTION_MISSING: [
    lines(author, "Content-Disposition: inline; filename*1=x", "", ""),
    "",
  ],
};

describe("defects", () => {
  it.each(Object.keys(defectTable) as MessageDefectCode[])("%s", (code) => {
    const row = defective[code];
    if (row === undefined) throw new Error(`there is no row for ${code}`);
    const [bytes, found] = row;
    const { defects } = parse(bytes);
    const defect = defects.find((one) => one.code === code);
    expect(defect, JSON.stringify(defects)).toBeDefined();
    const [severity, section] = defectTable[code];
    expect(defect).toMatchObject({ severity, section });
    const there = String.fromCharCode(...bytes).slice(defect?.index);
    expect(there.startsWith(found), there).toBe(true);
    expect(() => parse(bytes, { strict: true })).toThrow(
      expect.objectContaining({ code: "MESSAGE_DEFECTIVE" }),
    );
  });

  it("are none in mail as it should be, with CRLF or with LF, so that strict takes it", () => {
    const bytes = lines(author, "Subject: x", "", "text", "");
    expect(parse(bytes, { strict: true }).defects).toEqual([]);
    expect(parse(octets(`${author}\nSubject: x\n\ntext\n`)).defects).toEqual([]);
  });

  it("say in which part they are, also inside an encoded message", () => {
    const inner = btoa("From: a@example.com\r\nContent-Transfer-Encoding: strange\r\n\r\n");
    const bytes = lines(
      author,
      mixed,
      "",
      "--b",
      "Content-Type: message/global",
      "Content-Transfer-Encoding: base64",
      "",
      inner,
      "--b--",
    );
    const [defect] = parse(bytes).defects;
    expect(defect).toMatchObject({ code: "ENCODING_UNKNOWN", path: "1.1" });
    expect(
      String.fromCharCode(...bytes)
        .slice(defect?.index)
        .startsWith(inner),
    ).toBe(true);
  });
});

describe("limits", () => {
  const many = (count: number, text: string): Uint8Array => octets(text.repeat(count));
  const rows: readonly [option: string, limits: ParseOptions["limits"], bytes: Uint8Array][] = [
    ["fieldBytes", { fieldBytes: 100 }, lines(`X: ${"x".repeat(100)}`, "")],
    ["headBytes", { headBytes: 100 }, many(20, "X: 12345\r\n")],
    ["fields", { fields: 3 }, many(4, "X: 1\r\n")],
    ["parts", { parts: 3 }, octets(`${mixed}\r\n\r\n${"--b\r\n\r\n1\r\n".repeat(3)}`)],
    ["depth", { depth: 3 }, many(4, "Content-Type: message/rfc822\r\n\r\n")],
    ["nestedMessages", { nestedMessages: 3 }, many(4, "Content-Type: message/rfc822\r\n\r\n")],
  ];
  it.each(rows)("%s ends in an error with its name", (option, limits, bytes) => {
    expect(() => parse(bytes, { limits: limits ?? {} })).toThrow(
      expect.objectContaining({ code: "PARSE_LIMIT", option: `limits.${option}` }),
    );
    expect(parse(bytes.subarray(0, 6), { limits: limits ?? {} }).message).toBeDefined();
  });

  it("decodedBytes holds for all contents together, when they are asked for", () => {
    const part = "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n";
    const { message } = parse(octets(`${mixed}\r\n\r\n${part}${part}--b--`), {
      limits: { decodedBytes: 5 },
    });
    const contents = ["1", "2"].map((path) => partAt(message, path)?.body);
    const read = (index: number): unknown => {
      const body = contents[index];
      return body?.kind === "bytes" ? body.source.bytes : undefined;
    };
    expect(read(0)).toEqual(octets("ABC"));
    expect(() => read(1)).toThrow(expect.objectContaining({ option: "limits.decodedBytes" }));
    expect(read(0)).toEqual(octets("ABC"));
  });

  it("hold for what encoded messages hold too", () => {
    let inner = "From: a@example.com\r\n\r\nx";
    for (let level = 0; level < 5; level++) {
      inner = `Content-Type: message/global\r\nContent-Transfer-Encoding: base64\r\n\r\n${btoa(inner)}`;
    }
    expect(typesOf(octets(inner))).toHaveLength(6);
    for (const [limits, option] of [
      [{ depth: 4 }, "depth"],
      [{ parts: 4 }, "parts"],
      [{ nestedMessages: 4 }, "nestedMessages"],
    ] as const) {
      expect(() => parse(octets(inner), { limits })).toThrow(
        expect.objectContaining({ option: `limits.${option}` }),
      );
    }
  });

  it.each([0, -1, Number.NaN, Infinity, 1.5, "100", null, true])("refuse %j", (value) => {
    expect(() => parse(octets(""), { limits: { parts: value as number } })).toThrow(
      expect.objectContaining({ code: "PARSE_LIMIT_INVALID" }),
    );
  });
  it("refuse a depth that walks do not follow, and names that are none", () => {
    expect(() => parse(octets(""), { limits: { depth: 257 } })).toThrow(/depth/);
    expect(() => parse(octets(""), { limits: { part: 1 } as object })).toThrow(/"part"/);
  });

  it("a million parts and 20,000 messages in each other end in them", () => {
    expect(() => parse(octets(`${mixed}\r\n\r\n${"--b\r\n\r\n".repeat(1_000_000)}`))).toThrow(
      /parts/,
    );
    expect(() => parse(many(20_000, "Content-Type: message/rfc822\r\n\r\n"))).toThrow(/levels/);
  });
});

it("looks anew at what was changed: nothing remembered of a part goes over to a copy", () => {
  const { message } = parse(
    lines(
      author,
      "Content-Type: multipart/alternative; boundary=b",
      "",
      "--b",
      "",
      "plain",
      "--b",
      "Content-Type: text/html",
      "",
      "html",
      "--b--",
      "",
    ),
  );
  const all = (mail: Message): unknown => [
    typeOf(mail),
    textOf(mail),
    htmlOf(mail),
    attachmentsOf(mail).length,
  ];
  const before = ["multipart/alternative", "plain", "html", 0];
  expect(all(message)).toEqual(before);
  const type = { type: "multipart/mixed", parameters: { boundary: "b" } };
  expect(all(setField(message, contentType, type))).toEqual([
    "multipart/mixed",
    "plain",
    undefined,
    1,
  ]);
  expect(all(removePart(message, "1"))).toEqual(["multipart/alternative", undefined, "html", 0]);
  const attached = setField(message, contentDisposition, {
    disposition: "attachment",
    parameters: {},
  });
  expect(textOf(attached)).toBeUndefined();
  expect(all(message)).toEqual(before);
});

it("keeps the names of fields as they are written, whichever came before", () => {
  const names = ["Subject", "SUBJECT", "subject", "Sxbject", "X-A", "X-a", "x".repeat(80)];
  const bytes = lines(...[...names, ...names].map((name) => `${name}: 1`), "", "");
  const { fields } = parse(bytes).message;
  expect(fields.map(({ name }) => name)).toEqual([...names, ...names]);
  expect(fields.map(({ definition }) => definition.name)).toEqual([
    ...["Subject", "Subject", "Subject", "Sxbject", "X-A", "X-a", "x".repeat(80)],
    ...["Subject", "Subject", "Subject", "Sxbject", "X-A", "X-a", "x".repeat(80)],
  ]);
});

it("refuses text, which has lost octets", () => {
  expect(() => parse("From: a" as unknown as Uint8Array)).toThrow(
    expect.objectContaining({ code: "PARSE_INPUT_INVALID" }),
  );
});

it("never throws on any octets, whatever is asked of the result", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const { message, raw, defects } = parse(bytes);
      for (const { part } of walk(message)) for (const one of part.fields) void one.value;
      expect([message, raw, defects]).toHaveLength(3);
      expect(typeOf(bodyOf(message) ?? message)).toEqual(expect.any(String));
      expect(field(message, contentTransferEncoding) ?? field(message, from) ?? "").toBeDefined();
    }),
    { numRuns: 1000 },
  );
});
