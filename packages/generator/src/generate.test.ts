import { concatBytes, utf8, utf8Text } from "@letterwright/base/bytes";
import { encodeBase64 } from "@letterwright/base/codec";
import {
  attachment,
  bytesOf,
  bytesPart,
  envelopeOf,
  fieldOf,
  from,
  headBytes,
  message,
  multipart,
  once,
  parseMailbox,
  rawByteLength,
  rawChunks,
  textField,
  textPart,
  withFields,
  withOrigin,
  type MessageInit,
  type Part,
  type RawMessage,
} from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { fit } from "./fit.ts";
import { generate, toBytes } from "./generate.ts";
import { identityOf } from "./identity.ts";
import { filePolicy, smtpPolicy, smtpUtf8Policy, type Policy } from "./policy.ts";

/** No clock and no chance: what is written can be compared. */
const fixed: Policy = smtpPolicy.with({
  now: () => new Date(Date.UTC(2026, 10, 23)),
  random: (length) => new Uint8Array(length).fill(0xab),
});
const compose = (init: Partial<MessageInit>) =>
  message({ from: "ana@example.com", to: "bob@example.org", ...init });
const written = (init: Partial<MessageInit>, policy = fixed): string =>
  utf8Text(toBytes(compose(init), policy));
const bodyOf = (init: Partial<MessageInit>, policy = fixed): string =>
  written(init, policy).split("\r\n\r\n").slice(1).join("\r\n\r\n");
const encodingOf = (init: Partial<MessageInit>, policy = fixed): string =>
  /Content-Transfer-Encoding: (.*)\r\n/.exec(written(init, policy))?.[1] ?? "7bit";

async function bytesOfRaw(raw: RawMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of rawChunks(raw)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

it("writes a whole message, byte for byte", () => {
  expect(written({ subject: "Hi", text: "Hello\n", bcc: "eve@example.net" })).toBe(
    [
      "From: ana@example.com",
      "To: bob@example.org",
      "Subject: Hi",
      "Date: Mon, 23 Nov 2026 00:00:00 +0000",
      `Message-ID: <${"ab".repeat(16)}@example.com>`,
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=us-ascii",
      "",
      "Hello",
      "",
    ].join("\r\n"),
  );
});

describe("text (RFC 2045 §6)", () => {
  const rows: readonly [title: string, text: string, encoding: string][] = [
    ["short ASCII lines", "a\nb", "7bit"],
    ["a line of 998", "x".repeat(998), "7bit"],
    ["a line of 999", "x".repeat(999), "quoted-printable"],
    [
      "a few characters beyond ASCII",
      "Grüße aus dem schönen Wien, wo es heute regnet",
      "quoted-printable",
    ],
    ["many characters beyond ASCII", "日本語".repeat(20), "base64"],
    ["a NUL", "a\u0000b and some more text to make it worth its while", "quoted-printable"],
    ["an escape", "\u001b[2J and some more text to make it worth its while", "quoted-printable"],
    [
      "a line that mbox files alter",
      "Hello\nFrom here on it is quoted, as every line like this",
      "quoted-printable",
    ],
  ];
  it.each(rows)("%s", (_title, text, encoding) => expect(encodingOf({ text })).toBe(encoding));

  it("stays eight bits where the policy allows it (RFC 6152)", () => {
    const raw = generate(compose({ text: "Grüße" }), fixed.with({ transferEncoding: "8bit" }));
    expect([...raw.requires]).toEqual(["8BITMIME"]);
    expect(utf8Text(raw.body.bytes ?? new Uint8Array(0))).toBe("Grüße\r\n");
  });
  it.each(["a\nb\n", "a\r\nb\r\n", "a\rb\r"])("ends the lines of %j with CRLF", (text) => {
    expect(bodyOf({ text })).toBe("a\r\nb\r\n");
  });
  it("ends lines with LF in files", () => {
    const text = utf8Text(toBytes(compose({ text: "a\r\nb", bcc: "eve@example.net" }), filePolicy));
    expect(text).not.toContain("\r");
    expect(text).toContain("Bcc: eve@example.net\n");
  });
  it("writes the fields and nothing after them for an empty text but a line end", () => {
    expect(bodyOf({ text: "" })).toBe("");
  });
});

describe("multiparts (RFC 2046 §5.1)", () => {
  it("gives no boundary that is the beginning of another", () => {
    const parts = (depth: number): Part =>
      depth === 0 ? textPart("x") : multipart("mixed", [parts(depth - 1)]);
    const mail = withFields(parts(12), [
      fieldOf(from, [parseMailbox("a@b.example")]),
      ...parts(12).fields,
    ]);
    const boundaries = [...utf8Text(toBytes(mail)).matchAll(/boundary="([^"]+)"/g)].map(
      ([, found]) => found ?? "",
    );
    expect(boundaries).toHaveLength(12);
    for (const one of boundaries) {
      expect(boundaries.filter((other) => other.startsWith(one))).toEqual([one]);
    }
  });
  it("keeps a part without a final line end exactly (§5.1.1)", () => {
    expect(written({ text: "hi", html: "<p>" })).toContain("\r\n\r\nhi\r\n--");
  });
  it("refuses a boundary of the caller's that occurs in a part, even as a beginning", () => {
    const root = multipart("mixed", [textPart("--QQx\n")], { parameters: { boundary: "QQ" } });
    expect(() =>
      generate(withFields(root, [fieldOf(from, [parseMailbox("a@b.example")]), ...root.fields])),
    ).toThrow(expect.objectContaining({ code: "BOUNDARY_COLLISION" }));
  });
  it("refuses an empty multipart and a malformed boundary", () => {
    expect(() => multipart("mixed", [])).toThrow(
      expect.objectContaining({ code: "MULTIPART_EMPTY" }),
    );
    expect(() => multipart("mixed", [textPart("")], { parameters: { boundary: "a " } })).toThrow(
      expect.objectContaining({ code: "BOUNDARY_INVALID" }),
    );
  });
  it("writes MIME-Version at the root only (RFC 2045 §4)", () => {
    expect(written({ text: "a", html: "b" }).match(/MIME-Version/g)).toHaveLength(1);
  });
});

