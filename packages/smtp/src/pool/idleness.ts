/** How long a connection has had nothing to do. */

/** One timer, which is set anew only when it fires: a connection is used far more often than it is left alone. */
export class Idleness {
  readonly #maxMs: number;
  readonly #passed: () => void;
  #sinceMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Calls `passed` once it was idle for so long; the process does not stay for that. */
  constructor(maxMs: number, passed: () => void) {
    this.#maxMs = maxMs;
    this.#passed = passed;
  }

  /** Since when, on the clock of `performance.now()`; `undefined` while it is used. */
  get sinceMs(): number | undefined {
    return this.#sinceMs;
  }

  isLongerThan(ms: number): boolean {
    return this.#sinceMs !== undefined && performance.now() - this.#sinceMs > ms;
  }

  begin(): void {
    if (this.#sinceMs !== undefined) return;
    this.#sinceMs = performance.now();
    this.#timer ??= this.#timerOf(this.#maxMs);
  }

  /** It is used again. */
  end(): void {
    this.#sinceMs = undefined;
  }

  /** It is used no more: nobody is called. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #timerOf(afterMs: number): NodeJS.Timeout {
    const look = (): void => {
      this.#timer = undefined;
      if (this.#sinceMs === undefined) return;
      const leftMs = this.#sinceMs + this.#maxMs - performance.now();
      if (leftMs <= 0) this.#passed();
      else this.#timer = this.#timerOf(leftMs);
    };
    return setTimeout(look, Math.ceil(afterMs)).unref();
  }
}
