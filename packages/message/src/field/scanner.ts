/** One index over the wire text of a structured field: blanks, comments, tokens and quoted-strings. */
import type { Report } from "@letterwright/base/defect";
import { isAtext, isBlank, isToken } from "@letterwright/base/grammar";

/** Comments nest no deeper; a field that goes deeper is read up to there. */
export const maxCommentDepth = 50;

/**
 * A scanner for structured fields, RFC 5322 §3.2 and RFC 2045 §5.1. Every method moves forward or stays:
 * a text is read once.
 */
export class FieldScanner {
  at = 0;
  readonly text: string;
  readonly #report: Report;

  constructor(text: string, report: Report) {
    this.text = text;
    this.#report = report;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The character here, or `""` at the end. */
  peek(): string {
    return this.text.charAt(this.at);
  }

  /** Moves over the character when it is this one. */
  take(character: string): boolean {
    if (this.isAtEnd || this.text.charCodeAt(this.at) !== character.charCodeAt(0)) return false;
    this.at++;
    return true;
  }

  fault(message: string, at: number = this.at): void {
    this.#report("FIELD_SYNTAX", at, message);
  }

  /** CFWS, RFC 5322 §3.2.2: blanks, line ends of a fold, and comments. */
  skipBlanks(): void {
    while (this.at < this.text.length) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a) this.at++;
      else if (code === 0x28) this.#skipComment();
      else return;
    }
  }

  #skipComment(): void {
    const start = this.at;
    let depth = 0;
    for (; !this.isAtEnd; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x5c) this.at++;
      else if (code === 0x28 && ++depth > maxCommentDepth) break;
      else if (code === 0x29 && --depth === 0) {
        this.at++;
        return;
      }
    }
    this.fault("this comment is not closed (RFC 5322 §3.2.2)", start);
    this.at = this.text.length;
  }

  /** The longest run of characters that `belongs` takes; `""` when there is none. */
  run(belongs: (code: number) => boolean): string {
    const { text, at: start } = this;
    let at = start;
    while (at < text.length && belongs(text.charCodeAt(at))) at++;
    this.at = at;
    return text.slice(start, at);
  }

  /** A `token` of RFC 2045 §5.1; `""` when none stands here. */
  token(): string {
    const { text, at: start } = this;
    let at = start;
    // Without a function between, because nearly every field has tokens.
    while (at < text.length && isTokenCode(text.charCodeAt(at))) at++;
    this.at = at;
    return text.slice(start, at);
  }

  /**
   * The number that the digits here say; -1 unless there are from `least` to `most` of them, which are no more
   * than nine. All of them are taken.
   */
  number(least: number, most: number): number {
    const { text, at: start } = this;
    let at = start;
    let value = 0;
    for (; at < text.length; at++) {
      const digit = text.charCodeAt(at) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = (value * 10 + digit) | 0;
    }
    this.at = at;
    return at - start < least || at - start > most ? -1 : value;
  }

  /** A `dot-atom-text` of RFC 5322 §3.2.3, its dots not judged; `""` when none stands here. */
  dotAtom(): string {
    return this.run((code) => code === 0x2e || isAtext(code));
  }

  /** What a quoted-string says, RFC 5322 §3.2.4; the index is on its quote. */
  quotedString(): string {
    const open = this.at++;
    let value = "";
    let from = this.at;
    for (; !this.isAtEnd; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) {
        value += this.text.slice(from, this.at++);
        return value;
      }
      if (code === 0x5c && this.at + 1 < this.text.length) {
        value += this.text.slice(from, this.at++);
        from = this.at;
      } else if (code === 0x0d || code === 0x0a) {
        // RFC 5322 §2.2.3: of a fold the blank is said, and the line end is not.
        const feed = code === 0x0d ? this.at + 1 : this.at;
        const isFold =
          this.text.charCodeAt(feed) === 0x0a && isBlank(this.text.charCodeAt(feed + 1));
        if (!isFold) continue;
        value += this.text.slice(from, this.at);
        this.at = feed;
        from = feed + 1;
      }
    }
    this.fault("this quote is not closed (RFC 5322 §3.2.4)", open);
    return value + this.text.slice(from);
  }

  /** Reports what is left when something is. */
  end(): void {
    this.skipBlanks();
    if (!this.isAtEnd) this.fault("expected the end of the field");
  }
}

const tokenCodes: readonly boolean[] = /* @__PURE__ */ Array.from({ length: 128 }, (_, code) =>
  isToken(String.fromCharCode(code)),
);

function isTokenCode(code: number): boolean {
  return code < 128 && (tokenCodes[code] as boolean);
}