describe("a message inside a message (RFC 2046 §5.2.1)", () => {
  const inner = (text: string): Partial<MessageInit> => ({
    attachments: [attachment({ name: "a.eml", type: "message/rfc822", content: utf8(text) })],
  });
  it("is written as it is", () =>
    expect(written(inner("Subject: x\r\n\r\nhi"))).toContain("\r\n\r\nSubject: x\r\n\r\nhi\r\n--"));
  it.each(["Subject: ü\r\n\r\n", "a\nb", "x".repeat(999)])(
    "is refused where it would have to be changed: %j",
    (text) => {
      expect(() => written(inner(text))).toThrow(
        expect.objectContaining({ code: "MESSAGE_PART_NOT_PLAIN" }),
      );
    },
  );
});

describe("content that is not in memory", () => {
  async function* chunks(sizes: readonly number[]): AsyncGenerator<Uint8Array> {
    for (const size of sizes) yield new Uint8Array(size).fill(size);
  }
  it.each([[[0]], [[1]], [[57]], [[57, 57]], [[1, 56, 1]], [[100, 3, 500, 0, 58]]])(
    "is the same as from memory, however it is cut: %j",
    async (sizes) => {
      const whole = Buffer.concat(sizes.map((size) => Buffer.alloc(size, size)));
      const streamed = generate(
        compose({
          attachments: [
            attachment({
              name: "a.bin",
              content: once(chunks(sizes), { byteLength: whole.length }),
            }),
          ],
        }),
        fixed,
      );
      const inMemory = generate(
        compose({ attachments: [attachment({ name: "a.bin", content: bytesOf(whole) })] }),
        fixed,
      );
      const text = await bytesOfRaw(streamed);
      expect(text).toBe(await bytesOfRaw(inMemory));
      expect(rawByteLength(streamed)).toBe(Buffer.byteLength(text));
    },
  );
  it("rejects when a source lied about its length", async () => {
    const raw = generate(
      compose({
        attachments: [attachment({ name: "a", content: once(chunks([3]), { byteLength: 4 }) })],
      }),
    );
    await expect(bytesOfRaw(raw)).rejects.toMatchObject({ code: "SOURCE_LENGTH_WRONG" });
  });
  it("is written into an array of the caller's as it is made by itself", () => {
    const mail = compose({
      text: "Grüße",
      html: "<p>b\n.c</p>",
      attachments: [attachment({ name: "a", content: new Uint8Array(100_000).fill(7) })],
    });
    const identity = identityOf(mail);
    const { bytes = new Uint8Array(0), byteLength = -1 } = generate(
      mail,
      smtpPolicy,
      identity,
    ).body;
    const target = new Uint8Array(byteLength + 5).fill(1);
    const { body } = generate(mail, smtpPolicy, identity);
    expect(body.writeInto?.(target, 3)).toBe(3 + byteLength);
    expect(Buffer.compare(target.subarray(3, -2), bytes)).toBe(0);
    expect([...target.subarray(0, 3), ...target.subarray(-2)]).toEqual([1, 1, 1, 1, 1]);
  });
  it("is stretches of what stands between long attachments, and these as they are", () => {
    const long = new Uint8Array(100_000).fill(7);
    const mail = compose({
      text: "Hello",
      attachments: [
        attachment({ name: "a", content: long }),
        attachment({ name: "b", content: new Uint8Array(1000) }),
        attachment({ name: "c", content: long.slice() }),
      ],
    });
    const identity = identityOf(mail);
    const { bytes = new Uint8Array(0) } = generate(mail, smtpPolicy, identity).body;
    const stretches = generate(mail, smtpPolicy, identity).body.stretches?.() ?? [];
    const parts = stretches.map((one) =>
      one instanceof Uint8Array ? one : encodeBase64(one.octets, one),
    );
    expect(Buffer.compare(concatBytes(parts), bytes)).toBe(0);
    expect(stretches.map((one) => one instanceof Uint8Array)).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
    expect(stretches[1]).toMatchObject({ octets: long, lineLength: 76, lineEnd: utf8("\r\n") });
    expect((stretches[1] as { readonly octets: Uint8Array }).octets).toBe(long);
  });
  it("has no stretches when nothing of it is long", () => {
    const content = new Uint8Array(1000);
    const mail = compose({ text: "Hello", attachments: [attachment({ name: "a", content })] });
    expect(generate(mail).body.stretches?.()).toBeUndefined();
  });
  it("does not know its length when a source does not", () => {
    const mail = compose({ attachments: [attachment({ name: "a", content: once(chunks([3])) })] });
    expect(rawByteLength(generate(mail))).toBeUndefined();
    expect(() => toBytes(mail)).toThrow(expect.objectContaining({ code: "CONTENT_NOT_IN_MEMORY" }));
  });
});

