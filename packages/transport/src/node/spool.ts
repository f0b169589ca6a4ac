/** Content read to its end before a command begins that could not be stopped in the middle. */
import { createReadStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether the command runs as another user than this one, and is out of reach of its signals. */
export async function cannotBeKilled(
  command: string,
  user: number | undefined = process.getuid?.(),
): Promise<boolean> {
  if (user === undefined || user === 0) return false;
  try {
    const { mode, uid } = await stat(command);
    return (mode & 0o4000) !== 0 && uid !== user;
  } catch {
    return false; // it will say so itself when it is started
  }
}

/** Reads the content into a temporary file that nobody else may read, and uses it from there. */
export async function whenSpooled<Result>(
  chunks: AsyncIterable<Uint8Array>,
  use: (chunks: AsyncIterable<Uint8Array>) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "letterwright-"));
  const path = join(folder, "message");
  try {
    const file = await open(path, "wx", 0o600);
    try {
      for await (const chunk of chunks) await file.writeFile(chunk);
    } finally {
      await file.close();
    }
    return await use(createReadStream(path) as AsyncIterable<Uint8Array>);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
