/** Content with base64 in it that is made when it leaves, a block at a time. */
import { cr, lf } from "@letterwright/base/bytes";
import { encodeBase64Into, encodedBase64Length } from "@letterwright/base/codec";
import { headBytes, rawByteLength, type RawMessage } from "@letterwright/message";
import { lengthMismatch } from "./measured.ts";

/**
 * Octets that have been looked at, or octets that are encoded here, by this project's own encoder and in lines that end
 * with CRLF whatever the caller brought: nothing that is harmful can come of them, and nothing has to be looked at.
 */
interface Piece {
  readonly octets: Uint8Array;
  /** How many they are. Memory can be taken from its array, or grow. */
  readonly length: number;
  /** Of the lines of base64 that they become; `undefined` for those that leave as they are. */
  readonly lineLength: number | undefined;
}

/** Content of which some is not made yet. */
export interface Stretched {
  readonly pieces: readonly Piece[];
  /** Of all of it, when it is made. */
  readonly byteLength: number;
  /** Whether it ends with CRLF. */
  readonly isEnded: boolean;
}

const crlf = Uint8Array.of(cr, lf);
/** RFC 5321 §4.5.3.1.6, without the line end. */
const longestLine = 998;

/**
 * A message as stretches, and those that are to be looked at, its head first; `undefined` when it has none that wait.
 *
 * @throws {LetterwrightError} `SMTP_LENGTH_MISMATCH`
 */
export function stretchedOf(
  raw: RawMessage,
): { readonly content: Stretched; readonly looked: readonly Uint8Array[] } | undefined {
  const given = raw.body.stretches?.();
  if (given === undefined) return undefined;
  const pieces: Piece[] = [];
  let byteLength = 0;
  const push = (octets: Uint8Array, lineLength: number | undefined, encoded: number): void => {
    pieces.push({ octets, length: octets.length, lineLength });
    byteLength += encoded;
  };
  const head = headBytes(raw);
  push(head, undefined, head.length);
  const looked: Uint8Array[] = [head];
  for (const stretch of given) {
    if (stretch instanceof Uint8Array) {
      if (stretch.length === 0) continue; // so that the last says how all of it ends
      looked.push(stretch);
      push(stretch, undefined, stretch.length);
      continue;
    }
    const { octets, lineLength, lineEnd } = stretch;
    const isCrlf = lineEnd.length === 2 && lineEnd[0] === cr && lineEnd[1] === lf;
    if (!isCrlf || lineLength > longestLine || octets.length === 0) return undefined;
    push(octets, lineLength, encodedBase64Length(octets.length, { lineLength, lineEnd: crlf }));
  }
  const declared = rawByteLength(raw);
  if (declared !== undefined && declared !== byteLength) {
    throw lengthMismatch(declared, byteLength);
  }
  const { octets, lineLength } = pieces.at(-1) as Piece;
  const isEnded = lineLength === undefined && octets.at(-1) === lf && octets.at(-2) === cr;
  return { content: { pieces, byteLength, isEnded }, looked };
}

/** Writes content into one block after another. */
export class Filler {
  readonly #pieces: readonly Piece[];
  #index = 0;
  /** Octets of the piece that have been written, or encoded. */
  #from = 0;

  constructor({ pieces }: Stretched) {
    this.#pieces = pieces;
  }

  get isDone(): boolean {
    return this.#index === this.#pieces.length;
  }

  /**
   * Writes from `start` on what fits into the block, which has room for a line at least; gives the offset after it.
   *
   * @throws {LetterwrightError} `SMTP_LENGTH_MISMATCH` when a piece is not what it was
   */
  writeInto(block: Uint8Array, start: number): number {
    let at = start;
    while (this.#index < this.#pieces.length) {
      const { octets, length, lineLength } = this.#pieces[this.#index] as Piece;
      // What was announced and what comes would be two things.
      if (octets.length !== length) throw lengthMismatch(length, octets.length);
      at =
        lineLength === undefined
          ? this.#copy(block, at, octets)
          : this.#encode(block, at, octets, lineLength);
      if (this.#from < length) return at;
      this.#index += 1;
      this.#from = 0;
    }
    return at;
  }

  #copy(block: Uint8Array, at: number, octets: Uint8Array): number {
    const taken = octets.subarray(this.#from, this.#from + block.length - at);
    block.set(taken, at);
    this.#from += taken.length;
    return at + taken.length;
  }

  /** Whole lines, as many as there is room for, behind the end of the line before. */
  #encode(block: Uint8Array, start: number, octets: Uint8Array, lineLength: number): number {
    let at = start;
    const room = block.length - at - (this.#from === 0 ? 0 : crlf.length);
    const lines = Math.floor((room + crlf.length) / (lineLength + crlf.length));
    if (lines < 1) return at;
    if (this.#from > 0) {
      block[at++] = cr;
      block[at++] = lf;
    }
    const taken = octets.subarray(this.#from, this.#from + (lines * lineLength * 3) / 4);
    this.#from += taken.length;
    return encodeBase64Into(block, at, taken, { lineLength, lineEnd: crlf });
  }
}
