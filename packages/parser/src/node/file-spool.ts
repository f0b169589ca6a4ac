/** A stream kept in a file. */
import { open, type FileHandle } from "node:fs/promises";
import { fileSource } from "@letterwright/message/node";
import type { Spool } from "../spool.ts";

/**
 * Keeps a stream in a new file at this path, which nobody else can read; removing it is the caller's. The file is
 * made with the first chunk, and one that is there already is an error of Node's, `EEXIST`: nothing is written over.
 */
export function fileSpool(path: string): Spool {
  let opening: Promise<FileHandle> | undefined;
  const file = (): Promise<FileHandle> => (opening ??= open(path, "wx", 0o600));
  return {
    async write(chunk) {
      const handle = await file();
      for (let at = 0; at < chunk.length;) {
        const { bytesWritten } = await handle.write(chunk, at, chunk.length - at);
        at += bytesWritten;
      }
    },
    async end() {
      const handle = await file();
      await handle.close();
      return fileSource(path);
    },
  };
}
