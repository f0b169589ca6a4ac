/** Files as attachments. No message data ever names a file: only a caller who imports this opens one. */
import { createReadStream, statSync, type Stats } from "node:fs";
import { basename } from "node:path";
import { LetterwrightError } from "@letterwright/base/error";
import { attachment, inlineFile, type Attachment, type InlineFile } from "../attachment.ts";
import type { ByteSource, OpenOptions } from "../byte-source.ts";
import { mediaTypeOf } from "../media-types/index.ts";

/** How a file is presented. */
export interface OpenFileOptions {
  /** The name the receiver sees. Default: the last part of the path. */
  readonly name?: string;
  /** The media type. Default: what the extension suggests. */
  readonly type?: string;
}

/**
 * A file to attach. It is looked up now, so that a wrong path shows at once, and read each time the
 * message is written; it is never held in memory as a whole.
 *
 * @throws {LetterwrightError} `FILE_UNREADABLE`. When the file's size has changed by the time it is
 * read, the reading rejects with `FILE_CHANGED`: half a file is never sent.
 */
export function openFile(path: string, options: OpenFileOptions = {}): Attachment {
  const name = options.name ?? basename(path);
  return attachment({
    name,
    type: options.type ?? mediaTypeOf(name),
    content: fileSource(path),
  });
}

/**
 * A file to show inside the HTML by `cid:`, as {@link openFile} reads it.
 *
 * @throws {LetterwrightError} `FILE_UNREADABLE`
 */
export function openInlineFile(
  path: string,
  options: OpenFileOptions & { readonly cid?: string } = {},
): InlineFile {
  const { name = basename(path), type, cid } = options;
  return inlineFile({
    name,
    type: type ?? mediaTypeOf(name),
    content: fileSource(path),
    ...(cid === undefined ? {} : { cid }),
  });
}

/**
 * A file as a source that can be opened again, and from any place on.
 *
 * @throws {LetterwrightError} `FILE_UNREADABLE`; reading rejects with `FILE_CHANGED` when its size has changed
 */
export function fileSource(path: string): ByteSource {
  return rangeSource(path, 0, stat(path).size);
}

/** The octets from `start` up to `end`; without an end all of them, however many there are by then. */
function rangeSource(path: string, start: number, byteLength: number, end?: number): ByteSource {
  return Object.freeze({
    byteLength,
    async *open({ signal }: OpenOptions = {}): AsyncGenerator<Uint8Array> {
      let read = 0;
      const range = end === undefined ? {} : { start, end: end - 1 };
      if (end !== undefined && end <= start) return;
      const stream = createReadStream(path, { ...range, ...(signal && { signal }) });
      try {
        for await (const chunk of stream as AsyncIterable<Uint8Array>) {
          read += chunk.length;
          if (read > byteLength) break;
          yield chunk;
        }
      } catch (cause) {
        signal?.throwIfAborted();
        throw unreadable(path, cause);
      }
      if (read !== byteLength) {
        throw new LetterwrightError(
          `${JSON.stringify(path)} had ${byteLength} bytes when it was attached and has others now`,
          {
            code: "FILE_CHANGED",
            hint: "Send again when nothing writes to the file any more.",
          },
        );
      }
    },
    slice(from: number, to: number): ByteSource {
      const first = start + from;
      const last = Math.min(start + byteLength, start + to);
      return rangeSource(path, first, Math.max(0, last - first), last);
    },
  });
}

function stat(path: string): Stats {
  let found: Stats;
  try {
    found = statSync(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  if (!found.isFile()) throw unreadable(path, new Error("it is not a regular file"));
  return found;
}

function unreadable(path: string, cause: unknown): LetterwrightError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new LetterwrightError(`cannot read ${JSON.stringify(path)}: ${why}`, {
    code: "FILE_UNREADABLE",
    hint: "Check the path and that you may read the file.",
    cause,
  });
}
