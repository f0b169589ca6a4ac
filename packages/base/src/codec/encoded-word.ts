/** Encoded-words read: RFC 2047, with the language tags of RFC 2231 §5. */
import { octetText, utf8Into } from "../bytes.ts";
import type { Report } from "../defect.ts";
import { hexPairAt, isToken } from "../grammar.ts";
import { decodeCharset, wellFormedUtf8, type CharsetDecoder } from "./charset.ts";

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
  const at = text.indexOf("=?");
  return at === -1 ? text : new WordReader(text, report, charsets).read(at);
}

/** No label or word is longer; the bound keeps a text of many "=?" linear. */
const longestCharset = 60;
const longestWord = 1000;

/** Octets of words are gathered in one array, because one for every word costs more than its decoding. */
const usualRoom = 4 * longestWord;
/** Whoever reads takes it, and brings it back: what is told of a text may read another one meanwhile. */
let sharedRoom: Uint8Array | undefined;

/** Goes through a text once. */
class WordReader {
  private readonly text: string;
  private readonly report: Report<EncodedWordDefectCode>;
  private readonly charsets: CharsetDecoder | undefined;
  private room: Uint8Array;
  private decoded = "";
  /** Where "?=" stands next. It only moves forward, so that all questions together read the text once. */
  private nextEnd = -1;
  // The word that was read last; its octets stand behind those of the run.
  private charset = "";
  private wordEnd = 0;
  private limit = 0;
  private union = 0;
  // Adjacent words of one charset: a character that was split between them is put together again.
  private run: Run | undefined;

  constructor(
    text: string,
    report: Report<EncodedWordDefectCode>,
    charsets: CharsetDecoder | undefined,
  ) {
    this.text = text;
    this.report = report;
    this.charsets = charsets;
    this.room = sharedRoom ?? new Uint8Array(usualRoom);
    sharedRoom = undefined;
  }

  read(first: number): string {
    const { text } = this;
    let copied = 0;
    for (let at = first; at !== -1; at = text.indexOf("=?", at)) {
      const start = this.run === undefined ? 0 : this.run.end;
      if (!this.wordAt(at, start)) {
        this.found(
          "ENCODED_WORD_MALFORMED",
          at,
          'what follows "=?" is no encoded-word (RFC 2047 §2)',
        );
        at += 2;
        continue;
      }
      const isAdjacent = this.run !== undefined && isBlank(text, copied, at);
      if (!isAdjacent) {
        this.flush();
        this.decoded += text.slice(copied, at);
      }
      if (!isSeparated(text, at, this.wordEnd)) {
        this.found(
          "ENCODED_WORD_NOT_SEPARATED",
          at,
          "an encoded-word has to be separated from other text by blanks (RFC 2047 §5)",
        );
      }
      this.join(start, at);
      at = copied = this.wordEnd;
    }
    this.flush();
    if (this.room.length === usualRoom) sharedRoom = this.room;
    return this.decoded + text.slice(copied);
  }

  private found(code: EncodedWordDefectCode, at: number, message: string): void {
    this.report(code, at, message);
  }

  /** The word that was read goes on with the run, or begins another. */
  private join(start: number, index: number): void {
    const { run, charset, limit, union } = this;
    if (run !== undefined && run.charset === charset) {
      (run.further ??= []).push(start);
      run.end = limit;
      run.union |= union;
      return;
    }
    this.flush();
    this.run = { charset, index, start, end: limit, union, further: undefined };
  }

  private flush(): void {
    const { run, room, report } = this;
    if (run === undefined) return;
    this.run = undefined;
    const { charset, index, further } = run;
    const text = this.textOf(run);
    if (charset === "utf-8" && further?.some((at) => ((room[at] ?? 0) & 0xc0) === 0x80) === true) {
      report(
        "ENCODED_WORD_SPLIT_CHARACTER",
        index,
        "a character is split between two encoded-words (RFC 2047 §5)",
      );
    }
    this.decoded += withoutControls(text, index, report);
  }

  private textOf({ charset, index, start, end, union, further }: Run): string {
    const { room, report, charsets } = this;
    if (charset === "utf-8" || charset === "us-ascii") {
      if (union < 0x80) return octetText(room, start, end);
      const text = charset === "utf-8" ? wellFormedUtf8(room, start, end) : undefined;
      if (text !== undefined) return text;
    }
    const octets = room.slice(start, end);
    const here: Report<EncodedWordDefectCode> = (code, _index, message) =>
      report(code, index, message);
    const each =
      further === undefined
        ? undefined
        : decodeEach(
            [start, ...further].map((at, place) => room.slice(at, further[place] ?? end)),
            charset,
          );
    return each ?? decodeCharset(octets, charset, here, charsets);
  }

