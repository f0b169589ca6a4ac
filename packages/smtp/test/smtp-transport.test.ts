import { utf8 } from "@letterwright/base/bytes";
import {
  bytesOf,
  envelope,
  mailbox,
  once,
  type Envelope,
  type Outgoing,
  type RawMessage,
} from "@letterwright/message";
import { smtpTransport, type SmtpEvent, type SmtpOptions } from "@letterwright/smtp";
import { describe, expect, it } from "vitest";
import {
  cut,
  hear,
  hearEnd,
  hello,
  say,
  scriptedServer,
  stall,
  type Turn,
} from "./scripted-server.ts";

const box = (localPart: string) => mailbox({ localPart, domain: "example.org" });
const oneRecipient = envelope({
  reversePath: mailbox({ localPart: "ana", domain: "example.com" }),
  recipients: [box("bob")],
});
const three = envelope({ reversePath: null, recipients: [box("a"), box("b"), box("c")] });

function raw(body: string, requires: RawMessage["requires"] = new Set()): RawMessage {
  return {
    fields: [{ name: "Message-ID", bytes: utf8("Message-ID: <m@example.com>\r\n") }],
    separator: utf8("\r\n"),
    body: bytesOf(body),
    requires,
  };
}

const never = (): Promise<never> => new Promise(() => undefined);
async function* stalling(): AsyncGenerator<Uint8Array> {
  yield utf8("first line\r\n");
  await never();
}
function abortedAfter(milliseconds: number, reason: unknown): AbortSignal {
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), milliseconds);
  return stop.signal;
}

/** Sends to a scripted server and gives what was said with how it ended. */
async function play(
  script: readonly Turn[],
  given: {
    readonly options?: Partial<SmtpOptions>;
    readonly to?: Envelope;
    readonly mail?: Outgoing;
    readonly signal?: AbortSignal;
  } = {},
) {
  const server = await scriptedServer(script);
  const transport = smtpTransport({
    host: "127.0.0.1",
    port: server.port,
    tls: "none",
    clientName: "c.example.com",
    ...given.options,
  });
  try {
    const result = await transport
      .send(given.mail ?? raw("hi\r\n"), given.to ?? oneRecipient, { signal: given.signal })
      .then(
        (receipt) => ({ receipt, error: undefined }),
        (error: unknown) => ({ receipt: undefined, error }),
      );
    await transport.close(); // a send does not wait for the goodbye; this does
    return { ...result, heard: server.heard() };
  } finally {
    await server.close();
  }
}

const accepted = [say("250 ok"), hear("QUIT"), say("221 bye")];
const envelopeTurns = [
  hear("MAIL"),
  say("250 ok"),
  hear("RCPT"),
  say("250 ok"),
  hear("DATA"),
  say("354 go"),
  hearEnd,
];

