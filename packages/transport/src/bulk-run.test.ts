import { LetterwrightError } from "@letterwright/base/error";
import { bytesOf, envelope, mailbox, type RawMessage } from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { bulkRun } from "./bulk-run.ts";
import type { BulkSend } from "./bulk-send.ts";
import type { BulkItem, BulkOptions, BulkResult } from "./bulk.ts";
import type { SendReceipt } from "./transport.ts";

const to = envelope({
  reversePath: null,
  recipients: [mailbox({ localPart: "b", domain: "x.test" })],
});
const message: RawMessage = {
  fields: [],
  separator: new Uint8Array(0),
  body: bytesOf(""),
  requires: new Set(),
};
const items = (count: number): BulkItem[] =>
  Array.from({ length: count }, () => ({ message, envelope: to }));
const receipt = { reply: { code: 250, text: "" } } as unknown as SendReceipt;
class Later extends LetterwrightError {
  readonly retry = "later";
}
const later = new Later("busy", { code: "BUSY" });
const soon = (milliseconds = 1): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
const nothing = { withdraw: () => false, abort: () => undefined };

/** Sends when told to, in whatever order. */
function byHand() {
  const begun: { accept: () => void; fail: (reason: unknown) => void; isOver: boolean }[] = [];
  const send: BulkSend = (_item, told) => {
    const one = {
      isOver: false,
      accept: () => {
        one.isOver = true;
        told.accepted(receipt);
      },
      fail: (reason: unknown) => {
        one.isOver = true;
        told.failed(reason);
      },
    };
    begun.push(one);
    return { withdraw: () => false, abort: one.fail };
  };
  return { begun, send };
}

async function all(
  source: Iterable<BulkItem> | AsyncIterable<BulkItem>,
  send: BulkSend,
  options: BulkOptions & { limit?: number } = {},
): Promise<BulkResult[]> {
  const results: BulkResult[] = [];
  for await (const result of bulkRun(source, send, { limit: 4, ...options })) results.push(result);
  return results;
}
const atOnce: BulkSend = (_item, told) => {
  told.accepted(receipt);
  return nothing;
};

