/** Free text cut into what is written as it is and what becomes encoded-words. */
import { utf8Length } from "@letterwright/base/bytes";

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
const bridgeLength = 12;

interface Word {
  readonly blanks: string;
  readonly text: string;
  readonly encoded: boolean;
}

/**
 * The text cut into runs that are written as they are and runs that become encoded-words.
 *
 * @param longest the most octets of a word that can stand in a line
 */
export function encodedRuns(text: string, utf8Allowed: boolean, longest: number): readonly Run[] {
  const words = wordsOf(text, utf8Allowed, longest);
  const runs: { blanks: string; text: string; encoded: boolean }[] = [];
  let last: { blanks: string; text: string; encoded: boolean } | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as Word;
    if (last?.encoded === true && (word.encoded || bridges(words, index))) {
      last.text += word.blanks + word.text;
      continue;
    }
    // Blanks before the first word belong to its text: they are encoded with it.
    last =
      index === 0
        ? { blanks: " ", text: word.blanks + word.text, encoded: word.encoded }
        : { blanks: word.blanks, text: word.text, encoded: word.encoded };
    runs.push(last);
  }
  return runs;
}

/** Whether the plain words from `index` on are few enough to be taken into the encoded-words around them. */
function bridges(words: readonly Word[], index: number): boolean {
  let length = 0;
  for (let at = index; at < words.length; at++) {
    const word = words[at] as Word;
    if (word.encoded) return true;
    length += word.blanks.length + word.text.length;
    if (length > bridgeLength) return false;
  }
  return false;
}

/** Words, each with the blanks before it; blanks at the end stay with the last word. */
function wordsOf(text: string, utf8Allowed: boolean, longest: number): readonly Word[] {
  const words: Word[] = [];
  const { length } = text;
  for (let at = 0; at < length;) {
    const start = at;
    while (at < length && isBlank(text.charCodeAt(at))) at++;
    const wordStart = at;
    let isAscii = true;
    let code = 0;
    for (; at < length; at++) {
      code = text.charCodeAt(at);
      if (isBlank(code)) break;
      if (code > 0x7f) isAscii = false;
    }
    let end = at;
    while (end < length && isBlank(text.charCodeAt(end))) end++;
    const hasBlankEnd = end === length && end > at;
    if (end === length) at = end;
    const word = text.slice(wordStart, at);
    const encoded =
      (!isAscii && !utf8Allowed) ||
      // Blanks at either end of a value are not part of it for a reader, unless they are encoded.
      hasBlankEnd ||
      (start === 0 && wordStart > 0) ||
      word.includes("=?") ||
      (word.length > longest / 3 && utf8Length(word) > longest);
    words.push({ blanks: text.slice(start, wordStart), text: word, encoded });
  }
  return words;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
