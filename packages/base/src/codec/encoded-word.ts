/** Encoded-words read: RFC 2047, with the language tags of RFC 2231 §5. */
import { concatBytes, isAscii, utf8Into } from "../bytes.ts";
import type { Report } from "../defect.ts";
import { hexPairAt, isToken } from "../grammar.ts";
import { decodeCharset, type CharsetDecoder } from "./charset.ts";

/** What reading encoded-words may find. */
export type EncodedWordDefectCode =
  | "ENCODED_WORD_MALFORMED"
  | "ENCODED_WORD_NOT_SEPARATED"
  | "ENCODED_WORD_SPLIT_CHARACTER"
  | "ENCODED_WORD_HAS_CONTROL"
  | "CHARSET_UNKNOWN"
  | "CHARSET_OCTETS_INVALID";

/**
 * Text of a header field with its encoded-words decoded. Blanks between two of them are not part of the
 * text (RFC 2047 §6.2). What is malformed stays as it stands, and is reported; so is what is only
 * readable with leniency. A decoded control character becomes U+FFFD: it must not become a line end.
 *
 * @param report takes each finding; without it findings are dropped
 * @param charsets how to read a charset the platform does not know
 * @example
 * ```ts
 * import { decodeWords } from "@letterwright/base/codec";
 *
 * decodeWords("=?utf-8?q?Gr=C3=BC?= =?utf-8?b?w59l?="); // => "Grüße"
 * ```
 */
export function decodeWords(
  text: string,
  report: Report<EncodedWordDefectCode> = () => undefined,
  charsets?: CharsetDecoder,
): string {
  let at = text.indexOf("=?");
  if (at === -1) return text;
  let decoded = "";
  let copied = 0;
  let pending: Run | undefined;
  const flush = (): void => {
    if (pending !== undefined) decoded += decodeRun(pending, report, charsets);
    pending = undefined;
  };
  const ends = new WordEnds(text);
  for (; at !== -1; at = text.indexOf("=?", at)) {
    const word = wordAt(text, at, ends);
    if (word === undefined) {
      report("ENCODED_WORD_MALFORMED", at, 'what follows "=?" is no encoded-word (RFC 2047 §2)');
      at += 2;
      continue;
    }
    const between = text.slice(copied, at);
    const isAdjacent = pending !== undefined && isBlank(between);
    if (!isAdjacent) {
      flush();
      decoded += between;
    }
    if (!isSeparated(text, at, word.end)) {
      report(
        "ENCODED_WORD_NOT_SEPARATED",
        at,
        "an encoded-word has to be separated from other text by blanks (RFC 2047 §5)",
      );
    }
    if (isAdjacent && pending !== undefined && pending.charset === word.charset) {
      pending.pieces.push(word.bytes);
    } else {
      flush();
      pending = { charset: word.charset, pieces: [word.bytes], index: at };
    }
    copied = word.end;
    at = word.end;
  }
  flush();
  return decoded + text.slice(copied);
}

interface Word {
  readonly charset: string;
  readonly bytes: Uint8Array;
  readonly end: number;
}

/** Adjacent words of one charset: a character that was split between them is put together again. */
interface Run {
  readonly charset: string;
  readonly pieces: Uint8Array[];
  readonly index: number;
}

/** No label or word is longer; the bound keeps a text of many "=?" linear. */
const longestCharset = 60;
const longestWord = 1000;

/** Where "?=" stands next. It only moves forward, so that all questions together read the text once. */
class WordEnds {
  readonly #text: string;
  #next = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** The first at or behind this index; `Infinity` when there is none. */
  from(index: number): number {
    if (this.#next < index) {
      const found = this.#text.indexOf("?=", index);
      this.#next = found === -1 ? Infinity : found;
    }
    return this.#next;
  }
}

function wordAt(text: string, start: number, ends: WordEnds): Word | undefined {
  const charsetEnd = boundedIndex(text, "?", start + 2, longestCharset);
  if (charsetEnd === -1 || text.charAt(charsetEnd + 2) !== "?") return undefined;
  const label = text.slice(start + 2, charsetEnd);
  const star = label.indexOf("*"); // RFC 2231 §5: charset*language
  const charset = (star === -1 ? label : label.slice(0, star)).toLowerCase();
  if (!isToken(charset)) return undefined;
  const contentStart = charsetEnd + 3;
  const end = ends.from(contentStart);
  if (end >= contentStart + longestWord) return undefined;
  const content = text.slice(contentStart, end);
  const encoding = text.charAt(charsetEnd + 1).toLowerCase();
  const bytes =
    encoding === "q" ? decodeQ(content) : encoding === "b" ? decodeB(content) : undefined;
  return bytes === undefined ? undefined : { charset, bytes, end: end + 2 };
}

