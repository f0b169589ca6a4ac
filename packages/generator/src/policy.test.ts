import { Readable } from "node:stream";
import { utf8, utf8Text } from "@letterwright/base/bytes";
import {
  appendField,
  attachment,
  bytesPart,
  contentDisposition,
  contentTransferEncoding,
  fieldOf,
  fieldGroupsPart,
  formData,
  message,
  messagePart,
  mixed,
  once,
  signed,
  structured,
  subject,
  textPart,
  withContent,
  type Message,
  type MessageInit,
  type Part,
  type TransferEncoding,
} from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { generate, toBytes, toStream } from "./generate.ts";
import {
  debugPolicy,
  filePolicy,
  httpPolicy,
  smtpPolicy,
  smtpUtf8Policy,
  strictPolicy,
  type Policy,
} from "./policy.ts";
import { verbatimPolicy } from "./verbatim.ts";

const fixed = smtpPolicy.with({
  now: () => new Date(0),
  random: (length) => new Uint8Array(length),
});
const binary = fixed.with({ transferEncoding: "binary" });
const compose = (init: Partial<MessageInit> = {}): Message =>
  message({ from: "ana@example.com", messageId: "<1@example.com>", date: new Date(0), ...init });
const written = (mail: Message, policy: Policy = fixed): string => utf8Text(toBytes(mail, policy));
const declared = (part: Part, encoding: TransferEncoding): Message =>
  withContent(compose(), appendField(part, contentTransferEncoding, encoding));
const bodyOf = (text: string): string => text.slice(text.indexOf("\r\n\r\n") + 4);
async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield utf8(text);
}

describe("the policies", () => {
  const mail = compose({
    subject: "Grüße",
    text: "Grüße aus dem schönen Wien, wo es heute regnet",
    bcc: "eve@example.net",
  });
  const rows: readonly [string, Policy, readonly string[], readonly string[]][] = [
    ["smtp", smtpPolicy, ["=?utf-8?", "quoted-printable", "\r\n"], ["Bcc", "ü"]],
    ["smtputf8", smtpUtf8Policy, ["Subject: Grüße\r\n", "8bit"], ["Bcc", "=?"]],
    ["strict", strictPolicy, ["=?utf-8?"], ["Bcc"]],
    ["file", filePolicy, ["Bcc: eve@example.net\n"], ["\r"]],
    ["http", httpPolicy, ["Subject: Grüße\r\n"], ["=?"]],
    ["debug", debugPolicy, ["Subject: Grüße\n", "Bcc"], ["\r", "=?"]],
    ["verbatim", verbatimPolicy, ["Bcc: eve@example.net\r\n"], []],
  ];
  it.each(rows)("%s", (_name, policy, holds, lacks) => {
    const text = written(mail, policy);
    for (const one of holds) expect(text).toContain(one);
    for (const one of lacks) expect(text).not.toContain(one);
    expect(Object.isFrozen(policy)).toBe(true);
  });

  it("debug gives the same for the same message, whenever", () => {
    const bare = message({ from: "ana@example.com", text: "a", html: "b" });
    expect(written(bare, debugPolicy)).toBe(written(bare, debugPolicy));
  });

  it.each([
    { fieldCase: "upper" as "standard" },
    { origins: "sometimes" as "never" },
    { flowed: "yes" as unknown as boolean },
    { defects: "ignore" as "throw" },
    { transferEncoding: "base64" as "7bit" },
    { lineEnds: "\n" } as object,
    { limits: { hardLine: 100 } } as object,
    { limits: { bodyLine: Number.NaN } },
    { limits: { encodedWord: 76 } },
    { now: new Date(0) as unknown as () => Date },
    { random: 4 as unknown as Policy["random"] },
    { boundary: "b" as unknown as undefined },
    { fieldOrder: "Subject" as unknown as string[] },
    { fieldOrder: ["Subject:"] },
  ])("refuse %j", (changes) => {
    expect(() => smtpPolicy.with(changes)).toThrow(
      expect.objectContaining({ code: "POLICY_INVALID" }),
    );
  });
});

