/** Lists of addresses as they are found in mail: the obsolete forms of RFC 5322 §4.4, and what is left of a list. */
import { isAtext } from "@letterwright/base/grammar";
import { AddressScanner } from "./scanner.ts";

/** Thrown by a lenient `fault`, caught where the next element is looked for. */
export class UnreadableElement {
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

/** Reads what {@link AddressScanner} only tells, for hooks whose `forgive` returns. */
export class LenientScanner extends AddressScanner {
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
    this.hooks.forgive(start, "a source route stands before the address");
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
