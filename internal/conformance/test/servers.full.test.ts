/**
 * Real servers from Debian's packages, each from a temporary folder: a rich message and a delicate one go through each,
 * with eight bits and with seven, and are compared in its store with what was sent; logins, refusals, limits, and
 * extensions that are taken away. Where a package is missing its cases show as skipped.
 */
import { existsSync, readFileSync } from "node:fs";
import { concatBytes, utf8 } from "@letterwright/base/bytes";
import { createMailer, type Mailer } from "@letterwright/mailer";
import {
  attachment,
  bareOffer,
  bytesOf,
  envelope,
  inlineFile,
  mailbox,
  message,
  once,
  rawChunks,
  type Message,
  type RawMessage,
} from "@letterwright/message";
import { smtpTransport, type SmtpOptions } from "@letterwright/smtp";
import { createTlsContext } from "@letterwright/tls";
import { DeliveryError, type Transport } from "@letterwright/transport";
import { complianceCases, type ComplianceHarness } from "@letterwright/transport/compliance";
import { sendmailTransport } from "@letterwright/transport/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { postfixUser, startPostfix, type RunningPostfix } from "../src/postfix.ts";
import { aiosmtpdIsMissing, startAiosmtpd, type RunningAiosmtpd } from "../src/servers/aiosmtpd.ts";
import { dovecotIsMissing, startDovecot } from "../src/servers/dovecot.ts";
import { eximIsMissing, startExim, type RunningExim } from "../src/servers/exim.ts";
import { opensmtpdIsMissing, startOpenSmtpd } from "../src/servers/opensmtpd.ts";
import { serverSizeLimit, serverUser, type RunningServer } from "../src/servers/running-server.ts";

const isRoot = process.getuid?.() === 0;
const postfixIsMissing = (): boolean =>
  !existsSync("/usr/sbin/postfix") || !existsSync("/usr/sbin/saslpasswd2");

/** A server of the table. */
interface Peer {
  readonly name: string;
  readonly isMissing: () => boolean;
  readonly start: () => Promise<RunningServer>;
  /** How to get in: the port to take, and who logs in. */
  readonly ways: readonly {
    readonly title: string;
    readonly tls: "implicit" | "starttls" | "none";
    readonly auth?: { readonly user: string; readonly password: string };
  }[];
  /** Keywords that it offers once the session is secure; others may be there too. */
  readonly offers: readonly string[];
  readonly lacks: readonly string[];
  /** The fields that it puts on top, and nothing else of a message changes, but that lines end with LF. */
  readonly prepends: readonly string[] | "nothing";
  readonly refusal: { readonly code?: number; readonly enhancedStatus?: string };
}

const login = { user: serverUser.user, password: serverUser.password };

const asServer = (postfix: RunningPostfix): RunningServer => ({
  ...postfix,
  ports: { implicit: postfix.implicitPort, starttls: postfix.starttlsPort },
});

/** How Postfix does not know somebody. */
const refusing =
  "check_recipient_access inline:{ gone@example.org=REJECT }, reject_unauth_destination";

/** Dovecot, and the Postfix that it hands on to. */
async function startSubmission(): Promise<RunningServer> {
  const relay = await startPostfix({
    smtpd_sender_restrictions: "",
    message_size_limit: String(serverSizeLimit * 2),
    smtpd_tls_security_level: "none",
    smtpd_recipient_restrictions: refusing,
  });
  try {
    const dovecot = await startDovecot(relay.starttlsPort);
    return {
      ...dovecot,
      delivered: (count) => relay.delivered(count),
      log: () => `${dovecot.log()}\n${relay.log()}`,
      async stop() {
        await dovecot.stop();
        await relay.stop();
      },
    };
  } catch (error) {
    await relay.stop();
    throw error;
  }
}

