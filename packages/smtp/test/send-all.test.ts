/** Many messages in one call (RFC 2920 §3.1, RFC 3030 §4.2). */
import { utf8 } from "@letterwright/base/bytes";
import { bytesOf, envelope, mailbox, type RawMessage } from "@letterwright/message";
import type { SmtpOptions, SmtpTransport } from "@letterwright/smtp";
import type { BulkItem, BulkOptions, BulkResult } from "@letterwright/transport";
import { describe, expect, it } from "vitest";
import { withServer, type StoringOptions, type StoringServer } from "./storing-server.ts";

const chunking = ["PIPELINING", "CHUNKING"];
const body = (id: number): string => `message ${id}\r\n.\r\nits end ${id}\r\n`;
const mail = (id: number): RawMessage => ({
  fields: [{ name: "Message-ID", bytes: utf8(`Message-ID: <${id}@example.com>\r\n`) }],
  separator: utf8("\r\n"),
  body: bytesOf(body(id)),
  requires: new Set(),
});
/** Names the message as well, so that an envelope cannot be taken for another's. */
const item = (id: number, more: readonly string[] = []): BulkItem => ({
  message: mail(id),
  envelope: envelope({
    reversePath: mailbox({ localPart: `from${id}`, domain: "example.com" }),
    recipients: [`to${id}`, ...more].map((localPart) =>
      mailbox({ localPart, domain: "example.org" }),
    ),
  }),
});
function* items(count: number): Generator<BulkItem> {
  for (let id = 0; id < count; id++) yield item(id);
}

async function collect(
  transport: SmtpTransport,
  source: Iterable<BulkItem> | AsyncIterable<BulkItem>,
  options?: BulkOptions,
): Promise<BulkResult[]> {
  const results: BulkResult[] = [];
  for await (const result of transport.sendAll(source, options)) results.push(result);
  return results;
}
const codeOf = (result: BulkResult): string =>
  "error" in result ? ((result.error as { code?: string }).code ?? "?") : "accepted";

/** How often each message is stored, and that it is whole, with its own envelope. */
function storedOf(server: StoringServer): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const { from, to, content } of server.stored) {
    const id = Number(/message (\d+)/.exec(content)?.[1]);
    expect(content).toBe(`Message-ID: <${id}@example.com>\r\n\r\n${body(id)}`);
    expect(from).toBe(`<from${id}@example.com>`);
    expect(to[0]).toBe(`<to${id}@example.org>`);
    times.set(id, (times.get(id) ?? 0) + 1);
  }
  return times;
}

/** Accepted is stored once, refused is not stored, unknown may be. Gives how many of each there are. */
function expectHonest(results: readonly BulkResult[], server: StoringServer, count: number) {
  const stored = storedOf(server);
  expect(results.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
    Array.from({ length: count }, (_, at) => at),
  );
  const counts = { accepted: 0, failed: 0, unknown: 0, storedAndUnknown: 0 };
  for (const result of results) {
    const times = stored.get(result.index) ?? 0;
    const code = codeOf(result);
    if (code === "accepted") {
      counts.accepted++;
      expect(times, `message ${result.index} was accepted`).toBe(1);
    } else if (code === "SMTP_OUTCOME_UNKNOWN") {
      counts.unknown++;
      counts.storedAndUnknown += times;
      expect(times).toBeLessThanOrEqual(1);
    } else {
      counts.failed++;
      expect(times, `message ${result.index} has failed with ${code}`).toBe(0);
    }
  }
  return counts;
}

const ways: readonly [string, StoringOptions, Partial<SmtpOptions>, BulkOptions][] = [
  ["in turns", { keywords: [] }, {}, {}],
  ["chained", {}, {}, {}],
  ["chained, by BDAT", { keywords: chunking }, { chunking: "prefer" }, {}],
  ["eager", { keywords: chunking }, { flight: "eager" }, {}],
  ["in windows", { keywords: chunking }, {}, { window: 16 }],
  ["in windows, over one connection", { keywords: chunking }, {}, { window: 5, concurrency: 1 }],
];

