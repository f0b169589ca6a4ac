/** What every transport asks of a finished message before the first byte leaves. */
import { cr, lf } from "@letterwright/base/bytes";
import { areLines } from "@letterwright/base/codec";
import { UsageError } from "@letterwright/base/error";
import {
  headBytes,
  isNamed,
  offers,
  type Outgoing,
  type RawField,
  type RawMessage,
  type ServerOffer,
} from "@letterwright/message";

/**
 * The raw message for this offer, checked: nothing is repaired and nothing is dropped.
 *
 * @throws {UsageError} `OUTGOING_HAS_BCC` for a Bcc or Resent-Bcc field, whose readers were not to be
 * seen; `OUTGOING_BARE_LINE_END` for a CR or LF that is no CRLF (RFC 5321 §2.3.8), `OUTGOING_HAS_NUL` for
 * a NUL (RFC 2045 §2.7, §2.8), both in a field or a body in memory that does not require BINARYMIME;
 * `OUTGOING_REQUIREMENT_NOT_OFFERED` when the server lacks an extension the bytes need.
 */
export async function resolveOutgoing(outgoing: Outgoing, offer: ServerOffer): Promise<RawMessage> {
  return checkedOutgoing(typeof outgoing === "function" ? await outgoing(offer) : outgoing, offer);
}

/**
 * The same for a message that is made: at once. `whole` are all its octets, its body's last, where they have been
 * written already: they are looked at, and not those they were made of. Of several stretches, of which the first holds
 * all fields, each has to be whole lines by itself; what is not among them is not looked at.
 *
 * @throws {UsageError} what {@link resolveOutgoing} says
 */
export function checkedOutgoing(
  raw: RawMessage,
  offer: ServerOffer,
  whole?: Uint8Array | readonly Uint8Array[],
): RawMessage {
  const { fields, body, requires } = raw;
  // By index: the engine makes an object for each step over a frozen list.
  for (let at = 0; at < fields.length; at++) refuseBlind(fields[at] as RawField);
  const isBinary = requires.has("BINARYMIME");
  if (whole === undefined) {
    checkWhole(headBytes(raw));
    if (body.bytes !== undefined && !isBinary) checkWhole(body.bytes);
  } else if (!(whole instanceof Uint8Array)) {
    for (let at = 0; at < (isBinary ? 1 : whole.length); at++) checkWhole(whole[at] as Uint8Array);
  } else checkWhole(isBinary ? whole.subarray(0, whole.length - (body.byteLength ?? 0)) : whole);
  if (raw.requires.size === 0) return raw;
  for (const requirement of raw.requires) {
    if (!offers(offer, requirement)) {
      throw new UsageError(`the message needs ${requirement}, and the server does not offer it`, {
        code: "OUTGOING_REQUIREMENT_NOT_OFFERED",
        hint: "Send the message itself rather than its bytes: it is then written for what the server offers.",
      });
    }
  }
  return raw;
}

function refuseBlind(one: RawField): void {
  if (!isNamed(one, "Bcc") && !isNamed(one, "Resent-Bcc")) return;
  throw new UsageError(`the message has a ${one.name} field`, {
    code: "OUTGOING_HAS_BCC",
    hint: "Send it through mailer.send, which takes the field out, or remove it yourself.",
  });
}

/**
 * Passes chunks on and rejects at the first CR or LF that is no CRLF, and at the first NUL, which some
 * servers take out, and with it what keeps a dot from standing alone: either makes one message look like
 * two to somebody (RFC 5321 §2.3.8). State survives any split of the chunks.
 */
export async function* guardLineEnds(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let endsWithCr = false;
  for await (const chunk of chunks) {
    endsWithCr = checkLineEnds(chunk, endsWithCr);
    yield chunk;
  }
  if (endsWithCr) throw bareLineEnd("CR");
}

function checkWhole(bytes: Uint8Array): void {
  if (checkLineEnds(bytes, false)) throw bareLineEnd("CR");
}

/** Fewer octets are looked at one by one as fast. */
const worthCall = 256;

/** Returns whether the chunk ends with a CR whose LF is still to come. */
function checkLineEnds(chunk: Uint8Array, afterCr: boolean): boolean {
  if (chunk.length === 0) return afterCr;
  if (afterCr && chunk[0] !== lf) throw bareLineEnd("CR");
  const start = afterCr ? 1 : 0;
  const endsWithCr = chunk[chunk.length - 1] === cr;
  if (chunk.length >= worthCall) {
    const isWhole = start === 0 && !endsWithCr;
    const between = isWhole ? chunk : chunk.subarray(start, chunk.length - (endsWithCr ? 1 : 0));
    if (areLines(between, { eightBit: true })) return endsWithCr;
  }
  for (let at = start; at < chunk.length; at++) {
    const octet = chunk[at] as number;
    if (octet > cr) continue;
    if (octet === cr) {
      at++;
      if (at === chunk.length) return true;
      if (chunk[at] !== lf) throw bareLineEnd("CR");
    } else if (octet === lf) throw bareLineEnd("LF");
    else if (octet === 0) throw hasNul();
  }
  return false;
}

function hasNul(): UsageError {
  return new UsageError("the message has a NUL", {
    code: "OUTGOING_HAS_NUL",
    hint: "No mail text may hold one; a body that is not text is sent in base64.",
  });
}

function bareLineEnd(which: "CR" | "LF"): UsageError {
  return new UsageError(`the message has a ${which} that is not part of a CRLF`, {
    code: "OUTGOING_BARE_LINE_END",
    hint: "Mail lines end with CRLF; mailer.send converts the line ends of raw mail.",
  });
}
