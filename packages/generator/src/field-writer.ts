/**
 * A header field as folded lines: RFC 5322 §2.2.3, RFC 2047 §2.
 *
 * Every unit of a value is written once, by its own rule, onto the current line or the next one. What
 * was written is never read again.
 */
import { isAscii, utf8Length } from "@letterwright/base/bytes";
import { LimitError, UsageError } from "@letterwright/base/error";
import { isAtext } from "@letterwright/base/grammar";
import {
  addrSpec,
  formatMailbox,
  needsSmtpUtf8,
  quoteString,
  type Field,
  type FieldUnit,
  type Mailbox,
} from "@letterwright/message";
import {
  charactersOf,
  cheaperEncoding,
  takeEncodedWord,
  type EncodedWordPlace,
} from "./encoded-word.ts";
import { writeParameter } from "./parameter.ts";
import { hardLineLimit, type Policy } from "./policy.ts";

/**
 * The field as text, its line end included.
 *
 * @throws {LimitError} `FIELD_LINE_TOO_LONG` when something that cannot be folded exceeds 998 octets.
 * @throws {UsageError} `ADDRESS_NEEDS_SMTPUTF8`
 */
export function writeField(field: Field, policy: Policy): string {
  const writer = new FieldWriter(field.name, policy);
  for (const unit of field.definition.format(field.value)) writer.write(unit);
  return writer.end();
}

/** Blanks and the text after them; the blanks are where a fold may be. */
interface Piece {
  readonly blanks: string;
  readonly text: string;
}

class FieldWriter {
  readonly #name: string;
  readonly #policy: Policy;
  #lines: string;
  /** The octets of the current line. */
  #column: number;
  #hasWord = false;
  #isFirstPiece = true;
  /** Kept back, because what is glued to it decides where it goes. */
  #held: Piece | undefined;
  #heldIsWord = false;

  constructor(name: string, policy: Policy) {
    this.#name = name;
    this.#policy = policy;
    this.#lines = `${name}:`;
    this.#column = name.length + 1;
  }

  write(unit: FieldUnit): void {
    switch (unit.kind) {
      case "text":
        this.#text(unit.text);
        return;
      case "phrase":
        this.#phrase(unit.text);
        return;
      case "addr-spec": {
        const text = this.#address(unit.mailbox);
        this.#place(" ", unit.angle ? `<${text}>` : text);
        return;
      }
      case "token":
        if (unit.glued === true) this.#glue(unit.text);
        else this.#place(" ", unit.text);
        return;
      case "verbatim":
        this.#verbatim(unit.lines);
        return;
      case "parameter": {
        const { headerLine } = this.#policy.limits;
        // One blank before, and the ";" that may follow.
        const rules = { utf8: this.#policy.utf8Fields, room: headerLine - 2 };
        for (const piece of writeParameter(unit.name, unit.value, rules)) {
          this.#glue(";");
          this.#place(" ", piece);
        }
      }
    }
  }

  end(): string {
    this.#flush();
    return this.#lines + this.#policy.lineEnd;
  }

  /** Lines that something was computed over: only the line end is the policy's. */
  #verbatim(lines: readonly string[]): void {
    lines.forEach((line, index) => {
      if (index > 0) this.#fold();
      const isSpaced = index > 0 || line.startsWith(" ") || line.startsWith("\t");
      this.#append(isSpaced ? "" : " ", line, false);
    });
  }

