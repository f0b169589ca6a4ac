/** Memory for what is small: parts of larger blocks, one behind the other, each given once. */

const blockBytes = 65_536;

/** A block for each small message costs more than all that is written into it. */
export class Slab {
  #block: Uint8Array = new Uint8Array(0);
  #taken = 0;

  /** Room for so many octets, which hold anything and are nobody else's. */
  take(octets: number): Uint8Array {
    if (this.#block.length - this.#taken < octets) {
      this.#block = Buffer.allocUnsafeSlow(Math.max(blockBytes, octets));
      this.#taken = 0;
    }
    const start = this.#taken;
    this.#taken += octets;
    return this.#block.subarray(start, this.#taken);
  }
}