const peers: readonly Peer[] = [
  {
    name: "Postfix",
    isMissing: postfixIsMissing,
    start: async () =>
      asServer(
        await startPostfix({
          message_size_limit: String(serverSizeLimit),
          smtpd_recipient_restrictions: refusing,
        }),
      ),
    ways: [
      { title: "implicit TLS and a login", tls: "implicit", auth: postfixUser },
      { title: "STARTTLS and a login", tls: "starttls", auth: postfixUser },
    ],
    offers: [
      "PIPELINING",
      "SIZE",
      "8BITMIME",
      "DSN",
      "SMTPUTF8",
      "CHUNKING",
      "ENHANCEDSTATUSCODES",
    ],
    lacks: ["BINARYMIME", "REQUIRETLS"],
    prepends: ["Return-Path", "X-Original-To", "Delivered-To", "Received"],
    refusal: { code: 554, enhancedStatus: "5.7.1" },
  },
  {
    name: "Exim",
    isMissing: eximIsMissing,
    start: startExim,
    ways: [
      { title: "implicit TLS and a login", tls: "implicit", auth: login },
      { title: "STARTTLS and a login", tls: "starttls", auth: login },
      { title: "STARTTLS", tls: "starttls" },
    ],
    offers: ["PIPELINING", "SIZE", "8BITMIME", "DSN", "SMTPUTF8", "CHUNKING"],
    lacks: ["BINARYMIME", "REQUIRETLS"],
    prepends: ["Return-path", "Received"],
    refusal: { code: 550, enhancedStatus: "5.1.1" },
  },
  {
    name: "OpenSMTPD",
    isMissing: opensmtpdIsMissing,
    start: startOpenSmtpd,
    ways: [{ title: "plain text", tls: "none" }],
    offers: ["SIZE", "8BITMIME", "DSN", "ENHANCEDSTATUSCODES"],
    lacks: ["PIPELINING", "SMTPUTF8", "CHUNKING"],
    prepends: ["Return-Path", "Delivered-To", "Received"],
    // 550, or 524 where it takes the name for a list that cannot be opened: both have been seen.
    refusal: {},
  },
  {
    name: "Dovecot submission before Postfix",
    isMissing: () => dovecotIsMissing() || postfixIsMissing(),
    start: startSubmission,
    ways: [{ title: "STARTTLS and a login", tls: "starttls", auth: login }],
    offers: ["SIZE", "8BITMIME", "CHUNKING", "PIPELINING"],
    lacks: ["SMTPUTF8", "BINARYMIME"],
    prepends: ["Return-Path", "X-Original-To", "Delivered-To", "Received"],
    refusal: { code: 554, enhancedStatus: "5.7.1" },
  },
  {
    name: "aiosmtpd",
    isMissing: aiosmtpdIsMissing,
    start: startAiosmtpd,
    ways: [
      { title: "implicit TLS and a login", tls: "implicit", auth: login },
      { title: "STARTTLS and a login", tls: "starttls", auth: login },
      { title: "STARTTLS", tls: "starttls" },
    ],
    offers: ["SIZE", "8BITMIME", "SMTPUTF8"],
    lacks: ["PIPELINING", "CHUNKING", "DSN"],
    prepends: "nothing",
    refusal: { code: 550, enhancedStatus: "5.1.1" },
  },
];

/** Enough for base64 that is made as it leaves, over TLS in two blocks; servers take little more here. */
const largeFile = 130_000;

const picture = Uint8Array.from({ length: 3000 }, (_, index) => (index * 7) % 256);
const rich: Message = message({
  from: "Ana Größe <ana@example.org>",
  to: ["bob@example.org", "Ève <eve@example.org>"],
  bcc: "jane@example.org",
  subject: "Grüße aus 東京, und ein langer Betreff, der immer weiter geht und gefaltet werden muss",
  text: "Grüße,\n.\n..\n...und mehr\nFrom here, a line that is kept\nblanks at the end  \n\n漢字 🙂\n.\n",
  html: '<p>Grüße <img src="cid:logo.png"></p>',
  inline: [inlineFile({ name: "logo.png", type: "image/png", content: picture })],
  attachments: [
    attachment({
      name: "Übersicht.bin",
      type: "application/octet-stream",
      content: picture.toReversed(),
    }),
  ],
});

/** Finished mail with whatever may be damaged on the way. */
const delicate = (subject: string): RawMessage => ({
  fields: [
    "From: ana@example.org",
    "To: bob@example.org",
    "Date: Mon, 23 Nov 2026 10:00:00 +0000",
    "Message-ID: <delicate@example.org>",
    `Subject: ${subject}`,
  ].map((line) => ({ name: line.slice(0, line.indexOf(":")), bytes: utf8(`${line}\r\n`) })),
  separator: utf8("\r\n"),
  body: bytesOf(
    [
      ".",
      "..",
      ".a",
      "",
      "From here",
      ">From there",
      "blanks  \t ",
      `.${"x".repeat(997)}`,
      "y".repeat(998),
      "=3D %0d%0a",
      "\u0001\u0007\u001b[31m",
      "",
      ".",
      "",
      "",
    ].join("\r\n"),
  ),
  requires: new Set(),
});
const toBob = envelope({ reversePath: "ana@example.org", recipients: ["bob@example.org"] });

