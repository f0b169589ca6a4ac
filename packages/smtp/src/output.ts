/** What is on its way out: gathered into as few writes as there can be, and held back when the line is slow. */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { utf8Into } from "@letterwright/base/bytes";

/** Up to so much is put together into one write. */
const joinBytes = 65_536;
/** A single piece of this size is worth more than the copy: it is handed on as it is. */
const largePiece = 16_384;

/** The writing side of one connection. */
export interface Output {
  /** Adds a line of text, which becomes UTF-8. */
  line(text: string): void;
  /**
   * Adds bytes; they leave with the next `flush`, or when enough of them have come together. Into the `room` octets
   * before them may be written: what is to leave before them then needs no write of its own.
   */
  add(bytes: Uint8Array, room?: number): void;
  /** Hands what was added to the stream. */
  flush(): void;
  /** Octets that the stream holds and that have not left. */
  readonly backlog: number;
  /** Octets that were added so far. */
  readonly added: number;
  /** Octets that the stream has taken, and holds no more. */
  readonly left: number;
}

/**
 * An output over a stream; `written` is called whenever some of it has left. Nothing is written to a stream that is
 * destroyed.
 */
export function createOutput(stream: Duplex, written: () => void): Output {
  return new StreamOutput(stream, written);
}

/**
 * Lines and small pieces are written one behind the other into a slab of memory, and a write is a part of it. A socket of
 * Node's has done with what it says is written, so that the slab is begun again when all has left. To any other stream
 * a part that was handed on is never written to again, whatever it does with it; a slab that is full is left to it,
 * and another begun.
 */
class StreamOutput implements Output {
  readonly #stream: Duplex;
  readonly #isSocket: boolean;
  readonly #look: () => void;
  /** Lines that are not octets yet. */
  #text = "";
  #slab: Buffer = Buffer.alloc(0);
  /** What of the slab was handed on, and what was written. */
  #handed = 0;
  #filled = 0;
  /** What leaves before the part of the slab that is not handed on: large pieces, and parts between them. */
  #pieces: Uint8Array[] = [];
  /** Octets in all of them. */
  #pieceBytes = 0;
  /** Octets that the stream was given. */
  #given = 0;

  constructor(stream: Duplex, written: () => void) {
    this.#stream = stream;
    this.#isSocket = stream instanceof Socket;
    // Not the event "drain": it comes only when much was waiting.
    this.#look = () => written();
  }

  line(text: string): void {
    this.#text += text;
  }

  add(bytes: Uint8Array, room: number = 0): void {
    const { length } = bytes;
    if (length === 0) return;
    this.#writeText();
    const part = this.#filled - this.#handed;
    if (length >= largePiece && part > 0 && part <= room) {
      const joined = new Uint8Array(bytes.buffer, bytes.byteOffset - part, part + length);
      joined.set(this.#slab.subarray(this.#handed, this.#filled));
      this.#filled = this.#handed;
      this.#pieces.push(joined);
      this.#pieceBytes += joined.length;
    } else if (length >= largePiece) {
      this.#endPart();
      this.#pieces.push(bytes);
      this.#pieceBytes += length;
    } else {
      this.#makeRoom(length);
      this.#slab.set(bytes, this.#filled);
      this.#filled += length;
    }
    if (this.#pieceBytes + this.#filled - this.#handed >= joinBytes) this.flush();
  }

  flush(): void {
    this.#writeText();
    this.#endPart();
    const pieces = this.#pieces;
    if (pieces.length === 0) return;
    this.#pieces = [];
    this.#given += this.#pieceBytes;
    this.#pieceBytes = 0;
    const stream = this.#stream;
    if (stream.destroyed) return;
    if (pieces.length === 1) stream.write(pieces[0], this.#look);
    else if (stream instanceof TLSSocket) {
      // What is corked is copied into one piece before it is encrypted.
      for (const piece of pieces) stream.write(piece, this.#look);
    } else {
      stream.cork();
      for (const piece of pieces) stream.write(piece, this.#look);
      stream.uncork();
    }
  }

  get backlog(): number {
    return this.#stream.writableLength;
  }

  get added(): number {
    this.#writeText();
    return this.#given + this.#pieceBytes + this.#filled - this.#handed;
  }

  get left(): number {
    return this.#given - this.#stream.writableLength;
  }

  #writeText(): void {
    const text = this.#text;
    if (text === "") return;
    this.#text = "";
    // UTF-8 has three octets a UTF-16 unit at most.
    this.#makeRoom(text.length * 3);
    this.#filled += utf8Into(this.#slab, this.#filled, text);
  }

  #makeRoom(octets: number): void {
    if (this.#isSocket && this.#filled === this.#handed && this.#hasAllLeft()) {
      this.#handed = 0;
      this.#filled = 0;
    }
    if (this.#slab.length - this.#filled >= octets) return;
    this.#endPart();
    this.#slab = Buffer.allocUnsafeSlow(Math.max(joinBytes, octets));
    this.#handed = 0;
    this.#filled = 0;
  }

  #hasAllLeft(): boolean {
    return this.#pieces.length === 0 && this.#stream.writableLength === 0;
  }

  #endPart(): void {
    if (this.#filled === this.#handed) return;
    this.#pieces.push(this.#slab.subarray(this.#handed, this.#filled));
    this.#pieceBytes += this.#filled - this.#handed;
    this.#handed = this.#filled;
  }
}