describe("fields", () => {
  const names = (text: string): readonly string[] =>
    text
      .slice(0, text.indexOf("\r\n\r\n"))
      .split("\r\n")
      .map((line) => line.split(":")[0] ?? "");

  it("stand in the order of the policy, the others in theirs", () => {
    const mail = compose({ to: "bob@example.org", subject: "s" });
    expect(names(written(mail, fixed.with({ fieldOrder: ["Subject", "DATE"] })))).toEqual([
      "Subject",
      "Date",
      "From",
      "To",
      "Message-ID",
      "MIME-Version",
      "Content-Type",
    ]);
  });

  it("are named as given, or as their definitions are", () => {
    const mail = appendField(compose(), fieldOf(subject, "s", "SUBJECT"));
    expect(names(written(mail))).toContain("SUBJECT");
    expect(names(written(mail, fixed.with({ fieldCase: "standard" })))).toContain("Subject");
  });

  it("over the soft limit are a finding, and over 998 octets an error (RFC 5322 §2.1.1)", () => {
    const mail = compose({ subject: "x".repeat(200) });
    expect(generate(mail).defects).toEqual([expect.objectContaining({ code: "FIELD_LINE_LONG" })]);
    const seen: string[] = [];
    generate(mail, fixed.with({ defects: ({ code }) => void seen.push(code) }));
    expect(seen).toEqual(["FIELD_LINE_LONG"]);
    expect(() => generate(mail, strictPolicy)).toThrow(
      expect.objectContaining({ code: "FIELD_LINE_LONG" }),
    );
    const endless = compose({ headers: [fieldOf(structured("X-Token"), "x".repeat(1000))] });
    expect(() => generate(endless)).toThrow(
      expect.objectContaining({ code: "FIELD_LINE_TOO_LONG" }),
    );
  });

  it("file names also stand as RFC 2047 where the policy wants it", () => {
    const name = "Übersicht für das Quartal und noch viel mehr davon, damit es lang wird.pdf";
    const mail = compose({ attachments: [attachment({ name, content: "x" })] });
    expect(written(mail)).not.toContain('name="=?');
    const legacy = written(mail, fixed.with({ legacyFileNames: true }));
    expect(legacy).toMatch(
      /Content-Type: application\/pdf;\r\n name="=\?utf-8\?[qb]\?[^"]+\?="\r\n/,
    );
    expect(legacy).toContain("filename*0*=utf-8''%C3%9Cbersicht");
    for (const line of legacy.split("\r\n")) expect(line.length).toBeLessThanOrEqual(78);
  });

  it("the file names of text too", () => {
    const disposition = { disposition: "attachment", parameters: { filename: "ü.txt" } };
    const part = textPart("é", { fields: [fieldOf(contentDisposition, disposition)] });
    expect(written(withContent(compose(), part), fixed.with({ legacyFileNames: true }))).toContain(
      'Content-Type: text/plain; charset=utf-8; name="=?utf-8?b?w7wudHh0?="\r\n',
    );
  });
});

