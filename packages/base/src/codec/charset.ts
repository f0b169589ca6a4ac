/**
 * Charsets: characters to octets and back, by the names of the WHATWG Encoding Standard, which are those
 * that mail uses.
 */
import { assertWellFormed, isAsciiBytes, octetText, utf8 } from "../bytes.ts";
import type { Report } from "../defect.ts";
import { UsageError } from "../error.ts";
import { buffer } from "../native.ts";

/** What reading a charset may find. */
export type CharsetDefectCode = "CHARSET_UNKNOWN" | "CHARSET_OCTETS_INVALID";

/** How octets become text when the platform does not know a charset; `undefined` when it cannot either. */
export type CharsetDecoder = (charset: string, bytes: Uint8Array) => string | undefined;

/**
 * @throws {UsageError} `CHARSET_UNSUPPORTED`, `CHARSET_CANNOT_ENCODE`, `TEXT_LONE_SURROGATE`
 */
export function assertCharset(text: string, charset: string): void {
  encodeCharset(text, charset);
}

/**
 * Text as octets of a charset: UTF-8, US-ASCII, ISO-8859-1, or a single-byte charset that `TextDecoder`
 * knows.
 *
 * @throws {UsageError} `CHARSET_UNSUPPORTED` for a charset that cannot be written here,
 * `CHARSET_CANNOT_ENCODE` when it lacks a character, `TEXT_LONE_SURROGATE`
 * @example
 * ```ts
 * import { encodeCharset } from "@letterwright/base/codec";
 *
 * encodeCharset("é", "iso-8859-1")[0]; // => 233
 * ```
 */
export function encodeCharset(text: string, charset: string): Uint8Array {
  const name = charset.toLowerCase();
  if (name === "utf-8" || name === "utf8") return utf8(text);
  assertWellFormed(text);
  const octets = octetsOfCharset(name);
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    const octet = code < 0x80 ? code : octets.get(character);
    if (octet === undefined) {
      throw new UsageError(`${charset} has no character ${JSON.stringify(character)}`, {
        code: "CHARSET_CANNOT_ENCODE",
        hint: "Leave the charset out: UTF-8 has every character.",
      });
    }
    bytes[length++] = octet;
  }
  return bytes.subarray(0, length);
}

/**
 * Octets of a charset as text. Never throws: what the charset does not have becomes U+FFFD, an unknown
 * charset is read as UTF-8 when that fits and as windows-1252 otherwise, and either is reported.
 */
export function decodeCharset(
  bytes: Uint8Array,
  charset: string,
  report: Report<CharsetDefectCode>,
  further?: CharsetDecoder,
): string {
  // Most text is ASCII, and that is the same in both.
  const name = charset.toLowerCase();
  if (name === "utf-8") {
    const text = wellFormedUtf8(bytes, 0, bytes.length);
    if (text !== undefined) return text;
  } else if (name === "us-ascii" && isAsciiBytes(bytes)) return octetText(bytes);
  const decoder = decoderOf(charset);
  if (decoder === undefined) {
    const text = further?.(charset, bytes);
    if (text !== undefined) return text;
    report("CHARSET_UNKNOWN", 0, `no charset is named ${JSON.stringify(charset)}`);
    return decodeUnlabelled(bytes);
  }
  const text = textOf(decoder, bytes);
  // US-ASCII is read as windows-1252 there, so octets above 127 are looked for here.
  const isInvalid = name === "us-ascii" ? bytes.some((octet) => octet > 0x7f) : false;
  if (isInvalid || (text.includes("\ufffd") && !isReplacementMeant(bytes, charset))) {
    report("CHARSET_OCTETS_INVALID", 0, `some octets are no ${charset}`);
  }
  return text;
}

/**
 * What is UTF-8 by the shortest way; `undefined` when it is not, holds a U+FFFD of its own, or there is no shorter
 * way than others take.
 */
export function wellFormedUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (buffer === undefined) {
    const some = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
    return isAsciiBytes(some) ? octetText(some) : undefined;
  }
  const text = buffer.utf8Slice.call(bytes, start, end);
  return text.includes("\ufffd") ? undefined : text;
}

/** Octets of which nobody said the charset: UTF-8 when they are, else windows-1252, which has every octet. */
export function decodeUnlabelled(bytes: Uint8Array): string {
  const plain = wellFormedUtf8(bytes, 0, bytes.length);
  if (plain !== undefined) return plain;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return textOf(new TextDecoder("windows-1252"), bytes);
  }
}

// The windows-1252 characters of the octets 128 to 159; five of them have none and are controls.
const windows1252 =
  "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f" +
  "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

/** Node 20 and some later versions read windows-1252 as ISO-8859-1: its own 27 characters are put right. */
function textOf(decoder: TextDecoder, bytes: Uint8Array): string {
  const text = decoder.decode(bytes);
  if (decoder.encoding !== "windows-1252") return text;
  let right = "";
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80 || code > 0x9f) continue;
    right += text.slice(copied, at) + windows1252.charAt(code - 0x80);
    copied = at + 1;
  }
  return right + text.slice(copied);
}

const decoders = new Map<string, TextDecoder | undefined>();
// Names come from mail, so what is remembered is bounded.
const mostDecoders = 64;

function decoderOf(charset: string): TextDecoder | undefined {
  const name = charset.toLowerCase();
  if (decoders.has(name)) return decoders.get(name);
  let decoder: TextDecoder | undefined;
  try {
    decoder = new TextDecoder(name, { ignoreBOM: true });
  } catch {
    decoder = undefined; // RangeError: the platform has no such label
  }
  if (decoders.size >= mostDecoders) decoders.clear();
  decoders.set(name, decoder);
  return decoder;
}

/** U+FFFD that stands in the octets themselves is a character like any other. */
function isReplacementMeant(bytes: Uint8Array, charset: string): boolean {
  try {
    new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const tables = new Map<string, ReadonlyMap<string, number>>();

/** The upper half of a single-byte charset, from character to octet. */
function octetsOfCharset(name: string): ReadonlyMap<string, number> {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const octets = new Map<string, number>();
  if (name === "iso-8859-1" || name === "latin1") {
    // The platform reads this label as windows-1252, which differs from octet 128 to 159.
    for (let octet = 0xa0; octet < 0x100; octet++) octets.set(String.fromCharCode(octet), octet);
  } else if (name !== "us-ascii" && name !== "ascii") {
    const decoder = singleByteDecoder(name);
    for (let octet = 0x80; octet < 0x100; octet++) {
      const character = textOf(decoder, Uint8Array.of(octet));
      if (character !== "\ufffd") octets.set(character, octet);
    }
  }
  if (tables.size < mostDecoders) tables.set(name, octets);
  return octets;
}

function singleByteDecoder(name: string): TextDecoder {
  const decoder = decoderOf(name);
  // In a charset of one octet a character, 128 octets above 127 give 128 characters.
  const upper = Uint8Array.from({ length: 128 }, (_, index) => 0x80 + index);
  if (
    decoder !== undefined &&
    decoder.decode(upper).length === 128 &&
    decoder.decode(Uint8Array.of(0x41)) === "A"
  ) {
    const samples = [0xa1, 0xc4, 0xe4, 0xfe].map((octet) => decoder.decode(Uint8Array.of(octet)));
    if (samples.some((character) => character !== "\ufffd")) return decoder;
  }
  throw new UsageError(`text cannot be written in the charset ${JSON.stringify(name)}`, {
    code: "CHARSET_UNSUPPORTED",
    hint: "Leave the charset out for UTF-8; or encode the text yourself and make a part of the bytes.",
  });
}
