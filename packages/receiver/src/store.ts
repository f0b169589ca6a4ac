/** Messages as files: whole or not at all. */
import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { LetterwrightError } from "@letterwright/base/error";

/** A folder that takes messages. */
export interface MessageStore {
  /** Writes the message, and gives its path once it is safely on disk. */
  keep(id: string, bytes: Uint8Array): Promise<string>;
}

/**
 * A store in a folder, made where it is missing. Each message is `<id>.eml`; a reader never sees half of
 * one, because it is renamed into place when it has been written and flushed.
 *
 * Rejects with `STORE_UNWRITABLE`.
 */
export async function openStore(folder: string): Promise<MessageStore> {
  await guarded(folder, () => mkdir(folder, { recursive: true }));
  return {
    keep: (id, bytes) =>
      guarded(folder, async () => {
        const path = join(folder, `${id}.eml`);
        const unfinished = join(folder, `.${id}.unfinished`);
        const file = await open(unfinished, "wx", 0o600);
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(unfinished, path);
        await flush(folder);
        return path;
      }),
  };
}

/** The new name is safe only when the folder itself has been flushed; Windows has no such call. */
async function flush(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function guarded<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LetterwrightError(`cannot write into ${JSON.stringify(folder)}: ${why}`, {
      code: "STORE_UNWRITABLE",
      hint: "Check that the folder can be made and written, and that the disk has room.",
      cause,
    });
  }
}