describe("a declared Content-Transfer-Encoding (RFC 2045 §6)", () => {
  const rows: readonly [string, Part, TransferEncoding, Policy, string][] = [
    ["base64 text", textPart("a\nb"), "base64", fixed, "YQ0KYg==\r\n"],
    ["quoted-printable text", textPart("a b"), "quoted-printable", fixed, "a b\r\n"],
    ["8bit text", textPart("é"), "8bit", smtpUtf8Policy, "é\r\n"],
    ["7bit text with From", textPart("From me"), "7bit", fixed, "From me\r\n"],
    ["7bit bytes", bytesPart("a\r\n"), "7bit", fixed, "a\r\n"],
    [
      "quoted-printable bytes",
      bytesPart("a\r\n=\n"),
      "quoted-printable",
      fixed,
      "a=0D=0A=3D=0A=\r\n", // the line end behind "=" is no content (RFC 2045 §6.7, rule 5)
    ],
    [
      "quoted-printable bytes that fill their last line",
      bytesPart(`${"x".repeat(75)}y`),
      "quoted-printable",
      fixed,
      `${"x".repeat(74)}=\r\nxy=\r\n`,
    ],
    ["binary bytes", bytesPart("a\n\0"), "binary", binary, "a\n\0"],
    ["binary text", textPart(`é${"x".repeat(2000)}`), "binary", binary, `é${"x".repeat(2000)}`],
  ];
  it.each(rows)("%s is kept", (_title, part, encoding, policy, expected) => {
    const text = written(declared(part, encoding), policy);
    expect(text).toContain(`Content-Transfer-Encoding: ${encoding}\r\n`);
    expect(bodyOf(text)).toBe(expected);
  });

  it.each([
    ["7bit", textPart("é")],
    ["8bit", textPart("é")],
    ["binary", textPart("é")],
    ["7bit", textPart("x".repeat(999))],
    ["7bit", bytesPart("a\nb")],
    ["8bit", bytesPart("é\r\n")],
    ["binary", bytesPart("a")],
  ] as const)("%s is an error where it cannot carry the content", (encoding, part) => {
    expect(() => written(declared(part, encoding))).toThrow(
      expect.objectContaining({ code: "ENCODING_IMPOSSIBLE" }),
    );
  });

  it("is kept for streams, which are looked at while they pass", async () => {
    const read = async (...texts: readonly string[]): Promise<string> => {
      const part = bytesPart(once(chunks(...texts)), { type: "text/plain" });
      let text = "";
      for await (const chunk of toStream(declared(part, "7bit"))) text += utf8Text(chunk);
      return bodyOf(text);
    };
    expect(await read("one\r", "\ntwo\r\n")).toBe("one\r\ntwo\r\n");
    for (const bad of [
      ["é"],
      ["a\n"],
      ["a\rb\r\n"],
      ["\0"],
      ["x".repeat(500), "x".repeat(500), "\r\n"],
      ["x".repeat(3000)],
    ]) {
      await expect(read(...bad)).rejects.toMatchObject({ code: "CONTENT_NEEDS_ENCODING" });
    }
  });
});

describe("bytes in memory", () => {
  it.each([
    ["application/pdf", "plain", "base64"],
    ["text/csv", "a;b\r\nc \r\n, und noch etwas", "quoted-printable"],
    ["text/csv", "From a;b;c;d;e;f;g;h;i;j\r\n", "quoted-printable"],
    ["text/csv", "é".repeat(50), "base64"],
    ["text/csv", "Grüße, und sonst nur ASCII in dieser Zeile\n", "quoted-printable"],
  ])("of %s %j are %s", (type, content, encoding) => {
    const mail = compose({ attachments: [attachment({ name: "a", type, content })] });
    expect(written(mail)).toContain(`Content-Transfer-Encoding: ${encoding}\r\n`);
  });

  it("stay as they are when no way can harm them", () => {
    const mail = compose({
      attachments: [attachment({ name: "a", type: "text/csv", content: "a;b\r\n1;2\r\n" })],
    });
    expect(written(mail)).toContain("filename=a\r\n\r\na;b\r\n1;2\r\n\r\n--");
  });

  it("stay binary where the policy allows it (RFC 3030 §3), and say so up to the root", () => {
    const mail = compose({ attachments: [attachment({ name: "a", content: "\0\n\r" })] });
    const raw = generate(mail, fixed.with({ transferEncoding: "binary" }));
    expect(raw.requires).toContain("BINARYMIME");
    const text = utf8Text(raw.body.bytes ?? new Uint8Array(0));
    expect(text).toContain("Content-Transfer-Encoding: binary\r\n\r\n\0\n\r\r\n--");
    expect(raw.fields.map(({ bytes }) => utf8Text(bytes)).join("")).toContain(
      "Content-Transfer-Encoding: binary\r\n",
    );
  });
});