it("is pure: the same message, policy and identity give the same bytes", () => {
  const mail = compose({
    text: "a",
    html: "b",
    attachments: [attachment({ name: "a", content: "x" })],
  });
  const before = JSON.stringify(mail);
  const identity = identityOf(mail);
  expect(toBytes(mail, smtpPolicy, identity)).toEqual(toBytes(mail, smtpPolicy, identity));
  expect(JSON.stringify(mail)).toBe(before);
  expect(toBytes(mail)).not.toEqual(toBytes(mail));
});

describe("fit", () => {
  const offer = (...keywords: string[]) => ({
    keywords: new Map(keywords.map((word) => [word, []])),
  });
  it.each([
    [[], "bob@example.org", "7bit", false],
    [["8BITMIME"], "bob@example.org", "8bit", false],
    [["8BITMIME", "SMTPUTF8"], "bob@example.org", "8bit", false],
    [["8BITMIME", "SMTPUTF8"], "jörg@example.org", "8bit", true],
    [["8BITMIME"], "jörg@example.org", "8bit", false],
    [["SMTPUTF8"], "bob@exämple.org", "7bit", false],
  ])("an offer of %j and the recipient %s", (keywords, to, transferEncoding, utf8Fields) => {
    const fitted = fit(smtpPolicy, offer(...keywords), compose({ to }));
    expect(fitted.policy).toMatchObject({ transferEncoding, utf8Fields });
    expect(fitted.reasons.length).toBeGreaterThan(0);
  });

  const toBob = compose({ to: "bob@example.org", text: "a\n" });
  const crlf = "lines end with CRLF: SMTP has no other line end (RFC 5321 §2.3.8)";
  it("makes CRLF of every line end, and says so (RFC 5321 §2.3.8)", () => {
    const { policy, reasons } = fit(filePolicy, offer(), toBob);
    expect(policy.lineEnd).toBe("\r\n");
    expect(reasons).toContain(crlf);
    expect(utf8Text(toBytes(toBob, policy))).not.toMatch(/(?<!\r)\n/);
    expect(fit(smtpPolicy, offer(), toBob).reasons).not.toContain(crlf);
  });

  it.each([
    [["BINARYMIME", "CHUNKING", "8BITMIME"], "binary"],
    [["BINARYMIME", "8BITMIME"], "8bit"],
    [["CHUNKING", "8BITMIME"], "8bit"],
    [["CHUNKING"], "7bit"],
  ])("binary content under the offer %j is %s (RFC 3030 §3)", (keywords, transferEncoding) => {
    const asked = smtpPolicy.with({ transferEncoding: "binary" });
    const { policy, reasons } = fit(asked, offer(...keywords), toBob);
    expect(policy.transferEncoding).toBe(transferEncoding);
    expect(reasons[0]).toMatch(transferEncoding === "binary" ? /^binary/ : /^no binary/);
    expect(fit(smtpPolicy, offer(...keywords), toBob).policy.transferEncoding).not.toBe("binary");
  });

  it("takes UTF-8 fields back where no address needs them", () => {
    const { policy, reasons } = fit(smtpUtf8Policy, offer("8BITMIME", "SMTPUTF8"), toBob);
    expect(policy.utf8Fields).toBe(false);
    expect(reasons).toContainEqual(expect.stringMatching(/^ASCII fields/));
  });
});

