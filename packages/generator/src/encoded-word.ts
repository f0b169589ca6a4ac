/** Encoded-words, RFC 2047: text that is not ASCII inside a header field that must be. */
import { octetText, utf8Into } from "@letterwright/base/bytes";
import { base64Text } from "@letterwright/base/codec";

/** Where the word stands; a phrase allows fewer characters to stand for themselves (RFC 2047 §5). */
export type EncodedWordPlace = "text" | "phrase";

/** One word, and where the text goes on behind it. */
export interface TakenWord {
  readonly word: string;
  readonly next: number;
}

const overhead = "=?utf-8?q??=".length;

/** RFC 2047 §4.2, with §5(3) for phrases: the columns that each character of ASCII takes in Q. */
const widthsInText: Uint8Array = /* @__PURE__ */ widthsOfAscii(
  (code) => code > 0x20 && code < 0x7f && code !== 0x3d && code !== 0x3f && code !== 0x5f, // "=?_"
);
const widthsInPhrase: Uint8Array = /* @__PURE__ */ widthsOfAscii((code) =>
  /[A-Za-z0-9!*+\-/]/.test(String.fromCharCode(code)),
);

function widthsOfAscii(isLiteral: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => (code === 0x20 || isLiteral(code) ? 1 : 3));
}

/** Which encoding makes the text shorter. */
export function cheaperEncoding(text: string, place: EncodedWordPlace): "q" | "b" {
  const widths = place === "text" ? widthsInText : widthsInPhrase;
  let quoted = 0;
  let octets = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    quoted += quotedWidth(code, widths);
    octets += octetsOf(code);
  }
  return quoted <= Math.ceil(octets / 3) * 4 ? "q" : "b";
}

/**
 * As much of `text`, from `start` on, as one encoded-word of `room` octets, at most 75, can hold; `undefined` when not
 * even one character fits. A character is never split (RFC 2047 §5), nor is what readers see as one
 * where the platform knows that and it fits.
 */
export function takeEncodedWord(
  text: string,
  start: number,
  room: number,
  encoding: "q" | "b",
  place: EncodedWordPlace,
): TakenWord | undefined {
  const widths = place === "text" ? widthsInText : widthsInPhrase;
  const budget = encoding === "q" ? room - overhead : Math.floor((room - overhead) / 4) * 3; // of octets
  let next = start;
  let cost = 0;
  while (next < text.length) {
    const code = text.charCodeAt(next);
    const isPair = code >= 0xd800 && code < 0xdc00;
    if (encoding === "q") cost += isPair ? 12 : quotedWidth(code, widths);
    else cost += isPair ? 4 : octetsOf(code);
    if (cost > budget) break;
    next += isPair ? 2 : 1;
  }
  if (next < text.length) next = clusterStart(text, start, next);
  if (next <= start) return undefined;
  const taken = text.slice(start, next);
  const encoded = encoding === "b" ? inBase64(taken) : inQ(taken, widths);
  return { word: `=?utf-8?${encoding}?${encoded}?=`, next };
}

/** A word has at most 75 octets, so the same few bytes do for all: its text, and from the middle on its Q. */
const scratch = new Uint8Array(512);
const written = scratch.length / 2;

function inBase64(text: string): string {
  return base64Text(scratch.subarray(0, utf8Into(scratch, 0, text)));
}

/** By octets: a text that is put together of many is kept as many, and a long field has thousands of words. */
function inQ(text: string, widths: Uint8Array): string {
  const length = utf8Into(scratch, 0, text);
  let to = written;
  for (let at = 0; at < length; at++) {
    const octet = scratch[at] as number;
    if (octet < 0x80 && widths[octet] === 1) scratch[to++] = octet === 0x20 ? 0x5f : octet;
    else {
      scratch[to] = 0x3d;
      scratch[to + 1] = hexDigit(octet >> 4);
      scratch[to + 2] = hexDigit(octet & 15);
      to += 3;
    }
  }
  return octetText(scratch.subarray(written, to));
}

function hexDigit(value: number): number {
  return value + (value < 10 ? 0x30 : 0x37);
}

/** A unit of UTF-16; half a pair counts as half of its four octets. */
function octetsOf(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code >= 0xd800 && code < 0xe000 ? 2 : 3;
}

function quotedWidth(code: number, widths: Uint8Array): number {
  return code < 0x80 ? (widths[code] as number) : octetsOf(code) * 3;
}

let segmenter: Intl.Segmenter | undefined;

/**
 * The last place between `start` and `cut` at which no grapheme cluster is cut (UAX #29); `cut` when there
 * is none or the platform does not know them.
 */
export function clusterStart(text: string, start: number, cut: number): number {
  if (!mayContinueCluster(text, cut)) return cut;
  if (typeof Intl !== "object" || !("Segmenter" in Intl)) return cut;
  segmenter ??= new Intl.Segmenter("en");
  // A window: no cluster that fits a word reaches further.
  const from = Math.max(start, cut - 64);
  let boundary = cut;
  let last = from;
  for (const { index } of segmenter.segment(text.slice(from, cut + 16))) {
    if (from + index > cut) break;
    last = from + index;
  }
  if (last > start) boundary = last;
  return boundary;
}

/** Whether the character at this index may belong to the one before it. */
function mayContinueCluster(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code < 0x300) return false;
  const isIdeograph = code >= 0x4e00 && code <= 0x9fff;
  const isKana = code >= 0x3041 && code <= 0x30ff && code !== 0x3099 && code !== 0x309a;
  return !isIdeograph && !isKana;
}