/** The transport, and the bytes that each message had when it left. */
function watched(
  transport: Transport,
  seesOffer = true,
): { readonly transport: Transport; readonly left: Uint8Array[] } {
  const left: Uint8Array[] = [];
  return {
    left,
    transport: {
      ...transport,
      send: (outgoing, to, options) =>
        transport.send(
          async (offer) => {
            const raw =
              typeof outgoing === "function"
                ? await outgoing(seesOffer ? offer : bareOffer)
                : outgoing;
            const chunks: Uint8Array[] = [];
            for await (const chunk of rawChunks(raw)) chunks.push(chunk);
            left.push(concatBytes(chunks));
            return raw;
          },
          to,
          options,
        ),
      [Symbol.asyncDispose]: () => transport.close(),
    },
  };
}

/** Transports keep their connections, and Dovecot counts those of one user: each test gives its own back. */
const transports: Transport[] = [];
function opened(given: SmtpOptions): ReturnType<typeof smtpTransport> {
  const transport = smtpTransport(given);
  transports.push(transport);
  return transport;
}
afterEach(async () => {
  await Promise.all(transports.splice(0).map((transport) => transport.close()));
});

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** What the server keeps of it: the fields that it puts on top, then every octet, with its own line ends. */
function expectStored(
  stored: Uint8Array | undefined,
  sent: Uint8Array,
  prepends: Peer["prepends"],
): void {
  const kept = textOf(stored ?? new Uint8Array(0));
  if (prepends === "nothing") {
    expect(kept).toBe(textOf(sent));
    return;
  }
  const expected = textOf(sent).replaceAll("\r\n", "\n");
  expect(kept.slice(-expected.length)).toBe(expected);
  const above = kept.slice(0, -expected.length);
  const names = [...above.matchAll(/^([!-9;-~]+):/gm)].map(([, name = ""]) => name);
  expect(above.replaceAll(/^[!-9;-~]+:.*\n(?:[ \t].*\n)*/gm, "")).toBe("");
  expect([...new Set(names)].toSorted()).toEqual([...prepends].toSorted());
}

