/** Ten thousand messages over lines that are cut at random octets: receipts and the server's store agree. */
import { utf8 } from "@letterwright/base/bytes";
import { bytesOf, envelope, mailbox } from "@letterwright/message";
import { smtpTransport, type SmtpOptions } from "@letterwright/smtp";
import { cuttingRelay, randomBelow } from "@letterwright/testing";
import type { BulkItem, BulkOptions } from "@letterwright/transport";
import { describe, expect, it } from "vitest";
import { storingServer } from "./storing-server.ts";

const count = 10_000;

function* items(): Generator<BulkItem> {
  for (let id = 0; id < count; id++) {
    yield {
      message: {
        fields: [{ name: "X-Number", bytes: utf8(`X-Number: ${id}\r\n`) }],
        separator: utf8("\r\n"),
        body: bytesOf(`${"x".repeat(id % 700)}\r\nthe end of ${id}\r\n`),
        requires: new Set(),
      },
      envelope: envelope({
        reversePath: mailbox({ localPart: `from${id}`, domain: "example.com" }),
        recipients: [mailbox({ localPart: `to${id}`, domain: "example.org" })],
      }),
    };
  }
}

const ways: readonly [string, Partial<SmtpOptions>, BulkOptions][] = [
  ["chained", {}, {}],
  ["eager", { flight: "eager" }, {}],
  ["in windows of 16", {}, { window: 16 }],
];

describe.each(ways)("10,000 messages, %s, over lines that are cut", (_title, options, bulk) => {
  it("are stored once where accepted, not at all where failed, and unknown nowhere else", async () => {
    await using server = await storingServer({ keywords: ["PIPELINING", "CHUNKING"] });
    await using relay = await cuttingRelay(server.port, randomBelow(42));
    const outcomes = new Map<number, string>();
    {
      await using transport = smtpTransport({
        host: "127.0.0.1",
        port: relay.port,
        tls: "none",
        clientName: "c.example.com",
        ...options,
      });
      const retry = { attempts: 5, delaysMs: [0] };
      for await (const result of transport.sendAll(items(), { ...bulk, retry })) {
        const code = "error" in result ? String((result.error as { code?: unknown }).code) : "";
        outcomes.set(result.index, code);
      }
    }
    // What left before a cut may still be on its way into the store.
    await expect.poll(() => server.standing).toBe(0);
    const stored = new Map<number, number>();
    for (const { from, to, content } of server.stored) {
      const id = Number(/X-Number: (\d+)/.exec(content)?.[1]);
      expect(content).toContain(`\r\nthe end of ${id}\r\n`);
      expect([from, ...to]).toEqual([`<from${id}@example.com>`, `<to${id}@example.org>`]);
      stored.set(id, (stored.get(id) ?? 0) + 1);
    }
    const sums = { accepted: 0, unknown: 0, failed: 0, wrong: [] as string[] };
    expect(outcomes.size).toBe(count);
    for (const [id, code] of outcomes) {
      const times = stored.get(id) ?? 0;
      if (code === "") sums.accepted += 1;
      else if (code === "SMTP_OUTCOME_UNKNOWN") sums.unknown += 1;
      else sums.failed += 1;
      const isRight =
        code === "" ? times === 1 : code === "SMTP_OUTCOME_UNKNOWN" ? times <= 1 : times === 0;
      if (!isRight) sums.wrong.push(`${id}: ${code}, stored ${times} times`);
    }
    expect(sums.wrong).toEqual([]);
    expect(relay.cuts()).toBeGreaterThan(50);
    // At most as many a cut as may be under way.
    expect(sums.unknown).toBeLessThanOrEqual(relay.cuts() * (bulk.window ?? 1));
    expect(sums.accepted).toBeGreaterThan(count / 2);
  }, 300_000);
});
