/** Extensions of SMTP, and LMTP, against the real servers that have them. */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { utf8 } from "@letterwright/base/bytes";
import { createMailer } from "@letterwright/mailer";
import {
  bytesOf,
  envelope,
  message,
  type EnvelopeRecipient,
  type RawMessage,
} from "@letterwright/message";
import { smtpTransport, type SmtpOptions } from "@letterwright/smtp";
import { createTlsContext } from "@letterwright/tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postfixUser, startPostfix } from "../src/postfix.ts";
import { aiosmtpdIsMissing, startAiosmtpd } from "../src/servers/aiosmtpd.ts";
import { dovecotIsMissing, startDovecot } from "../src/servers/dovecot.ts";
import { eximIsMissing, startExim } from "../src/servers/exim.ts";
import { opensmtpdIsMissing, startOpenSmtpd } from "../src/servers/opensmtpd.ts";
import { freePorts, serverUser, type RunningServer } from "../src/servers/running-server.ts";

const isRoot = process.getuid?.() === 0;
const postfixIsMissing = (): boolean =>
  !existsSync("/usr/sbin/postfix") || !existsSync("/usr/sbin/saslpasswd2");

const body = ["one", ".", "..two", `.${"x".repeat(996)}`, "", ".", ""].join("\r\n");
const mail = (subject: string, content: string = body): RawMessage => ({
  fields: ["From: ana@example.org", "To: bob@example.org", "Date: Mon, 23 Nov 2026 10:00:00 +0000"]
    .concat(["Message-ID: <extensions@example.org>", `Subject: ${subject}`])
    .map((line) => ({ name: line.slice(0, line.indexOf(":")), bytes: utf8(`${line}\r\n`) })),
  separator: utf8("\r\n"),
  body: bytesOf(content),
  requires: new Set(),
});
const to = (...recipients: readonly string[]): ReturnType<typeof envelope> =>
  envelope({ reversePath: "ana@example.org", recipients });

const textOf = (bytes: Uint8Array | undefined): string =>
  Buffer.from(bytes ?? [])
    .toString("latin1")
    .replaceAll("\r\n", "\n");
const subjectsOf = (stored: readonly Uint8Array[]): readonly (string | undefined)[] =>
  stored.map((bytes) => /^Subject: (.*)$/m.exec(textOf(bytes))?.[1]);

interface Told {
  readonly lines: string[];
  readonly options: SmtpOptions;
}

/** Options for a server, and the lines that the client says by them. */
function told(server: RunningServer, more: Partial<SmtpOptions> = {}): Told {
  const lines: string[] = [];
  return {
    lines,
    options: {
      host: "127.0.0.1",
      port: server.ports.starttls ?? 0,
      tls: "starttls",
      tlsContext: createTlsContext({ ca: readFileSync(server.caFile, "utf8") }),
      onEvent: (event) => {
        if (event.kind === "command") lines.push(event.line);
      },
      ...more,
    },
  };
}

const chunkers = [
  [
    "Postfix",
    postfixIsMissing,
    async (): Promise<RunningServer> => {
      const postfix = await startPostfix({
        smtpd_recipient_restrictions:
          "check_recipient_access inline:{ gone@example.org=REJECT }, reject_unauth_destination",
      });
      return {
        ...postfix,
        ports: { implicit: postfix.implicitPort, starttls: postfix.starttlsPort },
      };
    },
    postfixUser,
    { id: "batch+7=a", recipient: "list+1@example.net" },
  ],
  // Exim repeats what it was told as it was told, in the encoding of the command (RFC 3461 §4).
  [
    "Exim",
    eximIsMissing,
    startExim,
    serverUser,
    { id: "batch+2B7+3Da", recipient: "list+2B1@example.net" },
  ],
] as const;

