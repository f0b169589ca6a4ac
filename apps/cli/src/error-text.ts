/** The text of an error, from a pipe or a file. */
import { readFileSync } from "node:fs";
import { LetterwrightError } from "@letterwright/base/error";

/** More is not kept: an error stands at the start or at the end. */
const maxBytes = 1_048_576;

/** What comes in, to its end; of very much, the first and the last megabyte. */
export async function readPipe(input: AsyncIterable<Uint8Array>): Promise<string> {
  const first: Uint8Array[] = [];
  let last: Uint8Array[] = [];
  let firstBytes = 0;
  let lastBytes = 0;
  for await (const chunk of input) {
    if (firstBytes < maxBytes) {
      first.push(chunk);
      firstBytes += chunk.length;
      continue;
    }
    last.push(chunk);
    lastBytes += chunk.length;
    while (lastBytes - (last[0]?.length ?? 0) > maxBytes) {
      lastBytes -= last[0]?.length ?? 0;
      last = last.slice(1);
    }
  }
  return new TextDecoder().decode(Buffer.concat([...first, ...last]));
}

/**
 * The text of a file.
 *
 * @throws {LetterwrightError} `FILE_UNREADABLE`
 */
export function readErrorFile(path: string): string {
  try {
    return new TextDecoder().decode(readFileSync(path));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LetterwrightError(`cannot read ${JSON.stringify(path)}: ${why}`, {
      code: "FILE_UNREADABLE",
      hint: "Check the path and that you may read the file.",
      cause,
    });
  }
}