describe("what parts ask of their way", () => {
  it("is said by the multiparts and messages around them (RFC 2045 §6.4)", () => {
    const inner = compose({ text: "é" });
    const text = written(
      withContent(compose(), mixed([messagePart(inner)])),
      fixed.with({ transferEncoding: "8bit" }),
    );
    expect(text.match(/Content-Transfer-Encoding: 8bit\r\n/g)).toHaveLength(3);
  });

  it("of a message inside is fields in ASCII, unless only UTF-8 can say an address (RFC 6532 §3.7)", () => {
    const around = (inner: Message): Message => withContent(compose(), mixed([messagePart(inner)]));
    const plain = written(around(compose({ subject: "ü" })), smtpUtf8Policy);
    expect(plain).toContain("Content-Type: message/rfc822\r\n\r\n");
    expect(plain).toContain("Subject: =?utf-8?b?w7w=?=\r\n");
    const wide = generate(
      around(message({ from: "jörg@example.com", text: "a", subject: "ü" })),
      smtpUtf8Policy,
    );
    const text = utf8Text(wide.body.bytes ?? new Uint8Array(0));
    expect(text).toContain(
      "Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
    );
    expect(text).toContain("Subject: ü\r\n");
    expect([...wide.requires].toSorted()).toEqual(["8BITMIME", "SMTPUTF8"]);
  });

  it("is eight bits around a file name in UTF-8", () => {
    const mail = compose({ attachments: [attachment({ name: "ü.bin", content: "x" })] });
    const raw = generate(mail, smtpUtf8Policy);
    expect([...raw.requires].toSorted()).toEqual(["8BITMIME", "SMTPUTF8"]);
    expect(raw.fields.map(({ bytes }) => utf8Text(bytes)).join("")).toContain(
      "Content-Transfer-Encoding: 8bit\r\n",
    );
  });

  it("is no field in a form over HTTP (RFC 7578 §4.7)", () => {
    const form = formData([
      { name: "a", value: "é" },
      { name: "f", value: bytesPart("\0"), filename: "ü.bin" },
    ]);
    const mail = withContent(compose(), form);
    const http = bodyOf(written(mail, httpPolicy));
    expect(http).not.toContain("Content-Transfer-Encoding");
    expect(http).toContain('name=f; filename="ü.bin"\r\n');
    expect(bodyOf(written(mail))).toContain("Content-Transfer-Encoding: base64");
  });

  it.each([
    ["a blank at the end of a line", "a \nb\n", "a=20\r\nb\r\n"],
    ["a lone dot", "a\n.\nb\n", "a\r\n=2E\r\nb\r\n"],
    ["From ", "From a\n", "=46rom a\r\n"],
  ])("%s in what is signed is encoded (RFC 3156 §3)", (_title, text, expected) => {
    const tree = signed(textPart(text), bytesPart("s"), { micalg: "pgp-sha256" });
    expect(written(withContent(compose(), tree))).toContain(
      `Content-Transfer-Encoding: quoted-printable\r\n\r\n${expected}\r\n--`,
    );
  });

  it("is seven bits in what is signed (RFC 1847 §2.1)", () => {
    const tree = signed(textPart("é"), bytesPart("s", { type: "application/pgp-signature" }), {
      micalg: "pgp-sha256",
    });
    const raw = generate(withContent(compose(), tree), smtpUtf8Policy);
    expect(raw.requires.size).toBe(0);
  });

  it("of a message that needs UTF-8 inside one that may not use it, is base64 (RFC 6532 §3.7)", () => {
    const inner = message({ from: "jörg@example.com", text: "é" });
    const text = written(withContent(compose(), mixed([messagePart(inner)])));
    expect(text).toContain("Content-Type: message/global\r\nContent-Transfer-Encoding: base64\r\n");
  });

  it("a part without Content-Type says its charset all the same", () => {
    const bare: Message = withContent(compose(), {
      fields: [],
      body: { kind: "text", text: "é\n" },
    });
    expect(written(bare)).toContain(
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n",
    );
  });
});

