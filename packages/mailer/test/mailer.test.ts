import {
  createMailer,
  envelope,
  mailbox,
  memoryTransport,
  message,
  secret,
  type RawMessage,
} from "@letterwright/mailer";
import { bytesOf, once } from "@letterwright/message";
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
      code: "MAILER_ENVELOPE_MISSING",
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

describe("a transport as a URL", () => {
  const none = { secret: undefined, tlsContext: undefined };
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
  it("refuses a secret that belongs to nobody, or that is there twice", () => {
    expect(() => createMailer({ transport: "smtps://h.example", secret: "x" })).toThrow(
      expect.objectContaining({ code: "MAILER_USER_MISSING" }),
    );
    expect(() => createMailer({ transport: "smtps://u:p@h.example", secret: "x" })).toThrow(
      expect.objectContaining({ code: "MAILER_SECRET_TWICE" }),
    );
    expect(() => createMailer({ transport: memoryTransport(), secret: secret("x") })).toThrow(
      expect.objectContaining({ code: "MAILER_SECRET_UNUSED" }),
    );
  });
  it("does not show the password of a URL it cannot read", () => {
    expect(() => createMailer({ transport: "smtps://u:hunter2@h:x" })).toThrow(
      expect.not.stringContaining("hunter2"),
    );
  });
});

it("verify says when there is nothing to try", async () => {
  await expect(createMailer({ transport: memoryTransport() }).verify()).rejects.toMatchObject({
    code: "MAILER_CANNOT_VERIFY",
  });
});