describe("the order of a transaction (RFC 5321 §3.3)", () => {
  it("waits for each reply where PIPELINING is not offered", async () => {
    const { receipt, heard } = await play([...hello(), ...envelopeTurns, ...accepted]);
    expect(receipt).toMatchObject({
      messageId: "<m@example.com>",
      refused: [],
      protection: { kind: "none" },
      reply: { code: 250 },
    });
    expect(heard).toBe(
      "EHLO c.example.com\r\nMAIL FROM:<ana@example.com>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nMessage-ID: <m@example.com>\r\n\r\nhi\r\n.\r\nQUIT\r\n",
    );
  });

  it("sends MAIL, RCPTs and DATA together where it is offered (RFC 2920 §3.1)", async () => {
    const group = [
      hear("DATA"),
      say("250 a\r\n250 b\r\n550 5.1.1 no\r\n451 later\r\n354 go"),
      hearEnd,
    ];
    const { error } = await play([...hello("PIPELINING"), ...group, ...accepted], { to: three });
    expect(error).toMatchObject({
      code: "DELIVERY_PARTIAL",
      retry: "no",
      receipt: { accepted: [{ mailbox: box("a") }] },
      refused: [
        { mailbox: box("b"), retry: "no", reply: { code: 550, enhancedStatus: "5.1.1" } },
        { mailbox: box("c"), retry: "later", reply: { code: 451 } },
      ],
      remaining: { reversePath: null, recipients: [{ mailbox: box("b") }, { mailbox: box("c") }] },
    });
  });

  it("ends a 354 that came although nobody was accepted with the lone dot, and reports a refusal (RFC 2920 §3.1)", async () => {
    const group = [
      hear("DATA"),
      say("250 a\r\n550 b\r\n354 go"),
      hearEnd,
      say("250 whatever"),
      hear("QUIT"),
      say("221 bye"),
    ];
    const { error, heard } = await play([...hello("PIPELINING"), ...group]);
    expect(error).toMatchObject({ code: "DELIVERY_REFUSED", receipt: undefined, retry: "no" });
    expect(heard).toContain("DATA\r\n.\r\nQUIT\r\n");
    expect(heard).not.toContain("hi");
  });

  it("keeps DATA back until all are accepted, where all have to be", async () => {
    const script = [
      ...hello("PIPELINING"),
      hear("MAIL"),
      say("250 m\r\n250 a\r\n550 b\r\n250 c"),
      hear("QUIT"),
      say("221 bye"),
    ];
    const { error, heard } = await play(script, { to: three, options: { recipients: "all" } });
    expect(error).toMatchObject({
      code: "DELIVERY_REFUSED",
      refused: [{ mailbox: box("b") }],
      remaining: three,
    });
    expect(String(error)).toContain("1 of 3 recipients, so nobody got the message");
    expect(heard).not.toContain("DATA");
  });

  it("does not group when told not to", async () => {
    const { receipt } = await play([...hello("PIPELINING"), ...envelopeTurns, ...accepted], {
      options: { pipelining: false },
    });
    expect(receipt).toBeDefined();
  });

  it("says HELO to a server that does not know EHLO (§3.2)", async () => {
    const script = [
      say("220 old"),
      hear("EHLO"),
      say("502 what?"),
      hear("HELO"),
      say("250 hi"),
      ...envelopeTurns,
      ...accepted,
    ];
    expect((await play(script)).receipt).toBeDefined();
  });

  it("stuffs dots and ends with CRLF before the lone dot (§4.5.2)", async () => {
    const { heard } = await play([...hello(), ...envelopeTurns, ...accepted], {
      mail: raw(".\r\n..a\r\nb"),
    });
    expect(heard).toContain("\r\n\r\n..\r\n...a\r\nb\r\n.\r\n");
  });

  it("sends a message of many chunks whole", async () => {
    const chunk = utf8(`${"x".repeat(998)}\r\n`);
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 2000; index++) yield chunk;
    }
    const mail = { ...raw(""), body: once(chunks()) };
    const { receipt, heard } = await play([...hello(), ...envelopeTurns, ...accepted], { mail });
    expect(receipt?.byteLength).toBe(2_000_000 + "Message-ID: <m@example.com>\r\n\r\n".length);
    expect(heard.split("\r\n")).toHaveLength(2000 + 9);
  });
});

