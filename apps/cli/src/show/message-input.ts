/** The message that `show` was asked for: a file, or standard input. */
import { stat } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { LetterwrightError, LimitError } from "@letterwright/base/error";
import { fileSource } from "@letterwright/message/node";
import { parse, parseStream, type ParsedMessage, type StreamedMessage } from "@letterwright/parser";

/** A file of more is not held in memory: its contents are read when they are wanted. */
export const mostHeldBytes: number = 32 * 1024 * 1024;

/** What is no file is held in memory as a whole. */
export const mostInputBytes: number = 256 * 1024 * 1024;

/** A message that was read. */
export interface ReadInput {
  readonly byteLength: number;
  readonly parsed: ParsedMessage | StreamedMessage;
}

/**
 * Reads the file, or standard input for `-`.
 *
 * Rejects with `FILE_UNREADABLE`, `CLI_INPUT_TOO_LARGE`, `PARSE_LIMIT`.
 */
export async function readInput(path: string): Promise<ReadInput> {
  if (path !== "-") {
    const found = await guarded(path, () => stat(path));
    if (found.isFile() && found.size > mostHeldBytes) {
      // Every content by itself may be as large as the file.
      const limits = { decodedBytes: Number.MAX_SAFE_INTEGER };
      const parsed = await parseStream(fileSource(path), { limits });
      return { byteLength: found.size, parsed };
    }
  }
  const bytes = await guarded(path, () => octetsOf(path));
  return { byteLength: bytes.length, parsed: parse(bytes) };
}

async function octetsOf(path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream = path === "-" ? process.stdin : createReadStream(path);
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > mostInputBytes) {
      throw new LimitError(`${nameOf(path)} has more than ${mostInputBytes / 2 ** 20} MiB`, {
        code: "CLI_INPUT_TOO_LARGE",
        hint: "Store it in a file first: what is in a file is not held in memory.",
        limit: mostInputBytes,
        option: "mostInputBytes",
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

async function guarded<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (LetterwrightError.is(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LetterwrightError(`cannot read ${nameOf(path)}: ${why}`, {
      code: "FILE_UNREADABLE",
      hint: "Check the path and that you may read the file; - stands for standard input.",
      cause,
    });
  }
}

function nameOf(path: string): string {
  return path === "-" ? "standard input" : JSON.stringify(path);
}