describe("bulkRun", () => {
  it.each([{}, { ordered: true }, { retry: { attempts: 2, delaysMs: [0] } }])(
    "gives one result for each, whatever a transport says more than once, with %j",
    async (options) => {
      const chatty: BulkSend = (_item, told) => {
        told.accepted(receipt);
        told.accepted(receipt);
        told.failed(later);
        throw new Error("and then this");
      };
      const results = await all(items(20), chatty, options);
      expect(results.map(({ index }) => index)).toEqual(items(20).map((_, at) => at));
      expect(results.every((result) => "receipt" in result)).toBe(true);
    },
  );

  it("gives a result for each, from a source of either kind, in its order where asked", async () => {
    async function* slowly() {
      for (const item of items(5)) {
        await soon();
        yield item;
      }
    }
    const backwards: BulkSend = (_item, told) => {
      setTimeout(() => told.accepted(receipt), Math.random() * 5);
      return nothing;
    };
    for (const source of [items(20), slowly()]) {
      const results = await all(source, backwards, { ordered: true });
      expect(results.map(({ index }) => index)).toEqual(results.map((_, at) => at));
    }
    const results = await all(items(20), backwards);
    expect(results.map(({ index }) => index).sort((a, b) => a - b)).toEqual(
      items(20).map((_, at) => at),
    );
    expect(await all([], atOnce)).toEqual([]);
  });

  it("takes no more from its source than results are taken from it", async () => {
    let taken = 0;
    function* endless() {
      for (;;) {
        taken++;
        yield items(1)[0] as BulkItem;
      }
    }
    const run = bulkRun(endless(), atOnce, { limit: 3 });
    expect(taken).toBe(0);
    await run.next();
    await soon();
    expect(taken).toBeLessThanOrEqual(4);
    for (let at = 0; at < 10; at++) await run.next();
    expect(taken).toBeLessThanOrEqual(14);
    await run.return();
  });

  it("has one message's failure touch no other, whatever fails", async () => {
    const three = items(3);
    const source: BulkItem[] = [
      three[0],
      { error: new Error("not made") },
      three[1],
      three[2],
    ] as BulkItem[];
    let turn = 0;
    const send: BulkSend = (_item, told) => {
      turn += 1;
      if (turn === 2) throw new Error("thrown");
      told.accepted(receipt);
      return nothing;
    };
    const results = await all(source, send, { ordered: true });
    expect(
      results.map((one) => ("error" in one ? String(one.error) : one.receipt.reply.code)),
    ).toEqual([250, "Error: not made", "Error: thrown", 250]);
    expect(results.map(({ attempts }) => attempts)).toEqual([1, 0, 1, 1]);
  });

  it("sends again only what was surely not accepted, as often and as late as the policy says", async () => {
    const unknown = Object.assign(new Later("?", { code: "X" }), { retry: "no" });
    for (const [errors, attempts] of [
      [[later, later], 3],
      [[later, later, later], 3],
      [[unknown], 1],
      [[later, unknown], 2],
      [[new Error("no code")], 1],
    ] as const) {
      let turn = 0;
      const send: BulkSend = (_item, told) => {
        const error = errors[turn++];
        if (error === undefined) told.accepted(receipt);
        else told.failed(error);
        return nothing;
      };
      const [result] = await all(items(1), send, { retry: { attempts: 3, delaysMs: [0, 1] } });
      expect(result?.attempts).toBe(attempts);
      expect(turn).toBe(attempts);
      expect("error" in (result ?? {})).toBe(errors.length >= 3 || errors.at(-1) !== later);
    }
  });

  it("goes on with others while one waits for its next attempt", async () => {
    const seen: number[] = [];
    let hasFailed = false;
    const send: BulkSend = (_item, told) => {
      if (hasFailed) told.accepted(receipt);
      else told.failed(later);
      hasFailed = true;
      return nothing;
    };
    const options = { limit: 1, retry: { attempts: 2, delaysMs: [20] } };
    for await (const { index } of bulkRun(items(4), send, options)) seen.push(index);
    expect(seen).toEqual([1, 2, 3, 0]);
  });

  it("begins no more than the rate says", async () => {
    const begun: number[] = [];
    const send: BulkSend = (_item, told) => {
      begun.push(performance.now());
      told.accepted(receipt);
      return nothing;
    };
    await all(items(6), send, { rate: { messages: 100 } });
    expect((begun.at(-1) as number) - (begun[0] as number)).toBeGreaterThan(45);
  });

  it("gives what is known before it rejects with what its source threw", async () => {
    function* broken() {
      yield* items(2);
      throw new Error("no more");
    }
    const results: BulkResult[] = [];
    const run = async (): Promise<void> => {
      for await (const result of bulkRun(broken(), atOnce, { limit: 9 })) results.push(result);
    };
    await expect(run()).rejects.toThrow("no more");
    expect(results).toHaveLength(2);
  });

  it("stops at its signal: each that was taken has its result, and then it rejects with the reason", async () => {
    const { begun, send } = byHand();
    const stop = new AbortController();
    const run = bulkRun(items(9), send, { limit: 3, signal: stop.signal, ordered: true });
    const first = run.next();
    begun[0]?.accept();
    expect(await first).toMatchObject({ value: { receipt } });
    stop.abort(new Error("enough"));
    const results = [await run.next(), await run.next(), await run.next()];
    expect(
      results.map(({ value }) => String((value as { error?: unknown } | undefined)?.error)),
    ).toEqual(Array(3).fill("Error: enough"));
    await expect(run.next()).rejects.toThrow("enough");
    expect(await run.next()).toEqual({ value: undefined, done: true });
    const early = bulkRun(items(1), send, {
      limit: 1,
      signal: AbortSignal.abort(new Error("at once")),
    });
    await expect(early.next()).rejects.toThrow("at once");
  });

  it("finishes what was begun when the loop is left, and sends nothing else", async () => {
    const begun: number[] = [];
    let isReturned = false;
    function* source() {
      try {
        yield* items(100);
      } finally {
        isReturned = true;
      }
    }
    let ended = 0;
    let over = 0;
    const send: BulkSend = (_item, told) => {
      const number = begun.length;
      begun.push(number);
      // Every other one is still waiting, and is taken back.
      if (number % 2 === 0) {
        setTimeout(() => {
          over += 1;
          told.accepted(receipt);
        }, 5);
      }
      return { withdraw: () => number % 2 === 1, abort: () => undefined };
    };
    for await (const result of bulkRun(source(), send, { limit: 4, ended: () => (ended += 1) })) {
      expect("receipt" in result).toBe(true);
      break;
    }
    expect(isReturned).toBe(true);
    expect(over).toBe(begun.filter((number) => number % 2 === 0).length);
    expect(begun.length).toBeLessThan(6);
    expect(ended).toBe(1);
  });

  it.each([
    [{ concurrency: 0 }],
    [{ concurrency: 1.5 }],
    [{ window: 101 }],
    [{ rate: { messages: 0 } }],
    [{ retry: { attempts: 0, delaysMs: [1] } }],
    [{ retry: { attempts: 2, delaysMs: [] } }],
    [{ retry: { attempts: 2, delaysMs: [Number.NaN] } }],
  ])("refuses %j", (options) => {
    expect(() => bulkRun([], atOnce, { limit: 1, ...options })).toThrow(
      expect.objectContaining({ code: "BULK_OPTION_INVALID" }),
    );
  });
});