describe("parts of type message/ (RFC 2046 §5.2)", () => {
  const inner = (
    content: Parameters<typeof bytesPart>[0],
    encoding?: TransferEncoding,
    type = "message/rfc822",
  ): Message => {
    const part = bytesPart(content, { type });
    const said =
      encoding === undefined ? part : appendField(part, contentTransferEncoding, encoding);
    return withContent(compose(), mixed([said]));
  };

  it.each([
    ["base64", inner("A: b\r\n\r\nc", "base64")],
    ["quoted-printable", inner("A: b\r\n\r\nc", "quoted-printable")],
    ["eight bits where seven pass", inner("A: b\r\n\r\né")],
    ["a bare LF", inner("A: b\n\nc")],
    ["content that is not in memory", inner(once(chunks("A: b\r\n\r\nc")))],
  ])("are never altered: %s is an error", (_title, mail) => {
    expect(() => written(mail)).toThrow(
      expect.objectContaining({ code: "MESSAGE_PART_NOT_PLAIN" }),
    );
  });

  it("go as they are, whatever they hold, where the policy is binary", () => {
    expect(written(inner("A: b\n\n\0"), binary)).toContain(
      "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: binary\r\n\r\nA: b\n\n\0\r\n--",
    );
  });

  it("are streamed when they declare what they are, and looked at while they pass", async () => {
    const read = async (text: string): Promise<string> => {
      let whole = "";
      for await (const chunk of toStream(inner(once(chunks(text)), "7bit")))
        whole += utf8Text(chunk);
      return whole;
    };
    expect(await read("A: b\r\n\r\nc")).toContain("\r\n\r\nA: b\r\n\r\nc\r\n--");
    await expect(read("A: b\r\n\r\né")).rejects.toMatchObject({ code: "CONTENT_NEEDS_ENCODING" });
  });

  it("of message/global may be encoded where eight bits cannot pass (RFC 6532 §3.7)", () => {
    expect(written(inner("A: é\r\n\r\nc", undefined, "message/global"))).toContain("base64");
  });
});

describe("format=flowed (RFC 3676)", () => {
  const flowed = fixed.with({ flowed: true });
  it.each([
    ["short\nlines\n", "short\r\nlines\r\n"],
    [`${"word ".repeat(30)}end`, `${"word ".repeat(15)}\r\n${"word ".repeat(15)}end\r\n`],
    ["trailing   \nnext", "trailing\r\nnext\r\n"],
    ["-- \nAna", "-- \r\nAna\r\n"],
    [" indented\n> quoted\nFrom me", "  indented\r\n > quoted\r\n From me\r\n"],
    ["x".repeat(200), `${"x".repeat(200)}\r\n`],
  ])("%j", (text, expected) => {
    const mail = written(compose({ text }), flowed);
    expect(mail).toContain("Content-Type: text/plain; charset=us-ascii; format=flowed\r\n");
    expect(bodyOf(mail)).toBe(expected);
  });
  it("leaves HTML alone", () => {
    expect(written(compose({ html: "<p>" }), flowed)).not.toContain("flowed");
  });
});