describe.each(chunkers)("%s", (_name, isMissing, start, user, repeated) => {
  describe.skipIf(!isRoot || isMissing())("", () => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server?.stop());
    const auth = { user: user.user, secret: user.password };

    it.each([
      ["chunks", { chunking: "prefer" }],
      ["chunks, turn by turn", { chunking: "prefer", pipelining: false }],
      ["an eager flight", { flight: "eager" }],
      ["all or nobody, in chunks", { chunking: "prefer", recipients: "all" }],
      ["all or nobody, in an eager flight", { flight: "eager", recipients: "all" }],
    ] as const)("takes content octet for octet in %s (RFC 3030 §2)", async (_title, more) => {
      const { lines, options } = told(server, { ...more, auth });
      const receipt = await smtpTransport(options).send(mail("chunks"), to("bob@example.org"));
      expect(receipt.accepted).toHaveLength(1);
      expect(lines.filter((line) => line.startsWith("BDAT"))).not.toEqual([]);
      expect(lines).not.toContain("DATA");
      const [stored] = await server.delivered(1);
      expect(textOf(stored).endsWith(`\n\n${body.replaceAll("\r\n", "\n")}`)).toBe(true);
    });

    it("is spoken to with DATA where chunks are turned off", async () => {
      const { lines, options } = told(server, { chunking: false, auth });
      await smtpTransport(options).send(mail("data"), to("bob@example.org"));
      expect(lines).toContain("DATA");
      expect(subjectsOf(await server.delivered(1))).toEqual(["data"]);
    });

    it.each([
      ["chunks", { chunking: "prefer" }],
      ["an eager flight", { flight: "eager" }],
    ] as const)(
      "refuses some, all, or one for all, in %s, and keeps in step",
      async (_title, more) => {
        const each = smtpTransport(told(server, { ...more, auth }).options);
        await expect(
          each.send(mail("some"), to("bob@example.org", "gone@example.org")),
        ).rejects.toMatchObject({
          code: "DELIVERY_PARTIAL",
          receipt: { accepted: [{ mailbox: { localPart: "bob" } }] },
          refused: [{ mailbox: { localPart: "gone" } }],
        });
        expect(subjectsOf(await server.delivered(1))).toEqual(["some"]);
        await expect(each.send(mail("nobody"), to("gone@example.org"))).rejects.toMatchObject({
          code: "DELIVERY_REFUSED",
          receipt: undefined,
        });
        const all = smtpTransport(told(server, { ...more, auth, recipients: "all" }).options);
        await expect(
          all.send(mail("all"), to("bob@example.org", "gone@example.org")),
        ).rejects.toMatchObject({
          code: "DELIVERY_REFUSED",
        });
        await each.send(mail("after"), to("bob@example.org"));
        expect(subjectsOf(await server.delivered(1))).toEqual(["after"]);
      },
    );

    it("sends the report that was asked for, with the name and the recipient that were given (RFC 3461 §4)", async () => {
      const wish: Omit<EnvelopeRecipient, "mailbox"> = {
        notify: ["success"],
        originalRecipient: { type: "rfc822", address: "list+1@example.net" },
      };
      const { options } = told(server, { auth });
      await smtpTransport(options).send(
        mail("reported"),
        envelope({
          reversePath: "ana@example.org",
          recipients: [{ mailbox: "bob@example.org", ...wish }],
          reports: { id: "batch+7=a", return: "headers" },
        }),
      );
      const stored = await server.delivered(2);
      const report = textOf(stored.find((bytes) => textOf(bytes).includes("multipart/report")));
      expect(/^Original-Envelope-Id: (.*)$/im.exec(report)?.[1]).toBe(repeated.id);
      expect(/^Original-Recipient: rfc822; ?(.*)$/im.exec(report)?.[1]).toBe(repeated.recipient);
      expect(report).toMatch(/^Action: (?:delivered|relayed)$/im);
      expect(report).not.toContain("..two");
    });

    it("does not take REQUIRETLS, so nothing is sent (RFC 8689 §2)", async () => {
      const { lines, options } = told(server, { auth });
      const sending = smtpTransport(options).send(mail("tls"), to("bob@example.org"), {
        requireTls: true,
      });
      await expect(sending).rejects.toMatchObject({ code: "SMTP_REQUIRETLS_NOT_OFFERED" });
      expect(lines.filter((line) => line.startsWith("MAIL"))).toEqual([]);
    });
  });
});

describe.skipIf(aiosmtpdIsMissing())("aiosmtpd, without DSN", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startAiosmtpd();
  });
  afterAll(() => server?.stop());
  it("is not sent what it cannot report, unless that was said", async () => {
    const { lines, options } = told(server);
    const wishing = envelope({
      reversePath: "ana@example.org",
      recipients: [{ mailbox: "bob@example.org", notify: "never" }],
    });
    const transport = smtpTransport(options);
    await expect(transport.send(mail("required"), wishing)).rejects.toMatchObject({
      code: "SMTP_DSN_NOT_OFFERED",
    });
    expect(lines.filter((line) => line.startsWith("MAIL"))).toEqual([]);
    await transport.send(mail("if offered"), wishing, { dsn: "ifOffered" });
    expect(subjectsOf(await server.delivered(1))).toEqual(["if offered"]);
  });
});

