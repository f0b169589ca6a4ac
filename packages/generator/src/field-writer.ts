/**
 * A header field as folded lines: RFC 5322 §2.2.3, RFC 2047 §2.
 *
 * Every unit of a value is written once, by its own rule, onto the current line or the next one. What
 * was written is never read again.
 */
import { isAscii, utf8Length } from "@letterwright/base/bytes";
import { LimitError, UsageError } from "@letterwright/base/error";
import { isAtext, isBlank } from "@letterwright/base/grammar";
import {
  addrSpec,
  formatMailbox,
  needsSmtpUtf8,
  quoteString,
  type Field,
  type FieldUnit,
  type Mailbox,
} from "@letterwright/message";
import { cheaperEncoding, takeEncodedWord, type EncodedWordPlace } from "./encoded-word.ts";
import { writeParameter } from "./parameter.ts";
import { hardLineLimit, type Policy } from "./policy.ts";
import { encodedRuns, type Piece } from "./text-runs.ts";

/**
 * The field as text, its line end included.
 *
 * @throws {LimitError} `FIELD_LINE_TOO_LONG` when something that cannot be folded exceeds 998 octets.
 * @throws {UsageError} `ADDRESS_NEEDS_SMTPUTF8`
 */
export function writeField(field: Field, policy: Policy): string {
  const units = field.definition.format(field.value);
  return new FieldWriter(policy).write(nameOf(field, policy), units);
}

/** The name as the policy wants it. */
export function nameOf(field: Field, policy: Policy): string {
  return policy.fieldCase === "standard" ? field.definition.name : field.name;
}

/** Columns kept free behind what is placed, for a comma or semicolon that belongs to it. */
const glueRoom = 2;

/** Writes one field after another. Members are `private` to the compiler and not `#private`, which engines run slower. */
export class FieldWriter {
  private readonly policy: Policy;
  private name = "";
  private lines = "";
  /** The octets of the current line. */
  private column = 0;
  /** How long the current line may be. */
  private limit = 0;
  private isFirstPiece = true;
  /** Kept back, because what is glued to it decides where it goes. */
  private held: Piece | undefined;
  private isAfterWord = false;

  constructor(policy: Policy) {
    this.policy = policy;
  }

  /** A field from its name and units, with its line end. */
  write(name: string, units: readonly FieldUnit[]): string {
    this.name = name;
    this.lines = `${name}:`;
    this.column = name.length + 1;
    this.limit = this.policy.limits.headerLine;
    this.isFirstPiece = true;
    this.held = undefined;
    this.isAfterWord = false;
    for (let at = 0; at < units.length; at++) this.unit(units[at] as FieldUnit);
    this.flush();
    return this.lines + this.policy.lineEnd;
  }

  private unit(unit: FieldUnit): void {
    switch (unit.kind) {
      case "text":
        this.text(unit.text);
        return;
      case "phrase":
        this.phrase(unit.text);
        return;
      case "addr-spec": {
        const text = this.address(unit.mailbox);
        this.place(" ", unit.angle ? `<${text}>` : text);
        return;
      }
      case "token":
        if (unit.glued === true) this.glue(unit.text);
        else this.place(" ", unit.text);
        return;
      case "verbatim":
        this.verbatim(unit.lines);
        return;
      case "parameter": {
        // One blank before, and the ";" that may follow.
        const rules = { utf8: this.policy.utf8Fields, room: this.policy.limits.headerLine - 2 };
        for (const piece of writeParameter(unit.name, unit.value, rules)) {
          this.glue(";");
          this.place(" ", piece);
        }
      }
    }
  }

  /** Lines that something was computed over: only the line end is the policy's. */
  private verbatim(lines: readonly string[]): void {
    lines.forEach((line, index) => {
      if (index > 0) this.fold();
      const isSpaced = index > 0 || line.startsWith(" ") || line.startsWith("\t");
      this.append(isSpaced ? "" : " ", line, line.length);
    });
  }

  private text(text: string): void {
    if (text === "") return;
    const { utf8Fields, limits } = this.policy;
    if (this.isPlainLine(text)) {
      this.append(" ", text, text.length);
      return;
    }
    const most = {
      word: hardLineLimit - this.name.length - 2,
      // The longest character takes 24, and more in one word cost less.
      blanks: limits.encodedWordLine - 36,
    };
    for (const run of encodedRuns(text, utf8Fields, most)) {
      if (run.encoded) this.words(run.blanks, run.text, "text");
      else this.place(run.blanks, run.text);
    }
  }

  /** Whether the whole value is ASCII that fits onto the first line and nobody misreads. */
  private isPlainLine(text: string): boolean {
    return (
      this.isFirstPiece &&
      this.column + 1 + text.length <= this.limit &&
      isAscii(text) &&
      !text.includes("=?") &&
      !isBlank(text.charCodeAt(0)) &&
      !isBlank(text.charCodeAt(text.length - 1))
    );
  }

