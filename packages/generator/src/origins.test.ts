/** Bytes that were read go out as they were: whole messages, parts, bodies, fields. */
import { utf8, utf8Text } from "@letterwright/base/bytes";
import {
  appendField,
  bytesPart,
  contentTransferEncoding,
  contentType,
  fieldOf,
  message,
  messagePart,
  mixed,
  setField,
  signed,
  subject,
  textField,
  textPart,
  parsedBody,
  parsedPart,
  withContent,
  withOrigin,
  type Field,
  type Message,
  type MessageInit,
  type Part,
} from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { generate, toBytes, toStream } from "./generate.ts";
import { smtpPolicy, smtpUtf8Policy, strictPolicy, type Policy } from "./policy.ts";
import { verbatimPolicy } from "./verbatim.ts";

const fixed = smtpPolicy.with({
  now: () => new Date(0),
  random: (length) => new Uint8Array(length),
});
const compose = (init: Partial<MessageInit> = {}): Message =>
  message({ from: "ana@example.com", messageId: "<1@example.com>", date: new Date(0), ...init });
const written = (mail: Message, policy: Policy = fixed): string => utf8Text(toBytes(mail, policy));

describe("fields and parts", () => {
  const from = (bytes: string, one: Field = textField("X-Old", "new")): Field =>
    withOrigin(one, utf8(bytes));

  it("are written as they are", () => {
    const mail = appendField(compose(), from("x-old:\t odd\r\n\tfolding \r\n"));
    expect(written(mail)).toContain("\r\nx-old:\t odd\r\n\tfolding \r\n");
    expect(written(mail, fixed.with({ origins: "never" }))).toContain("\r\nX-Old: new\r\n");
  });

  it("are written anew where this policy cannot send them, and that is a finding", () => {
    const mail = appendField(compose(), from("X-Old: é\r\n"));
    const raw = generate(mail);
    expect(raw.defects).toEqual([expect.objectContaining({ code: "ORIGIN_REWRITTEN" })]);
    expect(written(mail)).toContain("X-Old: new\r\n");
    expect(() => generate(mail, strictPolicy)).toThrow(
      expect.objectContaining({ code: "ORIGIN_REWRITTEN" }),
    );
  });

  it("are written whatever they hold under the verbatim policy, and that is a finding", () => {
    const mail = appendField(compose(), from("X-Old: a\rb\n"));
    const raw = generate(mail, verbatimPolicy);
    expect(raw.fields.map(({ bytes }) => utf8Text(bytes))).toContain("X-Old: a\rb\n");
    expect(raw.defects.map(({ code }) => code)).toEqual(["ORIGIN_IRREGULAR"]);
  });

  it("of a part are its fields and body; what is signed stays signed", () => {
    const bytes = "content-type: TEXT/plain\r\nX-A: 1\r\n\r\nsigned  \r\n";
    const content = withOrigin(textPart("other"), utf8(bytes));
    const tree = signed(content, bytesPart("s"), { micalg: "pgp-sha256" });
    expect(written(withContent(compose(), tree))).toContain(`\r\n${bytes}\r\n--`);
  });

  it("of a whole message are its bytes", () => {
    const bytes =
      "From: ana@example.com\r\nDATE: then\r\nMessage-Id: <9@x.example>\r\nMIME-version: 1.0\r\n\r\nbody\r\n";
    const mail = withOrigin(compose(), utf8(bytes));
    expect(written(mail)).toBe(bytes.replace("DATE: then\r\n", "DATE: then\r\n"));
  });
});

describe("a whole message that nobody changed", () => {
  const read = (bytes: Uint8Array): Message =>
    withOrigin(compose({ bcc: "eve@example.net" }), bytes);
  const same = async (bytes: Uint8Array): Promise<void> => {
    const mail = read(bytes);
    expect(Buffer.from(toBytes(mail, verbatimPolicy)).equals(bytes)).toBe(true);
    const streamed: Uint8Array[] = [];
    for await (const chunk of toStream(mail, verbatimPolicy)) streamed.push(chunk);
    expect(Buffer.concat(streamed).equals(bytes)).toBe(true);
    expect(toStream(mail, verbatimPolicy).byteLength).toBe(bytes.length);
  };

  it.each([
    "Subject: x\nContent-Type: text/plain\nFrom: a@b.example\n\nbody",
    "Subject: cut",
    "Subject: x\r\n\r\n",
    "\r\nno field",
    "",
    "From ana Thu\nno colon\n\n\0\rbare\n",
    "A: b\r\rC: d\r",
    "Bcc: eve@example.net\r\n\r\n.\r\n",
  ])("is the same under the verbatim policy: %j", (text) => same(utf8(text)));

  it("whatever up to four octets it holds", async () => {
    const octets = utf8("A: \r\n\0é");
    let longest: readonly (readonly number[])[] = [[]];
    for (let length = 1; length <= 4; length++) {
      longest = longest.flatMap((list) => [...octets].map((octet) => [...list, octet]));
      for (const list of longest) await same(Uint8Array.from(list));
    }
  });

  it("keeps its order under any other policy, without Bcc, and with what it has to have", () => {
    const bytes = utf8(
      "Content-Type: text/plain\r\nBcc: eve@example.net\r\nFrom: a@example.com\r\n\r\nb\r\n",
    );
    expect(written(read(bytes))).toBe(
      "Content-Type: text/plain\r\nFrom: a@example.com\r\n" +
        "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\nb\r\n",
    );
  });
});

