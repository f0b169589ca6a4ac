/**
 * Sending many messages: takes them from their source, hands them to what sends one, and gives the results.
 *
 * Theory of operation. A message is held from when it is taken until its result is. No more are held than the limit
 * says, so that a source is read no faster than results are. One that waits for another attempt is not counted, up to
 * a bound: a server that wants it later must not hold up the others.
 */
import { LetterwrightError } from "@letterwright/base/error";
import {
  checkBulkOptions,
  type BulkItem,
  type BulkOptions,
  type BulkResult,
  type BulkResults,
  type RetryPolicy,
} from "./bulk.ts";
import type { BulkSend } from "./bulk-send.ts";
import { ResultQueue } from "./bulk-results.ts";
import { Held, UnderWay, type HeldWatch } from "./held.ts";
import { createTokenBucket, type TokenBucket } from "./token-bucket.ts";
import type { SendReceipt } from "./transport.ts";

/** Messages that may wait for another attempt, beside those that are held. */
const maxSleeping = 1000;

/**
 * For those who write transports: `sendAll` by what sends one. `limit` is how many are held at once.
 *
 * @throws {UsageError} `BULK_OPTION_INVALID`
 */
export function bulkRun(
  items: Iterable<BulkItem> | AsyncIterable<BulkItem>,
  send: BulkSend,
  options: BulkOptions & { readonly limit: number; readonly ended?: () => void },
): BulkResults {
  checkBulkOptions(options);
  return new BulkRun(items, send, options);
}

class BulkRun implements BulkResults {
  readonly #send: BulkSend;
  /** Each option by itself: the object they come in has another shape for the engine in every run. */
  readonly #limit: number;
  readonly #retry: RetryPolicy | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #ended: (() => void) | undefined;
  readonly #items: Iterable<BulkItem> | AsyncIterable<BulkItem>;
  readonly #bucket: TokenBucket | undefined;
  #source: Iterator<BulkItem> | AsyncIterator<BulkItem> | undefined;
  readonly #underWay: UnderWay = new UnderWay();
  readonly #sleeping: Set<Held> = new Set();
  readonly #results: ResultQueue;
  readonly #waiters: (() => void)[] = [];
  #taken = 0;
  #isPulling = false;
  #isExhausted = false;
  #isOver = false;
  /** Why it ends before its time. */
  #failure: { readonly reason: unknown } | undefined;

