/** base64: RFC 4648 §4 for the alphabet, RFC 2045 §6.8 for the lines. */
import { UsageError } from "../error.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const digits = Uint8Array.from(alphabet, (character) => character.charCodeAt(0));
const padding = 0x3d; // "="
const notADigit = 255;
const values = new Uint8Array(256).fill(notADigit);
for (let value = 0; value < 64; value++) values[digits[value] as number] = value;

/** How encoded lines are cut. */
export interface Base64Lines {
  /** Octets a line, without its end; a multiple of 4. Default 76, the most RFC 2045 §6.8 allows. */
  readonly lineLength?: number;
  /** What stands between two lines; nothing follows the last. Default CRLF. */
  readonly lineEnd?: Uint8Array;
}

const crlf = Uint8Array.of(0x0d, 0x0a);

/** How many octets {@link encodeBase64} makes of `byteLength` octets. */
export function encodedBase64Length(byteLength: number, lines: Base64Lines = {}): number {
  const characters = Math.ceil(byteLength / 3) * 4;
  if (characters === 0) return 0;
  const breaks = Math.ceil(characters / (lines.lineLength ?? 76)) - 1;
  return characters + breaks * (lines.lineEnd ?? crlf).length;
}

/**
 * Bytes as base64 in lines. No line end follows the last line; no bytes make no line.
 *
 * @example
 * ```ts
 * import { encodeBase64 } from "@letterwright/base/codec";
 *
 * new TextDecoder().decode(encodeBase64(new TextEncoder().encode("hi"))); // => "aGk="
 * ```
 */
export function encodeBase64(bytes: Uint8Array, lines: Base64Lines = {}): Uint8Array {
  const lineLength = lines.lineLength ?? 76;
  const lineEnd = lines.lineEnd ?? crlf;
  if (!Number.isInteger(lineLength) || lineLength < 4 || lineLength % 4 !== 0) {
    throw new UsageError(`lineLength must be a positive multiple of 4, found ${lineLength}`, {
      code: "BASE64_LINE_LENGTH_INVALID",
      hint: "76 is what RFC 2045 §6.8 allows at most.",
    });
  }
  const encoded = new Uint8Array(encodedBase64Length(bytes.length, { lineLength, lineEnd }));
  const bytesPerLine = (lineLength / 4) * 3;
  let to = 0;
  for (let from = 0; from < bytes.length; from += bytesPerLine) {
    if (from > 0) {
      encoded.set(lineEnd, to);
      to += lineEnd.length;
    }
    to = encodeRun(bytes, from, Math.min(from + bytesPerLine, bytes.length), encoded, to);
  }
  return encoded;
}

/** Bytes as base64 text without any line end, as SASL and encoded-words want it. */
export function base64Text(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const word = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += alphabet.charAt(word >> 18) + alphabet.charAt((word >> 12) & 63);
    text += at + 1 < bytes.length ? alphabet.charAt((word >> 6) & 63) : "=";
    text += at + 2 < bytes.length ? alphabet.charAt(word & 63) : "=";
  }
  return text;
}

/**
 * base64 back to bytes. White space between digits is passed over (RFC 2045 §6.8); anything else
 * outside the alphabet, a wrong length, or bits set where none belong is an error.
 *
 * @throws {UsageError} `BASE64_INVALID`
 */
export function decodeBase64(text: string): Uint8Array {
  const decoded = new Uint8Array(Math.floor((text.length * 3) / 4));
  let word = 0;
  let held = 0; // digits in `word`
  let pads = 0;
  let to = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a) continue;
    if (code === padding) {
      pads++;
      continue;
    }
    const value = code < 256 ? (values[code] as number) : notADigit;
    if (value === notADigit || pads > 0)
      throw invalid(`character ${JSON.stringify(text[at])} at index ${at}`);
    word = (word << 6) | value;
    if (++held === 4) {
      decoded[to++] = (word >> 16) & 255;
      decoded[to++] = (word >> 8) & 255;
      decoded[to++] = word & 255;
      word = 0;
      held = 0;
    }
  }
  if ((held === 0 && pads > 0) || held === 1 || (held > 1 && held + pads !== 4)) {
    throw invalid(`${held} digits and ${pads} "=" at the end`);
  }
  if (held === 2) {
    if ((word & 15) !== 0) throw invalid("bits after the last octet");
    decoded[to++] = (word >> 4) & 255;
  } else if (held === 3) {
    if ((word & 3) !== 0) throw invalid("bits after the last octet");
    decoded[to++] = (word >> 10) & 255;
    decoded[to++] = (word >> 2) & 255;
  }
  return decoded.subarray(0, to);
}

function invalid(found: string): UsageError {
  return new UsageError(`not base64: ${found}`, {
    code: "BASE64_INVALID",
    hint: "The text was cut or is not base64 (RFC 4648 §4).",
  });
}

function encodeRun(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): number {
  let read = start;
  let write = at;
  for (const whole = end - ((end - start) % 3); read < whole; read += 3) {
    const word =
      ((from[read] as number) << 16) |
      ((from[read + 1] as number) << 8) |
      (from[read + 2] as number);
    to[write++] = digits[word >> 18] as number;
    to[write++] = digits[(word >> 12) & 63] as number;
    to[write++] = digits[(word >> 6) & 63] as number;
    to[write++] = digits[word & 63] as number;
  }
  if (read < end) {
    const word =
      ((from[read] as number) << 16) | (read + 1 < end ? (from[read + 1] as number) << 8 : 0);
    to[write++] = digits[word >> 18] as number;
    to[write++] = digits[(word >> 12) & 63] as number;
    to[write++] = read + 1 < end ? (digits[(word >> 6) & 63] as number) : padding;
    to[write++] = padding;
  }
  return write;
}
