/** A source that is not in memory, as base64 lines. */
import { concatBytes, emptyBytes } from "@letterwright/base/bytes";
import { encodeBase64 } from "@letterwright/base/codec";
import { LetterwrightError } from "@letterwright/base/error";
import type { ByteSource, OpenOptions } from "@letterwright/message";

/**
 * The source as base64, in chunks of whole lines.
 *
 * Rejects with `SOURCE_LENGTH_WRONG` when the source holds other than the `byteLength` it declared: the
 * size has been announced by then, and half an attachment is worse than none.
 */
export async function* base64Chunks(
  source: ByteSource,
  lines: { readonly lineLength: number; readonly lineEnd: Uint8Array },
  options: OpenOptions = {},
): AsyncGenerator<Uint8Array> {
  const bytesPerLine = (lines.lineLength / 4) * 3;
  let carry = emptyBytes;
  let read = 0;
  let isFirst = true;
  for await (const chunk of source.open(options)) {
    read += chunk.length;
    const whole = carry.length === 0 ? chunk : concatBytes([carry, chunk]);
    const usable = whole.length - (whole.length % bytesPerLine);
    if (usable > 0) {
      if (!isFirst) yield lines.lineEnd;
      isFirst = false;
      yield encodeBase64(whole.subarray(0, usable), lines);
    }
    // Copied, because the chunk belongs to whoever made it and may be written over.
    carry = whole.slice(usable);
  }
  if (carry.length > 0) {
    if (!isFirst) yield lines.lineEnd;
    yield encodeBase64(carry, lines);
  }
  if (source.byteLength !== undefined && source.byteLength !== read) {
    throw new LetterwrightError(`a source declared ${source.byteLength} bytes and held ${read}`, {
      code: "SOURCE_LENGTH_WRONG",
      hint: "Declare the length the source really has, or none.",
    });
  }
}