/** The part as a parser gives it, with the bytes of its body. */
function withBodyOrigin(part: Part, bytes: Uint8Array): Part {
  const source = Uint8Array.of(13, 10, ...bytes);
  const head = { source, end: 0, bodyStart: 2 };
  const body = parsedBody(part.body, head, part.fields, source.length);
  return { ...parsedPart(part.fields, body, source, 0, source.length) };
}

describe("a body whose fields were changed", () => {
  const body = "a=20\r\nodd  =\r\n lines\r\n";
  const read = withBodyOrigin(
    withContent(
      compose(),
      appendField(textPart("a \nodd lines\n"), contentTransferEncoding, "quoted-printable"),
    ),
    utf8(body),
  );

  it("stays to the octet", () => {
    const changed = setField(read, subject, "new");
    expect(written(changed)).toContain("Subject: new\r\n");
    for (const policy of [fixed, verbatimPolicy]) {
      expect(written(changed, policy).endsWith(`\r\n\r\n${body}`)).toBe(true);
    }
  });

  it("is written anew when it would be read otherwise", () => {
    const changed = setField(read, contentTransferEncoding, "base64");
    expect(written(changed)).not.toContain(body);
    const other = setField(read, contentType, { type: "text/html", parameters: {} });
    expect(written(other)).not.toContain(body);
  });

  it("is written anew where the policy cannot send it, and that is a finding", () => {
    const eight = withBodyOrigin(withContent(compose(), textPart("é\n")), utf8("é\r\n"));
    const raw = generate(eight, fixed);
    expect(raw.defects.map(({ code }) => code)).toEqual(["ORIGIN_REWRITTEN"]);
    expect(utf8Text(raw.body.bytes ?? new Uint8Array(0))).toBe("=C3=A9\r\n");
    expect([...generate(eight, smtpUtf8Policy).requires]).toEqual(["8BITMIME"]);
  });
});

describe("what octets that were read ask of their way", () => {
  const field = (bytes: string): Message =>
    appendField(compose(), withOrigin(textField("X-Old", "new"), utf8(bytes)));

  it("is SMTPUTF8 for a field in UTF-8 (RFC 6531 §3.1), whatever bodies may hold", () => {
    expect([...generate(field("X-Old: é\r\n"), smtpUtf8Policy).requires]).toContain("SMTPUTF8");
    const eight = fixed.with({ transferEncoding: "8bit" });
    expect(written(field("X-Old: é\r\n"), eight)).toContain("X-Old: new\r\n");
  });

  it("cannot be had for a field that is not UTF-8", () => {
    const latin = withOrigin(
      textField("X-Old", "new"),
      Uint8Array.of(...utf8("X-Old: "), 0xe9, 13, 10),
    );
    expect(written(appendField(compose(), latin), smtpUtf8Policy)).toContain("X-Old: new\r\n");
  });

  it("is a line end for a field that was cut off, when another follows", () => {
    const mail = field("X-Old: cut");
    expect(written(mail)).toContain("X-Old: new\r\n");
    const followed = appendField(mail, textField("X-Next", "1"));
    expect(written(followed, verbatimPolicy)).toContain("X-Old: cut\r\nX-Next: 1\r\n");
  });
});

describe("messages and signed parts that were read", () => {
  const inner = "Bcc: eve@example.net\r\nsubject:  é\r\n\r\nx\r\n";

  it("stand in a message as they are, Bcc too", () => {
    const mail = withContent(
      compose(),
      mixed([messagePart(withOrigin(compose(), utf8(inner.replace("é", "e"))))]),
    );
    expect(written(mail)).toContain(
      `Content-Type: message/rfc822\r\n\r\n${inner.replace("é", "e")}\r\n--`,
    );
  });

  it("are not signed anew: what cannot be sent is an error", () => {
    const content = withOrigin(
      textPart("é"),
      utf8("Content-Type: text/plain; charset=utf-8\r\n\r\né\r\n"),
    );
    const mail = withContent(compose(), signed(content, bytesPart("s"), { micalg: "pgp-sha256" }));
    expect(() => written(mail)).toThrow(
      expect.objectContaining({ code: "SIGNED_PART_NOT_SENDABLE" }),
    );
    expect(written(mail, smtpUtf8Policy)).toContain("charset=utf-8\r\n\r\né\r\n\r\n--");
  });

  it("say their charset and encoding in their own words", () => {
    const fields = [
      withOrigin(
        fieldOf(contentType, { type: "text/plain", parameters: { charset: "UTF-8" } }),
        utf8("content-type: TEXT/Plain;CHARSET=UTF-8\r\n"),
      ),
      withOrigin(fieldOf(contentTransferEncoding, "quoted-printable"), utf8("CTE: Quoted\r\n")),
    ];
    const part = { fields, body: textPart("é, und sonst ASCII\n").body };
    expect(written(withContent(compose(), part))).toContain(
      "content-type: TEXT/Plain;CHARSET=UTF-8\r\nCTE: Quoted\r\n",
    );
  });
});
