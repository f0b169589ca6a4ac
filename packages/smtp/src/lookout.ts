/** Waiting for a connection: for room on the line, for an answer, or for something else while the line stands. */

/** Looks anew whenever something has happened. */
export class Lookout {
  readonly #looks = new Set<() => void>();
  /** What ended the connection, if anything has. */
  readonly #failure: () => { readonly reason: unknown } | undefined;

  constructor(failure: () => { readonly reason: unknown } | undefined) {
    this.#failure = failure;
  }

  /** Something has happened: everybody who waits looks again. */
  wake(): void {
    if (this.#looks.size === 0) return;
    const looks = [...this.#looks];
    this.#looks.clear();
    for (const look of looks) look();
  }

  /** Resolves when `holds`; rejects when the connection is gone. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const failure = this.#failure();
        if (failure !== undefined) reject(failure.reason);
        else if (holds()) resolve();
        else this.#looks.add(look);
      };
      look();
    });
  }

  /**
   * What `work` comes to, or, when the connection fails or the signal fires in the meantime, that: nobody waits for
   * what is of no use any more.
   */
  whileOpen<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    // Not Promise.race with a promise that lives as long as the connection: it would keep every result.
    return new Promise((resolve, reject) => {
      const look = (): boolean => {
        const failure = this.#failure();
        if (signal?.aborted === true) reject(signal.reason);
        else if (failure !== undefined) reject(failure.reason);
        else {
          this.#looks.add(look);
          return true;
        }
        return false;
      };
      if (!look()) return;
      signal?.addEventListener("abort", look, { once: true });
      work()
        .finally(() => {
          this.#looks.delete(look);
          signal?.removeEventListener("abort", look);
        })
        .then(resolve, reject);
    });
  }
}
