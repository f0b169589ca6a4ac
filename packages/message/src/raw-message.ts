/** A finished message: exact bytes, and what a server must offer to take them. */
import type { ByteSource } from "./byte-source.ts";
import type { ServerOffer } from "./server-offer.ts";

/** One header field as bytes, its line end included. It may be malformed. */
export interface RawField {
  /** The name, decoded for matching; empty when the bytes hold none. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An SMTP extension without which a message cannot be sent as it is. */
export type Requirement = "8BITMIME" | "SMTPUTF8" | "BINARYMIME";

/** A message as bytes. Generator, parser, signer, SMTP and receiver all speak it. */
export interface RawMessage {
  /** Exact bytes, in order. */
  readonly fields: readonly RawField[];
  /** What stood between fields and body; empty if nothing did. */
  readonly separator: Uint8Array;
  readonly body: ByteSource;
  /** What the server has to offer: nothing re-encodes a raw message on its way. */
  readonly requires: ReadonlySet<Requirement>;
}

/** A finished message, or a function from what the server offers to one. */
export type Outgoing = RawMessage | ((offer: ServerOffer) => RawMessage | Promise<RawMessage>);

/** How many bytes the message has, when its body knows without being read. */
export function rawByteLength(raw: RawMessage): number | undefined {
  const body = raw.body.byteLength;
  if (body === undefined) return undefined;
  const { fields, separator } = raw;
  let sum = separator.length + body;
  for (let at = 0; at < fields.length; at++) sum += (fields[at] as RawField).bytes.length;
  return sum;
}

/** The whole message, chunk by chunk, in order. */
export async function* rawChunks(
  raw: RawMessage,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint8Array> {
  for (const { bytes } of raw.fields) yield bytes;
  if (raw.separator.length > 0) yield raw.separator;
  yield* raw.body.open(options);
}
