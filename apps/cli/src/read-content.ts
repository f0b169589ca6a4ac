/** What `--text` and `--html` take: the text itself, `@file`, or `-` for standard input. */
import { readFile } from "node:fs/promises";
import { LetterwrightError, UsageError } from "@letterwright/base/error";

/** Whether the flag's value stands for standard input. */
export function isStandardInput(given: string | undefined): boolean {
  return given === "-" || given === "@-";
}

/**
 * The text that is meant. A text that begins with "@" is written with two of them.
 *
 * Rejects with `FILE_UNREADABLE`, `CLI_TEXT_NOT_UTF8`.
 */
export async function readContent(flag: string, given: string): Promise<string> {
  if (given.startsWith("@@")) return given.slice(1);
  if (isStandardInput(given)) return decoded("standard input", await readStandardInput());
  if (!given.startsWith("@")) return given;
  const path = given.slice(1);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LetterwrightError(`cannot read ${JSON.stringify(path)} for ${flag}: ${why}`, {
      code: "FILE_UNREADABLE",
      hint: `Check the path and that you may read the file. A text that begins with "@" is written ${flag} "@@…".`,
      cause,
    });
  }
  return decoded(JSON.stringify(path), bytes);
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function decoded(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`${name} is not UTF-8 text`, {
      code: "CLI_TEXT_NOT_UTF8",
      hint: "Convert it to UTF-8, or attach it with --attach.",
      cause,
    });
  }
}