for (const peer of peers) {
  describe.skipIf(!isRoot || peer.isMissing())(peer.name, () => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await peer.start();
    });
    afterAll(() => server?.stop());

    const options = (way: Peer["ways"][number], more: Partial<SmtpOptions> = {}): SmtpOptions => ({
      host: "127.0.0.1",
      port: server.ports[way.tls] ?? 0,
      tls: way.tls,
      tlsContext: createTlsContext({ ca: readFileSync(server.caFile, "utf8") }),
      ...(way.auth === undefined
        ? {}
        : { auth: { user: way.auth.user, secret: way.auth.password } }),
      ...more,
    });
    const [firstWay] = peer.ways as [Peer["ways"][number]];
    const mailerBy = (way = firstWay, more: Partial<SmtpOptions> = {}): Mailer =>
      createMailer({ transport: opened(options(way, more)) });

    it.each([
      ["as lines", false],
      ["in chunks where it takes them", "prefer"],
    ] as const)("stores an attachment that is encoded as it leaves, %s", async (_, chunking) => {
      const { transport, left } = watched(opened(options(firstWay, { chunking })));
      const content = Uint8Array.from({ length: largeFile }, (_, at) => (at * 7 + (at >> 8)) % 256);
      const mail = message({
        from: "ana@example.org",
        to: "bob@example.org",
        text: ".\n",
        attachments: [attachment({ name: "a.bin", content })],
      });
      await createMailer({ transport }).send(mail);
      const [stored] = await server.delivered(1);
      expectStored(stored, left[0] as Uint8Array, peer.prepends);
    });

    for (const way of peer.ways) {
      it(`says what it offers, by ${way.title}`, async () => {
        const { offer, protection, loggedIn } = await opened(options(way)).verify();
        expect([...offer.keywords.keys()]).toEqual(expect.arrayContaining([...peer.offers]));
        for (const keyword of peer.lacks) expect([...offer.keywords.keys()]).not.toContain(keyword);
        expect(loggedIn).toBe(way.auth !== undefined);
        expect(protection.kind).toBe(way.tls === "none" ? "none" : "tls");
      });

      it.each([
        ["eight bits", true, /^Content-Transfer-Encoding: 8bit\r$/m],
        ["seven bits", false, /^Content-Transfer-Encoding: (?:quoted-printable|base64)\r$/m],
      ])(`stores a rich message in %s, by ${way.title}`, async (_title, seesOffer, encoding) => {
        const { transport, left } = watched(opened(options(way)), seesOffer);
        const receipt = await createMailer({ transport }).send(rich);
        expect(receipt.accepted).toHaveLength(3);
        expect(receipt.unknown).toEqual([]);
        const [sent] = left as [Uint8Array];
        expect(textOf(sent)).toMatch(encoding);
        expect(textOf(sent)).not.toContain("jane");
        const copies = peer.prepends === "nothing" ? 1 : 3;
        const stored = await server.delivered(copies);
        for (const bytes of stored) {
          // A server may tell the recipient whom it serves; no other sees Bcc.
          expectStored(bytes, sent, peer.prepends);
        }
      });
    }

    it.each([[true], [false]])(
      "stores dots, long lines and controls octet for octet, pipelined: %s",
      async (pipelining) => {
        const raw = delicate("delicate");
        const { transport, left } = watched(opened(options(firstWay, { pipelining })));
        await createMailer({ transport }).send(raw, { envelope: toBob });
        expectStored((await server.delivered(1))[0], left[0] as Uint8Array, peer.prepends);
      },
    );

    it("keeps one message one, whatever looks like its end", async () => {
      const raw = delicate("one");
      const body =
        "one\r\n.\r\n.\r\nMAIL FROM:<eve@example.org>\r\nRCPT TO:<eve@example.org>\r\nDATA\r\n";
      await mailerBy().send({ ...raw, body: bytesOf(body) }, { envelope: toBob });
      const stored = await server.delivered(1);
      expect(stored).toHaveLength(1);
      expect(textOf(stored[0] as Uint8Array).replaceAll("\r\n", "\n")).toContain(
        body.replaceAll("\r\n", "\n"),
      );
    });

    it("takes the null reverse-path (RFC 5321 §4.5.5)", async () => {
      const to = envelope({ reversePath: null, recipients: ["bob@example.org"] });
      // Where only users may send there is none to send as.
      const way = peer.ways.find(({ auth }) => auth === undefined) ?? firstWay;
      await mailerBy(way).send(delicate("null"), { envelope: to });
      expect(await server.delivered(1)).toHaveLength(1);
    });

    it("refuses one recipient in its own words, and serves the other", async () => {
      const to = envelope({
        reversePath: "ana@example.org",
        recipients: ["bob@example.org", "gone@example.org"],
      });
      const error: unknown = await mailerBy()
        .send(delicate("partial"), { envelope: to })
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DeliveryError);
      expect(error).toMatchObject({
        code: "DELIVERY_PARTIAL",
        receipt: { accepted: [{ mailbox: { localPart: "bob" } }] },
        refused: [{ mailbox: { localPart: "gone" }, retry: "no", reply: peer.refusal }],
      });
      for (const { reply } of (error as DeliveryError).refused) {
        expect(Math.floor(reply.code / 100)).toBe(5);
      }
      expect(await server.delivered(1)).toHaveLength(1);
    });

    it("has nothing when all recipients are refused, or one voids the transaction", async () => {
      const gone = mailbox({ localPart: "gone", domain: "example.org" });
      const nobody = envelope({ reversePath: "ana@example.org", recipients: [gone] });
      await expect(mailerBy().send(delicate("nobody"), { envelope: nobody })).rejects.toMatchObject(
        {
          code: "DELIVERY_REFUSED",
        },
      );
      const both = envelope({
        reversePath: "ana@example.org",
        recipients: ["bob@example.org", gone],
      });
      await expect(
        mailerBy(firstWay, { recipients: "all" }).send(delicate("all"), { envelope: both }),
      ).rejects.toMatchObject({ code: "DELIVERY_REFUSED" });
      // What comes after is what is there.
      await mailerBy().send(delicate("after"), { envelope: toBob });
      const stored = await server.delivered(1);
      expect(stored.map((bytes) => /^Subject: (.*?)\r?$/m.exec(textOf(bytes))?.[1])).toEqual([
        "after",
      ]);
    });

    it("is asked nothing when the message is larger than it takes (RFC 1870 §6.1)", async () => {
      const large = bytesOf("0123456789\r\n".repeat(serverSizeLimit / 10));
      await expect(
        mailerBy().send({ ...delicate("large"), body: large }, { envelope: toBob }),
      ).rejects.toMatchObject({ code: "SMTP_MESSAGE_TOO_LARGE" });
      async function* stream(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < serverSizeLimit / 1000; at++)
          yield utf8(`${"0123456789".repeat(98)}\r\n`.repeat(2));
      }
      await expect(
        mailerBy().send({ ...delicate("stream"), body: once(stream()) }, { envelope: toBob }),
      ).rejects.toMatchObject({ code: "SMTP_MESSAGE_TOO_LARGE" });
      await mailerBy().send(delicate("small"), { envelope: toBob });
      const stored = await server.delivered(1);
      expect(stored.map((bytes) => /^Subject: (.*?)\r?$/m.exec(textOf(bytes))?.[1])).toEqual([
        "small",
      ]);
    });

    it("takes an internationalized address, or is not asked to (RFC 6531 §3.1)", async () => {
      const mail = message({
        from: "ana@example.org",
        to: "jörg@example.org",
        subject: "Grüße",
        text: "Hello",
      });
      if (peer.offers.includes("SMTPUTF8")) {
        const { transport, left } = watched(opened(options(firstWay)));
        await createMailer({ transport }).send(mail);
        expect(Buffer.from(left[0] as Uint8Array).toString()).toContain("To: jörg@example.org");
        expectStored((await server.delivered(1))[0], left[0] as Uint8Array, peer.prepends);
      } else {
        await expect(mailerBy().send(mail)).rejects.toMatchObject({
          code: expect.stringMatching(
            /^(?:ADDRESS_NEEDS_SMTPUTF8|SMTP_SMTPUTF8_NOT_OFFERED)$/,
          ) as string,
        });
      }
    });

    for (const way of peer.ways.filter(({ auth }) => auth !== undefined)) {
      it.each(["PLAIN", "LOGIN"] as const)(
        `lets nobody in with a wrong password: %s, by ${way.title}`,
        async (mechanism) => {
          const user = way.auth?.user ?? "";
          const wrong = opened({
            ...options(way),
            auth: { user, secret: "hunter2", mechanism },
          });
          const error: unknown = await wrong.verify().catch((reason: unknown) => reason);
          expect(error).toMatchObject({ code: "SMTP_AUTH_REFUSED", retry: "no" });
          expect(JSON.stringify(error) + String(error)).not.toContain("hunter2");
          const right = { user, secret: way.auth?.password ?? "", mechanism };
          const { loggedIn } = await opened({ ...options(way), auth: right }).verify();
          expect(loggedIn).toBe(true);
        },
      );
    }
  });
}