function boundedIndex(text: string, wanted: string, from: number, within: number): number {
  for (let at = from; at < from + within && at < text.length; at++) {
    if (text.startsWith(wanted, at)) return at;
  }
  return -1;
}

/** RFC 2047 §4.2; a blank inside is an error of the writer that readers forgive. */
function decodeQ(content: string): Uint8Array | undefined {
  // Three octets a character that may not stand here, fewer for all others.
  const bytes = new Uint8Array(isAscii(content) ? content.length : content.length * 3);
  let length = 0;
  for (let at = 0; at < content.length; at++) {
    const code = content.charCodeAt(at);
    if (code === 0x5f) bytes[length++] = 0x20;
    else if (code === 0x3d) {
      const octet = hexPairAt(content, at + 1);
      if (octet === -1) return undefined;
      bytes[length++] = octet;
      at += 2;
    } else if (code < 0x80) bytes[length++] = code;
    else {
      // Raw UTF-8 where only ASCII may stand: kept as what it is.
      const character = String.fromCodePoint(content.codePointAt(at) as number);
      if (character.length === 1 && code >= 0xd800 && code <= 0xdfff) return undefined;
      length += utf8Into(bytes, length, character);
      at += character.length - 1;
    }
  }
  return bytes.subarray(0, length);
}

/** RFC 2047 §4.1; missing padding is forgiven, foreign characters are not. */
function decodeB(content: string): Uint8Array | undefined {
  const bytes = new Uint8Array((content.length * 3) >> 2);
  let length = 0;
  let bits = 0;
  let held = 0;
  let padding = 0;
  for (let at = 0; at < content.length; at++) {
    const code = content.charCodeAt(at);
    if (code === 0x3d) {
      padding++;
      continue;
    }
    const value = sextet(code);
    if (value === -1 || padding > 0) return undefined;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (held >> bits) & 0xff;
    }
  }
  return bits === 6 || padding > 2 ? undefined : bytes.subarray(0, length);
}

function sextet(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  if (code >= 0x61 && code <= 0x7a) return code - 0x47;
  if (code >= 0x30 && code <= 0x39) return code + 4;
  if (code === 0x2b) return 62;
  return code === 0x2f ? 63 : -1;
}

function decodeRun(
  { charset, pieces, index }: Run,
  report: Report<EncodedWordDefectCode>,
  charsets: CharsetDecoder | undefined,
): string {
  const here: Report<EncodedWordDefectCode> = (code, _index, message) =>
    report(code, index, message);
  const text =
    decodeEach(pieces, charset) ?? decodeCharset(joined(pieces), charset, here, charsets);
  if (pieces.length > 1 && pieces.some((piece) => startsInsideCharacter(piece, charset))) {
    report(
      "ENCODED_WORD_SPLIT_CHARACTER",
      index,
      "a character is split between two encoded-words (RFC 2047 §5)",
    );
  }
  return withoutControls(text, index, report);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : concatBytes(pieces);
}

/**
 * Words of a charset that switches between modes, one by one: each begins and ends in ASCII (RFC 2047 §3), and
 * decoders take two switches side by side for a fault. `undefined` for other charsets, and for words that are
 * nothing by themselves.
 */
function decodeEach(pieces: readonly Uint8Array[], charset: string): string | undefined {
  if (pieces.length === 1 || !charset.startsWith("iso-2022-")) return undefined;
  let isWhole = true;
  const texts = pieces.map((piece) =>
    decodeCharset(piece, charset, () => {
      isWhole = false;
    }),
  );
  return isWhole ? texts.join("") : undefined;
}

function startsInsideCharacter(bytes: Uint8Array, charset: string): boolean {
  return charset === "utf-8" && ((bytes[0] ?? 0) & 0xc0) === 0x80;
}

function withoutControls(
  text: string,
  index: number,
  report: Report<EncodedWordDefectCode>,
): string {
  let clean = "";
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isControl =
      (code < 0x20 && code !== 0x09) || (code >= 0x7f && code < 0xa0) || (code | 1) === 0x2029;
    if (!isControl) continue;
    clean += `${text.slice(copied, at)}\ufffd`;
    copied = at + 1;
  }
  if (copied === 0) return text;
  report("ENCODED_WORD_HAS_CONTROL", index, "an encoded-word hides a control character");
  return clean + text.slice(copied);
}

function isBlank(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0d && code !== 0x0a) return false;
  }
  return true;
}

/** Whether blanks, parentheses of a comment, or an end stand on both sides. */
function isSeparated(text: string, start: number, end: number): boolean {
  return (
    (start === 0 || " \t\r\n(".includes(text.charAt(start - 1))) &&
    (end === text.length || " \t\r\n)".includes(text.charAt(end)))
  );
}
