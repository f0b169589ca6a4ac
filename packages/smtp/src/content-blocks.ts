/** Memory for content that is made as it leaves. */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

/** Free octets before what is made, so that the command before it leaves in the same write. */
export const headroom = 512;

/** A write costs as much as the copying of some ten kilobytes. */
const plainBytes = 360_000;
/** Node encrypts all it is given before it writes any: of less than this the other side has something to do sooner. */
const secureBytes = 90_000;

/** One is made while the other is on its way; where the line takes all at once, the first is enough. */
const count = 2;

/**
 * The blocks of one connection. One that was given to the line is written to again only when all that was in it has left.
 * What is no socket of Node may pass on what it is given and say that it is written: there each block is a new one.
 */
export class ContentBlocks {
  readonly #bytes: number;
  readonly #isKept: boolean;
  readonly #blocks: Uint8Array[] = [];
  /** For each, how many octets have to leave the line before it is free. */
  readonly #ends: number[] = Array.from({ length: count }, () => 0);
  #taken: number = 0;

  constructor(stream: Duplex) {
    this.#bytes = headroom + (stream instanceof TLSSocket ? secureBytes : plainBytes);
    this.#isKept = stream instanceof Socket;
  }

  /** Whether there is one, when so many octets have left. */
  isFree(left: number): boolean {
    return this.#ends.some((end) => end <= left);
  }

  /** One that is free: its octets hold anything. */
  take(left: number): Uint8Array {
    this.#taken = this.#ends.findIndex((end) => end <= left);
    if (!this.#isKept) return new Uint8Array(this.#bytes);
    return (this.#blocks[this.#taken] ??= Buffer.allocUnsafeSlow(this.#bytes));
  }

  /** What was taken last has been given to the line, which with it got so many octets. */
  gave(end: number): void {
    this.#ends[this.#taken] = end;
  }
}
