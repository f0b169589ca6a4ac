/**
 * The scanner of addresses: RFC 5322 §3.4 with RFC 6532 characters. What §4.4 adds is only told here; `obsolete.ts`
 * reads it.
 *
 * One index moves over the text. Nothing is decoded before it is parsed and nothing is guessed. What is
 * plain ASCII is checked while it is scanned, so that its mailbox needs no second look.
 */
import { LetterwrightError, SyntaxFaultError } from "@letterwright/base/error";
import { isAtext, isBlank } from "@letterwright/base/grammar";
import { assertDomain } from "./domain.ts";
import { group, mailboxAtDomain, type Address, type Mailbox, type MailboxInit } from "./mailbox.ts";

/** Comments nest no deeper. */
const maxCommentDepth = 50;

const tab = 0x09;
const lf = 0x0a;
const cr = 0x0d;
const space = 0x20;
const quote = 0x22;
const openParenthesis = 0x28;
const closeParenthesis = 0x29;
const comma = 0x2c;
const hyphen = 0x2d;
const dot = 0x2e;
const colon = 0x3a;
const semicolon = 0x3b;
const less = 0x3c;
const greater = 0x3e;
const atSign = 0x40;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;

const atomFlag = 1; // atext, RFC 5322 §3.2.3
const labelFlag = 2; // atext that is a letter, digit or hyphen

const classes: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 128 }, (_, code) => {
  if (!isAtext(code)) return 0;
  return /[a-z0-9-]/i.test(String.fromCharCode(code)) ? labelFlag : atomFlag;
});

/**
 * Strict: what is not as the RFC has it throws. Every method leaves the index behind what it took.
 *
 * Its members are `private` to the compiler and not `#private`: on Node 20 that reads a third faster.
 */
export class AddressScanner {
  index = 0;
  protected readonly text: string;
  /** Whether lines may end as in files. */
  protected readonly takesLf: boolean;

  // Of the address that is being read:
  private needsCheck = false; // it has characters beyond ASCII, or decoded ones
  protected isInGroup = false;

  // What words() found; fields, because an object for every phrase would cost.
  protected wordCount = 0;
  protected wordsEnd = 0;
  protected dotAt = -1;
  private isMisplacedDot = false;
  private isQuoted = false;
  private quotedText = "";
  private isSlice = true; // atoms with one space between

  constructor(text: string, takesLf = false) {
    this.text = text;
    this.takesLf = takesLf;
  }

  get isAtEnd(): boolean {
    return this.index >= this.text.length;
  }

  get isAtComma(): boolean {
    return this.code() === comma;
  }

  /** The code of the next character; -1 at the end, because engines slow down once they have read past it. */
  protected code(): number {
    return this.index < this.text.length ? this.text.charCodeAt(this.index) : -1;
  }

  fault(message: string, index: number = this.index, cause?: unknown): never {
    const isControl = isControlCode(this.text.charCodeAt(index));
    return this.refuse(
      index,
      isControl ? "control characters and line breaks cannot stand in an address" : message,
      cause,
    );
  }

  /** Text that is no address. */
  protected refuse(index: number, message: string, cause?: unknown): never {
    throw new SyntaxFaultError(message, {
      code: "ADDRESS_SYNTAX",
      hint:
        (LetterwrightError.is(cause) ? cause.hint : undefined) ??
        'Write jane@example.com or "Jane Doe" <jane@example.com>; a name with a comma, dot or "@" needs the quotes.',
      input: this.text,
      index,
      cause,
    });
  }

  /** A form that is refused though its meaning is clear; a lenient scanner goes on. */
  protected forgive(index: number, message: string): void {
    this.refuse(index, message);
  }

  /** What atoms or a quoted-string of a phrase say; to a lenient scanner they may be encoded-words (RFC 2047 §5). */
  protected said(text: string, _index: number, _isQuoted = false): string {
    return text;
  }