describe("what is negotiated, never assumed", () => {
  it("declares the size where SIZE is offered (RFC 1870 §6)", async () => {
    const { heard } = await play([...hello("SIZE 1000"), ...envelopeTurns, ...accepted]);
    expect(heard).toContain("MAIL FROM:<ana@example.com> SIZE=35\r\n");
  });
  it("uploads nothing that is larger than the server takes (RFC 1870 §6.1)", async () => {
    const { error, heard } = await play([...hello("SIZE 30"), hear("QUIT"), say("221 bye")]);
    expect(error).toMatchObject({ code: "SMTP_MESSAGE_TOO_LARGE" });
    expect(heard).toBe("EHLO c.example.com\r\nQUIT\r\n");
  });
  it("stops a stream that turns out larger than the server takes, and never ends it", async () => {
    async function* large(): AsyncGenerator<Uint8Array> {
      for (let line = 0; line < 10; line++) yield utf8("0123456789\r\n");
    }
    const { error, heard } = await play([...hello("SIZE 100"), ...envelopeTurns], {
      mail: { ...raw(""), body: once(large()) },
    });
    expect(error).toMatchObject({ code: "SMTP_MESSAGE_TOO_LARGE" });
    expect(heard).not.toContain("\r\n.\r\n");
  });
  it.each([
    ["less", 3],
    ["more", 5],
  ])("never ends a message whose source gives %s than it declared", async (_word, byteLength) => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield utf8("a\r\n");
      if (byteLength === 3) yield utf8("b");
    }
    const { error, heard } = await play([...hello(), ...envelopeTurns], {
      mail: { ...raw(""), body: once(source(), { byteLength }) },
    });
    expect(error).toMatchObject({ code: "SMTP_LENGTH_MISMATCH" });
    expect(heard).not.toContain("\r\n.\r\n");
  });
  it("does not send a body that needs BDAT by DATA (RFC 3030 §3)", async () => {
    const binary = raw("a\r\n", new Set(["BINARYMIME"]));
    const rows = [
      { keywords: ["BINARYMIME", "CHUNKING"], options: { chunking: false } },
      { keywords: ["BINARYMIME"], options: {} },
      { keywords: ["CHUNKING"], options: {} },
    ];
    for (const { keywords, options } of rows) {
      const script = [...hello(...keywords), hear("QUIT"), say("221 bye")];
      const { error, heard } = await play(script, { mail: binary, options });
      expect(error).toMatchObject({ code: "OUTGOING_REQUIREMENT_NOT_OFFERED" });
      expect(heard).not.toContain("MAIL");
    }
  });
  it("says BODY=8BITMIME only for a message that needs it (RFC 6152 §2)", async () => {
    const eightBit = raw("é\r\n", new Set(["8BITMIME"]));
    const script = [...hello("8BITMIME"), ...envelopeTurns, ...accepted];
    expect((await play(script, { mail: eightBit })).heard).toContain(" BODY=8BITMIME\r\n");
    expect((await play(script)).heard).not.toContain("BODY");
    expect(
      (await play([...hello(), ...accepted.slice(1)], { mail: eightBit })).error,
    ).toMatchObject({ code: "OUTGOING_REQUIREMENT_NOT_OFFERED" });
  });
  it("refuses a non-ASCII local-part without SMTPUTF8 (RFC 6531 §3.1)", async () => {
    const to = envelope({ reversePath: null, recipients: [box("jörg")] });
    const { error, heard } = await play([...hello(), hear("QUIT"), say("221 bye")], { to });
    expect(error).toMatchObject({ code: "SMTP_SMTPUTF8_NOT_OFFERED" });
    expect(heard).not.toContain("MAIL");
    expect(
      (await play([...hello("SMTPUTF8"), ...envelopeTurns, ...accepted], { to })).heard,
    ).toContain("MAIL FROM:<> SMTPUTF8\r\n");
  });
});

describe("finished mail is not repaired in silence", () => {
  const bcc = { ...raw("x\r\n"), fields: [{ name: "Bcc", bytes: utf8("Bcc: e@example.net\r\n") }] };
  async function* bareLf(): AsyncGenerator<Uint8Array> {
    yield utf8("a\r");
    yield utf8("\nb\n.\r\n");
  }
  it.each([
    ["a Bcc field", bcc, "OUTGOING_HAS_BCC"],
    ["a bare LF (RFC 5321 §2.3.8)", raw("a\n.\nb"), "OUTGOING_BARE_LINE_END"],
    ["a bare CR", raw("a\r.\rb"), "OUTGOING_BARE_LINE_END"],
    ["a CR at the very end", raw("a\r"), "OUTGOING_BARE_LINE_END"],
  ])("refuses %s before the envelope", async (_title, mail, code) => {
    const { error, heard } = await play([...hello(), hear("QUIT"), say("221 bye")], { mail });
    expect(error).toMatchObject({ code });
    expect(heard).not.toContain("MAIL");
  });
  it("never ends a message whose stream turns out to have a bare LF", async () => {
    const { error, heard } = await play([...hello(), ...envelopeTurns], {
      mail: { ...raw(""), body: once(bareLf()) },
    });
    expect(error).toMatchObject({ code: "OUTGOING_BARE_LINE_END" });
    expect(heard).not.toContain("\r\n.\r\n");
  });
  it("never ends a message whose source fails", async () => {
    const broken = new Error("disk gone");
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield utf8("first half\r\n");
      throw broken;
    }
    const { error, heard } = await play([...hello(), ...envelopeTurns], {
      mail: { ...raw(""), body: once(failing()) },
    });
    expect(error).toBe(broken);
    expect(heard).not.toContain("\r\n.\r\n");
    expect(heard).not.toContain("QUIT");
  });
});