describe("Policy.with", () => {
  it.each([
    { lineEnd: "\r" as "\n" },
    { transferEncoding: "9bit" as "8bit" },
    { limits: { headerLine: 14 } },
    { limits: { headerLine: 999 } },
    { limits: { encodedWord: 76 } },
    { limits: { encodedWordLine: Number.NaN } },
    { limits: { bodyLine: 0 } },
  ])("refuses %j", (changes) => {
    expect(() => smtpPolicy.with(changes)).toThrow(
      expect.objectContaining({ code: "POLICY_INVALID" }),
    );
  });
  it("leaves the policy it is asked of as it was", () => {
    smtpPolicy.with({ writeBcc: true });
    expect(smtpPolicy.writeBcc).toBe(false);
    expect(Object.isFrozen(smtpPolicy.limits)).toBe(true);
  });
});

it("keeps Bcc in the envelope and out of the bytes (RFC 5322 §3.6.3)", () => {
  const mail = compose({ bcc: "eve@example.net" });
  expect(utf8Text(toBytes(mail))).not.toContain("eve");
  expect(envelopeOf(mail).recipients).toHaveLength(2);
});

it("bytes of any kind are base64", () => {
  const part = bytesPart(bytesOf(Uint8Array.of(0, 255)));
  const mail = withFields(part, [fieldOf(from, [parseMailbox("a@b.example")]), ...part.fields]);
  expect(utf8Text(toBytes(mail))).toContain("Content-Transfer-Encoding: base64\r\n\r\nAP8=\r\n");
});

describe("the head at once", () => {
  const fieldText = (raw: RawMessage): string =>
    [...raw.fields.map(({ bytes }) => utf8Text(bytes)), utf8Text(raw.separator)].join("");
  const rows: readonly [title: string, init: Partial<MessageInit>, policy: Policy][] = [
    ["in ASCII", { subject: "Hi", bcc: "eve@example.net" }, fixed],
    ["with encoded-words", { subject: "Grüße" }, fixed],
    ["in UTF-8 (RFC 6532)", { subject: "Grüße", to: "jörg@example.com" }, smtpUtf8Policy],
    ["of a policy for UTF-8 that needs none", { subject: "Hi" }, smtpUtf8Policy],
    ["with LF", { subject: "Hi", text: "a\nb" }, filePolicy],
    ["of a multipart", { text: "a", html: "<p>b" }, fixed],
  ];
  it.each(rows)("says what the fields say, %s", (_title, init, policy) => {
    const raw = generate(compose(init), policy);
    expect(raw.head).toBeDefined();
    expect(raw.head?.byteLength).toBe(utf8(fieldText(raw)).length);
    expect(utf8Text(headBytes(raw))).toBe(fieldText(raw));
    expect(raw.head?.messageId).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
    expect(fieldText(raw)).toContain(`Message-ID: ${raw.head?.messageId}`);
  });
  it("is not there where a field is octets that were read", () => {
    const read = withOrigin(textField("X-Read", "a"), utf8("X-Read:a\r\n"));
    const raw = generate(compose({ headers: [read] }), fixed);
    expect(raw.head).toBeUndefined();
    expect(fieldText(raw)).toContain("X-Read:a\r\nDate: ");
  });
  it("ends a field that was read without a line end (RFC 5322 §2.2)", () => {
    const read = withOrigin(textField("X-Read", "a"), utf8("X-Read:a"));
    const raw = generate(compose({ headers: [read] }), fixed.with({ origins: "always" }));
    expect(fieldText(raw)).toContain("X-Read:a\r\nDate: ");
  });
  it("is not that of a copy, which may have other fields", () => {
    const raw = generate(compose({ subject: "Hi" }), fixed);
    const fields = [{ name: "A", bytes: utf8("A: b\r\n") }];
    expect({ ...raw, fields }).not.toHaveProperty("head");
    const derived = Object.create(raw, { fields: { value: fields } }) as RawMessage;
    expect(derived.head).toBeUndefined();
    expect(utf8Text(headBytes(derived))).toBe("A: b\r\n\r\n");
  });
  it("tells no identifier that is not its own", () => {
    const own = compose({ messageId: "<own@example.com>" });
    const raw = generate(own, fixed, identityOf(compose({}), fixed));
    expect(raw.head?.messageId).toBeUndefined();
    expect(fieldText(raw)).toContain("Message-ID: <own@example.com>\r\n");
  });
  it("gives the octets of a field as often as they are asked for", () => {
    const [first] = generate(compose({}), fixed).fields;
    expect(first?.bytes).toBe(first?.bytes);
    expect(utf8Text(first?.bytes ?? new Uint8Array(0))).toBe("From: ana@example.com\r\n");
  });
});
