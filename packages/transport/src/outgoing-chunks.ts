/** The bytes of a checked message on their way out, looked at as they pass. */
import { UsageError } from "@letterwright/base/error";
import { rawByteLength, rawChunks, type RawMessage } from "@letterwright/message";
import { guardLineEnds } from "./outgoing.ts";
import type { SendOptions } from "./transport.ts";

/**
 * The chunks of a message that {@link resolveOutgoing} gave, for a transport that has no measure of its own:
 * line ends are guarded, but in a message that requires BINARYMIME, progress is told, and a source that gives
 * another length than it declared rejects with `OUTGOING_LENGTH_MISMATCH`, so that half a message never
 * looks whole. After an abort no further chunk comes, even where the source does not heed the signal.
 */
export async function* outgoingChunks(
  raw: RawMessage,
  { signal, onProgress }: SendOptions = {},
): AsyncGenerator<Uint8Array> {
  const totalBytes = rawByteLength(raw);
  const chunks = rawChunks(raw, { signal });
  const source = raw.requires.has("BINARYMIME") ? chunks : guardLineEnds(chunks);
  let sentBytes = 0;
  for await (const chunk of heeding(source, signal)) {
    sentBytes += chunk.length;
    if (totalBytes !== undefined && sentBytes > totalBytes) throw mismatch(totalBytes, "more");
    yield chunk;
    onProgress?.({ sentBytes, ...(totalBytes === undefined ? {} : { totalBytes }) });
  }
  if (totalBytes !== undefined && sentBytes < totalBytes) throw mismatch(totalBytes, sentBytes);
}

/** The same chunks, until the signal fires: a source that hangs does not hold up who waits for it. */
async function* heeding(
  source: AsyncGenerator<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (signal === undefined) {
    yield* source;
    return;
  }
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason as Error);
  });
  aborted.catch(() => undefined); // it may fire when nobody waits any more
  signal.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await Promise.race([source.next(), aborted]);
      signal.throwIfAborted();
      if (done === true) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    // What hangs cannot be waited for; the rest gives back what it holds before we go on.
    const returned = source.return(undefined).catch(() => undefined);
    if (!signal.aborted) await returned;
  }
}

function mismatch(declaredBytes: number, found: number | string): UsageError {
  return new UsageError(
    `the message was to have ${declaredBytes} bytes, and its source gave ${found}`,
    {
      code: "OUTGOING_LENGTH_MISMATCH",
      hint: "Nothing was sent. A source's `byteLength` has to be exact; did the content change while it was read?",
    },
  );
}
