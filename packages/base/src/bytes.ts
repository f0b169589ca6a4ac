/**
 * Bytes and text. Bytes are the truth in this family; text is a view of them.
 *
 * Every conversion here is either exact or an error: nothing narrows a UTF-16 unit to a byte, and
 * nothing replaces what it cannot write.
 */
import { UsageError } from "./error.ts";
import { buffer } from "./native.ts";
import { assertRoom } from "./room.ts";

const encoder = new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** CR, octet 13. */
export const cr = 0x0d;
/** LF, octet 10. */
export const lf = 0x0a;

/** Up to so many, a loop is faster than a call out of the engine. */
const fewCharacters = 24;

const blockLength = 64 * 1024;

/** ECMAScript 2024. */
interface WellFormedness {
  isWellFormed(): boolean;
}

/** No bytes at all. */
export const emptyBytes: Uint8Array = new Uint8Array(0);

/**
 * Text as UTF-8.
 *
 * @throws {UsageError} `TEXT_LONE_SURROGATE` when the text holds half a surrogate pair, which UTF-8
 * cannot write (RFC 3629 §3).
 */
export function utf8(text: string): Uint8Array {
  assertWellFormed(text);
  return isAscii(text) ? asciiOctets(text) : encoder.encode(text);
}

/**
 * Writes text as UTF-8 into `target` from `offset` on; gives how many octets that were. Room for three
 * octets a UTF-16 unit spares it the counting.
 *
 * @throws {UsageError} `TEXT_LONE_SURROGATE`, `TARGET_TOO_SMALL` before anything is written
 * @example
 * ```ts
 * import { utf8Into } from "@letterwright/base/bytes";
 *
 * utf8Into(new Uint8Array(8), 2, "né"); // => 3
 * ```
 */
export function utf8Into(target: Uint8Array, offset: number, text: string): number {
  assertWellFormed(text);
  const isAmple = offset >= 0 && offset + text.length * 3 <= target.length;
  if (!isAmple) assertRoom(target, offset, offset + utf8Length(text));
  if (buffer !== undefined) return buffer.utf8Write.call(target, text, offset);
  return encoder.encodeInto(text, target.subarray(offset)).written;
}

/** Bytes read as UTF-8; what is not UTF-8 becomes U+FFFD. For showing text, not for deciding on it. */
export function utf8Text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/**
 * ASCII text as bytes.
 *
 * @throws {UsageError} `TEXT_NOT_ASCII` when a character is above U+007F.
 */
export function ascii(text: string): Uint8Array {
  if (!isAscii(text)) {
    throw new UsageError(`expected ASCII, found ${JSON.stringify(text.slice(0, 80))}`, {
      code: "TEXT_NOT_ASCII",
      hint: "Encode the text first; only US-ASCII can stand here.",
    });
  }
  return asciiOctets(text);
}

/**
 * Writes text that is known to be ASCII into `target` from `offset` on; gives how many octets that were,
 * one a character. Nothing looks whether it is ASCII: ask {@link isAscii} where it may not be.
 *
 * @throws {UsageError} `TARGET_TOO_SMALL` before anything is written
 * @example
 * ```ts
 * import { asciiInto } from "@letterwright/base/bytes";
 *
 * asciiInto(new Uint8Array(16), 4, "To: "); // => 4
 * ```
 */
export function asciiInto(target: Uint8Array, offset: number, text: string): number {
  assertRoom(target, offset, offset + text.length);
  if (text.length <= fewCharacters) {
    for (let at = 0; at < text.length; at++) target[offset + at] = text.charCodeAt(at);
  } else if (buffer !== undefined) buffer.latin1Write.call(target, text, offset);
  else encoder.encodeInto(text, target.subarray(offset, offset + text.length));
  return text.length;
}

function asciiOctets(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  asciiInto(bytes, 0, text);
  return bytes;
}

/** Bytes, or some of them, as text, one character an octet (U+0000 to U+00FF). */
export function octetText(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  if (buffer !== undefined) return buffer.latin1Slice.call(bytes, start, end);
  let text = "";
  const step = 8192; // below the engines' limit on call arguments
  for (let at = start; at < end; at += step) {
    text += String.fromCharCode(...bytes.subarray(at, Math.min(at + step, end)));
  }
  return text;
}

/** Bytes as lower-case hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  if (buffer !== undefined) return buffer.hexSlice.call(bytes, 0, bytes.length);
  let digits = "";
  for (const octet of bytes) digits += (octet + 0x100).toString(16).slice(1);
  return digits;
}

/** Whether each character is in US-ASCII, U+0000 to U+007F. */
export function isAscii(text: string): boolean {
  if (buffer !== undefined && text.length > fewCharacters) {
    return buffer.byteLength(text) === text.length;
  }
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return false;
  }
  return true;
}

/** Whether each octet is below 128. */
export function isAsciiBytes(bytes: Uint8Array): boolean {
  if (buffer !== undefined && bytes.length > fewCharacters) {
    // As characters, those above 127 take two octets again.
    for (let at = 0; at < bytes.length; at += blockLength) {
      const block = buffer.latin1Slice.call(bytes, at, Math.min(at + blockLength, bytes.length));
      if (buffer.byteLength(block) !== block.length) return false;
    }
    return true;
  }
  for (let at = 0; at < bytes.length; at++) {
    if ((bytes[at] as number) > 0x7f) return false;
  }
  return true;
}

/** How many octets the text takes as UTF-8. */
export function utf8Length(text: string): number {
  if (buffer !== undefined) return buffer.byteLength(text);
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(at + 1))) {
      length += 2; // four octets for two units
      at++;
    } else length += 2;
  }
  return length;
}

/**
 * Where `sought`, one octet or more, first stands at `from` or after it; -1 when it does not.
 *
 * @example
 * ```ts
 * import { ascii, indexOfBytes } from "@letterwright/base/bytes";
 *
 * indexOfBytes(ascii("a\r\n.\r\n"), ascii("\r\n."), 0); // => 1
 * ```
 */
export function indexOfBytes(bytes: Uint8Array, sought: Uint8Array, from: number): number {
  if (buffer !== undefined) return buffer.indexOf.call(bytes, sought, from);
  const [first] = sought as unknown as [number];
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (sought.every((octet, index) => bytes[at + index] === octet)) return at;
  }
  return -1;
}

/** The chunks, one after another, in one array of their own. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  let total = 0;
  for (const chunk of chunks) total += chunk.length;
  const joined = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

/** Whether both hold the same octets. Not constant-time: never for secrets. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}

/**
 * @throws {UsageError} `TEXT_LONE_SURROGATE` when the text holds half a surrogate pair.
 */
export function assertWellFormed(text: string): void {
  if ((text as Partial<WellFormedness>).isWellFormed?.() === true) return;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    if (unit < 0xdc00 && isLowSurrogate(text.charCodeAt(at + 1))) {
      at++;
      continue;
    }
    throw new UsageError(`half a surrogate pair at index ${at}`, {
      code: "TEXT_LONE_SURROGATE",
      hint: "The text was cut inside a character; pass it whole.",
    });
  }
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
