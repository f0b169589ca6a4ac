/** Files that are there as a whole or not at all. */
import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Writes the file under another name, brings it to the disk, and gives it its name: whoever looks into the
 * folder sees all of it or nothing. What goes wrong leaves nothing behind.
 */
export async function writeWholeFile(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  mode: number,
): Promise<void> {
  // The dot keeps it out of what is looked for by its ending.
  const temporary = `${dirname(path)}/.${path.slice(dirname(path).length + 1)}.part`;
  const file = await open(temporary, "wx", mode);
  try {
    try {
      for await (const chunk of chunks) await writeAll(file, chunk);
      await file.sync(); // a failure is final: the pages may be gone, whatever a second call says
    } finally {
      await file.close();
    }
    await nameIt(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  try {
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** A second name for the file does not write over another, as renaming would; not every file system has them. */
async function nameIt(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS" && code !== "EMLINK")
      throw error;
    await rename(temporary, path);
    return;
  }
  await rm(temporary);
}

interface Writable {
  write(
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): Promise<{ readonly bytesWritten: number }>;
}

async function writeAll(file: Writable, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
  }
}

/** The name is on the disk when the folder is. Windows cannot do that, and does not need it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
