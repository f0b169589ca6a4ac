/** Many messages to real servers over lines that are cut at random octets: receipts and what is stored agree. */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createMailer, message, type Message } from "@letterwright/mailer";
import { smtpTransport, type SmtpOptions } from "@letterwright/smtp";
import { cuttingRelay, randomBelow } from "@letterwright/testing";
import { createTlsContext } from "@letterwright/tls";
import type { BulkOptions } from "@letterwright/transport";
import { describe, expect, it } from "vitest";
import { startPostfix } from "../src/postfix.ts";
import { dovecotIsMissing, startDovecot } from "../src/servers/dovecot.ts";
import { eximIsMissing, startExim } from "../src/servers/exim.ts";
import type { RunningServer } from "../src/servers/running-server.ts";

const isRoot = process.getuid?.() === 0;
/** On demand more: 10,000 to each take some minutes. */
const count = Number(process.env["LETTERWRIGHT_BULK_MESSAGES"] ?? 500);

interface Peer {
  readonly name: string;
  readonly isMissing: () => boolean;
  readonly start: () => Promise<RunningServer>;
  readonly options: (server: RunningServer) => SmtpOptions & { readonly port: number };
  /** Octets after which a connection is cut at the latest. */
  readonly cutsBefore: number;
  readonly ways: readonly (readonly [string, Partial<SmtpOptions>, BulkOptions])[];
}

const chained = ["chained", {}, {}] as const;
const eager = ["eager", { flight: "eager" }, {}] as const;
const windows = ["in windows of 8", {}, { window: 8 }] as const;

async function startOpenPostfix(): Promise<RunningServer> {
  const postfix = await startPostfix({ smtpd_sender_restrictions: "" });
  return { ...postfix, ports: { starttls: postfix.starttlsPort } };
}
const inTheClear = ({ ports }: RunningServer): SmtpOptions & { readonly port: number } => ({
  port: ports.starttls ?? 0,
  tls: "none",
});

const peers: readonly Peer[] = [
  {
    name: "Postfix",
    isMissing: () => !existsSync("/usr/sbin/postfix"),
    start: startOpenPostfix,
    options: inTheClear,
    cutsBefore: 20_000,
    ways: [chained, eager, windows],
  },
  {
    name: "Postfix, STARTTLS",
    isMissing: () => !existsSync("/usr/sbin/postfix"),
    start: startOpenPostfix,
    options: ({ ports, caFile }) => ({
      port: ports.starttls ?? 0,
      tls: "starttls",
      tlsContext: createTlsContext({ ca: readFileSync(caFile, "utf8") }),
    }),
    cutsBefore: 20_000,
    ways: [chained, eager, windows],
  },
  {
    name: "Exim",
    isMissing: eximIsMissing,
    start: startExim,
    // It delivers the first ten of a connection at once, and the others when its queue is run.
    options: (server) => ({ ...inTheClear(server), maxMessagesPerConnection: 10 }),
    cutsBefore: 8000,
    ways: [chained, eager, windows],
  },
  {
    name: "Dovecot LMTP",
    isMissing: dovecotIsMissing,
    start: () => startDovecot(1),
    options: ({ ports }) => ({ port: ports.lmtp ?? 0, tls: "none", protocol: "lmtp" }),
    cutsBefore: 20_000,
    ways: [chained],
  },
];

function* mails(): Generator<Message> {
  for (let id = 0; id < count; id++) {
    yield message({
      from: "ana@example.org",
      to: "bob@example.org",
      subject: `Number ${id}`,
      headers: { "X-Number": `${id}.` },
      text: `${"x".repeat(id % 700)}\nthe end of ${id}`,
    });
  }
}

/** Which numbers stand in the server's store, once more each time; until nothing more has come for a while. */
async function storedIn(server: RunningServer, least: number): Promise<readonly number[]> {
  const numbers: number[] = [];
  for (let quiet = 0; quiet < 3;) {
    const missing = Math.max(0, least - numbers.length);
    const found = await server.delivered(Math.min(missing, 100));
    for (const bytes of found) {
      const text = Buffer.from(bytes).toString("latin1");
      const id = Number(/^X-Number: (\d+)\.\r?$/m.exec(text)?.[1]);
      expect(text).toMatch(new RegExp(`\nthe end of ${id}\r?\n$`));
      numbers.push(id);
    }
    quiet = found.length === 0 ? quiet + 1 : 0;
    await pause(500);
  }
  return numbers;
}

for (const { name, isMissing, start, options, cutsBefore, ways } of peers) {
  describe.skipIf(!isRoot || isMissing())(
    `${count} messages to ${name}, over lines that are cut`,
    () => {
      it.each(ways)(
        "%s: stored once where accepted, not at all where failed, unknown nowhere else",
        async (_title, way, bulk) => {
          const server = await start();
          try {
            const { port, ...others } = options(server);
            await using relay = await cuttingRelay(port, randomBelow(7), cutsBefore);
            const outcomes = new Map<number, string>();
            {
              const transport = smtpTransport({
                host: "127.0.0.1",
                port: relay.port,
                ...others,
                ...way,
              });
              await using mailer = createMailer({ transport });
              const retry = { attempts: 5, delaysMs: [0] };
              for await (const result of mailer.sendAll(mails(), { ...bulk, retry })) {
                const code = "error" in result ? (result.error as { code?: unknown }).code : "";
                outcomes.set(result.index, String(code));
              }
            }
            expect(outcomes.size).toBe(count);
            const accepted = [...outcomes.values()].filter((code) => code === "").length;
            const stored = new Map<number, number>();
            for (const id of await storedIn(server, accepted))
              stored.set(id, (stored.get(id) ?? 0) + 1);
            const wrong: string[] = [];
            let unknown = 0;
            for (const [id, code] of outcomes) {
              const times = stored.get(id) ?? 0;
              const isUnknown = code === "SMTP_OUTCOME_UNKNOWN";
              if (isUnknown) unknown += 1;
              const isRight = isUnknown ? times <= 1 : times === (code === "" ? 1 : 0);
              if (!isRight) wrong.push(`${id}: ${code}, stored ${times} times`);
            }
            expect(wrong).toEqual([]);
            expect(relay.cuts()).toBeGreaterThan(5);
            expect(unknown).toBeLessThanOrEqual(relay.cuts() * (bulk.window ?? 1));
            expect(accepted).toBeGreaterThan(count / 2);
          } finally {
            await server.stop();
          }
        },
        600_000,
      );
    },
  );
}
