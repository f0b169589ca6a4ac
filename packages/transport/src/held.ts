/** Messages that were taken and have no result yet. */
import type { BulkItem } from "./bulk.ts";
import type { BulkSending, BulkTold } from "./bulk-send.ts";
import type { SendReceipt } from "./transport.ts";

/** What is told of them. */
export interface HeldWatch {
  accepted(held: Held, receipt: SendReceipt): void;
  failed(held: Held, error: unknown): void;
}

/** One of them; it is what its sending tells, once: a second word to the same changes nothing. */
export class Held implements BulkTold {
  readonly index: number;
  readonly item: BulkItem;
  attempts: number = 0;
  sending: BulkSending | undefined = undefined;
  timer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** Where it stands among those that are under way; -1 where it does not. */
  place: number = -1;
  readonly #watch: HeldWatch;

  constructor(index: number, item: BulkItem, watch: HeldWatch) {
    this.index = index;
    this.item = item;
    this.#watch = watch;
  }

  accepted(receipt: SendReceipt): void {
    if (this.#isUnderWay) this.#watch.accepted(this, receipt);
  }

  failed(error: unknown): void {
    if (this.#isUnderWay) this.#watch.failed(this, error);
  }

  get #isUnderWay(): boolean {
    return this.place !== -1;
  }
}

/**
 * Those that are under way, in no order. No Set: one that is added to and deleted from again and again is copied into a
 * new table now and then, the old one leads to the new, and once an old one outlives a collection or two, it takes all
 * that follow, with their messages, to where they are only collected at last.
 */
export class UnderWay {
  readonly #held: Held[] = [];

  get size(): number {
    return this.#held.length;
  }

  add(held: Held): void {
    held.place = this.#held.length;
    this.#held.push(held);
  }

  /** Takes one out, where it is there. */
  remove(held: Held): void {
    if (held.place === -1) return;
    const last = this.#held.pop() as Held;
    if (last !== held) {
      last.place = held.place;
      this.#held[held.place] = last;
    }
    held.place = -1;
  }

  /** All of them at this moment, the first that was taken first. */
  list(): readonly Held[] {
    return this.#held.toSorted((one, other) => one.index - other.index);
  }
}