describe.skipIf(!isRoot || eximIsMissing())("Exim, greylisting", () => {
  let exim: RunningExim;
  beforeAll(async () => {
    exim = await startExim();
  });
  afterAll(() => exim?.stop());
  it("refuses for now, and says that trying again may help (RFC 5321 §4.2.1)", async () => {
    const transport = opened({
      host: "127.0.0.1",
      port: exim.ports.starttls ?? 0,
      tls: "starttls",
      tlsContext: createTlsContext({ ca: readFileSync(exim.caFile, "utf8") }),
    });
    const later = envelope({ reversePath: "ana@example.org", recipients: ["later@example.org"] });
    await expect(transport.send(delicate("later"), later)).rejects.toMatchObject({
      code: "DELIVERY_REFUSED",
      retry: "later",
      refused: [{ retry: "later", reply: { code: 451, enhancedStatus: "4.2.0" } }],
    });
  });
});

/** A server's own sendmail command. */
describe.each([
  [
    "Postfix",
    postfixIsMissing,
    (): Promise<RunningPostfix | RunningExim> => startPostfix(),
    ["Return-Path", "X-Original-To", "Delivered-To", "Received"],
  ],
  [
    "Exim",
    eximIsMissing,
    (): Promise<RunningPostfix | RunningExim> => startExim(),
    ["Return-path", "Received"],
  ],
] as const)("the sendmail command of %s", (_name, isMissing, start, prepends) => {
  describe.skipIf(!isRoot || isMissing())("", () => {
    let server: RunningPostfix | RunningExim;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server?.stop());

    it("stores what it is given, dots and all", async () => {
      const { transport, left } = watched(sendmailTransport(server.sendmail));
      await transport.send(delicate("sendmail"), toBob);
      expectStored((await server.delivered(1))[0], left[0] as Uint8Array, prepends);
    });
    it("takes the null reverse-path, and addresses that look like flags or lists, for what they are", async () => {
      const transport = sendmailTransport(server.sendmail);
      const recipients = [
        "bob@example.org",
        mailbox({ localPart: "a, eve", domain: "example.org" }),
      ];
      await transport.send(delicate("null"), envelope({ reversePath: null, recipients }));
      const stored = await server.delivered(2);
      expect(stored).toHaveLength(2);
      for (const bytes of stored) expect(textOf(bytes)).toMatch(/^Return-path: <>$/im);
    });
    it("leaves nothing of a message that does not become whole", async () => {
      const transport = sendmailTransport(server.sendmail);
      const fails = new Error("the disk is gone");
      async function* body(): AsyncGenerator<Uint8Array> {
        yield utf8("one\r\n".repeat(20_000));
        throw fails;
      }
      await expect(transport.send({ ...delicate("half"), body: once(body()) }, toBob)).rejects.toBe(
        fails,
      );
      await transport.send(delicate("after"), toBob);
      const stored = await server.delivered(1);
      expect(stored.map((bytes) => /^Subject: (.*)$/m.exec(textOf(bytes))?.[1])).toEqual(["after"]);
    });
  });
});

