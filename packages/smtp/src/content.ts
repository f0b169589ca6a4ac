/** The content of a message on its way to the wire: in memory, or read block by block. */
import { cr, lf } from "@letterwright/base/bytes";
import type { Stretched } from "./stretched.ts";

/** What is to be written. */
export interface Content {
  /** All of it, when it is in memory: it has been looked at, and is written without waiting for anything. */
  readonly pieces?: readonly Uint8Array[] | undefined;
  /** All of it, where some is base64 that is made as it leaves. Used when there are no `pieces`. */
  readonly stretched?: Stretched | undefined;
  /** What cannot be had at once; each chunk has been looked at. Used when there is neither of them. */
  readonly chunks?: AsyncIterable<Uint8Array> | undefined;
  /** Whether the octets are no lines (BINARYMIME), so that nothing is added to them. Default `false`. */
  readonly isBinary?: boolean;
  /** Whether somebody wants to see it leave, bit by bit. Default `false`. */
  readonly isWatched?: boolean;
  /** Called with the octets of the content that have been handed to the stream so far. */
  onBytes?(count: number): void;
}

/** Octets that are written at once: enough for few calls and TLS records, and not so many that memory shows. */
export const blockBytes = 65_536;

/** In memory a block costs nothing, so that a chunk may have more. */
const memoryBlockBytes = 1_048_576;

/** Blocks of content in memory. */
export function* blocksInMemory(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; at += memoryBlockBytes) {
      yield piece.length <= memoryBlockBytes ? piece : piece.subarray(at, at + memoryBlockBytes);
    }
  }
}

/**
 * Gathers chunks of any size into blocks. Three blocks take turns: one that is being filled, one that is held back
 * until it is known whether it is the last, and one that is leaving.
 */
export class BlockRing {
  readonly #blocks: Uint8Array[] = [];
  #turn = 0;
  #filled = 0;

  /** Takes what fits of the chunk, from `at` on; gives how many octets that were. */
  fill(chunk: Uint8Array, at: number): number {
    const block = (this.#blocks[this.#turn] ??= new Uint8Array(blockBytes));
    const taken = Math.min(chunk.length - at, blockBytes - this.#filled);
    block.set(
      at === 0 && taken === chunk.length ? chunk : chunk.subarray(at, at + taken),
      this.#filled,
    );
    this.#filled += taken;
    return taken;
  }

  get isFull(): boolean {
    return this.#filled === blockBytes;
  }

  /** The block as far as it is filled. It stays as it is until two others have been taken. */
  take(): Uint8Array {
    const block = this.#blocks[this.#turn] ?? new Uint8Array(0);
    const filled = block.subarray(0, this.#filled);
    this.#turn = (this.#turn + 1) % 3;
    this.#filled = 0;
    return filled;
  }
}

/** Whether content ends with CRLF, however it is cut. */
export class LineEndWatch {
  #last = -1;
  #before = -1;

  see(chunk: Uint8Array): void {
    const { length } = chunk;
    if (length === 0) return;
    this.#before = length > 1 ? (chunk[length - 2] as number) : this.#last;
    this.#last = chunk[length - 1] as number;
  }

  /** Nothing at all ends no line that was begun. */
  get isAtLineStart(): boolean {
    return this.#last === -1 || (this.#before === cr && this.#last === lf);
  }
}
