/** Bytes to standard output. */
import { once } from "node:events";
import { ExitStatus } from "./exit-status.ts";

/** Writes every chunk, and waits where the reader is slow. */
export async function writeOut(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  for await (const chunk of chunks) {
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
  }
}

/** Ends without a word when nobody reads any more, as in `letterwright compose … | head -1`. */
export function endWhenUnread(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(process.exitCode ?? ExitStatus.connectionLost);
  });
}
