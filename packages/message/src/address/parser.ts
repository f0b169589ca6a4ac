/**
 * The strict address parser: RFC 5322 §3.4 without the obsolete forms of §4.4, with RFC 6532 characters.
 *
 * A single index moves over the text once. Nothing is decoded first, nothing is guessed, and the whole
 * input has to be consumed: what does not fit is an error that shows where.
 */
import { SyntaxFaultError } from "@letterwright/base/error";
import { indexOfControl, isAtext } from "@letterwright/base/grammar";
import { group, mailbox, type Address, type Mailbox } from "./mailbox.ts";

const maxCommentDepth = 50;

/**
 * Text that is exactly one mailbox: `jane@example.com` or `Jane Doe <jane@example.com>`.
 *
 * @throws {SyntaxFaultError} `ADDRESS_SYNTAX`, with a caret under the first character that does not fit.
 * @example
 * ```ts
 * import { parseMailbox } from "@letterwright/message";
 *
 * parseMailbox('"Doe, Jane" <jane@example.com>').name; // => "Doe, Jane"
 * ```
 */
export function parseMailbox(text: string): Mailbox {
  const scanner = new AddressScanner(text);
  scanner.skipBlanks();
  const address = scanner.address();
  scanner.skipBlanks();
  if (address.kind === "group") throw scanner.fault("expected one mailbox, found a group", 0);
  if (!scanner.isAtEnd()) {
    throw scanner.peek() === ","
      ? scanner.fault("expected one mailbox, found a list")
      : scanner.fault("expected the end of the mailbox");
  }
  return address;
}

/**
 * Text that is a list of mailboxes and groups, separated by commas; at least one.
 *
 * @throws {SyntaxFaultError} `ADDRESS_SYNTAX`, with a caret under the first character that does not fit.
 */
export function parseAddressList(text: string): readonly Address[] {
  const scanner = new AddressScanner(text);
  const addresses: Address[] = [];
  for (;;) {
    scanner.skipBlanks();
    addresses.push(scanner.address());
    scanner.skipBlanks();
    if (scanner.isAtEnd()) return Object.freeze(addresses);
    if (scanner.peek() !== ",") throw scanner.fault('expected "," or the end of the list');
    scanner.advance();
  }
}