  /** The elements of a list: up to the end, or to the ";" of the group that it stands in. */
  elements(into: Address[]): void {
    const isInGroup = this.isInGroup;
    let isExpected = !isInGroup; // a group may be empty
    for (;;) {
      try {
        this.skipBlanks();
        const first = this.code();
        if (first === -1 || (isInGroup && first === semicolon)) {
          if (isExpected) this.forgive(this.index, "expected an address");
          if (!isInGroup) return;
          if (first === -1) {
            this.forgive(this.index, 'expected the ";" that ends the group');
          }
          this.index++;
          return;
        }
        if (first === comma) {
          this.forgive(this.index++, "an element of the list is empty");
          continue;
        }
        const element = this.address();
        this.skipBlanks();
        const after = this.code();
        isExpected = after === comma;
        if (isExpected) this.index++;
        else if (isInGroup && after !== -1 && after !== semicolon) {
          this.fault('expected "," or the ";" that ends the group');
        } else if (!isInGroup && after !== -1) {
          this.fault('expected "," or the end of the list');
        }
        into.push(element);
      } catch (error) {
        this.isInGroup = isInGroup;
        this.recover(error);
        isExpected = false;
      }
    }
  }

  /** Goes on with the next element behind one that could not be read; a strict reader does not. */
  protected recover(error: unknown): void {
    throw error;
  }

  /** `address = mailbox / group`, RFC 5322 §3.4. */
  address(): Address {
    const start = this.index;
    this.needsCheck = false;
    if (this.code() === less) return this.angleAddress(undefined);
    this.words();
    const next = this.code();
    if (next === atSign) return this.addrSpec(start);
    if (this.wordCount === 0) this.nothing();
    if (next === less) return this.angleAddress(this.phrase(start));
    if (next === colon) return this.group(start);
    if (this.isAtEnd || next === comma || next === semicolon)
      this.fault('expected "@" and a domain');
    return this.fault("this character cannot stand here");
  }

  /** CFWS, RFC 5322 §3.2.2: blanks, folds, and comments, which nest. */
  skipBlanks(): void {
    const text = this.text;
    while (this.index < text.length) {
      const code = text.charCodeAt(this.index);
      if (code === space || code === tab) this.index++;
      else if (code === openParenthesis) this.skipComment();
      else {
        const lineEnd = this.lineEnd();
        if (lineEnd === 0) return;
        this.index += lineEnd;
      }
    }
  }

  /** How long the line end of a fold is that stands here, RFC 5322 §3.2.2; 0 for none, which may be a fault. */
  private lineEnd(place?: string): number {
    const { text, index } = this;
    const feed = text.charCodeAt(index) === cr ? index + 1 : index;
    const isFold = text.charCodeAt(feed) === lf && isBlank(text.charCodeAt(feed + 1));
    if (isFold && (feed > index || this.takesLf)) return feed + 1 - index;
    if (place !== undefined) this.fault(`this cannot stand in a ${place}`);
    return 0;
  }

  private nothing(): never {
    this.fault(this.isAtEnd ? "expected an address" : "expected a name or an address");
  }

  private skipComment(): void {
    const text = this.text;
    const start = this.index;
    let depth = 0;
    for (; this.index < text.length; this.index++) {
      const code = text.charCodeAt(this.index);
      if (code === openParenthesis) {
        if (++depth > maxCommentDepth) {
          this.index = text.length;
          this.fault(`comments nest deeper than ${maxCommentDepth}`, start);
        }
      } else if (code === closeParenthesis) {
        if (--depth > 0) continue;
        this.index++;
        return;
      } else if (code === backslash) this.index++;
      else if (isControlCode(code)) {
        this.index += this.lineEnd("comment");
      }
    }
    this.fault("this comment is not closed", start);
  }

  /**
   * A run of words: a phrase, a dot-atom or a quoted-string. Which of them it is, the caller judges from
   * the character that follows.
   */
  private words(): void {
    const { text } = this;
    const { length } = text;
    let count = 0;
    let end = this.index;
    let isSlice = true;
    this.dotAt = -1;
    this.isMisplacedDot = false;
    this.isQuoted = false;
    while (this.index < length) {
      const start = this.index;
      const isQuoted = text.charCodeAt(start) === quote;
      if (isQuoted) {
        this.quotedText = this.quotedString();
        this.isQuoted = true;
        isSlice = false;
      } else {
        this.passAtoms();
        if (this.index === start) break;
      }
      if (count > 0 && isSlice) isSlice = start === end + 1 && text.charCodeAt(end) === space;
      count++;
      end = this.index;
      if (end >= length) break;
      const next = text.charCodeAt(end);
      if (isBlankOrComment(next)) this.skipBlanks();
      // Behind atoms only a quoted-string can follow without a blank.
      else if (!isQuoted && next !== quote) break;
    }
    this.wordCount = count;
    this.wordsEnd = end;
    this.isSlice = isSlice;
  }