  #text(text: string): void {
    if (text === "") return;
    for (const run of runsOf(
      text,
      this.#policy.utf8Fields,
      hardLineLimit - this.#name.length - 2,
    )) {
      if (run.encoded) this.#words(run.blanks, run.text, "text");
      else this.#place(run.blanks, run.text);
    }
  }

  /** RFC 5322 §3.2.5, and RFC 2047 §5(3) where that cannot say it. */
  #phrase(text: string): void {
    const longestWord = Math.max(...text.split(" ").map(utf8Length));
    const isWritable = this.#policy.utf8Fields || isAscii(text);
    // Inside quotes some readers decode what looks like an encoded-word, and drop blanks at the ends: in
    // an encoded-word both stay what they are.
    const isMisread = text.includes("=?") || text.trim() !== text;
    if (!isWritable || isMisread || longestWord > hardLineLimit - 4) {
      this.#words(" ", text, "phrase");
      return;
    }
    const isAtoms = text !== "" && text.split(" ").every(isAtom);
    // A fold in a run of blanks is right (RFC 5322 §3.2.2), and some readers lose blanks there.
    const words = (isAtoms ? text : quoteString(text)).split(/(?<! ) (?! )/);
    for (const word of words) this.#place(" ", word);
  }

  #address(mailbox: Mailbox): string {
    if (this.#policy.utf8Fields) return addrSpec(mailbox);
    if (needsSmtpUtf8(mailbox)) {
      throw new UsageError(
        `${JSON.stringify(formatMailbox(mailbox))} can only be written in UTF-8`,
        {
          code: "ADDRESS_NEEDS_SMTPUTF8",
          hint: "Its local-part is not ASCII: the server has to offer SMTPUTF8 (RFC 6531 §3.1). Use an ASCII address of the same person.",
        },
      );
    }
    return addrSpec(mailbox, { domain: "ascii" });
  }

  /** Encoded-words, as many as it takes; between two of them only a fold or a blank that readers drop. */
  #words(blanks: string, text: string, place: EncodedWordPlace): void {
    this.#flush();
    const { encodedWord, encodedWordLine } = this.#policy.limits;
    const encoding = cheaperEncoding(text, place);
    const characters = charactersOf(text, Math.floor((encodedWord - 12) / 3));
    let before = this.#isFirstPiece ? " " : blanks;
    for (let at = 0; at < characters.length;) {
      const room = Math.min(encodedWord, encodedWordLine - this.#column - before.length);
      const taken = takeEncodedWord(characters, at, room, encoding, place);
      const isWhole = taken !== undefined && taken.next === characters.length;
      // A short rest of a line is left empty rather than cut into a word of a few letters.
      const isLineFree = this.#column === 0 || this.#isFirstPiece;
      const fits = taken !== undefined && (isWhole || isLineFree || room >= 40);
      if (!fits) {
        this.#fold();
        continue;
      }
      this.#append(before, taken.word, true);
      at = taken.next;
      before = " ";
    }
    this.#heldIsWord = true;
  }

  #place(blanks: string, text: string): void {
    this.#flush();
    this.#held = { blanks, text };
    this.#heldIsWord = false;
  }

  /** RFC 2047 §5(3): after an encoded-word even a special needs a blank before it. */
  #glue(text: string): void {
    if (this.#held === undefined) {
      if (this.#heldIsWord || this.#isFirstPiece) this.#place(" ", text);
      else this.#held = { blanks: "", text };
    } else this.#held = { blanks: this.#held.blanks, text: this.#held.text + text };
  }

  #flush(): void {
    const piece = this.#held;
    if (piece === undefined) return;
    this.#held = undefined;
    const { headerLine, encodedWordLine } = this.#policy.limits;
    const limit = this.#hasWord ? encodedWordLine : headerLine;
    const width = utf8Length(piece.text);
    const blanks = this.#isFirstPiece ? " " : piece.blanks;
    // An empty first line confuses readers, so the first piece stays on it however long it is.
    if (blanks !== "" && !this.#isFirstPiece && this.#column + blanks.length + width > limit)
      this.#fold();
    this.#append(blanks, piece.text, false);
  }

  #fold(): void {
    this.#lines += this.#policy.lineEnd;
    this.#column = 0;
    this.#hasWord = false;
  }

  #append(blanks: string, text: string, isWord: boolean): void {
    this.#lines += blanks + text;
    this.#column += blanks.length + utf8Length(text);
    this.#hasWord ||= isWord;
    this.#isFirstPiece = false;
    if (this.#column <= hardLineLimit) return;
    throw new LimitError(
      `a line of ${this.#name} would have ${this.#column} octets and cannot be folded`,
      {
        code: "FIELD_LINE_TOO_LONG",
        limit: hardLineLimit,
        hint: "RFC 5322 §2.1.1 allows 998; shorten the value.",
      },
    );
  }
}

interface Run extends Piece {
  readonly encoded: boolean;
}

/** A gap of plain words up to this long costs less inside an encoded-word than a second one beside it. */
const bridgeOctets = 12;

/** The text cut into runs that are written as they are and runs that become encoded-words. */
function runsOf(text: string, utf8Allowed: boolean, longestOctets: number): readonly Run[] {
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

function isAtom(word: string): boolean {
  if (word === "") return false;
  for (let at = 0; at < word.length; at++) if (!isAtext(word.charCodeAt(at))) return false;
  return true;
}