describe("sources", () => {
  const reading = async (source: object, policy: Policy = smtpPolicy): Promise<number> => {
    let length = 0;
    const content = source as Parameters<typeof attachment>[0]["content"];
    const mail = compose({ attachments: [attachment({ name: "a", content })] });
    for await (const chunk of toStream(mail, policy)) length += chunk.length;
    return length;
  };

  it.each([Number.NaN, -5, 1.5, Infinity])(
    "that declare %d bytes are refused",
    async (byteLength) => {
      const source = { byteLength, open: () => chunks("x") };
      await expect(reading(source)).rejects.toMatchObject({ code: "SOURCE_INVALID" });
    },
  );

  it.each([smtpPolicy, httpPolicy])("that give text are refused", async (policy) => {
    const open = (): AsyncIterable<unknown> => Readable.from(["text"]);
    await expect(reading({ open }, policy)).rejects.toMatchObject({ code: "SOURCE_INVALID" });
  });

  it("that hold more than they declare fail before it is given, and less at their end", async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given++;
        yield new Uint8Array(1000);
      }
    }
    const wrong = { code: "SOURCE_LENGTH_WRONG" };
    await expect(reading({ byteLength: 2500, open: endless })).rejects.toMatchObject(wrong);
    expect(given).toBe(3);
    await expect(
      reading({ byteLength: 3, open: () => chunks("ab") }, httpPolicy),
    ).rejects.toMatchObject(wrong);
  });
});

describe("toStream", () => {
  const mail = compose({
    text: "Hello",
    attachments: [
      attachment({ name: "a", content: new Uint8Array(300_000) }),
      attachment({ name: "b", content: once(chunks("x".repeat(100)), { byteLength: 100 }) }),
    ],
  });

  it("knows its length, and gives base64 at most 40 KB at a time", async () => {
    const stream = toStream(mail);
    let length = 0;
    for await (const chunk of stream) {
      expect(chunk.length).toBeLessThanOrEqual(512 * 78);
      length += chunk.length;
    }
    expect(length).toBe(stream.byteLength);
  });

  it("is a Web stream that reads nothing before it is asked", async () => {
    let opened = false;
    async function* lazily(): AsyncGenerator<Uint8Array> {
      opened = true;
      yield utf8("late");
    }
    const late = compose({ attachments: [attachment({ name: "a", content: once(lazily()) })] });
    const { readable } = toStream(late);
    expect(opened).toBe(false);
    const text = await new Response(readable).text();
    expect(text).toContain("bGF0ZQ==");
  });

  it("gives what toBytes gives", async () => {
    const whole = compose({
      text: "a",
      html: "é",
      attachments: [attachment({ name: "a", content: new Uint8Array(100_001).fill(7) })],
    });
    const stream = toStream(whole, fixed);
    const read: Uint8Array[] = [];
    for await (const chunk of stream) read.push(chunk);
    expect(Buffer.concat(read).equals(toBytes(whole, fixed))).toBe(true);
  });

  it("ends with the signal's reason, and closes the source", async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(1000);
      } finally {
        closed = true;
      }
    }
    const controller = new AbortController();
    const stream = toStream(
      compose({ attachments: [attachment({ name: "a", content: once(endless()) })] }),
      smtpPolicy,
      undefined,
      { signal: controller.signal },
    );
    const reading = (async () => {
      let count = 0;
      for await (const chunk of stream)
        if (chunk.length > 100 && ++count === 3) controller.abort(new Error("enough"));
    })();
    await expect(reading).rejects.toThrow("enough");
    expect(closed).toBe(true);
  });
});

it("refuses a tree of more than 256 levels", () => {
  let deep: Part = textPart("a");
  for (let level = 0; level < 256; level++) deep = mixed([deep]);
  expect(() => toBytes(withContent(compose(), deep))).toThrow(
    expect.objectContaining({ code: "MESSAGE_TOO_DEEP" }),
  );
});

it("writes groups of fields with empty lines between (RFC 3464 §2.1)", () => {
  const part = fieldGroupsPart("delivery-status", [
    [fieldOf(structured("Reporting-MTA"), "dns; mx.example.com")],
    [fieldOf(structured("Action"), "failed")],
  ]);
  expect(written(withContent(compose(), mixed([part])))).toContain(
    "\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\nAction: failed\r\n",
  );
});