describe.skipIf(!isRoot || dovecotIsMissing())("Dovecot, LMTP (RFC 2033)", () => {
  let server: RunningServer;
  beforeAll(async () => {
    const [nowhere = 0] = await freePorts(1);
    server = await startDovecot(nowhere);
  });
  afterAll(() => server?.stop());
  const lmtp = (tls: "none" | "starttls", more: Partial<SmtpOptions> = {}): Told =>
    told(server, { protocol: "lmtp", port: server.ports.lmtp ?? 0, tls, ...more });

  it.each([
    ["none", true],
    ["none", false],
    ["starttls", true],
  ] as const)("keeps a copy for each recipient, TLS %s, pipelined: %s", async (tls, pipelining) => {
    const { lines, options } = lmtp(tls, { pipelining });
    const rich = message({
      from: "Ana <ana@example.org>",
      to: "bob@example.org, eve@example.org",
      bcc: "jane@example.org",
      subject: "Grüße",
      text: "Grüße\n.\n..\n",
    });
    const receipt = await createMailer({ transport: smtpTransport(options) }).send(rich);
    expect(receipt.accepted.map(({ mailbox, reply }) => [mailbox.localPart, reply.code])).toEqual([
      ["bob", 250],
      ["eve", 250],
      ["jane", 250],
    ]);
    // Each has a reply of its own to the content.
    expect(new Set(receipt.accepted.map(({ reply }) => reply.text)).size).toBe(3);
    expect(lines.some((line) => line.startsWith("LHLO"))).toBe(true);
    // One in each of three mailboxes.
    const stored = (await server.delivered(3)).map(textOf);
    expect(stored).toHaveLength(3);
    for (const text of stored) {
      expect(text).toMatch(/^Return-Path: <ana@example\.org>$/m);
      expect(text).not.toContain("jane");
    }
  });

  it.each([
    ["DATA", {}],
    ["chunks", { chunking: "prefer" }],
    ["an eager flight", { flight: "eager" }],
  ] as const)("says who is refused, and serves the others, in %s", async (_title, more) => {
    const transport = smtpTransport(lmtp("none", more).options);
    await expect(
      transport.send(mail("some"), to("bob@example.org", "gone@example.org", "eve@example.org")),
    ).rejects.toMatchObject({
      code: "DELIVERY_PARTIAL",
      receipt: { accepted: [{ mailbox: { localPart: "bob" } }, { mailbox: { localPart: "eve" } }] },
      refused: [{ mailbox: { localPart: "gone" }, reply: { code: 550, enhancedStatus: "5.1.1" } }],
    });
    const stored = await server.delivered(2);
    for (const bytes of stored) {
      expect(textOf(bytes).endsWith(`\n\n${body.replaceAll("\r\n", "\n")}`)).toBe(true);
    }
    await expect(transport.send(mail("nobody"), to("gone@example.org"))).rejects.toMatchObject({
      code: "DELIVERY_REFUSED",
      receipt: undefined,
    });
  });
});

describe.skipIf(!isRoot || opensmtpdIsMissing())("OpenSMTPD", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startOpenSmtpd();
  });
  afterAll(() => server?.stop());
  const plain = (more: Partial<SmtpOptions>): Told =>
    told(server, { port: server.ports.none ?? 0, tls: "none", ...more });

  it("is spoken to turn by turn with DATA, whatever is preferred", async () => {
    const { lines, options } = plain({ chunking: "prefer", flight: "eager" });
    await smtpTransport(options).send(mail("turns"), to("bob@example.org"));
    expect(lines).toContain("DATA");
    expect(subjectsOf(await server.delivered(1))).toEqual(["turns"]);
  });

  it("is reached when the hosts before it are not there, or no servers of mail", async () => {
    const [dead = 0] = await freePorts(1);
    const rude = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    const rudePort = await new Promise<number>((resolve) => {
      rude.listen(0, "127.0.0.1", () => {
        const address = rude.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    try {
      const { options } = plain({
        host: [
          { host: "127.0.0.1", port: dead },
          { host: "127.0.0.1", port: rudePort },
          "127.0.0.1",
        ],
      });
      const receipt = await smtpTransport(options).send(mail("third"), to("bob@example.org"));
      expect(receipt.acceptedBy).toBe(`127.0.0.1:${server.ports.none}`);
      expect(subjectsOf(await server.delivered(1))).toEqual(["third"]);
    } finally {
      await new Promise((resolve) => rude.close(resolve));
    }
  });
});
