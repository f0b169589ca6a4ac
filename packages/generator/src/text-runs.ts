/** Free text cut into what is written as it is and what becomes encoded-words. */
import { isAscii, utf8Length } from "@letterwright/base/bytes";

/** Blanks and the text after them; the blanks are where a fold may be. */
export interface Piece {
  readonly blanks: string;
  readonly text: string;
}

/** A piece, and whether it becomes encoded-words. */
export interface Run extends Piece {
  readonly encoded: boolean;
}

/** A gap of plain words up to this long costs less inside an encoded-word than a second one beside it. */
const bridgeOctets = 12;

/** The text cut into runs that are written as they are and runs that become encoded-words. */
export function encodedRuns(
  text: string,
  utf8Allowed: boolean,
  longestOctets: number,
): readonly Run[] {
  const words = wordsOf(text);
  const flags = words.map(
    ({ blanks, text: word }, index) =>
      (!utf8Allowed && !isAscii(word)) ||
      word.includes("=?") ||
      utf8Length(word) > longestOctets ||
      // Blanks at either end of a value are not part of it for a reader, unless they are encoded.
      (index === 0 && blanks !== "") ||
      (index === words.length - 1 && /[ \t]$/.test(word)),
  );
  const runs: { blanks: string; text: string; encoded: boolean }[] = [];
  words.forEach((word, index) => {
    const encoded = flags[index] as boolean;
    const last = runs.at(-1);
    if (last !== undefined && encoded && last.encoded) last.text += word.blanks + word.text;
    else if (last !== undefined && !encoded && last.encoded && bridges(words, flags, index)) {
      last.text += word.blanks + word.text;
    } else if (index === 0) runs.push({ blanks: " ", text: word.blanks + word.text, encoded });
    else runs.push({ ...word, encoded });
  });
  return runs;
}

/** Whether the plain words from `index` on are few enough to be taken into the encoded-words around them. */
function bridges(words: readonly Piece[], flags: readonly boolean[], index: number): boolean {
  let length = 0;
  for (let at = index; at < words.length; at++) {
    if (flags[at] === true) return true;
    const word = words[at] as Piece;
    length += word.blanks.length + word.text.length;
    if (length > bridgeOctets) return false;
  }
  return false;
}

/** Words, each with the blanks before it; blanks at the end stay with the last word. */
function wordsOf(text: string): readonly Piece[] {
  const words: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    while (at < text.length && isBlank(text.charCodeAt(at))) at++;
    const wordStart = at;
    while (at < text.length && !isBlank(text.charCodeAt(at))) at++;
    let end = at;
    while (end < text.length && isBlank(text.charCodeAt(end))) end++;
    if (end === text.length) at = end;
    words.push({ blanks: text.slice(start, wordStart), text: text.slice(wordStart, at) });
  }
  return words;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