  /** Whether a word stands at `start`. Its octets are put into the room from `to` on. */
  private wordAt(start: number, to: number): boolean {
    const { text } = this;
    const charsetEnd = charsetEndIn(text, start + 2);
    if (charsetEnd === -1 || text.charCodeAt(charsetEnd + 2) !== question) return false;
    const label = text.slice(start + 2, charsetEnd);
    const star = label.indexOf("*"); // RFC 2231 §5: charset*language
    const charset = (star === -1 ? label : label.slice(0, star)).toLowerCase();
    if (charset !== "utf-8" && !isToken(charset)) return false;
    const contentStart = charsetEnd + 3;
    if (this.nextEnd < contentStart) {
      const found = text.indexOf("?=", contentStart);
      this.nextEnd = found === -1 ? Infinity : found;
    }
    const end = this.nextEnd;
    if (end >= contentStart + longestWord) return false;
    const encoding = text.charCodeAt(charsetEnd + 1) | 0x20;
    this.makeRoom(to, (end - contentStart) * 3);
    this.charset = charset;
    this.wordEnd = end + 2;
    if (encoding === letterQ) return this.decodeQ(contentStart, end, to);
    return encoding === letterB && this.decodeB(contentStart, end, to);
  }

  /** Three octets a character that may not stand here, fewer for all others. */
  private makeRoom(from: number, octets: number): void {
    if (from + octets <= this.room.length) return;
    const room = new Uint8Array((from + octets) * 2);
    room.set(this.room);
    this.room = room;
  }

  /** RFC 2047 §4.2; a blank inside is an error of the writer that readers forgive. */
  private decodeQ(start: number, end: number, from: number): boolean {
    const { text, room } = this;
    let to = from;
    let union = 0;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      let octet = code;
      if (code === underscore) octet = 0x20;
      else if (code === equals) {
        octet = at + 2 < end ? hexPairAt(text, at + 1) : -1;
        if (octet === -1) return false;
        at += 2;
      } else if (code > 0x7f) {
        // Raw UTF-8 where only ASCII may stand: kept as what it is.
        const point = text.codePointAt(at) as number;
        if ((point >= 0xd800 && point <= 0xdfff) || (point > 0xffff && at + 1 === end))
          return false;
        const character = String.fromCodePoint(point);
        to += utf8Into(room, to, character);
        at += character.length - 1;
        union = 0xff;
        continue;
      }
      room[to++] = octet;
      union |= octet;
    }
    this.limit = to;
    this.union = union;
    return true;
  }

  /** RFC 2047 §4.1; missing padding is forgiven, foreign characters are not. */
  private decodeB(start: number, end: number, from: number): boolean {
    const { text, room } = this;
    let to = from;
    let union = 0;
    let bits = 0;
    let held = 0;
    let padding = 0;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === equals) {
        padding++;
        continue;
      }
      const value = sextet(code);
      if (value === -1 || padding > 0) return false;
      held = ((held << 6) | value) & 0xffff;
      bits += 6;
      if (bits < 8) continue;
      bits -= 8;
      const octet = (held >> bits) & 0xff;
      room[to++] = octet;
      union |= octet;
    }
    this.limit = to;
    this.union = union;
    return bits !== 6 && padding <= 2;
  }
}

/** Words whose octets stand in the room from `start` to `end`. */
interface Run {
  readonly charset: string;
  /** Where the first stands in the text. */
  readonly index: number;
  readonly start: number;
  end: number;
  /** All octets together: above 127 when one is. */
  union: number;
  /** Where those of the words begin that follow the first. */
  further: number[] | undefined;
}

const equals = 0x3d;
const question = 0x3f;
const underscore = 0x5f;
const letterB = 0x62;
const letterQ = 0x71;

/** The "?" behind a label that begins here; -1 when it is too far. */
function charsetEndIn(text: string, from: number): number {
  const end = Math.min(text.length, from + longestCharset);
  for (let at = from; at < end; at++) if (text.charCodeAt(at) === question) return at;
  return -1;
}

function sextet(code: number): number {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41;
  if (code >= 0x61 && code <= 0x7a) return code - 0x47;
  if (code >= 0x30 && code <= 0x39) return code + 4;
  if (code === 0x2b) return 62;
  return code === 0x2f ? 63 : -1;
}

/**
 * Words of a charset that switches between modes, one by one: each begins and ends in ASCII (RFC 2047 §3), and
 * decoders take two switches side by side for a fault. `undefined` for other charsets, and for words that are
 * nothing by themselves.
 */
function decodeEach(pieces: readonly Uint8Array[], charset: string): string | undefined {
  if (!charset.startsWith("iso-2022-")) return undefined;
  let isWhole = true;
  const texts = pieces.map((piece) =>
    decodeCharset(piece, charset, () => {
      isWhole = false;
    }),
  );
  return isWhole ? texts.join("") : undefined;
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

function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isBlankCode(text.charCodeAt(at))) return false;
  return true;
}

function isBlankCode(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

/** Whether blanks, parentheses of a comment, or an end stand on both sides. */
function isSeparated(text: string, start: number, end: number): boolean {
  if (start > 0) {
    const before = text.charCodeAt(start - 1);
    if (!isBlankCode(before) && before !== 0x28) return false;
  }
  if (end === text.length) return true;
  const after = text.charCodeAt(end);
  return isBlankCode(after) || after === 0x29;
}
