import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createMailer,
  envelope,
  fileTransport,
  mailbox,
  memoryTransport,
  message,
  secret,
  type RawMessage,
  type Sign,
} from "@letterwright/mailer";
import { addrSpec, bytesOf, once, rawChunks, removeField } from "@letterwright/message";
import { parse } from "@letterwright/parser";
import type { SentMessage } from "@letterwright/transport";
import { describe, expect, it } from "vitest";
import { smtpOptionsOf } from "../src/transport-url.ts";

const mail = message({
  from: "ana@example.com",
  to: "bob@example.org",
  bcc: "eve@example.net",
  subject: "Hi",
  text: "Grüße",
});
const to = envelope({
  reversePath: null,
  recipients: [mailbox({ localPart: "bob", domain: "example.org" })],
});
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe("send", () => {
  it("writes the message for what the server offers, Bcc in the envelope only", async () => {
    for (const [keywords, marker] of [
      [[], "Content-Transfer-Encoding: base64"],
      [["8BITMIME"], "Content-Transfer-Encoding: 8bit"],
    ] as const) {
      const transport = memoryTransport({
        offer: { keywords: new Map(keywords.map((word) => [word, []])) },
      });
      const receipt = await createMailer({ transport }).send(mail);
      expect(textOf(transport.sent[0]?.bytes)).toContain(marker);
      expect(textOf(transport.sent[0]?.bytes)).not.toContain("eve");
      expect(receipt.accepted).toHaveLength(2);
      expect(receipt.changes).toEqual([]);
    }
  });

  it("fixes Date, Message-ID and boundaries once for the call", async () => {
    const written: string[] = [];
    const memory = memoryTransport();
    const transport: typeof memory = {
      ...memory,
      async send(outgoing, target, options) {
        // As a transport does that tries a second server.
        await memory.send(outgoing, target, options);
        return memory.send(outgoing, target, options);
      },
    };
    await createMailer({ transport }).send(
      message({ from: "a@example.com", to: "b@example.org", text: "a", html: "b" }),
    );
    for (const { bytes } of memory.sent) written.push(textOf(bytes));
    expect(written[0]).toBe(written[1]);
  });

  it("prepares finished mail, and says what it changed", async () => {
    const transport = memoryTransport();
    const raw: RawMessage = {
      fields: [
        { name: "Subject", bytes: bytesOf("Subject: a\n b\n").bytes as Uint8Array },
        { name: "Bcc", bytes: bytesOf("Bcc: eve@example.net\r\n").bytes as Uint8Array },
      ],
      separator: bytesOf("\n").bytes as Uint8Array,
      body: bytesOf("one\ntwo\rthree\r\n\r"),
      requires: new Set(),
    };
    const receipt = await createMailer({ transport }).send(raw, { envelope: to });
    expect(textOf(transport.sent[0]?.bytes)).toBe(
      "Subject: a\r\n b\r\n\r\none\r\ntwo\r\nthree\r\n\r\n",
    );
    expect(receipt.changes).toHaveLength(3);

    async function* cut(): AsyncGenerator<Uint8Array> {
      for (const octet of raw.body.bytes as Uint8Array) yield Uint8Array.of(octet);
    }
    const streamed = await createMailer({ transport }).send(
      { ...raw, body: once(cut()) },
      { envelope: to },
    );
    expect(transport.sent[1]?.bytes).toEqual(transport.sent[0]?.bytes);
    expect(streamed.changes).toEqual(receipt.changes);
    await expect(createMailer({ transport }).send(raw)).rejects.toMatchObject({
      code: "MESSAGE_FROM_MISSING",
    });
  });

  it("leaves finished mail alone that needs nothing", async () => {
    const transport = memoryTransport();
    const raw: RawMessage = {
      fields: [],
      separator: new Uint8Array(0),
      body: bytesOf("a\r\nb"),
      requires: new Set(),
    };
    expect((await createMailer({ transport }).send(raw, { envelope: to })).changes).toEqual([]);
  });
});