describe.each(ways)("sendAll, %s", (title, server, options, bulk) => {
  it("sends each once, with its own envelope, and gives its own reply", async () => {
    await withServer(server, options, async (transport, listening) => {
      const results = await collect(transport, items(300), { ordered: true, ...bulk });
      expect(expectHonest(results, listening, 300).accepted).toBe(300);
      for (const { index, ...result } of results) {
        const at = listening.stored.findIndex(({ from }) => from === `<from${index}@example.com>`);
        expect("receipt" in result && result.receipt.messageId).toBe(`<${index}@example.com>`);
        // Replies are numbered as messages were stored: a reply is this message's own.
        expect("receipt" in result && result.receipt.reply.text).toBe(`taken as ${at + 1}`);
      }
      expect(listening.most).toBeLessThanOrEqual(bulk.concurrency ?? 5);
    });
  });

  it("has one that is refused, in whatever way, touch no other", async () => {
    const refusing: StoringOptions = {
      ...server,
      answer(line) {
        if (/FROM:<from\d*1@/.test(line)) return "553 5.1.8 bad sender";
        if (/TO:<to\d*3@/.test(line)) return "550 5.1.1 no such user";
        return undefined;
      },
    };
    await withServer(refusing, { maxConnections: 2, ...options }, async (transport, listening) => {
      const results = await collect(transport, items(100), { ordered: true, ...bulk });
      const counts = expectHonest(results, listening, 100);
      expect(counts).toMatchObject({ accepted: 80, failed: 20, unknown: 0 });
      for (const result of results) {
        const digit = result.index % 10;
        expect(codeOf(result)).toBe(
          digit === 1 ? "SMTP_SENDER_REFUSED" : digit === 3 ? "DELIVERY_REFUSED" : "accepted",
        );
      }
    });
  });

  it("is honest when the server drops every so many-th connection, wherever it does", async () => {
    let commands = 0;
    const dropping: StoringOptions = {
      ...server,
      answer(_line, connection) {
        if (connection.taken === 0) return undefined;
        commands += 1;
        if (commands % 23 !== 0) return undefined;
        // With or without what it had to say; or without a word to this one.
        if (commands % 2 === 0) connection.cut();
        else connection.reset();
        return null;
      },
    };
    await withServer(dropping, options, async (transport, listening) => {
      const results = await collect(transport, items(400), bulk);
      const counts = expectHonest(results, listening, 400);
      expect(counts.accepted).toBeGreaterThan(100);
      if (title === "in turns") expect(counts.failed).toBeGreaterThan(0);
      expect(listening.connections.length).toBeGreaterThan(10);
    });
  });

  it("is honest when the server is tired of a connection after every few messages (421, RFC 5321 §3.8)", async () => {
    const tired: StoringOptions = {
      ...server,
      answer: (line, { taken }) =>
        taken >= 7 && line.startsWith("MAIL") ? "421 4.7.0 enough" : undefined,
    };
    await withServer(tired, { maxConnections: 2, ...options }, async (transport, listening) => {
      const results = await collect(transport, items(60), bulk);
      const counts = expectHonest(results, listening, 60);
      expect(counts).toEqual({ accepted: 60, failed: 0, unknown: 0, storedAndUnknown: 0 });
    });
  });

  it("sends again what failed and was surely not accepted, with the same bytes", async () => {
    const seen = new Map<string, number>();
    const busy: StoringOptions = {
      ...server,
      answer(line) {
        if (!line.startsWith("RCPT")) return undefined;
        const times = (seen.get(line) ?? 0) + 1;
        seen.set(line, times);
        return times < 3 ? "451 4.7.1 greylisted" : undefined;
      },
    };
    await withServer(busy, options, async (transport, listening) => {
      const retry = { attempts: 3, delaysMs: [0, 1] };
      const results = await collect(transport, items(40), { ...bulk, retry });
      expect(expectHonest(results, listening, 40).accepted).toBe(40);
      expect(results.every(({ attempts }) => attempts === 3)).toBe(true);
    });
  });

  it("stops at its signal, and says of each that was taken what is known", async () => {
    const stop = new AbortController();
    let ends = 0;
    const slow: StoringOptions = {
      ...server,
      delayMs: 2,
      answer(line) {
        if ((line === "END" || line === "BDAT LAST") && ++ends === 20)
          stop.abort(new Error("stop"));
        return undefined;
      },
    };
    await withServer(slow, { maxConnections: 2, ...options }, async (transport, listening) => {
      const results: BulkResult[] = [];
      const run = async (): Promise<void> => {
        const signal = stop.signal;
        for await (const one of transport.sendAll(items(1000), { ...bulk, signal }))
          results.push(one);
      };
      await expect(run()).rejects.toThrow("stop");
      // What was under way is over on the server's side, too, before its store is looked at.
      await transport.close();
      await new Promise((resolve) => setTimeout(resolve, 20));
      const counts = expectHonest(results, listening, results.length);
      expect(counts.accepted + counts.unknown).toBeGreaterThan(0);
      expect(results.length).toBeLessThan(200);
      expect(listening.stored.length).toBeLessThanOrEqual(counts.accepted + counts.unknown);
    });
  });
});

