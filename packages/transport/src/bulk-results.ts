/** Results that nobody has taken: in the order in which they are known, or in that of the messages. */
import type { BulkResult } from "./bulk.ts";

export class ResultQueue {
  readonly #isOrdered: boolean;
  /** In order, with places for those that are not known yet. No Map, for the reason that `UnderWay` is no Set. */
  #results: (BulkResult | undefined)[] = [];
  #size = 0;
  /** How many were taken. */
  #taken = 0;

  constructor(isOrdered: boolean) {
    this.#isOrdered = isOrdered;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether there is one to take now. */
  get hasNext(): boolean {
    return this.#results.length > 0 && this.#results[0] !== undefined;
  }

  add(result: BulkResult): void {
    this.#size += 1;
    if (!this.#isOrdered) {
      this.#results.push(result);
      return;
    }
    const place = result.index - this.#taken;
    while (this.#results.length < place) this.#results.push(undefined);
    this.#results[place] = result;
  }

  take(): BulkResult | undefined {
    if (!this.hasNext) return undefined;
    this.#size -= 1;
    this.#taken += 1;
    return this.#results.shift();
  }

  clear(): void {
    this.#results = [];
    this.#size = 0;
  }
}
