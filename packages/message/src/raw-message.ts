/** A finished message: exact bytes, and what a server must offer to take them. */
import type { ByteSource } from "./byte-source.ts";
import type { ServerOffer } from "./server-offer.ts";

/** One header field as bytes, its line end included. It may be malformed. */
export interface RawField {
  /** The name, decoded for matching; empty when the bytes hold none. */
  readonly name: string;
  /** Of a generated message they are made when they are asked for: a spread of such a field is without them. */
  readonly bytes: Uint8Array;
}

/** An SMTP extension without which a message cannot be sent as it is. */
export type Requirement = "8BITMIME" | "SMTPUTF8" | "BINARYMIME";

/** What stands before a body and is not bytes yet: for who has memory of its own. */
export interface RawHead {
  /** How many bytes the fields and the separator have. */
  readonly byteLength: number;
  /** The Message-ID, where it is known without looking into the fields. */
  readonly messageId?: string | undefined;
  /**
   * Writes them into `target` from `offset` on, where there is room for `byteLength` of them, and gives the offset
   * after them.
   */
  writeInto(target: Uint8Array, offset: number): number;
}

/** A message as bytes. Generator, parser, signer, SMTP and receiver all speak it. */
export interface RawMessage {
  /** Exact bytes, in order. */
  readonly fields: readonly RawField[];
  /** What stood between fields and body; empty if nothing did. */
  readonly separator: Uint8Array;
  readonly body: ByteSource;
  /** What the server has to offer: nothing re-encodes a raw message on its way. */
  readonly requires: ReadonlySet<Requirement>;
  /**
   * The bytes of `fields` and `separator` written at once, where they would have to be made first. It is for makers whose
   * messages have it on a prototype, so that a copy with other fields, `{ ...raw, fields }`, is without it; who puts
   * a message together by hand leaves it out.
   */
  readonly head?: RawHead | undefined;
}

/** A finished message, or a function from what the server offers to one. */
export type Outgoing = RawMessage | ((offer: ServerOffer) => RawMessage | Promise<RawMessage>);

/** How many bytes the message has, when its body knows without being read. */
export function rawByteLength(raw: RawMessage): number | undefined {
  const body = raw.body.byteLength;
  if (body === undefined) return undefined;
  return body + headLength(raw);
}

function headLength({ head, fields, separator }: RawMessage): number {
  if (head !== undefined) return head.byteLength;
  let sum = separator.length;
  for (let at = 0; at < fields.length; at++) sum += (fields[at] as RawField).bytes.length;
  return sum;
}

/** Writes fields and separator into `target`, which has the room, from `offset` on; gives the offset after them. */
export function writeHeadInto(
  target: Uint8Array,
  offset: number,
  { head, fields, separator }: RawMessage,
): number {
  if (head !== undefined) return head.writeInto(target, offset);
  let end = offset;
  for (let at = 0; at < fields.length; at++) {
    const { bytes } = fields[at] as RawField;
    target.set(bytes, end);
    end += bytes.length;
  }
  target.set(separator, end);
  return end + separator.length;
}

/** Fields and separator as one array. */
export function headBytes(raw: RawMessage): Uint8Array {
  const bytes = new Uint8Array(headLength(raw));
  writeHeadInto(bytes, 0, raw);
  return bytes;
}

/** The whole message, chunk by chunk, in order. */
export async function* rawChunks(
  raw: RawMessage,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Uint8Array> {
  const head = headBytes(raw);
  if (head.length > 0) yield head;
  yield* raw.body.open(options);
}
