/** Content as bytes that can be read more than once. */
import { concatBytes, utf8 } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";

/** Options of {@link ByteSource.open}. */
export interface OpenOptions {
  /** Ends the reading; the iteration rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of a source: as they are, or to be encoded. */
export type Stretch = Uint8Array | Base64Stretch;

/** Octets whose base64 is meant, in lines without an end after the last; never empty. */
export interface Base64Stretch {
  /** Never write into them. */
  readonly octets: Uint8Array;
  /** Octets a line, without its end; a multiple of 4. */
  readonly lineLength: number;
  readonly lineEnd: Uint8Array;
}

/** Bytes that can be read more than once: each `open` starts at the beginning. */
export interface ByteSource {
  /** How many bytes there are, when that is known without reading them. */
  readonly byteLength?: number;
  /** Present when all of it is in memory: the synchronous path. Never write into it. */
  readonly bytes?: Uint8Array;
  /**
   * Writes all bytes into `target` from `offset` on, where there is room for `byteLength` of them, and gives the offset
   * after them. Present where `bytes` would have to be made first: for who has memory of its own.
   */
  writeInto?(target: Uint8Array, offset: number): number;
  /**
   * What all bytes consist of, in order, where long stretches of them are base64 that is not made yet: for who makes it
   * piece by piece. Where nothing of it is long there may be none, and the bytes are had in another way.
   */
  stretches?(): readonly Stretch[] | undefined;
  open(options?: OpenOptions): AsyncIterable<Uint8Array>;
  /** The bytes from `start` up to `end`, for a source that can go there; {@link sliceOf} makes one of any source. */
  slice?(start: number, end: number): ByteSource;
}

/**
 * Bytes or text in memory as a source. Text becomes UTF-8. The bytes are not copied: they belong to
 * the source from here on.
 */
export function bytesOf(content: Uint8Array | string): ByteSource {
  const bytes = typeof content === "string" ? utf8(content) : content;
  return Object.freeze({
    byteLength: bytes.length,
    bytes,
    async *open({ signal }: OpenOptions = {}): AsyncGenerator<Uint8Array> {
      signal?.throwIfAborted();
      if (bytes.length > 0) yield bytes;
    },
    slice: (start: number, end: number) => bytesOf(bytes.subarray(start, end)),
  });
}

/**
 * The bytes of a source from `start` up to `end`, as a source. Where it cannot go to a place, those before are read
 * and passed over each time it is opened.
 */
export function sliceOf(source: ByteSource, start: number, end: number): ByteSource {
  if (source.slice !== undefined) return source.slice(start, end);
  if (source.bytes !== undefined) return bytesOf(source.bytes.subarray(start, end));
  return Object.freeze({
    byteLength: end - start,
    async *open(options: OpenOptions = {}): AsyncGenerator<Uint8Array> {
      let at = 0;
      if (end <= start) return;
      for await (const chunk of source.open(options)) {
        const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
        at += chunk.length;
        if (piece.length > 0) yield piece;
        if (at >= end) return;
      }
    },
    slice: (from: number, to: number) => sliceOf(source, start + from, Math.min(end, start + to)),
  });
}

/** Content as users have it. A stream is none: it is named with {@link once}. */
export type Content = string | Uint8Array | ArrayBuffer | Blob | ByteSource;

/**
 * Any content as a source. Text becomes UTF-8; a Blob, a File too, is read anew each time it is opened.
 *
 * @throws {UsageError} `SOURCE_NOT_NAMED` for a stream that was not passed through {@link once},
 * `SOURCE_INVALID` for anything else
 */
export function sourceOf(content: Content): ByteSource {
  if (typeof content === "string" || content instanceof Uint8Array) return bytesOf(content);
  if (content instanceof ArrayBuffer) return bytesOf(new Uint8Array(content));
  if (typeof content === "object" && content !== null) {
    if ("open" in content && typeof content.open === "function") return content;
    if (content instanceof Blob) return blobSource(content);
    if (Symbol.asyncIterator in content || "getReader" in content) {
      throw new UsageError("a stream can be read only once, and this one does not say so", {
        code: "SOURCE_NOT_NAMED",
        hint: "Pass once(stream); what is made from it cannot be sent twice.",
      });
    }
  }
  throw new UsageError(`content cannot be made from ${typeof content}`, {
    code: "SOURCE_INVALID",
    hint: "Pass text, bytes, a Blob, once(stream), or a source such as openFile gives.",
  });
}

function blobSource(blob: Blob): ByteSource {
  return Object.freeze({
    byteLength: blob.size,
    async *open({ signal }: OpenOptions = {}): AsyncGenerator<Uint8Array> {
      for await (const chunk of iterate(blob.stream())) {
        signal?.throwIfAborted();
        yield chunk;
      }
    },
    slice: (start: number, end: number) => blobSource(blob.slice(start, end)),
  });
}

/** Content that exists only once: a Web stream, a Node stream, or any async iterable of bytes. */
export type OneShot = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

/**
 * A stream that can be read a single time, named as such. What is made from it cannot be retried,
 * nor sent to two servers; where the bytes fit in memory or on disk, {@link bytesOf} or `openFile` can.
 *
 * Opening it a second time rejects with a {@link UsageError}, code `SOURCE_ALREADY_READ`.
 */
export function once(stream: OneShot, options: { readonly byteLength?: number } = {}): ByteSource {
  let opened = false;
  return Object.freeze({
    ...(options.byteLength === undefined ? {} : { byteLength: options.byteLength }),
    async *open({ signal }: OpenOptions = {}): AsyncGenerator<Uint8Array> {
      if (opened) {
        throw new UsageError("this content came from a stream and has been read already", {
          code: "SOURCE_ALREADY_READ",
          hint: "Pass bytes, or a file with openFile, where content must be read more than once.",
        });
      }
      opened = true;
      for await (const chunk of iterate(stream)) {
        signal?.throwIfAborted();
        yield chunk;
      }
    },
  });
}

/** Reads the source to its end into one array. */
export async function readAll(source: ByteSource, options: OpenOptions = {}): Promise<Uint8Array> {
  if (source.bytes !== undefined) return source.bytes;
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.open(options)) chunks.push(chunk);
  return concatBytes(chunks);
}

/** A Web stream is not async-iterable in every runtime, so its reader is used. */
async function* iterate(stream: OneShot): AsyncGenerator<Uint8Array> {
  if (Symbol.asyncIterator in stream) {
    yield* stream;
    return;
  }
  const reader = (stream as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