class AddressScanner {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    const control = indexOfControl(text);
    if (control !== -1)
      throw this.fault("control characters and line breaks cannot stand in an address", control);
  }

  isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  peek(): string {
    return this.#text.charAt(this.#at);
  }

  advance(): void {
    this.#at++;
  }

  fault(found: string, at: number = this.#at): SyntaxFaultError {
    return new SyntaxFaultError(found, {
      code: "ADDRESS_SYNTAX",
      hint: 'Write jane@example.com or "Jane Doe" <jane@example.com>; a name with a comma, dot or "@" needs the quotes.',
      input: this.#text,
      index: at,
    });
  }

  /** CFWS, RFC 5322 §3.2.2: blanks and comments, which nest. */
  skipBlanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x20 || code === 0x09) this.#at++;
      else if (code === 0x28) this.#skipComment();
      else return;
    }
  }

  #skipComment(): void {
    const start = this.#at;
    let depth = 0;
    for (; !this.isAtEnd(); this.#at++) {
      const character = this.peek();
      if (character === "\\") this.#at++;
      else if (character === "(") {
        if (++depth > maxCommentDepth)
          throw this.fault(`comments nest deeper than ${maxCommentDepth}`);
      } else if (character === ")" && --depth === 0) {
        this.#at++;
        return;
      }
    }
    throw this.fault("this comment is not closed", start);
  }

  /** `address = mailbox / group`, RFC 5322 §3.4. */
  address(): Address {
    const start = this.#at;
    if (this.peek() === "<") return this.#angleAddress(undefined);
    const first = this.#words();
    if (this.peek() === "@") {
      if (first.isDotted || first.count === 1)
        return this.#finish(start, undefined, first.text, this.#domain());
      throw this.fault("a local-part cannot hold blanks unless it is quoted", start);
    }
    if (this.peek() === "<") {
      if (first.hasDot) throw this.fault('a name with a "." in it needs quotes', first.dotAt);
      return this.#angleAddress(first.text);
    }
    if (this.peek() === ":") {
      if (first.hasDot) throw this.fault('a name with a "." in it needs quotes', first.dotAt);
      return this.#group(first.text);
    }
    if (this.isAtEnd() || this.peek() === ",") throw this.fault('expected "@" and a domain');
    throw this.fault("this character cannot stand here");
  }

  #group(name: string): Address {
    this.#at++; // ":"
    const members: Mailbox[] = [];
    this.skipBlanks();
    while (this.peek() !== ";") {
      const at = this.#at;
      const member = this.address();
      if (member.kind === "group") throw this.fault("a group cannot hold a group", at);
      members.push(member);
      this.skipBlanks();
      if (this.peek() === ",") {
        this.#at++;
        this.skipBlanks();
        if (this.peek() === ";") throw this.fault("expected another mailbox");
      } else if (this.peek() !== ";")
        throw this.fault('expected "," or the ";" that ends the group');
    }
    this.#at++;
    return group(name, members);
  }

  #angleAddress(name: string | undefined): Mailbox {
    const open = this.#at++;
    this.skipBlanks();
    const start = this.#at;
    const local = this.#words();
    if (this.peek() !== "@") throw this.fault('expected "@" and a domain');
    if (!local.isDotted && local.count !== 1)
      throw this.fault("a local-part cannot hold blanks unless it is quoted", start);
    const domain = this.#domain();
    this.skipBlanks();
    if (this.peek() !== ">")
      throw this.isAtEnd()
        ? this.fault('this "<" is not closed', open)
        : this.fault('expected ">"');
    this.#at++;
    return this.#finish(start, name, local.text, domain);
  }

  /**
   * A run of words: a phrase, a dot-atom or a quoted-string; which of them it was is the caller's to
   * judge, from the character that follows.
   */
  #words(): Words {
    const parts: string[] = [];
    let count = 0; // words, quoted-strings included
    let isDotted = true; // no blank and no quoted-string inside
    let dotAt = -1;
    let pendingBlank = false;
    for (;;) {
      if (this.isAtEnd()) break;
      const character = this.peek();
      if (character === '"') {
        if (count > 0) {
          if (!pendingBlank && this.#text.charCodeAt(this.#at - 1) === 0x2e)
            throw this.fault("a quoted-string cannot follow a dot");
          parts.push(pendingBlank ? " " : "");
        }
        parts.push(this.#quotedString());
        isDotted = false;
        count++;
      } else if (isAtext(this.#text.charCodeAt(this.#at)) || character === ".") {
        if (count > 0) {
          isDotted = isDotted && !pendingBlank;
          parts.push(pendingBlank ? " " : "");
        }
        const start = this.#at;
        while (
          !this.isAtEnd() &&
          (isAtext(this.#text.charCodeAt(this.#at)) || this.peek() === ".")
        ) {
          if (this.peek() === "." && dotAt === -1) dotAt = this.#at;
          this.#at++;
        }
        parts.push(this.#text.slice(start, this.#at));
        count++;
      } else break;
      const before = this.#at;
      this.skipBlanks();
      pendingBlank = this.#at > before;
    }
    if (count === 0)
      throw this.fault(this.isAtEnd() ? "expected an address" : "expected a name or an address");
    const text = parts.join("");
    if (
      isDotted &&
      dotAt !== -1 &&
      (text.startsWith(".") || text.endsWith(".") || text.includes(".."))
    ) {
      if (this.peek() === "@")
        throw this.fault("a dot cannot start, end or follow a dot in a local-part", dotAt);
    }
    return { text, count, isDotted, hasDot: dotAt !== -1, dotAt };
  }

  #quotedString(): string {
    const open = this.#at++;
    let text = "";
    let from = this.#at;
    for (; !this.isAtEnd(); this.#at++) {
      const character = this.peek();
      if (character === '"') {
        text += this.#text.slice(from, this.#at++);
        return text;
      }
      if (character === "\\") {
        text += this.#text.slice(from, this.#at++);
        from = this.#at;
      }
    }
    throw this.fault("this quote is not closed", open);
  }

  #domain(): string {
    this.#at++; // "@"
    this.skipBlanks();
    const start = this.#at;
    if (this.peek() === "[") {
      while (!this.isAtEnd() && this.peek() !== "]") this.#at++;
      if (this.isAtEnd()) throw this.fault('this "[" is not closed', start);
      this.#at++;
    } else {
      while (!this.isAtEnd() && (isAtext(this.#text.charCodeAt(this.#at)) || this.peek() === "."))
        this.#at++;
      if (this.#at === start) throw this.fault("expected a domain");
    }
    return this.#text.slice(start, this.#at);
  }

  #finish(start: number, name: string | undefined, localPart: string, domain: string): Mailbox {
    try {
      return mailbox({ name, localPart, domain });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : "this is no address";
      const at = this.#text.indexOf(domain, start);
      const isAboutDomain = cause instanceof Error && cause.message.includes("domain");
      throw new SyntaxFaultError(why, {
        code: "ADDRESS_SYNTAX",
        hint:
          cause instanceof Error && "hint" in cause && typeof cause.hint === "string"
            ? cause.hint
            : undefined,
        input: this.#text,
        index: isAboutDomain && at !== -1 ? at : start,
        cause,
      });
    }
  }
}

interface Words {
  readonly text: string;
  readonly count: number;
  readonly isDotted: boolean;
  readonly hasDot: boolean;
  readonly dotAt: number;
}
