/** Bytes to standard output. */
import { once } from "node:events";

/** Writes every chunk, and waits where the reader is slow. */
export async function writeOut(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
  }
}