describe("logging in (RFC 4954)", () => {
  const auth = { user: "ana", secret: "s3cret" };
  const open = { auth, dangerouslyAllowPlaintextAuth: true };

  it("sends no credential in the clear without a second option", async () => {
    const { error, heard } = await play([...hello("AUTH PLAIN"), hear("QUIT"), say("221 bye")], {
      options: { auth },
    });
    expect(error).toMatchObject({ code: "SMTP_AUTH_WOULD_BE_PLAINTEXT" });
    expect(heard).toBe("EHLO c.example.com\r\nQUIT\r\n");
  });
  it("speaks PLAIN with an initial response (RFC 4616)", async () => {
    const { heard } = await play(
      [
        ...hello("AUTH LOGIN PLAIN"),
        hear("AUTH PLAIN AGFuYQBzM2NyZXQ="),
        say("235 in"),
        ...envelopeTurns,
        ...accepted,
      ],
      { options: open },
    );
    expect(heard).toContain("QUIT");
  });
  it("speaks LOGIN where that is all there is", async () => {
    const turns = [
      hear("AUTH LOGIN"),
      say("334 VXNlcm5hbWU6"),
      hear("YW5h"),
      say("334 UGFzc3dvcmQ6"),
      hear("czNjcmV0"),
      say("235 in"),
    ];
    expect(
      (
        await play([...hello("AUTH LOGIN"), ...turns, ...envelopeTurns, ...accepted], {
          options: open,
        })
      ).receipt,
    ).toBeDefined();
  });
  it("answers the error challenge of XOAUTH2 and reports what it said", async () => {
    const turns = [
      hear("AUTH XOAUTH2"),
      say("334 eyJzdGF0dXMiOiI0MDAifQ=="),
      hear(""),
      say("535 5.7.8 no"),
      hear("QUIT"),
      say("221 bye"),
    ];
    const { error } = await play([...hello("AUTH XOAUTH2"), ...turns], {
      options: { ...open, auth: { ...auth, mechanism: "XOAUTH2" } },
    });
    expect(error).toMatchObject({
      code: "SMTP_AUTH_REFUSED",
      reply: { code: 535, enhancedStatus: "5.7.8" },
    });
    expect(String(error)).toContain("400");
  });
  it("tries no second mechanism after a refusal", async () => {
    const { error, heard } = await play(
      [
        ...hello("AUTH PLAIN LOGIN"),
        hear("AUTH"),
        say("535 5.7.8 wrong"),
        hear("QUIT"),
        say("221 bye"),
      ],
      { options: open },
    );
    expect(error).toMatchObject({ code: "SMTP_AUTH_REFUSED", retry: "no" });
    expect(heard.match(/AUTH/g)).toHaveLength(1);
  });
  it.each([
    [hello(), "SMTP_AUTH_NOT_OFFERED"],
    [hello("AUTH GSSAPI"), "SMTP_AUTH_NO_MECHANISM"],
    [hello("X-AUTH PLAIN"), "SMTP_AUTH_NOT_OFFERED"],
  ])("is an error where it cannot be done", async (greeting, code) => {
    const { error, heard } = await play([...greeting, hear("QUIT"), say("221 bye")], {
      options: open,
    });
    expect(error).toMatchObject({ code });
    expect(heard).not.toContain("czNjcmV0");
  });
  it("says that a secret is not set, rather than sending an empty one", async () => {
    const { error } = await play([...hello("AUTH PLAIN"), hear("QUIT"), say("221 bye")], {
      options: { ...open, auth: { user: "ana", secret: () => undefined as unknown as string } },
    });
    expect(error).toMatchObject({ code: "SMTP_CREDENTIALS_INVALID" });
  });
  it("keeps the secret out of errors and events", async () => {
    const events: SmtpEvent[] = [];
    const { error } = await play(
      [...hello("AUTH PLAIN"), hear("AUTH"), say("535 no"), hear("QUIT"), say("221 bye")],
      {
        options: { ...open, onEvent: (event) => events.push(event) },
      },
    );
    const seen = JSON.stringify(events) + String(error) + JSON.stringify(error);
    for (const canary of ["s3cret", "AGFuYQBzM2NyZXQ=", "czNjcmV0"])
      expect(seen).not.toContain(canary);
    expect(events.map((event) => (event.kind === "command" ? event.line : event.kind))).toContain(
      "AUTH PLAIN ***",
    );
  });
});