  /** RFC 5322 §3.2.5, and RFC 2047 §5(3) where that cannot say it. */
  private phrase(text: string): void {
    const shape = phraseShape(text);
    const isWritable = shape.isAscii || this.policy.utf8Fields;
    // Inside quotes some readers decode what looks like an encoded-word, and drop blanks at the ends: in
    // an encoded-word both stay what they are.
    const isMisread = text.includes("=?") || shape.hasBlankAtEnd;
    if (!isWritable || isMisread || shape.longestWord > (hardLineLimit - 4) / 3) {
      this.words(" ", text, "phrase");
      return;
    }
    const written = shape.isAtoms ? text : quoteString(text);
    this.flush();
    if (shape.isAscii && this.column + 1 + written.length + glueRoom <= this.limit) {
      this.append(" ", written, written.length);
      this.isAfterWord = false;
      return;
    }
    // A fold in a run of blanks is right (RFC 5322 §3.2.2), and some readers lose blanks there.
    for (const word of written.split(/(?<! ) (?! )/)) this.place(" ", word);
  }

  private address(mailbox: Mailbox): string {
    if (this.policy.utf8Fields) return addrSpec(mailbox);
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
  private words(blanks: string, text: string, place: EncodedWordPlace): void {
    this.flush();
    const { encodedWord, encodedWordLine } = this.policy.limits;
    const encoding = cheaperEncoding(text, place);
    let before = this.isFirstPiece ? " " : blanks;
    for (let at = 0; at < text.length;) {
      const room = Math.min(encodedWord, encodedWordLine - this.column - before.length);
      const taken = takeEncodedWord(text, at, room, encoding, place);
      const isWhole = taken !== undefined && taken.next === text.length;
      // A short rest of a line is left empty rather than cut into a word of a few letters.
      const isLineFree = this.column === 0 || this.isFirstPiece;
      if (taken === undefined || !(isWhole || isLineFree || room >= 40)) {
        this.fold();
        continue;
      }
      this.append(before, taken.word, taken.word.length);
      this.limit = encodedWordLine;
      at = taken.next;
      before = " ";
    }
    this.isAfterWord = true;
  }

  private place(blanks: string, text: string): void {
    if (this.held !== undefined) this.flush();
    this.isAfterWord = false;
    // Without UTF-8 fields everything here is ASCII; the gate looks whether it is.
    const width = this.policy.utf8Fields ? utf8Length(text) : text.length;
    if (this.isFirstPiece) this.append(" ", text, width);
    else if (this.column + blanks.length + width + glueRoom <= this.limit) {
      this.append(blanks, text, width);
    } else this.held = { blanks, text };
  }

  /** RFC 2047 §5(3): after an encoded-word even a special needs a blank before it. */
  private glue(text: string): void {
    if (this.held !== undefined) {
      this.held = { blanks: this.held.blanks, text: this.held.text + text };
    } else if (this.isAfterWord || this.isFirstPiece) this.place(" ", text);
    else this.append("", text, text.length);
  }

  private flush(): void {
    const piece = this.held;
    if (piece === undefined) return;
    this.held = undefined;
    const width = utf8Length(piece.text);
    if (this.column + piece.blanks.length + width > this.limit) this.fold();
    this.append(piece.blanks, piece.text, width);
  }

  private fold(): void {
    this.lines += this.policy.lineEnd;
    this.column = 0;
    this.limit = this.policy.limits.headerLine;
  }

  private append(blanks: string, text: string, width: number): void {
    this.lines += blanks + text;
    this.column += blanks.length + width;
    this.isFirstPiece = false;
    if (this.column <= hardLineLimit) return;
    throw new LimitError(
      `a line of ${this.name} would have ${this.column} octets and cannot be folded`,
      {
        code: "FIELD_LINE_TOO_LONG",
        limit: hardLineLimit,
        hint: "RFC 5322 §2.1.1 allows 998; shorten the value.",
      },
    );
  }
}

interface PhraseShape {
  readonly isAscii: boolean;
  /** Atoms with one blank between. */
  readonly isAtoms: boolean;
  readonly hasBlankAtEnd: boolean;
  /** In UTF-16 units. */
  readonly longestWord: number;
}

function phraseShape(text: string): PhraseShape {
  let isOnlyAscii = true;
  let isAtoms = text !== "";
  let longestWord = 0;
  let word = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x20) {
      if (word === 0) isAtoms = false;
      longestWord = Math.max(longestWord, word);
      word = 0;
      continue;
    }
    word++;
    if (code > 0x7f) isOnlyAscii = false;
    if (!isAtext(code)) isAtoms = false;
  }
  return {
    isAscii: isOnlyAscii,
    isAtoms: isAtoms && word > 0,
    hasBlankAtEnd:
      text.length > 0 &&
      (isBlank(text.charCodeAt(0)) || word === 0 || text.endsWith("\t") || text.trim() !== text),
    longestWord: Math.max(longestWord, word),
  };
}