describe("send, what one is composed from", () => {
  const from = "Ana <ana@example.com>";
  it("has the mailer's author where it has none of its own", async () => {
    const transport = memoryTransport();
    const mailer = createMailer({ transport, from });
    await mailer.send({ to: "bob@example.org", subject: "Hi", text: "Hello" });
    await mailer.send({ from: "eve@example.net", to: "bob@example.org", text: "Hello" });
    await mailer.send(removeField(mail, "From"));
    await mailer.send(mail);
    expect(transport.sent.map(({ bytes }) => /^From: .*$/m.exec(textOf(bytes))?.[0])).toEqual([
      "From: Ana <ana@example.com>",
      "From: eve@example.net",
      "From: Ana <ana@example.com>",
      "From: ana@example.com",
    ]);
    expect(transport.sent[0]?.envelope.reversePath?.localPart).toBe("ana");
    expect(transport.sent[1]?.envelope.reversePath?.localPart).toBe("eve");
  });
  it("needs an author from somewhere", async () => {
    const mailer = createMailer({ transport: memoryTransport() });
    await expect(mailer.send({ to: "bob@example.org", text: "Hello" })).rejects.toMatchObject({
      code: "MESSAGE_FROM_MISSING",
    });
  });
  it("shows a fault in the author at once", () => {
    expect(() => createMailer({ transport: memoryTransport(), from: "Ana" })).toThrow(
      expect.objectContaining({ code: "ADDRESS_SYNTAX" }),
    );
  });
});

describe("sign", () => {
  /** A field with a digest of all that stands below it. */
  const digest: Sign = async (raw) => {
    const hash = createHash("sha256");
    for await (const chunk of rawChunks(raw)) hash.update(chunk);
    const text = `X-Digest: a;\r\n b=${hash.digest("hex")}\r\n`;
    return { name: "X-Digest", bytes: new TextEncoder().encode(text) };
  };
  const verified = (bytes: Uint8Array | undefined): boolean => {
    const [, named, rest] = /^X-Digest: a;\r\n b=([0-9a-f]+)\r\n([^]*)$/.exec(textOf(bytes)) ?? [];
    return (
      createHash("sha256")
        .update(rest ?? "")
        .digest("hex") === named
    );
  };

  it.each([[[]], [["8BITMIME"]]])(
    "is given the bytes as they leave, fitted to an offer of %j, and stands on top",
    async (keywords) => {
      const offer = { keywords: new Map(keywords.map((word) => [word, []])) };
      const transport = memoryTransport({ offer });
      await createMailer({ transport, sign: digest }).send(mail);
      expect(verified(transport.sent[0]?.bytes)).toBe(true);
      expect(textOf(transport.sent[0]?.bytes)).not.toContain("eve");
    },
  );
  it("is given finished mail as it was prepared", async () => {
    const transport = memoryTransport();
    const raw: RawMessage = {
      fields: [{ name: "Bcc", bytes: new TextEncoder().encode("Bcc: eve@example.net\r\n") }],
      separator: Uint8Array.of(10),
      body: { open: (options) => bytesOf("one\ntwo").open(options) },
      requires: new Set(),
    };
    await createMailer({ transport, sign: digest }).send(raw, { envelope: to });
    expect(verified(transport.sent[0]?.bytes)).toBe(true);
    expect(textOf(transport.sent[0]?.bytes)).toMatch(/\r\n\r\none\r\ntwo$/);
  });
  it("rejects with what it threw, and sends nothing", async () => {
    const transport = memoryTransport();
    const fault = new Error("no key");
    const sign = (): never => {
      throw fault;
    };
    await expect(createMailer({ transport, sign }).send(mail)).rejects.toBe(fault);
    expect(transport.sent).toEqual([]);
  });
  it.each([
    ["", "X: a\r\n"],
    ["X Y", "X Y: a\r\n"],
    ["X", "Y: a\r\n"],
    ["X", "X a\r\n"],
    ["X", "X: a"],
    ["X", "X: a\n"],
    ["X", "X: a\r\nY: b\r\n"],
    ["X", "X: a\r\n\r\n"],
    ["X", "X: a\r\n \r\n"],
    ["X", "X: a\r\n \t\r\n b\r\n"],
    ["X", "X: a\rb\r\n"],
    ["X", "X: a\0\r\n"],
    ["X", "X: ü\r\n"],
    ["X", `X: ${"a".repeat(996)}\r\n`],
  ])("must give one field: not %j, %j", async (name, text) => {
    const transport = memoryTransport();
    const sign: Sign = () => ({ name, bytes: new TextEncoder().encode(text) });
    await expect(createMailer({ transport, sign }).send(mail)).rejects.toMatchObject({
      code: "MAILER_SIGNATURE_INVALID",
    });
    expect(transport.sent).toEqual([]);
  });
});