describe("sendAll", () => {
  it("needs a round trip a message when chained, and far less in windows", async () => {
    const batchesOf = async (bulk: BulkOptions): Promise<number> => {
      let batches = 0;
      await withServer(
        { keywords: chunking, told: () => batches++ },
        { maxConnections: 1 },
        async (transport) => {
          await collect(transport, items(64), bulk);
        },
      );
      return batches;
    };
    // Greeting, EHLO, the first envelope, and QUIT come on top.
    expect(await batchesOf({})).toBeLessThanOrEqual(64 + 4);
    expect(await batchesOf({ window: 16 })).toBeLessThanOrEqual(64 / 16 + 8);
  });

  it("leaves room for others: a send does not wait behind all of it", async () => {
    await withServer({ delayMs: 1 }, { maxConnections: 1 }, async (transport, listening) => {
      const bulk = collect(transport, items(100));
      await expect.poll(() => listening.stored.length).toBeGreaterThan(2);
      const before = listening.stored.length;
      const single = item(1000) as Exclude<BulkItem, { readonly error: unknown }>;
      await transport.send(single.message, single.envelope);
      expect(listening.stored.length - before).toBeLessThan(20);
      await bulk;
      expect(listening.stored).toHaveLength(101);
    });
  });

  it("finishes what was begun when the loop is left, and sends nothing else", async () => {
    await withServer({ delayMs: 1 }, { maxConnections: 1 }, async (transport, listening) => {
      let accepted = 0;
      for await (const result of transport.sendAll(items(100))) {
        expect(codeOf(result)).toBe("accepted");
        if (++accepted === 10) break;
      }
      const { length } = listening.stored;
      expect(length).toBeLessThan(15);
      await transport.close();
      expect(listening.stored).toHaveLength(length);
    });
  });

  it("takes large messages through a window without holding them all", async () => {
    const large = (id: number): BulkItem =>
      ({
        ...(item(id) as object),
        message: { ...mail(id), body: bytesOf("x".repeat(76).concat("\r\n").repeat(5000)) },
      }) as BulkItem;
    await withServer(
      { keywords: chunking },
      { maxConnections: 1 },
      async (transport, listening) => {
        const results = await collect(transport, [0, 1, 2, 3, 4, 5].map(large), { window: 4 });
        expect(results.map(codeOf)).toEqual(Array(6).fill("accepted"));
        expect(new Set(listening.stored.map(({ content }) => content.length)).size).toBe(1);
      },
    );
  });

  it("is refused once the transport is closed", async () => {
    await withServer({}, {}, async (transport) => {
      await transport.close();
      expect(() => transport.sendAll(items(1))).toThrow(
        expect.objectContaining({ code: "TRANSPORT_CLOSED" }),
      );
    });
  });
});
