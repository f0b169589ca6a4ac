/** Content that comes, or is made, block by block, into a writer: as fast as the line takes it. */
import { emptyBytes } from "@letterwright/base/bytes";
import { headroom } from "./content-blocks.ts";
import type { ContentWriter } from "./content-writer.ts";
import { BlockRing, blocksInMemory, type Content } from "./content.ts";
import { Filler, type Stretched } from "./stretched.ts";

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

/** What has to be heeded where content is made as it leaves. */
export interface MakingGate {
  /** Whether there is memory for a block. */
  readonly hasRoom: boolean;
  /** Resolves when there is; rejects when the line is gone. */
  room(): Promise<void>;
  /** Memory for a block, behind free octets. */
  take(): Uint8Array;
  readonly isStopped: boolean;
  /** The last octets are about to be written. */
  ending(): void;
  /** Called with the octets of content that have been written: those of the block that was taken. */
  wrote(count: number): void;
}

/**
 * Makes content as it leaves, and writes it. Its length is announced, so that it is written to its end, whatever the
 * server says to it, unless the gate gives it up. Gives whether all of it was written.
 *
 * @throws {LetterwrightError} `SMTP_LENGTH_MISMATCH` before the end, when content is no longer what was announced
 */
export async function pumpStretched(
  content: Stretched,
  writer: ContentWriter,
  gate: MakingGate,
): Promise<boolean> {
  const filler = new Filler(content);
  writer.begin(content);
  while (!filler.isDone) {
    // Where the line takes all at once, nothing is waited for.
    if (!gate.hasRoom) await gate.room();
    if (gate.isStopped) return false;
    const memory = gate.take();
    const end = filler.writeInto(memory, headroom);
    if (filler.isDone) gate.ending();
    writer.part(memory.subarray(headroom, end), headroom);
    if (filler.isDone) writer.end();
    gate.wrote(end - headroom);
  }
  return true;
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
