/** base64 written: RFC 4648 §4 for the alphabet, RFC 2045 §6.8 for the lines. */
import { octetText } from "../bytes.ts";
import { UsageError } from "../error.ts";
import { nativeBase64, type NativeBase64 } from "../native.ts";
import { assertRoom } from "../room.ts";
import { encodeLines } from "./base64-kernel.ts";
import { digits, padding } from "./base64-alphabet.ts";

/** How encoded lines are cut. */
export interface Base64Lines {
  /** Octets a line, without its end; a multiple of 4. Default 76, the most RFC 2045 §6.8 allows. */
  readonly lineLength?: number;
  /** What stands between two lines; nothing follows the last. Default CRLF. */
  readonly lineEnd?: Uint8Array;
}

const crlf = Uint8Array.of(0x0d, 0x0a);
const kernelWorthwhile = 48 * 1024; // below, it would not earn its start
const linesPerBlock = 512; // what is encoded natively in one go and then spread, while it is in the cache

/**
 * How many octets {@link encodeBase64} makes of `byteLength` octets.
 *
 * @throws {UsageError} `BASE64_LINE_LENGTH_INVALID`
 * @example
 * ```ts
 * import { encodedBase64Length } from "@letterwright/base/codec";
 *
 * encodedBase64Length(58); // => 82
 * ```
 */
export function encodedBase64Length(byteLength: number, lines: Base64Lines = {}): number {
  const { lineLength, lineEnd } = checked(lines);
  const characters = Math.ceil(byteLength / 3) * 4;
  if (characters === 0) return 0;
  return characters + (Math.ceil(characters / lineLength) - 1) * lineEnd.length;
}

/**
 * Bytes as base64 in lines. No line end follows the last line; no bytes make no line.
 *
 * @throws {UsageError} `BASE64_LINE_LENGTH_INVALID`
 * @example
 * ```ts
 * import { encodeBase64 } from "@letterwright/base/codec";
 *
 * new TextDecoder().decode(encodeBase64(new TextEncoder().encode("hi"))); // => "aGk="
 * ```
 */
export function encodeBase64(bytes: Uint8Array, lines: Base64Lines = {}): Uint8Array {
  const encoded = new Uint8Array(encodedBase64Length(bytes.length, lines));
  encodeBase64Into(encoded, 0, bytes, lines);
  return encoded;
}

/**
 * The same, written straight into `target` from `offset` on; gives the offset after it. Room is needed
 * for exactly {@link encodedBase64Length} octets. `bytes` and what is written must not overlap.
 *
 * @throws {UsageError} `BASE64_LINE_LENGTH_INVALID`, `TARGET_TOO_SMALL` before anything is written
 * @example
 * ```ts
 * import { encodeBase64Into } from "@letterwright/base/codec";
 *
 * const target = new Uint8Array(6);
 * encodeBase64Into(target, 2, Uint8Array.of(104, 105)); // => 6
 * ```
 */
export function encodeBase64Into(
  target: Uint8Array,
  offset: number,
  bytes: Uint8Array,
  lines: Base64Lines = {},
): number {
  const { lineLength, lineEnd } = checked(lines);
  const next = offset + encodedBase64Length(bytes.length, lines);
  assertRoom(target, offset, next);
  const block = (lineLength / 4) * 3 * linesPerBlock;
  const begun =
    bytes.length < kernelWorthwhile
      ? 0
      : encodeLines(target, offset, bytes, { lineLength, lineEnd });
  let at = next - encodedBase64Length(bytes.length - begun, lines);
  for (let start = begun; start < bytes.length; start += block) {
    if (start > begun) {
      target.set(lineEnd, at);
      at += lineEnd.length;
    }
    const end = Math.min(start + block, bytes.length);
    const written = encodeBlock(target, at, bytes, start, end);
    at = spread(target, at, written, lineLength, lineEnd);
  }
  return next;
}

/** Bytes as base64 text without any line end, as SASL and encoded-words want it. */
export function base64Text(bytes: Uint8Array): string {
  if (nativeBase64 !== undefined) return nativeBase64.text(bytes);
  const encoded = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  encodeRun(encoded, 0, bytes, 0, bytes.length);
  return octetText(encoded);
}

const encodeBlock: NativeBase64["encodeInto"] = nativeBase64?.encodeInto ?? encodeRun;

function checked(lines: Base64Lines): Required<Base64Lines> {
  const { lineLength = 76, lineEnd = crlf } = lines;
  if (Number.isInteger(lineLength) && lineLength >= 4 && lineLength % 4 === 0) {
    return { lineLength, lineEnd };
  }
  throw new UsageError(`lineLength must be a positive multiple of 4, found ${lineLength}`, {
    code: "BASE64_LINE_LENGTH_INVALID",
    hint: "76 is what RFC 2045 §6.8 allows at most.",
  });
}

/** Moves lines apart to make room for their ends: from the last, so that none is written over. */
function spread(
  target: Uint8Array,
  at: number,
  length: number,
  lineLength: number,
  lineEnd: Uint8Array,
): number {
  const last = Math.max(0, Math.ceil(length / lineLength) - 1);
  for (let line = last; line > 0; line--) {
    const from = at + line * lineLength;
    const to = from + line * lineEnd.length;
    target.copyWithin(to, from, Math.min(from + lineLength, at + length));
    for (let index = 0; index < lineEnd.length; index++) {
      target[to - lineEnd.length + index] = lineEnd[index] as number;
    }
  }
  return at + length + last * lineEnd.length;
}

/** The octets `start` to `end` with their padding, by table; gives how many characters that were. */
function encodeRun(
  target: Uint8Array,
  offset: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let to = offset;
  let at = start;
  for (const whole = end - ((end - start) % 3); at < whole; at += 3) {
    const word =
      ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    target[to++] = digits[word >> 18] as number;
    target[to++] = digits[(word >> 12) & 63] as number;
    target[to++] = digits[(word >> 6) & 63] as number;
    target[to++] = digits[word & 63] as number;
  }
  if (at < end) {
    const hasTwo = at + 1 < end;
    const word = ((bytes[at] as number) << 16) | (hasTwo ? (bytes[at + 1] as number) << 8 : 0);
    target[to++] = digits[word >> 18] as number;
    target[to++] = digits[(word >> 12) & 63] as number;
    target[to++] = hasTwo ? (digits[(word >> 6) & 63] as number) : padding;
    target[to++] = padding;
  }
  return to - offset;
}
