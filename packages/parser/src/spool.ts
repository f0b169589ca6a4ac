/** Where a stream is kept while it is read, so that it can be read again. */
import { concatBytes } from "@letterwright/base/bytes";
import { bytesOf, type ByteSource } from "@letterwright/message";

/** Keeps the octets of one stream. */
export interface Spool {
  /** Takes the next chunk, which may be written over afterwards. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** Everything that was written, as a source that can be opened as often as one likes. */
  end(): ByteSource | Promise<ByteSource>;
}

/**
 * Keeps a stream in memory.
 *
 * @example
 * ```ts
 * import { memorySpool } from "@letterwright/parser";
 *
 * const spool = memorySpool();
 * await spool.write(Uint8Array.of(1, 2));
 * (await spool.end()).byteLength; // => 2
 * ```
 */
export function memorySpool(): Spool {
  const chunks: Uint8Array[] = [];
  return {
    write: (chunk) => void chunks.push(chunk.slice()),
    end: () => bytesOf(concatBytes(chunks)),
  };
}