describe("finished mail without an envelope", () => {
  const rawOf = (...lines: readonly string[]): RawMessage =>
    parse(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\nHello\r\n`)).raw;
  const addresses = (sent: SentMessage | undefined): readonly string[] => [
    ...(sent?.envelope.reversePath ? [addrSpec(sent.envelope.reversePath)] : []),
    ...(sent?.envelope.recipients ?? []).map(({ mailbox: box }) => addrSpec(box)),
  ];
  it.each([
    [
      "its fields say who sends and who gets it, Bcc too",
      [
        "From: Ana <ana@x.example>",
        "To: b@x.example, Team: c@x.example, d@x.example;",
        "Cc: e@x.example",
        "BCC: f@x.example",
      ],
      ["ana@x.example", "b@x.example", "c@x.example", "d@x.example", "e@x.example", "f@x.example"],
    ],
    [
      "Sender comes before From",
      ["From: a@x.example", "Sender: s@x.example", "To: b@x.example"],
      ["s@x.example", "b@x.example"],
    ],
    [
      "the newest Resent block alone",
      [
        "Resent-From: r@x.example",
        "Resent-To: n@x.example",
        "From: a@x.example",
        "To: b@x.example",
      ],
      ["r@x.example", "n@x.example"],
    ],
    [
      "names in any script",
      ["From: =?utf-8?q?J=C3=B6rg?= <a@x.example>", 'To: "Doe, Jane" <b@x.example>'],
      ["a@x.example", "b@x.example"],
    ],
  ] as const)("%s", async (_title, lines, expected) => {
    const transport = memoryTransport();
    await createMailer({ transport }).send(rawOf(...lines));
    expect(addresses(transport.sent[0])).toEqual(expected);
    expect(textOf(transport.sent[0]?.bytes)).not.toMatch(/^bcc:/im);
  });
  it("whatever its line ends", async () => {
    const transport = memoryTransport();
    const bytes = new TextEncoder().encode(
      "From: a@x.example\nTo: b@x.example,\n c@x.example\n\nHello\n",
    );
    await createMailer({ transport }).send(parse(bytes).raw);
    expect(addresses(transport.sent[0])).toEqual(["a@x.example", "b@x.example", "c@x.example"]);
    expect(textOf(transport.sent[0]?.bytes)).toMatch(/\r\n\r\nHello\r\n$/);
  });
  it.each([
    ["eight bits", "\n\nGrüße\n", "OUTGOING_REQUIREMENT_NOT_OFFERED"],
    [
      "binary content",
      "\nContent-Transfer-Encoding: binary\n\na\nb",
      "OUTGOING_REQUIREMENT_NOT_OFFERED",
    ],
    ["a line without end", `\n\n${"x".repeat(999)}\n`, "OUTGOING_REQUIREMENT_NOT_OFFERED"],
  ])("and still asks the server for what it needs: %s", async (title, rest, code) => {
    const bytes = new TextEncoder().encode(`From: a@x.example\nTo: b@x.example${rest}`);
    const { raw } = parse(bytes);
    await expect(createMailer({ transport: memoryTransport() }).send(raw)).rejects.toMatchObject({
      code,
    });
    const offer = { keywords: new Map([["8BITMIME", []]]) };
    const sending = createMailer({ transport: memoryTransport({ offer }) }).send(raw);
    if (title === "eight bits") await expect(sending).resolves.toMatchObject({ refused: [] });
    else await expect(sending).rejects.toMatchObject({ code });
  });
  it.each([
    [
      "a recipient that is none",
      ["From: a@x.example", "To: b@x.example, not-an-address"],
      "MAILER_ENVELOPE_UNCLEAR",
    ],
    [
      "two addresses in one",
      ["From: a@x.example", "To: <b@x.example>c@x.example"],
      "MAILER_ENVELOPE_UNCLEAR",
    ],
    [
      "two authors' fields",
      ["From: a@x.example", "From: b@x.example", "To: c@x.example"],
      "MAILER_ENVELOPE_UNCLEAR",
    ],
    [
      "a CR that some take for a line end",
      ["From: a@x.example", "To: b@x.example\rBcc: c@x.example"],
      "MAILER_ENVELOPE_UNCLEAR",
    ],
    ["nobody to send to", ["From: a@x.example"], "ENVELOPE_RECIPIENTS_MISSING"],
    ["nobody who sends", ["To: b@x.example"], "MESSAGE_FROM_MISSING"],
  ] as const)("is refused for %s", async (_title, lines, code) => {
    const transport = memoryTransport();
    await expect(createMailer({ transport }).send(rawOf(...lines))).rejects.toMatchObject({ code });
    expect(transport.sent).toEqual([]);
  });
});

describe("finished mail with a NUL (RFC 2045 §2.7)", () => {
  const raw = (body: RawMessage["body"]): RawMessage => ({
    fields: [],
    separator: new Uint8Array(0),
    body,
    requires: new Set(),
  });
  it("is refused before anybody is asked, when it is in memory", async () => {
    let asked = false;
    const memory = memoryTransport();
    const transport: typeof memory = {
      ...memory,
      send: (...args) => {
        asked = true;
        return memory.send(...args);
      },
    };
    const sending = createMailer({ transport }).send(raw(bytesOf("a\0b")), { envelope: to });
    await expect(sending).rejects.toMatchObject({ code: "OUTGOING_HAS_NUL" });
    expect(asked).toBe(false);
  });
  it("is refused as it passes, in a stream", async () => {
    const transport = memoryTransport();
    const body: RawMessage["body"] = { open: (options) => bytesOf("a\0b").open(options) };
    await expect(
      createMailer({ transport }).send(raw(body), { envelope: to }),
    ).rejects.toMatchObject({ code: "OUTGOING_HAS_NUL" });
    expect(transport.sent).toEqual([]);
  });
});

describe("a transport as a URL", () => {
  const none = { user: undefined, secret: undefined, tlsContext: undefined };
  it.each([
    ["smtps://h.example", { host: "h.example", port: 465, tls: "implicit" }],
    ["smtp://h.example", { host: "h.example", port: 587, tls: "starttls" }],
    ["smtps://h.example:2465/", { host: "h.example", port: 2465, tls: "implicit" }],
    ["smtps://exämple.de", { host: "xn--exmple-cua.de", port: 465, tls: "implicit" }],
    ["smtp://[::1]:25", { host: "::1", port: 25, tls: "starttls" }],
    [
      "smtps://a%40b.example:p%23w@h.example",
      {
        host: "h.example",
        port: 465,
        tls: "implicit",
        auth: { user: "a@b.example", secret: "p#w" },
      },
    ],
  ])("%s", (url, options) => expect(smtpOptionsOf(url, none)).toEqual(options));

  it.each([
    ["h.example", "MAILER_URL_INVALID"],
    ["https://h.example", "MAILER_URL_INVALID"],
    ["smtps://", "MAILER_URL_INVALID"],
    ["smtps://h.example/path", "MAILER_URL_INVALID"],
    ["smtps://u:p#w@h.example", "MAILER_URL_INVALID"],
    ["smtps://h.example?tls=no", "MAILER_URL_INVALID"],
    ["smtps://u%zz@h.example", "MAILER_URL_INVALID"],
    ["smtps://u@h.example", "MAILER_SECRET_MISSING"],
  ])("%s is refused with %s", (url, code) => {
    expect(() => createMailer({ transport: url })).toThrow(expect.objectContaining({ code }));
  });
  it("takes the user beside the URL, without a %40 in it", () => {
    expect(
      smtpOptionsOf("smtps://h.example", { ...none, user: "a@b.example", secret: "x" }),
    ).toEqual({
      host: "h.example",
      port: 465,
      tls: "implicit",
      auth: { user: "a@b.example", secret: "x" },
    });
    expect(() =>
      createMailer({ transport: "smtps://u@h.example", user: "v", secret: "x" }),
    ).toThrow(expect.objectContaining({ code: "MAILER_USER_TWICE" }));
  });
  it.each([[undefined], [""], ["undefined"], [null]])("%j is no transport", (transport) => {
    expect(() => createMailer({ transport: transport as unknown as string })).toThrow(
      expect.objectContaining({ code: "MAILER_TRANSPORT_MISSING" }),
    );
  });
  it("takes a token in place of a secret", () => {
    const token = { token: async () => secret("t") };
    expect(smtpOptionsOf("smtps://u@h.example", { ...none, token }).auth).toEqual({
      user: "u",
      token,
    });
  });
  it("takes a proxy, and looks at it at once", () => {
    const transport = "smtps://h.example";
    expect(() => createMailer({ transport, proxy: "ftp://p" })).toThrow(
      expect.objectContaining({ code: "SMTP_PROXY_INVALID" }),
    );
    expect(() =>
      createMailer({ transport: "gmail", from: "a@b.example", token: "t", proxy: "ftp://p" }),
    ).toThrow(expect.objectContaining({ code: "SMTP_PROXY_INVALID" }));
  });
  it("refuses a secret that belongs to nobody, or that is there twice", () => {
    expect(() => createMailer({ transport: "smtps://h.example", secret: "x" })).toThrow(
      expect.objectContaining({ code: "MAILER_USER_MISSING" }),
    );
    expect(() => createMailer({ transport: "smtps://u:p@h.example", secret: "x" })).toThrow(
      expect.objectContaining({ code: "MAILER_SECRET_TWICE" }),
    );
    for (const more of [{ secret: "x" }, {}]) {
      const url = "secret" in more ? "smtps://u@h.example" : "smtps://u:p@h.example";
      expect(() => createMailer({ transport: url, token: "t", ...more })).toThrow(
        expect.objectContaining({ code: "MAILER_SECRET_TWICE" }),
      );
    }
    for (const more of [{ secret: secret("x") }, { token: "t" }, { proxy: "socks5://p" }]) {
      expect(() => createMailer({ transport: memoryTransport(), ...more })).toThrow(
        expect.objectContaining({ code: "MAILER_SECRET_UNUSED" }),
      );
    }
  });
  it("does not show the password of a URL it cannot read", () => {
    expect(() => createMailer({ transport: "smtps://u:hunter2@h:x" })).toThrow(
      expect.not.stringContaining("hunter2"),
    );
  });
});

it("verify asks the transport", async () => {
  const folder = mkdtempSync(join(tmpdir(), "letterwright-mailer-"));
  const mailer = createMailer({ transport: fileTransport({ folder }) });
  await expect(mailer.verify()).resolves.toBeUndefined();
  rmSync(folder, { recursive: true });
  await expect(mailer.verify()).rejects.toMatchObject({ code: "TRANSPORT_FOLDER_UNWRITABLE" });
});

it("verify says when there is nothing to try", async () => {
  await expect(createMailer({ transport: memoryTransport() }).verify()).rejects.toMatchObject({
    code: "MAILER_CANNOT_VERIFY",
  });
});
