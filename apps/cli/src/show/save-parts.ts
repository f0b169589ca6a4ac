/** The files of a message into a folder: under safe names, and never over another file. */
import { mkdir, open, rm, type FileHandle } from "node:fs/promises";
import { basename, join } from "node:path";
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import { toStream, verbatimPolicy } from "@letterwright/generator";
import {
  contentSource,
  filenameOf,
  safeFilename,
  type Part,
  type WalkStep,
} from "@letterwright/message";

/** One file that was written. */
export interface SavedPart {
  /** Of the part. */
  readonly path: string;
  readonly file: string;
  readonly byteLength: number;
}

/** What the part carries, decoded; of a message inside the message itself. */
export function contentChunks(part: Part): AsyncIterable<Uint8Array> | undefined {
  const source = contentSource(part);
  if (source !== undefined) return source.open();
  // One that was read from a stream has no octets of its own, and is written again from what it says.
  return part.body.kind === "message" ? toStream(part.body.message, verbatimPolicy) : undefined;
}

/** Further names that are tried where one is taken. */
const mostTries = 10_000;

/**
 * Writes the content of each part to a file of its own, one after the other. The folder is made where it is missing.
 *
 * Rejects with `STORE_UNWRITABLE`, `CLI_PART_HAS_NO_CONTENT`; a file that could not be written whole is taken away again.
 */
export async function savePart(
  folder: string,
  step: Pick<WalkStep, "part" | "path" | "type">,
): Promise<SavedPart> {
  const chunks = contentChunks(step.part);
  if (chunks === undefined) {
    throw new UsageError(`part ${step.path} has no content of its own`, {
      code: "CLI_PART_HAS_NO_CONTENT",
      hint: "Choose one of the parts inside it.",
    });
  }
  try {
    await mkdir(folder, { recursive: true });
    const { file, handle } = await create(folder, nameOf(step));
    let byteLength = 0;
    try {
      for await (const chunk of chunks) {
        await handle.write(chunk);
        byteLength += chunk.length;
      }
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return { path: step.path, file, byteLength };
  } catch (cause) {
    if (LetterwrightError.is(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LetterwrightError(`cannot write into ${JSON.stringify(folder)}: ${why}`, {
      code: "STORE_UNWRITABLE",
      hint: "Check that the folder can be made and written, and that the disk has room.",
      cause,
    });
  }
}

/** A new file: with O_EXCL, which follows no link and opens nothing that is there. */
async function create(
  folder: string,
  name: string,
): Promise<{ readonly file: string; readonly handle: FileHandle }> {
  const dot = name.lastIndexOf(".");
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const extension = name.slice(stem.length);
  for (let count = 1; ; count++) {
    const file = join(folder, count === 1 ? name : `${stem}-${count}${extension}`);
    try {
      return { file, handle: await open(file, "wx", 0o600) };
    } catch (error) {
      const isTaken = error instanceof Error && "code" in error && error.code === "EEXIST";
      if (!isTaken || count >= mostTries) throw error;
    }
  }
}

const extensions: Readonly<Record<string, string>> = {
  "text/plain": ".txt",
  "text/html": ".html",
  "text/calendar": ".ics",
  "message/rfc822": ".eml",
  "message/global": ".eml",
};

function nameOf({ part, path, type }: Pick<WalkStep, "part" | "path" | "type">): string {
  const fallback = `part${path === "" ? "" : `-${path}`}${extensions[type] ?? ".bin"}`;
  // Twice: a name that is none of one folder is never used, whatever made it.
  return basename(safeFilename(filenameOf(part), { fallback })) || fallback;
}
