/**
 * Memory for the content of messages over one connection. A message of a megabyte wants two of them otherwise, fresh ones,
 * and what they cost, from the system and to the collector of garbage, is more than all that is done with them.
 *
 * Octets stand in it from before the envelope is said until the line has taken the last of them; only then it is lent
 * again. Nobody else sees it: what a caller can get hold of is never a part of it. What is lent and never written is
 * forgotten, and so is what is on its way when the connection ends.
 */
export class ContentMemory {
  /** Free. */
  #kept: Uint8Array | undefined = undefined;
  /** Whole, by what they are views of. */
  readonly #lent: WeakMap<ArrayBufferLike, Uint8Array> = new WeakMap();
  #hasLent = false;
  #writing: Uint8Array[] = [];
  #leaving: Uint8Array[] = [];

  /** Room for so many octets, which hold anything. */
  lend(octets: number): Uint8Array {
    let whole = this.#kept;
    this.#kept = undefined;
    if (whole === undefined || whole.length < octets) {
      whole = new Uint8Array(Math.ceil(octets / step) * step);
    }
    this.#lent.set(whole.buffer, whole);
    this.#hasLent = true;
    return whole.subarray(0, octets);
  }

  /** These are about to be written; those that are not lent are none of its business. */
  begin(pieces: readonly Uint8Array[]): void {
    if (!this.#hasLent) return;
    for (const { buffer } of pieces) {
      const whole = this.#lent.get(buffer);
      if (whole === undefined) continue;
      this.#lent.delete(buffer);
      this.#writing.push(whole);
    }
  }

  /** All of them have been handed to the stream, or will be in this turn. */
  end(): void {
    if (this.#writing.length === 0) return;
    this.#leaving.push(...this.#writing);
    this.#writing = [];
  }

  /** The stream holds nothing any more. */
  left(): void {
    if (this.#leaving.length === 0) return;
    this.#kept = this.#leaving.at(-1);
    this.#leaving = [];
  }
}

/** So that messages of about the same size find room in it. */
const step = 262_144;
