/** Lists of addresses as they are found in mail: the obsolete forms of RFC 5322 §4.4, and what is left of a list. */
import { unreported, type Report } from "@letterwright/base/defect";
import { isAtext } from "@letterwright/base/grammar";
import { AddressScanner } from "./scanner.ts";

/** Thrown where an element cannot be read, caught where the next one is looked for. */
class UnreadableElement {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

const quote = 0x22;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
const comma = 0x2c;
const dot = 0x2e;
const colon = 0x3a;
const semicolon = 0x3b;
const atSign = 0x40;
const backslash = 0x5c;

/** Makes the text of a phrase from its atoms. */
export type DecodePhrase = (atoms: string, report: Report) => string;

/** Reads what {@link AddressScanner} refuses, and reports it. */
export class LenientScanner extends AddressScanner {
  private readonly decodePhrase: DecodePhrase | undefined;
  private readonly report: Report;

  constructor(text: string, decodePhrase: DecodePhrase | undefined, report: Report) {
    super(text, true);
    this.decodePhrase = decodePhrase;
    this.report = report;
  }

  protected override refuse(index: number, message: string): never {
    this.report("ADDRESS_SYNTAX", index, message);
    throw new UnreadableElement(index);
  }

  protected override forgive(index: number, message: string): void {
    this.report("ADDRESS_OBSOLETE", index, message);
  }

  protected override said(text: string, at: number, isQuoted = false): string {
    if (this.decodePhrase === undefined) return text;
    if (!isQuoted) {
      return this.decodePhrase(text, (code, index, message) =>
        this.report(code, at + index, message),
      );
    }
    if (!text.includes("=?")) return text;
    // RFC 2047 §5(3): it is text like any other. That readers differ is said.
    if (this.decodePhrase(text, unreported) !== text) {
      this.report("ENCODED_WORD_QUOTED", at, "an encoded-word stands inside quotes (RFC 2047 §5)");
    }
    return text;
  }

  protected override recover(error: unknown): void {
    if (!(error instanceof UnreadableElement)) throw error;
    this.skipElement();
  }

  /** To the comma, or the semicolon of the group, that ends an element which could not be read. */
  private skipElement(): void {
    for (; !this.isAtEnd; this.index++) {
      const code = this.code();
      if (code === comma) {
        this.index++;
        return;
      }
      if (this.isInGroup && code === semicolon) return;
      if (code === quote || code === openParenthesis) this.skipEnclosed(code);
    }
  }

  /** What stands in quotes or in a comment is no place to start an address: it would be made up. */
  private skipEnclosed(opening: number): void {
    let depth = 0;
    for (; !this.isAtEnd; this.index++) {
      const code = this.code();
      if (code === backslash) this.index++;
      else if (opening === quote) {
        if (code === quote && ++depth === 2) return;
      } else if (code === openParenthesis) depth++;
      else if (code === closeParenthesis && --depth === 0) return;
    }
  }

  protected override obsoleteLocalPart(start: number): string {
    super.obsoleteLocalPart(start);
    const resume = this.index;
    let localPart = "";
    for (this.index = start; this.index < resume; this.skipBlanks()) {
      const from = this.index;
      const isJoined = this.code() === dot || this.text.charCodeAt(this.wordsEnd) === dot;
      if (localPart !== "" && !isJoined) this.fault("a blank cannot stand in a local-part", start);
      if (this.code() === quote) localPart += this.quotedString();
      else {
        this.passAtoms();
        localPart += this.text.slice(from, this.index);
      }
      this.wordsEnd = this.index - 1;
    }
    return localPart;
  }

  protected override skipRoute(): void {
    const start = this.index;
    for (;;) {
      if (this.code() === comma) this.index++;
      else if (this.code() === atSign) {
        this.index++;
        this.skipBlanks();
        this.domain();
      } else if (this.code() === colon) break;
      else this.fault('expected a local-part before the "@"', start);
      this.skipBlanks();
    }
    this.index++;
    this.skipBlanks();
    this.forgive(start, "a source route stands before the address");
  }

  protected override obsoleteDomain(first: string, start: number): string {
    let domain = super.obsoleteDomain(first, start);
    while (this.code() === dot || (domain.endsWith(".") && isAtext(this.code()))) {
      const from = this.index;
      this.passAtoms();
      domain += this.text.slice(from, this.index);
      this.skipBlanks();
    }
    return domain;
  }
}
