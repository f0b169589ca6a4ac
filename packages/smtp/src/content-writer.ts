/** Content as the wire has it: lines with dots stuffed and a lone dot, or chunks of BDAT. The one place for both. */
import { cr, emptyBytes, lf } from "@letterwright/base/bytes";
import { createDotStuffer, type Command, type ContentStep } from "@letterwright/smtp-protocol";
import { blockBytes, BlockRing, blocksInMemory, LineEndWatch, type Content } from "./content.ts";

/** What a {@link ContentWriter} speaks through. */
export interface Voice {
  say(command: Command): void;
  put(bytes: Uint8Array): void;
}

/** Writes one message's content, block by block. */
export interface ContentWriter {
  block(bytes: Uint8Array): void;
  /** The last block, which may be empty, and the end marker where the step has one. */
  last(bytes: Uint8Array): void;
  /** All of it, and the end marker. */
  whole(pieces: readonly Uint8Array[]): void;
}

const crlf = Uint8Array.of(cr, lf);

export function createContentWriter(
  { form }: ContentStep,
  isBinary: boolean,
  voice: Voice,
): ContentWriter {
  if (form === "lines") {
    const stuffer = createDotStuffer();
    return {
      block: (bytes) => voice.put(stuffer.stuff(bytes)),
      last(bytes) {
        voice.put(stuffer.stuff(bytes));
        voice.put(stuffer.end());
        voice.say({ verb: "END" });
      },
      whole(pieces) {
        for (const piece of pieces) voice.put(stuffer.stuff(piece));
        voice.put(stuffer.end());
        voice.say({ verb: "END" });
      },
    };
  }
  const watch = new LineEndWatch();
  return {
    block(bytes) {
      watch.see(bytes);
      voice.say({ verb: "BDAT", size: bytes.length });
      voice.put(bytes);
    },
    last(bytes) {
      this.whole([bytes]);
    },
    whole(pieces) {
      let size = 0;
      for (const piece of pieces) {
        watch.see(piece);
        size += piece.length;
      }
      // As DATA cannot but do: a message of lines ends with a line end. Some servers misread one that does not.
      const tail = isBinary || watch.isAtLineStart ? emptyBytes : crlf;
      size += tail.length;
      if (form === "open chunks" && size === 0) return;
      voice.say({ verb: form === "chunks" ? "BDAT LAST" : "BDAT", size });
      for (const piece of pieces) voice.put(piece);
      voice.put(tail);
    },
  };
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

/** What a pump has to heed. */
export interface Gate {
  /** Resolves when the line has room for a block; rejects when it is gone. */
  room(): Promise<void>;
  /** What `work` comes to, unless the line is gone first: a source may stall for ever. */
  whileOpen<Result>(work: () => Promise<Result>): Promise<Result>;
  readonly isStopped: boolean;
  /** Called with the octets of content that have been written. */
  wrote(count: number): void;
}

/**
 * Writes content that does not fit into one write or has to be waited for. A block is held back until the next has
 * come, so that what is last is known to be; when the source fails or the gate stops, no end is written.
 */
export async function pump(content: Content, writer: ContentWriter, gate: Gate): Promise<void> {
  let held: Uint8Array | undefined;
  const pass = async (block: Uint8Array, isLast: boolean): Promise<void> => {
    await gate.room();
    if (gate.isStopped) return;
    if (isLast) writer.last(block);
    else writer.block(block);
    gate.wrote(block.length);
  };
  if (content.chunks === undefined) {
    for (const block of blocksInMemory(content.pieces ?? [])) {
      if (held !== undefined) await pass(held, false);
      if (gate.isStopped) return;
      held = block;
    }
    await pass(held ?? emptyBytes, true);
    return;
  }
  const ring = new BlockRing();
  for await (const chunk of reading(content.chunks, gate)) {
    for (let at = 0; at < chunk.length;) {
      at += ring.fill(chunk, at);
      if (!ring.isFull) continue;
      if (held !== undefined) await pass(held, false);
      if (gate.isStopped) return;
      held = ring.take();
    }
  }
  if (gate.isStopped) return;
  const rest = ring.take();
  if (held !== undefined && rest.length > 0) await pass(held, false);
  await pass(rest.length > 0 ? rest : (held ?? emptyBytes), true);
}

async function* reading(chunks: AsyncIterable<Uint8Array>, gate: Gate): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let isDone = false;
  try {
    for (;;) {
      const next = await gate.whileOpen(() => iterator.next());
      isDone = next.done === true;
      if (next.done === true || gate.isStopped) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that stalls would not answer this either.
    if (!isDone) iterator.return?.().catch(() => undefined);
  }
}