describe.skipIf(!isRoot || postfixIsMissing())("Postfix without an extension", () => {
  it.each([
    ["chunking"],
    ["pipelining"],
    ["8bitmime"],
    ["dsn"],
    ["size"],
    ["enhancedstatuscodes"],
    ["smtputf8"],
    ["chunking, pipelining, 8bitmime, dsn, size, enhancedstatuscodes, smtputf8, vrfy, etrn"],
  ])("%s: the message arrives all the same, octet for octet", async (keywords) => {
    const postfix = await startPostfix({ smtpd_discard_ehlo_keywords: keywords });
    try {
      const transport = opened({
        host: "127.0.0.1",
        port: postfix.implicitPort,
        tls: "implicit",
        tlsContext: createTlsContext({ ca: readFileSync(postfix.caFile, "utf8") }),
        auth: { user: postfixUser.user, secret: postfixUser.password },
      });
      const { offer } = await transport.verify();
      for (const keyword of keywords.split(", ")) {
        expect([...offer.keywords.keys()]).not.toContain(keyword.toUpperCase());
      }
      const { transport: seen, left } = watched(transport);
      await createMailer({ transport: seen }).send(rich);
      const [sent] = left as [Uint8Array];
      expect(/^Content-Transfer-Encoding: 8bit\r$/m.test(textOf(sent))).toBe(
        !keywords.includes("8bitmime"),
      );
      const prepends = ["Return-Path", "X-Original-To", "Delivered-To", "Received"];
      for (const bytes of await postfix.delivered(3)) expectStored(bytes, sent, prepends);
    } finally {
      await postfix.stop();
    }
  });
});

describe.skipIf(!isRoot || aiosmtpdIsMissing())(
  "smtpTransport to aiosmtpd keeps what a transport promises",
  () => {
    let server: RunningAiosmtpd;
    beforeAll(async () => {
      server = await startAiosmtpd();
    });
    afterAll(() => server?.stop());
    const harness: ComplianceHarness = {
      capabilities: ["exact-bytes", "envelope", "8BITMIME", "SMTPUTF8", "refusal"],
      async open() {
        const before = server.arrived().length;
        return {
          refuses: mailbox({ localPart: "gone", domain: "example.org" }),
          transport: opened({
            host: "127.0.0.1",
            port: server.ports.starttls ?? 0,
            tls: "starttls",
            tlsContext: createTlsContext({ ca: readFileSync(server.caFile, "utf8") }),
          }),
          arrived: async () => server.arrived().slice(before),
          [Symbol.asyncDispose]: async () => undefined,
        };
      },
    };
    it.each(complianceCases(harness.capabilities).map((one) => [one.name, one] as const))(
      "%s",
      (_title, one) => one.run(harness),
    );
  },
);
