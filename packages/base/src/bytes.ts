/**
 * Bytes and text. Bytes are the truth in this family; text is a view of them.
 *
 * Every conversion here is either exact or an error: nothing narrows a UTF-16 unit to a byte, and
 * nothing replaces what it cannot write.
 */
import { UsageError } from "./error.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

/** CR, octet 13. */
export const cr = 0x0d;
/** LF, octet 10. */
export const lf = 0x0a;

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
  return encoder.encode(text);
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
  return encoder.encode(text);
}

/** Bytes as text, one character an octet (U+0000 to U+00FF). */
export function octetText(bytes: Uint8Array): string {
  let text = "";
  const step = 8192; // below the engines' limit on call arguments
  for (let at = 0; at < bytes.length; at += step) {
    text += String.fromCharCode(...bytes.subarray(at, at + step));
  }
  return text;
}

/** Whether each character is in US-ASCII, U+0000 to U+007F. */
export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return false;
  }
  return true;
}

/** Whether each octet is below 128. */
export function isAsciiBytes(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) {
    if ((bytes[at] as number) > 0x7f) return false;
  }
  return true;
}

/** How many octets the text takes as UTF-8. */
export function utf8Length(text: string): number {
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
