/**
 * The last look at what is written, always on.
 *
 * Whatever a caller put in, there are the fields that were meant and no others, the policy's line ends and no
 * others, no NUL, and no line over the limit. A violation is a fault of this package. What is looked at
 * is the very text that is then put down as octets, one or more for each character.
 */
import { isAscii, utf8Length } from "@letterwright/base/bytes";
import { LetterwrightError } from "@letterwright/base/error";
import { hardLineLimit } from "./policy.ts";

/** What a text may hold. */
export interface LineRules {
  readonly lineEnd: "\r\n" | "\n";
  readonly eightBit: boolean;
}

/** Checks one header field: a line, and continuation lines that start with a blank (RFC 5322 §2.2.3). */
export function checkField(text: string, rules: LineRules): void {
  const first = text.indexOf("\n");
  if (first === text.length - 1 && first !== -1) {
    // The usual field has one line, which takes four searches and no loop.
    const isEnded = rules.lineEnd === "\n" || text.endsWith("\r\n");
    const crAt = text.indexOf("\r");
    const isOnlyEnd = crAt === (rules.lineEnd === "\n" ? -1 : first - 1);
    if (isEnded && isOnlyEnd && first <= hardLineLimit / 3 && !text.includes("\0")) {
      if (rules.eightBit || isAscii(text)) return;
    }
  }
  const found = faultInLines(text, rules);
  if (found !== undefined) throw fault(`${found} in a field`);
  if (!text.endsWith(rules.lineEnd)) throw fault("a field without a line end");
  for (let feed = text.indexOf("\n"); feed < text.length - 1; feed = text.indexOf("\n", feed + 1)) {
    const next = text.charCodeAt(feed + 1);
    if (next !== 0x20 && next !== 0x09) throw fault("a field that would be read as two");
  }
}

/** Checks a text that was written here. */
export function checkText(text: string, rules: LineRules): void {
  const found = faultInLines(text, rules);
  if (found !== undefined) throw fault(`${found} in a body`);
}

/** What about these lines breaks the rules; `undefined` when nothing does. */
export function faultInLines(text: string, rules: LineRules): string | undefined {
  const ascii = isAscii(text);
  if (!ascii && !rules.eightBit) return "a character above 127";
  if (text.includes("\0")) return "a NUL";
  const usesCr = rules.lineEnd === "\r\n";
  if (!usesCr && text.includes("\r")) return "a CR";
  let start = 0;
  for (let feed = text.indexOf("\n"); feed !== -1; feed = text.indexOf("\n", start)) {
    if (usesCr) {
      const cr = text.indexOf("\r", start);
      if (cr !== feed - 1) return cr !== -1 && cr < feed ? "a bare CR" : "a bare LF";
    }
    if (isTooLong(text, start, usesCr ? feed - 1 : feed, ascii)) return "a line over 998 octets";
    start = feed + 1;
  }
  if (usesCr && text.includes("\r", start)) return "a bare CR";
  return isTooLong(text, start, text.length, ascii) ? "a line over 998 octets" : undefined;
}

function isTooLong(text: string, start: number, end: number, ascii: boolean): boolean {
  const length = end - start;
  if (ascii || length > hardLineLimit) return length > hardLineLimit;
  return length * 3 > hardLineLimit && utf8Length(text.slice(start, end)) > hardLineLimit;
}

/** The same about octets that come from elsewhere. */
export function faultInOctets(bytes: Uint8Array, rules: LineRules): string | undefined {
  const usesCr = rules.lineEnd === "\r\n";
  let lineStart = 0;
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at] as number;
    if (octet > 0x7f) {
      if (!rules.eightBit) return "an octet above 127";
    } else if (octet === 0x0d) {
      if (!usesCr || bytes[at + 1] !== 0x0a) return "a bare CR";
    } else if (octet === 0x0a) {
      if (usesCr && bytes[at - 1] !== 0x0d) return "a bare LF";
      if (at - (usesCr ? 1 : 0) - lineStart > hardLineLimit) return "a line over 998 octets";
      lineStart = at + 1;
    } else if (octet === 0) return "a NUL";
  }
  return bytes.length - lineStart > hardLineLimit ? "a line over 998 octets" : undefined;
}

/** Looks at octets an encoder of ours made: every 61st, and whether each line ends where it should. */
export function checkEncoded(
  bytes: Uint8Array,
  start: number,
  end: number,
  rules: LineRules,
): void {
  const step = 61; // prime to the width of a line, so that all columns have their turn
  for (let at = start; at < end; at += step) {
    const octet = bytes[at] as number;
    const isLineEnd = octet === 0x0a || (octet === 0x0d && rules.lineEnd === "\r\n");
    if ((octet < 0x20 && !isLineEnd && octet !== 0x09) || octet > 0x7e) {
      throw fault(`the octet ${octet} in an encoded body`);
    }
  }
}

function fault(what: string): LetterwrightError {
  return new LetterwrightError(`the generator was about to write ${what}`, {
    code: "GENERATOR_FAULT",
    hint: "Nothing was sent. This is a fault of the generator: please report it with the message that shows it.",
  });
}
