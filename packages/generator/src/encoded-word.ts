/** Encoded-words, RFC 2047: text that is not ASCII inside a header field that must be. */
import { base64Text } from "@letterwright/base/codec";
import { utf8, utf8Length } from "@letterwright/base/bytes";

/** Where the word stands; a phrase allows fewer characters to stand for themselves (RFC 2047 §5). */
export type EncodedWordPlace = "text" | "phrase";

const overhead = "=?utf-8?q??=".length;

/** Which encoding makes the text shorter. */
export function cheaperEncoding(text: string, place: EncodedWordPlace): "q" | "b" {
  let quoted = 0;
  for (const character of text) quoted += quotedLength(character, place);
  return quoted <= Math.ceil(utf8Length(text) / 3) * 4 ? "q" : "b";
}

/**
 * As much of `characters`, from `start` on, as one encoded-word of `room` octets can hold. Gives the
 * word and where the rest begins; nothing when not even one character fits.
 */
export function takeEncodedWord(
  characters: readonly string[],
  start: number,
  room: number,
  encoding: "q" | "b",
  place: EncodedWordPlace,
): { readonly word: string; readonly next: number } | undefined {
  let next = start;
  let cost = 0;
  while (next < characters.length) {
    const character = characters[next] as string;
    const added = encoding === "q" ? quotedLength(character, place) : utf8Length(character);
    const length = encoding === "q" ? cost + added : Math.ceil((cost + added) / 3) * 4;
    if (overhead + length > room) break;
    cost += added;
    next++;
  }
  if (next === start) return undefined;
  const text = characters.slice(start, next).join("");
  const encoded = encoding === "q" ? quote(text, place) : base64Text(utf8(text));
  return { word: `=?utf-8?${encoding}?${encoded}?=`, next };
}

/** RFC 2047 §4.2, with §5(3) for phrases. */
function isLiteral(code: number, place: EncodedWordPlace): boolean {
  const isAlphanumeric =
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a);
  if (isAlphanumeric) return true;
  // "!", "*", "+", "-", "/"
  if (code === 0x21 || code === 0x2a || code === 0x2b || code === 0x2d || code === 0x2f)
    return true;
  if (place === "phrase") return false;
  return code > 0x20 && code < 0x7f && code !== 0x3d && code !== 0x3f && code !== 0x5f; // "=?_"
}

function quotedLength(character: string, place: EncodedWordPlace): number {
  if (character.length === 1) {
    const code = character.charCodeAt(0);
    if (code === 0x20 || isLiteral(code, place)) return 1;
    if (code < 128) return 3;
  }
  // A grapheme cluster may mix both kinds.
  let length = 0;
  for (const point of character) {
    const code = point.codePointAt(0) ?? 0;
    length +=
      code < 128 ? (isLiteral(code, place) || code === 0x20 ? 1 : 3) : utf8Length(point) * 3;
  }
  return length;
}

function quote(text: string, place: EncodedWordPlace): string {
  let quoted = "";
  for (const octet of utf8(text)) {
    if (octet === 0x20) quoted += "_";
    else if (octet < 128 && isLiteral(octet, place)) quoted += String.fromCharCode(octet);
    else quoted += `=${octet.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return quoted;
}

/**
 * The text as the units that must not be cut: grapheme clusters where the platform knows them and
 * they are small enough to fit a word, else code points (RFC 2047 §5: a character is never split).
 */
export function charactersOf(text: string, largestOctets: number): readonly string[] {
  const segmenter =
    typeof Intl === "object" && "Segmenter" in Intl ? new Intl.Segmenter("en") : undefined;
  if (segmenter === undefined) return [...text];
  const characters: string[] = [];
  for (const { segment } of segmenter.segment(text)) {
    if (utf8Length(segment) <= largestOctets) characters.push(segment);
    else characters.push(...segment);
  }
  return characters;
}
