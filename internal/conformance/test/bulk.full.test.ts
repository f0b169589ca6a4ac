/** Many messages over few connections of real servers: chained, eager and in windows, each compared as stored. */
import { existsSync, readFileSync } from "node:fs";
import { createMailer, message, type Message } from "@letterwright/mailer";
import { smtpTransport, type SmtpEvent, type SmtpOptions } from "@letterwright/smtp";
import { createTlsContext } from "@letterwright/tls";
import type { BulkOptions } from "@letterwright/transport";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostfix } from "../src/postfix.ts";
import { dovecotIsMissing, startDovecot } from "../src/servers/dovecot.ts";
import { eximIsMissing, startExim } from "../src/servers/exim.ts";
import type { RunningServer } from "../src/servers/running-server.ts";

const isRoot = process.getuid?.() === 0;
const postfixIsMissing = (): boolean => !existsSync("/usr/sbin/postfix");

interface Peer {
  readonly name: string;
  readonly isMissing: () => boolean;
  readonly start: () => Promise<RunningServer>;
  readonly options: (server: RunningServer) => SmtpOptions;
  readonly hasWindows: boolean;
}

const tlsOf = (server: RunningServer): SmtpOptions => ({
  host: "127.0.0.1",
  port: server.ports.starttls ?? 0,
  tls: "starttls",
  tlsContext: createTlsContext({ ca: readFileSync(server.caFile, "utf8") }),
});

const peers: readonly Peer[] = [
  {
    name: "Postfix",
    isMissing: postfixIsMissing,
    async start() {
      const postfix = await startPostfix({
        smtpd_sender_restrictions: "",
        smtpd_recipient_restrictions:
          "check_recipient_access inline:{ gone@example.org=REJECT }, reject_unauth_destination",
      });
      return {
        ...postfix,
        ports: { implicit: postfix.implicitPort, starttls: postfix.starttlsPort },
      };
    },
    options: tlsOf,
    hasWindows: true,
  },
  {
    name: "Exim",
    isMissing: eximIsMissing,
    start: startExim,
    // It delivers the first ten of a connection at once, and the others when its queue is run
    // (`smtp_accept_queue_per_connection`).
    options: (server) => ({ ...tlsOf(server), maxMessagesPerConnection: 10 }),
    hasWindows: true,
  },
  {
    name: "Dovecot LMTP",
    isMissing: dovecotIsMissing,
    start: () => startDovecot(1),
    options: (server) => ({
      host: "127.0.0.1",
      port: server.ports.lmtp ?? 0,
      tls: "none",
      protocol: "lmtp",
    }),
    // One reply a recipient: how many there are has to be sure before the end leaves.
    hasWindows: false,
  },
];

const ways: readonly [string, Partial<SmtpOptions>, BulkOptions][] = [
  ["in turns", { pipelining: false }, {}],
  ["chained", { chunking: false }, {}],
  ["chained, by BDAT", { chunking: "prefer" }, {}],
  ["eager", { flight: "eager" }, {}],
  ["in windows of 8", {}, { window: 8 }],
];

const count = 60;
/** Every tenth is for somebody whom the server does not know. */
const isRefused = (id: number): boolean => id % 10 === 7;
const bodyOf = (id: number): string => `.\nmessage ${id}\n..two dots\n${"x".repeat(id)}\n.`;
const mailOf = (id: number): Message =>
  message({
    from: "ana@example.org",
    to: isRefused(id) ? "gone@example.org" : "bob@example.org",
    subject: `Number ${id}`,
    headers: { "X-Number": `${id}.` },
    text: bodyOf(id),
  });

for (const peer of peers) {
  describe.skipIf(!isRoot || peer.isMissing())(peer.name, () => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await peer.start();
    });
    afterAll(() => server?.stop());

    for (const [title, options, bulk] of ways) {
      if (bulk.window !== undefined && !peer.hasWindows) continue;
      it(`stores each once, as it was sent, ${title}`, async () => {
        const connections = new Set<number>();
        const onEvent = ({ connection }: SmtpEvent): void => void connections.add(connection);
        const transport = smtpTransport({
          ...peer.options(server),
          ...options,
          maxConnections: 2,
          onEvent,
        });
        await using mailer = createMailer({ transport });
        const ids = Array.from({ length: count }, (_, id) => id);
        const accepted = new Set<number>();
        for await (const result of mailer.sendAll(ids.map(mailOf), { ordered: true, ...bulk })) {
          if ("receipt" in result) accepted.add(result.index);
          else expect(result.error).toMatchObject({ code: "DELIVERY_REFUSED" });
        }
        expect([...accepted]).toEqual(ids.filter((id) => !isRefused(id)));
        expect(connections.size).toBeGreaterThan(1);
        expect(connections.size).toBeLessThan(10);
        const stored = await server.delivered(accepted.size);
        const found = stored.map((bytes) => Buffer.from(bytes).toString("latin1"));
        const seen = found.map((text) => Number(/^X-Number: (\d+)\.$/m.exec(text)?.[1]));
        expect(seen.toSorted((a, b) => a - b)).toEqual([...accepted]);
        for (const [at, id] of seen.entries()) {
          const text = found[at]?.replaceAll("\r\n", "\n") ?? "";
          expect(text.slice(text.indexOf("\n\n") + 2)).toBe(`${bodyOf(id)}\n`);
        }
      });
    }
  });
}
