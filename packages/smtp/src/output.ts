/** What is on its way out: gathered into as few writes as there can be, and held back when the line is slow. */
import type { Duplex } from "node:stream";
import { concatBytes } from "@letterwright/base/bytes";

/** Up to so much is put together into one buffer; what is larger is handed on as it is. */
const joinBytes = 65_536;
/** A single piece of this size is worth more than the copy. */
const largePiece = 16_384;

/** The writing side of one connection. */
export interface Output {
  /** Adds bytes; they leave with the next `flush`, or when enough of them have come together. */
  add(bytes: Uint8Array): void;
  /** Hands what was added to the stream. */
  flush(): void;
  /** Octets that the stream holds and that have not left. */
  readonly backlog: number;
}

/**
 * An output over a stream; `written` is called whenever all of it has left. Nothing is written to a stream that is
 * destroyed.
 */
export function createOutput(stream: Duplex, written: () => void): Output {
  // Not the event "drain": it comes only when much was waiting.
  const look = (): void => {
    if (stream.writableLength === 0) written();
  };
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  let isLarge = false;
  const flush = (): void => {
    if (pieces.length === 0) return;
    const leaving = pieces;
    const isJoined = !isLarge;
    pieces = [];
    bytes = 0;
    isLarge = false;
    if (stream.destroyed) return;
    if (leaving.length === 1) stream.write(leaving[0], look);
    else if (isJoined) stream.write(concatBytes(leaving), look);
    else {
      stream.cork();
      for (const piece of leaving) stream.write(piece, look);
      stream.uncork();
    }
  };
  return {
    add(piece) {
      if (piece.length === 0) return;
      pieces.push(piece);
      bytes += piece.length;
      isLarge ||= piece.length >= largePiece;
      if (bytes >= joinBytes) flush();
    },
    flush,
    get backlog() {
      return stream.writableLength;
    },
  };
}