describe("a server that misbehaves", () => {
  const short = {
    timeouts: { greetingMs: 200, commandMs: 200, dataMs: 200, endMs: 200, blockMs: 200 },
  };
  const rows: readonly [title: string, script: readonly Turn[], error: object][] = [
    [
      "refuses to talk",
      [say("554 5.7.1 go away"), hear("QUIT"), say("221 bye")],
      { code: "SMTP_GREETING_REFUSED", reply: { code: 554 } },
    ],
    ["says nothing", [stall], { code: "SMTP_TIMEOUT", stage: "greeting", retry: "later" }],
    [
      "speaks HTTP",
      [{ say: "HTTP/1.1 400 Bad Request\r\n" }],
      { code: "SMTP_NOT_SMTP", stage: "greeting" },
    ],
    ["speaks IMAP", [{ say: "* OK IMAP4rev1\r\n" }], { code: "SMTP_NOT_SMTP" }],
    ["floods", [{ say: "220-x\r\n".repeat(1000) }], { code: "SMTP_REPLY_TOO_LONG" }],
    [
      "cuts the line before the greeting",
      [cut],
      { code: "SMTP_CONNECTION_LOST", stage: "greeting", retry: "later" },
    ],
    [
      "cuts the line after EHLO",
      [say("220 hi"), hear("EHLO"), cut],
      { code: "SMTP_CONNECTION_LOST" },
    ],
    [
      "cuts the line after MAIL",
      [...hello(), hear("MAIL"), cut],
      { code: "SMTP_CONNECTION_LOST", stage: "envelope" },
    ],
    [
      "stalls after MAIL",
      [...hello(), hear("MAIL"), stall],
      { code: "SMTP_TIMEOUT", stage: "envelope" },
    ],
    [
      "answers twice",
      [...hello(), hear("MAIL"), say("250 a\r\n250 b\r\n250 c"), stall],
      { code: "SMTP_REPLY_UNEXPECTED" },
    ],
    [
      "closes with 421",
      [...hello(), hear("MAIL"), say("421 busy")],
      { code: "SMTP_SERVER_CLOSING" },
    ],
    [
      "refuses the sender",
      [...hello(), hear("MAIL"), say("550 5.7.1 not you"), hear("QUIT"), say("221 bye")],
      { code: "SMTP_SENDER_REFUSED", retry: "no" },
    ],
    [
      "refuses DATA",
      [...hello(), ...envelopeTurns.slice(0, 5), say("451 later"), hear("QUIT"), say("221 bye")],
      { code: "SMTP_DATA_REFUSED", retry: "later" },
    ],
    [
      "refuses the content",
      [...hello(), ...envelopeTurns, say("554 5.7.26 spf"), hear("QUIT"), say("221 bye")],
      { code: "SMTP_DATA_REFUSED", retry: "no", reply: { enhancedStatus: "5.7.26" } },
    ],
    [
      "refuses a recipient and cuts the line",
      [...hello(), ...envelopeTurns.slice(0, 3), say("550 5.1.1 nobody"), cut],
      { code: "DELIVERY_REFUSED", retry: "no", refused: [{ reply: { enhancedStatus: "5.1.1" } }] },
    ],
    [
      "refuses DATA and cuts the line",
      [...hello(), ...envelopeTurns.slice(0, 5), say("554 5.7.1 no"), cut],
      { code: "SMTP_DATA_REFUSED", retry: "no" },
    ],
    [
      "answers the end with 421 (RFC 5321 §3.8)",
      [...hello(), ...envelopeTurns, say("421 4.7.28 slow down"), cut],
      { code: "SMTP_DATA_REFUSED", retry: "later", reply: { code: 421 } },
    ],
    [
      "cuts the line after the end",
      [...hello(), ...envelopeTurns, cut],
      {
        code: "SMTP_OUTCOME_UNKNOWN",
        retry: "no",
        messageId: "<m@example.com>",
        unknown: [box("bob")],
      },
    ],
    [
      "stalls after the end",
      [...hello(), ...envelopeTurns, stall],
      { code: "SMTP_OUTCOME_UNKNOWN", retry: "no" },
    ],
    [
      "answers the end with nonsense",
      [...hello(), ...envelopeTurns, say("what?")],
      { code: "SMTP_OUTCOME_UNKNOWN" },
    ],
  ];
  it.each(rows)("%s", async (_title, script, error) => {
    const result = await play(script, { options: short });
    expect(result.receipt).toBeUndefined();
    expect(result.error).toMatchObject(error);
    expect(result.error).toHaveProperty("hint", expect.any(String));
  });

  it("takes the answer to the end although something else comes behind it", async () => {
    const { receipt } = await play([...hello(), ...envelopeTurns, say("250 ok\r\n250 odd")]);
    expect(receipt?.reply).toEqual({ code: 250, text: "ok" });
  });

  async function* slowly(): AsyncGenerator<Uint8Array> {
    for (let line = 0; line < 500; line++) {
      yield utf8(`${"x".repeat(998)}\r\n`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  it.each([
    [
      "answers early",
      say("552 5.3.4 too big"),
      { code: "SMTP_REPLY_UNEXPECTED", retry: "no", reply: { code: 552 } },
    ],
    ["closes early", say("421 4.3.2 restarting"), { code: "SMTP_SERVER_CLOSING", retry: "later" }],
    [
      "cuts the line early",
      cut,
      { code: "SMTP_CONNECTION_LOST", retry: "later", stage: "content" },
    ],
  ] as const)("%s, while the content is on its way", async (_title, turn, wanted) => {
    const { error, heard } = await play([...hello(), ...envelopeTurns.slice(0, -1), turn], {
      mail: { ...raw(""), body: once(slowly()) },
    });
    expect(error).toMatchObject(wanted);
    expect(heard).not.toContain("\r\n.\r\n");
  });

  it("does not wait for a source that stalls when the line is cut", async () => {
    const script = [...hello(), ...envelopeTurns.slice(0, -1), cut];
    const { error } = await play(script, { mail: { ...raw(""), body: once(stalling()) } });
    expect(error).toMatchObject({ code: "SMTP_CONNECTION_LOST", stage: "content" });
  });

  it("is done with the connection when TLS cannot be made after STARTTLS", async () => {
    const events: string[] = [];
    const onEvent = (event: SmtpEvent): number =>
      events.push(event.kind === "command" ? event.line : event.kind);
    const script = [...hello("STARTTLS"), hear("STARTTLS"), say("220 go"), say("no TLS at all")];
    const { error } = await play(script, { options: { tls: "starttls", onEvent } });
    expect(error).toMatchObject({ code: "TLS_PLAINTEXT_ON_PORT" });
    expect(events.slice(-3)).toEqual(["STARTTLS", "reply", "closed"]);
  });

  it("accepts a message although the server never says goodbye", async () => {
    const { receipt } = await play([
      ...hello(),
      ...envelopeTurns,
      say("250 ok"),
      hear("QUIT"),
      cut,
    ]);
    expect(receipt?.reply.text).toBe("ok");
  });

  it("accepts only what was read whole: the final reply cut anywhere is an unknown outcome (RFC 5321 §6.1)", async () => {
    const reply = "250 ok\r\n";
    for (let length = 0; length < reply.length; length++) {
      const { error } = await play(
        [...hello(), ...envelopeTurns, { say: reply.slice(0, length) }, cut],
        { options: short },
      );
      expect(error, `after ${length} octets`).toMatchObject({ code: "SMTP_OUTCOME_UNKNOWN" });
    }
  });
});

describe("stopping", () => {
  it("rejects with the signal's reason, at once and while waiting", async () => {
    const reason = new Error("enough");
    expect((await play([stall], { signal: AbortSignal.abort(reason) })).error).toBe(reason);
    const later = new AbortController();
    setTimeout(() => later.abort(reason), 50);
    expect((await play([...hello(), hear("MAIL"), stall], { signal: later.signal })).error).toBe(
      reason,
    );
  });
  it.each([
    ["a source", { mail: { ...raw(""), body: once(stalling()) } }, envelopeTurns.slice(0, -1)],
    [
      "a secret",
      { options: { auth: { user: "a", secret: never }, dangerouslyAllowPlaintextAuth: true } },
      [],
    ],
    ["a message that is still being made", { mail: never }, []],
  ])("does not wait for %s that stalls", async (_title, given, turns) => {
    const reason = new Error("enough");
    const later = new AbortController();
    setTimeout(() => later.abort(reason), 50);
    const script = [...hello("AUTH PLAIN"), ...turns, stall];
    expect((await play(script, { ...given, signal: later.signal })).error).toBe(reason);
  });
  it("heeds a signal that fires while the connection is made", async () => {
    const reason = new Error("enough");
    const stop = new AbortController();
    const onEvent = (event: SmtpEvent): void => {
      if (event.kind === "connected") stop.abort(reason);
    };
    const { error, heard } = await play([...hello(), stall], {
      signal: stop.signal,
      options: { onEvent },
    });
    expect(error).toBe(reason);
    expect(heard).toBe("");
  });
  it("says that the outcome is unknown when the signal fires after the end", async () => {
    const stop = new AbortController();
    const onEvent = (event: SmtpEvent): void => {
      if (event.kind === "content") setTimeout(() => stop.abort(), 20);
    };
    const { error } = await play([...hello(), ...envelopeTurns, stall], {
      signal: stop.signal,
      options: { onEvent },
    });
    expect(error).toMatchObject({ code: "SMTP_OUTCOME_UNKNOWN", retry: "no" });
  });
  it("lets close wait for what is under way, or end it by its signal", async () => {
    await using server = await scriptedServer([...hello(), hear("MAIL"), stall]);
    const transport = smtpTransport({ host: "127.0.0.1", port: server.port, tls: "none" });
    const reason = new Error("shutting down");
    const sending = transport.send(raw("hi\r\n"), oneRecipient).catch((error: unknown) => error);
    await transport.close({ signal: abortedAfter(50, reason) });
    expect(await sending).toBe(reason);
  });
  it("sends nothing once it is closed", async () => {
    const transport = smtpTransport({ host: "127.0.0.1", port: 1, tls: "none" });
    await transport.close();
    await transport.close();
    await expect(transport.send(raw(""), oneRecipient)).rejects.toMatchObject({
      code: "TRANSPORT_CLOSED",
    });
  });
});

describe("observation", () => {
  it("does not decide what becomes of a message", async () => {
    const warnings: Error[] = [];
    const keep = (warning: Error): number => warnings.push(warning);
    process.on("warning", keep);
    try {
      const onEvent = (event: SmtpEvent): void => {
        throw new Error(`the log is full: ${event.kind}`);
      };
      const { receipt } = await play([...hello(), ...envelopeTurns, ...accepted], {
        options: { onEvent },
      });
      expect(receipt?.reply.code).toBe(250);
      await new Promise((resolve) => setImmediate(resolve));
      expect(warnings.map(({ message }) => message)).toEqual(["the log is full: connected"]);
    } finally {
      process.off("warning", keep);
    }
  });
  it("tells of the end once", async () => {
    const kinds: string[] = [];
    await play([...hello(), ...envelopeTurns, ...accepted, cut], {
      options: { onEvent: ({ kind }) => kinds.push(kind) },
    });
    expect(kinds.filter((kind) => kind === "closed")).toHaveLength(1);
    expect(kinds.at(-1)).toBe("closed");
  });
});

describe("settings", () => {
  it.each([
    [{ host: "" }, "SMTP_HOST_MISSING"],
    [{ host: undefined as unknown as string }, "SMTP_HOST_MISSING"],
    [{ host: "undefined" }, "SMTP_HOST_MISSING"],
    [{ host: "h", port: 0 }, "SMTP_PORT_INVALID"],
    [{ host: "h", port: 25 }, "SMTP_TLS_MODE_MISSING"],
    [{ host: "h", port: 2525, tls: "yes" as "none" }, "SMTP_TLS_MODE_MISSING"],
    [{ host: "h", timeouts: { greetingMs: 0 } }, "SMTP_TIMEOUT_INVALID"],
    [{ host: "h", timeouts: { greetingMs: Infinity } }, "SMTP_TIMEOUT_INVALID"],
  ])("%j is refused with %s", (options, code) => {
    expect(() => smtpTransport(options)).toThrow(expect.objectContaining({ code }));
  });
  it("says that nothing listens, and that there is no such host", async () => {
    const closed = await scriptedServer([]);
    await closed.close();
    await expect(
      smtpTransport({ host: "127.0.0.1", port: closed.port, tls: "none" }).verify(),
    ).rejects.toMatchObject({ code: "SMTP_CONNECTION_REFUSED" });
    await expect(smtpTransport({ host: "nowhere.invalid" }).verify()).rejects.toMatchObject({
      code: "SMTP_HOST_NOT_FOUND",
    });
  });
});