  /** atext and dots; notes where the dots are. */
  protected passAtoms(): void {
    const { text } = this;
    const { length } = text;
    const start = this.index;
    let index = start;
    let atom = start; // where the atom that is being passed began
    for (; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code < 128) {
        if ((classes[code] as number) >= atomFlag) continue;
        if (code !== dot) break;
        if (this.dotAt === -1) this.dotAt = index;
        if (index === atom) this.isMisplacedDot = true;
        atom = index + 1;
      } else {
        if (!isAtext(code)) break;
        this.needsCheck = true;
      }
    }
    if (index === atom && index > start) this.isMisplacedDot = true;
    this.index = index;
  }

  /** The phrase that `words` has passed: its words, with one blank where there were some. */
  private phrase(start: number): string {
    if (this.dotAt !== -1) {
      this.forgive(this.dotAt, 'a name with a "." in it needs quotes (RFC 5322 §3.2.5)');
    }
    if (this.isSlice) return this.atoms(this.text.slice(start, this.wordsEnd), start);
    if (this.wordCount === 1) return this.said(this.quotedText, start, true);
    const resume = this.index;
    const wordsEnd = this.wordsEnd;
    let phrase = "";
    let atoms = "";
    let atomsAt = start;
    let blank = "";
    for (this.index = start; this.index < wordsEnd;) {
      const from = this.index;
      if (this.code() === quote) {
        phrase += this.atoms(atoms, atomsAt) + blank + this.said(this.quotedString(), from, true);
        atoms = "";
      } else {
        this.passAtoms();
        if (atoms === "") {
          phrase += blank;
          atomsAt = from;
        } else atoms += blank;
        atoms += this.text.slice(from, this.index);
      }
      const end = this.index;
      this.skipBlanks();
      blank = this.index > end ? " " : "";
    }
    this.index = resume;
    return phrase + this.atoms(atoms, atomsAt);
  }

  private atoms(text: string, index: number): string {
    const said = this.said(text, index);
    if (said !== text) this.needsCheck = true;
    return said;
  }

  /** What a quoted-string says, RFC 5322 §3.2.4: quoted-pairs resolved, the line ends of folds taken out. */
  protected quotedString(): string {
    const text = this.text;
    const start = this.index;
    let said = "";
    let from = start + 1;
    for (this.index = from; this.index < text.length; this.index++) {
      let code = text.charCodeAt(this.index);
      if (code === quote) {
        said += text.slice(from, this.index++);
        return said;
      }
      if (code === backslash) {
        said += text.slice(from, this.index);
        from = ++this.index;
        code = text.charCodeAt(from);
        if (isControlCode(code)) this.fault("a control character cannot be quoted");
      } else if (isControlCode(code)) {
        const lineEnd = this.lineEnd("quoted-string");
        said += text.slice(from, this.index);
        from = this.index += lineEnd;
      }
      if (code >= 128) this.needsCheck = true;
    }
    return this.fault("this quote is not closed", start);
  }

  /** On the "@", with the local-part passed by `words` from `start` on. */
  private addrSpec(start: number, name?: string): Mailbox {
    if (this.wordCount === 0) this.fault('expected a local-part before the "@"');
    let localPart: string;
    if (this.wordCount > 1 || this.isMisplacedDot) localPart = this.obsoleteLocalPart(start);
    else if (this.isQuoted) localPart = this.quotedText;
    else localPart = this.text.slice(start, this.wordsEnd);
    this.index++;
    this.skipBlanks();
    const domain = this.domain();
    if (!this.needsCheck && localPart.length > 0 && localPart.length <= 64) {
      return Object.freeze(
        name === undefined || name === ""
          ? { kind: "mailbox" as const, localPart, domain }
          : { kind: "mailbox" as const, name, localPart, domain },
      );
    }
    return this.checkedMailbox(start, { name, localPart, domain });
  }

  /** `obs-local-part`, RFC 5322 §4.4: words, with dots between and blanks around. */
  protected obsoleteLocalPart(start: number): string {
    if (this.wordCount > 1) {
      this.forgive(start, "a local-part is one dot-atom or one quoted-string");
    } else {
      this.forgive(this.dotAt, "a dot cannot start, end or follow a dot in a local-part");
    }
    return "";
  }

  private angleAddress(name: string | undefined): Mailbox {
    const opened = this.index++;
    this.skipBlanks();
    if (this.code() === atSign || this.code() === comma) this.skipRoute();
    const start = this.index;
    this.words();
    if (this.code() !== atSign) this.fault('expected "@" and a domain');
    const box = this.addrSpec(start, name);
    this.skipBlanks();
    if (this.isAtEnd) this.fault('this "<" is not closed', opened);
    if (this.code() !== greater) this.fault('expected ">"');
    this.index++;
    return box;
  }

  /** `obs-route`, RFC 5322 §4.4: `@one,@two:`. To be ignored, RFC 5321 §3.3. */
  protected skipRoute(): void {
    if (this.code() === comma) this.fault('expected a local-part before the "@"');
    this.forgive(this.index, "a source route stands before the address");
  }

  /** What stands behind the "@". Plain labels are checked here, everything else by `assertDomain`. */
  protected domain(): string {
    const text = this.text;
    const start = this.index;
    if (this.code() === openBracket) return this.literal();
    let index = start;
    let label = start;
    let isPlain = true;
    for (; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code < 128 && classes[code] === labelFlag) continue;
      if (code === dot) {
        if (!isLabel(text, label, index)) isPlain = false;
        label = index + 1;
      } else if (isAtext(code)) isPlain = false;
      else break;
    }
    if (index === start) this.fault("expected a domain");
    isPlain = isPlain && isLabel(text, label, index) && index - start <= 255;
    let domain = text.slice(start, index);
    this.index = index;
    // After the usual domain nothing can follow that belongs to it.
    let isContinued = false;
    if (index < text.length && isBlankOrComment(text.charCodeAt(index))) {
      this.skipBlanks();
      isContinued = this.code() === dot || (label === index && isAtext(this.code()));
    }
    if (isContinued) domain = this.obsoleteDomain(domain, start);
    if (!isPlain || isContinued) this.checkDomain(domain, start);
    return domain;
  }

  /** `obs-domain`, RFC 5322 §4.4: blanks around the dots. */
  protected obsoleteDomain(first: string, start: number): string {
    this.forgive(start, "a domain has no blanks around its dots");
    return first;
  }

  private literal(): string {
    const start = this.index;
    // No literal has more than 80 characters: the end of what is none is not looked for everywhere.
    while (!this.isAtEnd && this.code() !== closeBracket && this.index < start + 80) this.index++;
    if (this.code() !== closeBracket) this.fault('this "[" is not closed', start);
    const literal = this.text.slice(start, ++this.index);
    this.checkDomain(literal, start);
    return literal;
  }

  private group(start: number): Address {
    if (this.isInGroup) this.fault("a group cannot hold a group", start);
    const name = this.phrase(start);
    const members: Mailbox[] = [];
    this.index++;
    this.isInGroup = true;
    this.elements(members);
    this.isInGroup = false;
    return this.checkedGroup(start, name, members);
  }

  // What the makers of values refuse is a fault of the text. They are called here and not where they are
  // needed, because a closure or a `try` there would slow down what needs neither.

  private checkDomain(domain: string, index: number): void {
    try {
      assertDomain(domain);
    } catch (cause) {
      this.refused(index, cause);
    }
  }

  private checkedMailbox(index: number, init: MailboxInit): Mailbox {
    try {
      return mailboxAtDomain(init);
    } catch (cause) {
      return this.refused(index, cause);
    }
  }

  private checkedGroup(index: number, name: string, members: readonly Mailbox[]): Address {
    try {
      return group(name, members);
    } catch (cause) {
      return this.refused(index, cause);
    }
  }

  private refused(index: number, cause: unknown): never {
    return this.fault(cause instanceof Error ? cause.message : String(cause), index, cause);
  }
}

/** What {@link AddressScanner.skipBlanks} may have to look at. */
function isBlankOrComment(code: number): boolean {
  return code <= space || code === openParenthesis;
}

/** C0 but the tab, DEL, C1, and the two line ends of Unicode. */
function isControlCode(code: number): boolean {
  if (code < space) return code !== tab;
  return code >= 0x7f && (code < 0xa0 || code === 0x2028 || code === 0x2029);
}

/** A label of letters, digits and hyphens that were looked at before: RFC 5321 §4.1.2, RFC 1035 §2.3.4. */
function isLabel(text: string, start: number, end: number): boolean {
  return (
    end > start &&
    end - start <= 63 &&
    text.charCodeAt(start) !== hyphen &&
    text.charCodeAt(end - 1) !== hyphen
  );
}
