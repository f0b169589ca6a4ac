/** Content as the wire has it: lines with dots stuffed and a lone dot, or chunks of BDAT. The one place for both. */
import { cr, emptyBytes, lf } from "@letterwright/base/bytes";
import {
  createDotStuffer,
  type Command,
  type ContentStep,
  type DotStuffer,
} from "@letterwright/smtp-protocol";
import { blockBytes, LineEndWatch, type Content } from "./content.ts";
import type { Stretched } from "./stretched.ts";

/** What a {@link ContentWriter} speaks through. */
export interface Voice {
  say(command: Command): void;
  /** Into the `room` octets before them may be written. */
  put(bytes: Uint8Array, room?: number): void;
}

/** Writes one message's content, block by block. */
export interface ContentWriter {
  block(bytes: Uint8Array): void;
  /** The last block, which may be empty, and the end marker where the step has one. */
  last(bytes: Uint8Array): void;
  /** All of it, and the end marker. */
  whole(pieces: readonly Uint8Array[]): void;
  /** What stands before all of it, when one part after another is to come, and the end with the last. */
  begin(content: Stretched): void;
  /** Into the `room` octets before it may be written. */
  part(bytes: Uint8Array, room: number): void;
  /** The end marker, behind the last part. */
  end(): void;
}

const crlf = Uint8Array.of(cr, lf);

export function createContentWriter(
  { form }: ContentStep,
  isBinary: boolean,
  voice: Voice,
): ContentWriter {
  return form === "lines" ? new LineWriter(voice) : new ChunkWriter(form, isBinary, voice);
}

/** Stuffs dots, and ends with a lone one: RFC 5321 §4.5.2. */
class LineWriter implements ContentWriter {
  readonly #stuffer: DotStuffer = createDotStuffer();
  readonly #voice: Voice;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  block(bytes: Uint8Array): void {
    this.#voice.put(this.#stuffer.stuff(bytes));
  }

  last(bytes: Uint8Array): void {
    this.block(bytes);
    this.end();
  }

  whole(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.block(piece);
    this.end();
  }

  begin(): void {
    // The lone dot at its end is all that says where it ends.
  }

  part(bytes: Uint8Array, room: number): void {
    const stuffed = this.#stuffer.stuff(bytes);
    this.#voice.put(stuffed, stuffed === bytes ? room : 0);
  }

  end(): void {
    this.#voice.put(this.#stuffer.end());
    this.#voice.say({ verb: "END" });
  }
}

/** Says how long each chunk is: RFC 3030 §2. */
class ChunkWriter implements ContentWriter {
  readonly #form: "chunks" | "open chunks";
  readonly #isBinary: boolean;
  readonly #voice: Voice;
  readonly #watch: LineEndWatch = new LineEndWatch();
  #tail: Uint8Array = emptyBytes;

  constructor(form: "chunks" | "open chunks", isBinary: boolean, voice: Voice) {
    this.#form = form;
    this.#isBinary = isBinary;
    this.#voice = voice;
  }

  block(bytes: Uint8Array): void {
    this.#watch.see(bytes);
    this.#voice.say({ verb: "BDAT", size: bytes.length });
    this.#voice.put(bytes);
  }

  last(bytes: Uint8Array): void {
    this.whole([bytes]);
  }

  whole(pieces: readonly Uint8Array[]): void {
    let size = 0;
    for (const piece of pieces) {
      this.#watch.see(piece);
      size += piece.length;
    }
    this.#announce(size, this.#watch.isAtLineStart);
    for (const piece of pieces) this.#voice.put(piece);
    this.end();
  }

  begin({ byteLength, isEnded }: Stretched): void {
    this.#announce(byteLength, isEnded);
  }

  part(bytes: Uint8Array, room: number): void {
    this.#voice.put(bytes, room);
  }

  end(): void {
    this.#voice.put(this.#tail);
  }

  #announce(byteLength: number, isEnded: boolean): void {
    // As DATA cannot but do: a message of lines ends with a line end. Some servers misread one that does not.
    this.#tail = this.#isBinary || isEnded ? emptyBytes : crlf;
    const size = byteLength + this.#tail.length;
    if (this.#form === "open chunks" && size === 0) return;
    this.#voice.say({ verb: this.#form === "chunks" ? "BDAT LAST" : "BDAT", size });
  }
}

/** So much may be handed to the line at once, when it is in memory and nobody wants to know how it goes. */
export const wholeBytes = 4_194_304;

/** Content that is in memory and can be written at once; `undefined` when it cannot. */
export function wholeOf({
  pieces,
  chunks,
  isWatched,
}: Content): { readonly pieces: readonly Uint8Array[]; readonly bytes: number } | undefined {
  if (pieces === undefined) return chunks === undefined ? { pieces: [], bytes: 0 } : undefined;
  let bytes = 0;
  for (const { length } of pieces) bytes += length;
  return bytes > (isWatched === true ? blockBytes : wholeBytes) ? undefined : { pieces, bytes };
}
