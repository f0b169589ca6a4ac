/** The message that `show` was asked for: a file, or standard input. */
import { createReadStream } from "node:fs";
import { LetterwrightError, LimitError } from "@letterwright/base/error";

/** The whole message is held in memory, and its decoded parts beside it. */
export const mostInputBytes: number = 256 * 1024 * 1024;

/**
 * The octets of the file, or of standard input for `-`.
 *
 * Rejects with `FILE_UNREADABLE`, `CLI_INPUT_TOO_LARGE`.
 */
export async function readInput(path: string, most: number = mostInputBytes): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream = path === "-" ? process.stdin : createReadStream(path);
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > most) throw tooLarge(path, most);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (LetterwrightError.is(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LetterwrightError(`cannot read ${nameOf(path)}: ${why}`, {
      code: "FILE_UNREADABLE",
      hint: "Check the path and that you may read the file; - stands for standard input.",
      cause,
    });
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(path: string, most: number): LimitError {
  return new LimitError(`${nameOf(path)} has more than ${most / (1024 * 1024)} MiB`, {
    code: "CLI_INPUT_TOO_LARGE",
    hint: "No server takes such mail. Is it a mailbox file with many messages?",
    limit: most,
    option: "mostInputBytes",
  });
}

function nameOf(path: string): string {
  return path === "-" ? "standard input" : JSON.stringify(path);
}
