/** The content of a leaf, decoded when it is asked for. */
import { concatBytes } from "@letterwright/base/bytes";
import {
  base64Decoder,
  quotedPrintableDecoder,
  type TransferDecoder,
} from "@letterwright/base/codec";
import type { Defect, Report } from "@letterwright/base/defect";
import type { ByteSource, OpenOptions } from "@letterwright/message";
import type { DecodingBudget } from "./budget.ts";
import type { BodyEncoding } from "./scan/sink.ts";

/** The content of one part. */
export interface PartContent extends ByteSource {
  readonly bytes: Uint8Array;
  /** What decoding found; offsets count from the beginning of the encoded octets. */
  readonly defects: readonly Defect[];
}

/** Octets in memory, as they are or as they decode. */
export function contentOf(
  octets: Uint8Array,
  encoding: BodyEncoding,
  budget: DecodingBudget,
): PartContent {
  return encoding === "identity"
    ? new PlainContent(octets)
    : new EncodedContent(octets, encoding, budget);
}

const noDefects: readonly Defect[] = Object.freeze([]);

class PlainContent implements PartContent {
  readonly byteLength: number;
  readonly bytes: Uint8Array;
  readonly defects = noDefects;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.byteLength = bytes.length;
    Object.freeze(this);
  }

  open(options?: OpenOptions): AsyncGenerator<Uint8Array> {
    return oneChunk(() => this.bytes, options);
  }
}

class EncodedContent implements PartContent {
  readonly #octets: Uint8Array;
  readonly #encoding: BodyEncoding;
  readonly #budget: DecodingBudget;
  #decoded: { readonly bytes: Uint8Array; readonly defects: readonly Defect[] } | undefined;

  constructor(octets: Uint8Array, encoding: BodyEncoding, budget: DecodingBudget) {
    this.#octets = octets;
    this.#encoding = encoding;
    this.#budget = budget;
    Object.freeze(this);
  }

  get bytes(): Uint8Array {
    return this.#decode().bytes;
  }

  get byteLength(): number {
    return this.bytes.length;
  }

  get defects(): readonly Defect[] {
    return this.#decode().defects;
  }

  open(options?: OpenOptions): AsyncGenerator<Uint8Array> {
    return oneChunk(() => this.bytes, options);
  }

  #decode(): { readonly bytes: Uint8Array; readonly defects: readonly Defect[] } {
    if (this.#decoded !== undefined) return this.#decoded;
    const defects: Defect[] = [];
    const decoder = decoderOf(this.#encoding, (code, index, message) =>
      defects.push(Object.freeze({ code, index, message })),
    );
    const bytes = decodeWithin(decoder, this.#octets, this.#budget);
    this.#decoded = { bytes, defects: Object.freeze(defects) };
    return this.#decoded;
  }
}

/** A decoder of octets that come in chunks. */
export function decoderOf(encoding: BodyEncoding, report: Report): TransferDecoder {
  return encoding === "base64" ? base64Decoder(report) : quotedPrintableDecoder(report);
}

/** The most that is decoded before the budget is asked again. */
const stretch = 64 * 1024 * 1024;

function decodeWithin(
  decoder: TransferDecoder,
  octets: Uint8Array,
  budget: DecodingBudget,
): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < octets.length; at += stretch) {
    const chunk = decoder.decode(
      octets.length <= stretch ? octets : octets.subarray(at, at + stretch),
    );
    budget.take(chunk.length);
    chunks.push(chunk);
  }
  const rest = decoder.end();
  budget.take(rest.length);
  if (rest.length > 0) chunks.push(rest);
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  return concatBytes(chunks);
}

async function* oneChunk(
  bytes: () => Uint8Array,
  { signal }: OpenOptions = {},
): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  const chunk = bytes();
  if (chunk.length > 0) yield chunk;
}
