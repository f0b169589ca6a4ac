/** Many messages, one after another, as fast as they leave: what `sendAll` takes and gives. */
import { UsageError } from "@letterwright/base/error";
import type { Envelope, Outgoing } from "@letterwright/message";
import type { SendRate } from "./token-bucket.ts";
import type { SendOptions, SendReceipt, Transport } from "./transport.ts";

/** One message of many. */
export type BulkItem =
  | {
      readonly message: Outgoing;
      readonly envelope: Envelope;
      readonly options?: SendOptions | undefined;
    }
  /** One that could not be made: it comes back as a failure, in its place. */
  | { readonly error: unknown };

/** When what was surely not accepted is sent again. */
export interface RetryPolicy {
  /** How often a message is sent at most, the first time included. */
  readonly attempts: number;
  /** Milliseconds before the second attempt, the third, …; the last holds for all that follow. */
  readonly delaysMs: readonly number[];
}

/** Options of `sendAll`. */
export interface BulkOptions {
  /** Connections at once. Default: as many as the transport has. */
  readonly concurrency?: number | undefined;
  /** The most messages in a time. Default: no limit but the transport's. */
  readonly rate?: SendRate | undefined;
  /**
   * Transactions that may be under way on a connection at once, where the server offers PIPELINING and CHUNKING: so
   * many outcomes can be unknown when it breaks, and some servers do not bear it. From 1 to 100; default 1.
   */
  readonly window?: number | undefined;
  /** Whether results come in the order of the messages, and not in that in which they are known. Default `false`. */
  readonly ordered?: boolean | undefined;
  /**
   * Sends again, with identical bytes, what was surely not accepted and failed with `retry: "later"`. Never what is
   * unknown, and never what somebody accepted. Default: every message is sent once.
   */
  readonly retry?: RetryPolicy | undefined;
  /** Ends it: what is under way is stopped, and each message that was taken has its result before this rejects. */
  readonly signal?: AbortSignal | undefined;
}

/** What became of one message. */
export type BulkResult<Item = BulkItem, Receipt = SendReceipt> = {
  /** Its place among all, from 0 on. */
  readonly index: number;
  readonly item: Item;
  /** How often it was sent. */
  readonly attempts: number;
} & (
  | { readonly receipt: Receipt }
  /** What `send` would have rejected with: nobody else's message is touched by it. */
  | { readonly error: unknown }
);

/**
 * The results of `sendAll`, as they become known. Messages are taken from their source only as fast as results are
 * taken from here. Leaving the loop ends it: what was begun is finished, what was not is not sent.
 */
export interface BulkResults<Item = BulkItem, Receipt = SendReceipt> extends AsyncIterableIterator<
  BulkResult<Item, Receipt>
> {
  next(): Promise<IteratorResult<BulkResult<Item, Receipt>, undefined>>;
  return(): Promise<IteratorReturnResult<undefined>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A transport with a way of its own to send many messages. */
export interface BulkTransport extends Transport {
  sendAll(items: Iterable<BulkItem> | AsyncIterable<BulkItem>, options?: BulkOptions): BulkResults;
}

/** @throws {UsageError} `BULK_OPTION_INVALID` */
export function checkBulkOptions({ concurrency, window, rate, retry }: BulkOptions): void {
  const isCount = (value: number, most: number): boolean =>
    Number.isSafeInteger(value) && value >= 1 && value <= most;
  const isAbove = (value: number): boolean => Number.isFinite(value) && value > 0;
  if (concurrency !== undefined && !isCount(concurrency, 10_000)) {
    throw invalid("concurrency", "a whole number from 1 on", concurrency);
  }
  if (window !== undefined && !isCount(window, 100)) {
    throw invalid("window", "a whole number from 1 to 100", window);
  }
  if (rate !== undefined) {
    const { messages, perMs = 1000, burst = 1 } = rate;
    if (!isAbove(messages) || !isAbove(perMs) || !isAbove(burst) || burst < 1) {
      throw invalid("rate", "numbers above 0", JSON.stringify(rate));
    }
  }
  if (retry === undefined) return;
  const { attempts, delaysMs } = retry;
  if (!isCount(attempts, 1000))
    throw invalid("retry.attempts", "a whole number from 1 on", attempts);
  const isDelay = (value: number): boolean => value >= 0 && value <= 2_147_483_647;
  if (!Array.isArray(delaysMs) || delaysMs.length === 0 || !delaysMs.every(isDelay)) {
    throw invalid("retry.delaysMs", "milliseconds, at least one", JSON.stringify(delaysMs));
  }
}

function invalid(name: string, wanted: string, found: unknown): UsageError {
  return new UsageError(`\`${name}\` must be ${wanted}, found ${String(found)}`, {
    code: "BULK_OPTION_INVALID",
    hint: "Leave it out for the default.",
  });
}