  readonly #watch: HeldWatch = {
    accepted: (held, receipt) => this.#accepted(held, receipt),
    failed: (held, error) => this.#failed(held, error),
  };

  constructor(
    items: Iterable<BulkItem> | AsyncIterable<BulkItem>,
    send: BulkSend,
    options: BulkOptions & { readonly limit: number; readonly ended?: () => void },
  ) {
    this.#items = items;
    this.#send = send;
    this.#limit = options.limit;
    this.#results = new ResultQueue(options.ordered === true);
    this.#retry = options.retry;
    this.#signal = options.signal;
    this.#ended = options.ended;
    this.#bucket = options.rate === undefined ? undefined : createTokenBucket(options.rate);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  next(): Promise<IteratorResult<BulkResult, undefined>> {
    // Most are there when they are asked for: many come at once.
    const result = this.#results.take();
    if (result === undefined) return this.#nextThere();
    this.#pull();
    return Promise.resolve({ value: result, done: false });
  }

  async #nextThere(): Promise<IteratorResult<BulkResult, undefined>> {
    if (this.#source === undefined && !this.#isOver) this.#open();
    for (;;) {
      const result = this.#results.take();
      if (result !== undefined) {
        this.#pull();
        return { value: result, done: false };
      }
      if (this.#isDry()) {
        this.#end();
        const failure = this.#failure;
        this.#failure = undefined;
        if (failure !== undefined) throw failure.reason;
        return { value: undefined, done: true };
      }
      this.#pull();
      if (!this.#results.hasNext && !this.#isDry()) {
        await new Promise<void>((resolve) => this.#waiters.push(resolve));
      }
    }
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#stopSource();
    for (const held of this.#sleeping) clearTimeout(held.timer);
    this.#sleeping.clear();
    for (const held of this.#underWay.list()) {
      if (held.sending?.withdraw() === true) this.#underWay.remove(held);
    }
    while (this.#underWay.size > 0) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
    this.#results.clear();
    this.#end();
    return { value: undefined, done: true };
  }

  #open(): void {
    const items = this.#items;
    this.#source =
      Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
    const signal = this.#signal;
    if (signal?.aborted === true) this.#abort();
    else signal?.addEventListener("abort", this.#abort, { once: true });
  }

  readonly #abort = (): void => {
    const reason: unknown = this.#signal?.reason;
    this.#failure ??= { reason };
    this.#stopSource();
    for (const held of [...this.#sleeping]) {
      clearTimeout(held.timer);
      this.#sleeping.delete(held);
      this.#failedFor(held, reason);
    }
    for (const { sending } of this.#underWay.list()) sending?.abort(reason);
    this.#wake();
  };

  /** Nothing more is taken; the source may give back what it holds. */
  #stopSource(): void {
    const isOpen = !this.#isExhausted && this.#source !== undefined;
    this.#isExhausted = true;
    if (!isOpen) return;
    // Not waited for: a source that stalls would not answer this either.
    void (async () => {
      try {
        await this.#source?.return?.();
      } catch {
        // It was told to stop, and how it does so is its own affair.
      }
    })();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isExhausted = true;
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#ended?.();
  }

  #isDry(): boolean {
    return (
      this.#isExhausted &&
      this.#underWay.size === 0 &&
      this.#sleeping.size === 0 &&
      this.#results.size === 0
    );
  }

  #mayPull(): boolean {
    return (
      !this.#isExhausted &&
      this.#underWay.size + this.#results.size < this.#limit &&
      this.#sleeping.size < maxSleeping
    );
  }

  /** Takes messages as long as there is room: at once from a source that has them. */
  #pull(): void {
    if (this.#isPulling || !this.#mayPull()) return;
    this.#isPulling = true;
    try {
      while (this.#mayPull()) {
        const waitMs = this.#bucket?.take(performance.now()) ?? 0;
        if (waitMs > 0) {
          void this.#pullLater(waitMs);
          return;
        }
        const turn = this.#source?.next();
        if (turn === undefined) break;
        if (Symbol.asyncIterator in this.#items) {
          void this.#pullWhenThere(Promise.resolve(turn));
          return;
        }
        this.#took(turn as IteratorResult<BulkItem>);
      }
    } catch (error) {
      this.#sourceFailed(error);
    }
    this.#isPulling = false;
  }

  async #pullLater(waitMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(waitMs)));
    // The token that was waited for goes with the next message.
    this.#isPulling = false;
    this.#pull();
  }

  async #pullWhenThere(turn: Promise<IteratorResult<BulkItem>>): Promise<void> {
    try {
      this.#took(await turn);
    } catch (error) {
      this.#sourceFailed(error);
    }
    this.#isPulling = false;
    this.#pull();
  }

  #sourceFailed(error: unknown): void {
    this.#isExhausted = true;
    this.#failure ??= { reason: error };
    this.#wake();
  }

  #took(turn: IteratorResult<BulkItem>): void {
    if (turn.done === true) {
      this.#isExhausted = true;
      this.#wake();
      return;
    }
    const held = new Held(this.#taken++, turn.value, this.#watch);
    // What a slow source gave after the end is not sent.
    if (this.#failure !== undefined) this.#failedFor(held, this.#failure.reason);
    else if (!this.#isExhausted) this.#attempt(held);
  }

  #attempt(held: Held): void {
    const { item } = held;
    if ("error" in item) {
      this.#failedFor(held, item.error);
      return;
    }
    held.attempts += 1;
    this.#underWay.add(held);
    try {
      held.sending = this.#send(item, held);
    } catch (error) {
      held.failed(error);
    }
  }

  #failed(held: Held, error: unknown): void {
    const retry = this.#retry;
    if (retry === undefined || held.attempts >= retry.attempts || !mayRetry(error)) {
      this.#failedFor(held, error);
      return;
    }
    if (this.#isExhausted && this.#failure !== undefined) {
      this.#failedFor(held, error);
      return;
    }
    this.#underWay.remove(held);
    this.#sleeping.add(held);
    const { delaysMs } = retry;
    const delayMs = delaysMs[Math.min(held.attempts, delaysMs.length) - 1] ?? 0;
    held.timer = setTimeout(() => {
      this.#sleeping.delete(held);
      this.#attempt(held);
    }, delayMs);
    this.#pull();
  }

  #accepted(held: Held, receipt: SendReceipt): void {
    const { index, item, attempts } = held;
    this.#over(held, { index, item, attempts, receipt });
  }

  #failedFor(held: Held, error: unknown): void {
    const { index, item, attempts } = held;
    this.#over(held, { index, item, attempts, error });
  }

  #over(held: Held, result: BulkResult): void {
    this.#underWay.remove(held);
    this.#results.add(result);
    if (this.#results.hasNext || this.#underWay.size === 0) this.#wake();
  }

  #wake(): void {
    if (this.#waiters.length === 0) return;
    for (const waiter of this.#waiters.splice(0)) waiter();
  }
}

/** Whether nobody can have it, and it is worth another try. */
function mayRetry(error: unknown): boolean {
  return LetterwrightError.is(error) && "retry" in error && error.retry === "later";
}
