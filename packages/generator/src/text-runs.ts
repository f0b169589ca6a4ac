/** Free text cut into what is written as it is and what becomes encoded-words. */
import { utf8Length } from "@letterwright/base/bytes";
import { isBlank } from "@letterwright/base/grammar";

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

/** What a line has room for, in octets. */
export interface RunLimits {
  /** A word that stands in a line of its own. */
  readonly word: number;
  /** Blanks before an encoded-word. */
  readonly blanks: number;
}

/** The text cut into runs that are written as they are, a word each, and runs that become encoded-words. */
export function encodedRuns(
  text: string,
  utf8Allowed: boolean,
  { word: longest, blanks: mostBlanks }: RunLimits,
): readonly Run[] {
  const runs: Run[] = [];
  const { length } = text;
  const isMisread = text.includes("=?");
  // The last run that is encoded, and where its text starts and ends: it is cut when nothing more comes to it.
  let open: { -readonly [Key in keyof Run]: Run[Key] } | undefined;
  let encodedStart = 0;
  let encodedEnd = 0;
  for (let at = 0; at < length;) {
    const blanksStart = at;
    while (at < length && isBlank(text.charCodeAt(at))) at++;
    const start = at;
    let isAscii = true;
    for (; at < length; at++) {
      const code = text.charCodeAt(at);
      if (isBlank(code)) break;
      if (code > 0x7f) isAscii = false;
    }
    let end = at;
    while (end < length && isBlank(text.charCodeAt(end))) end++;
    const hasBlankEnd = end === length && end > at;
    // Blanks at the end stay with the last word.
    if (end === length) at = end;
    const encoded =
      (!isAscii && !utf8Allowed) ||
      // Blanks at either end of a value are not part of it for a reader, unless they are encoded.
      hasBlankEnd ||
      (blanksStart === 0 && start > 0) ||
      (isMisread && text.slice(start, at).includes("=?")) ||
      (at - blanksStart > longest / 3 && utf8Length(text.slice(blanksStart, at)) > longest);
    const blanks = blanksStart === 0 ? " " : text.slice(blanksStart, start);
    if (!encoded) {
      runs.push({ blanks, text: text.slice(start, at), encoded });
      continue;
    }
    // A short gap to the run before is taken in, plain words and blanks.
    if (open !== undefined && blanksStart - encodedEnd <= bridgeLength) {
      while (runs[runs.length - 1] !== open) runs.pop(); // few; setting the length costs more
    } else {
      if (open !== undefined) open.text = text.slice(encodedStart, encodedEnd);
      // Blanks before the first word belong to its text, and so do more of them than a line has room for:
      // they are encoded with it.
      const isLong = blanks.length > mostBlanks;
      encodedStart = blanksStart === 0 ? 0 : isLong ? blanksStart + 1 : start;
      open = { blanks: isLong ? blanks.slice(0, 1) : blanks, text: "", encoded };
      runs.push(open);
    }
    encodedEnd = at;
  }
  if (open !== undefined) open.text = text.slice(encodedStart, encodedEnd);
  return runs;
}
