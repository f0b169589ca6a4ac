/** Message identifiers, RFC 5322 §3.6.4; a Content-ID has the same form (RFC 2045 §7). */
import { hexOf, isAscii } from "@letterwright/base/bytes";
import type { Report } from "@letterwright/base/defect";
import { SyntaxFaultError, UsageError } from "@letterwright/base/error";
import { isAtext, isDotAtom } from "@letterwright/base/grammar";
import { asciiDomain } from "./address/domain.ts";
import { FieldScanner } from "./field/scanner.ts";

/** `<left@right>`, angle brackets included. One that was read may lack the "@": it is kept as it is. */
export type MessageId = `<${string}>`;

/** 16 random bytes; the default takes them from the platform's cryptographic source. */
export type RandomBytes = (length: number) => Uint8Array;

const poolLength = 4096;
let pool = new Uint8Array(0);
let poolAt = 0;

/**
 * Random bytes of the platform, `crypto.getRandomValues`, fetched several thousand at a time; no byte is given
 * twice.
 */
export const platformRandom: RandomBytes = (length) => {
  if (length > poolLength / 4) return crypto.getRandomValues(new Uint8Array(length));
  if (poolAt + length > pool.length) {
    // A new array: the old one may still be in the hands of whoever got a piece of it.
    pool = crypto.getRandomValues(new Uint8Array(poolLength));
    poolAt = 0;
  }
  poolAt += length;
  return pool.subarray(poolAt - length, poolAt);
};

/**
 * A new identifier: 128 random bits, and the domain that vouches for its being unique. Neither time,
 * process nor host name is in it.
 *
 * @throws {UsageError} `ADDRESS_DOMAIN_INVALID`
 */
export function createMessageId(domain: string, random: RandomBytes = platformRandom): MessageId {
  const right = asciiDomain(domain);
  return `<${hexOf(random(16))}@${right}>`;
}

/**
 * The text, when it is one identifier in angle brackets.
 *
 * @throws {UsageError} `MESSAGE_ID_INVALID`
 */
export function assertMessageId(text: string, where: string): MessageId {
  if (isMessageId(text)) return text;
  throw new UsageError(`${where}: ${JSON.stringify(text)} is not a message identifier`, {
    code: "MESSAGE_ID_INVALID",
    hint: "Write it as <left@right> with the angle brackets, without blanks (RFC 5322 §3.6.4).",
  });
}

/**
 * Identifiers separated by blanks or comments, as In-Reply-To and References have them.
 *
 * @throws {SyntaxFaultError} `MESSAGE_ID_SYNTAX` with a caret under the fault
 * @example
 * ```ts
 * import { parseMessageIds } from "@letterwright/message";
 *
 * parseMessageIds("<1@example.com> <2@example.com>").length; // => 2
 * ```
 */
export function parseMessageIds(text: string): readonly MessageId[] {
  return Object.freeze(
    scanMessageIds(text, (_code, index, message) => {
      throw new SyntaxFaultError(message, {
        code: "MESSAGE_ID_SYNTAX",
        hint: "Write each as <left@right> with the angle brackets, without blanks (RFC 5322 §3.6.4).",
        input: text,
        index,
      });
    }),
  );
}

/**
 * The identifiers of a field. What stands in angle brackets is taken, since it has to be repeated as it
 * is to keep a thread together; what is not as RFC 5322 §3.6.4 has it is reported, and so are words between.
 */
export function scanMessageIds(text: string, report: Report): MessageId[] {
  const scanner = new FieldScanner(text, report);
  const ids: MessageId[] = [];
  for (;;) {
    scanner.skipBlanks();
    if (scanner.isAtEnd) return ids;
    const start = scanner.at;
    if (scanner.peek() !== "<") {
      scanner.fault('expected "<" (RFC 5322 §4.5.4 knows words between identifiers)');
      if (scanner.peek() === '"') scanner.quotedString();
      else scanner.run((code) => code !== 0x3c && code !== 0x22 && code !== 0x28);
      continue;
    }
    const close = text.indexOf(">", start);
    if (close === -1) {
      scanner.fault('this "<" is not closed');
      return ids;
    }
    scanner.at = close + 1;
    const id = text.slice(start, scanner.at);
    if (isMessageId(id)) ids.push(id);
    else {
      scanner.fault("this is no identifier as RFC 5322 §3.6.4 has it", start);
      if (isRepeatable(id)) ids.push(id as MessageId);
    }
  }
}

/** Whether it can be written again in one piece, whatever it is. */
function isRepeatable(id: string): boolean {
  if (id.length > 990 || id.length < 3) return false;
  for (let at = 0; at < id.length; at++) {
    const code = id.charCodeAt(at);
    if (code <= 0x20 || code > 0x7e) return false;
  }
  return true;
}

function isMessageId(text: string): text is MessageId {
  if (isUsual(text)) return true;
  if (!text.startsWith("<") || !text.endsWith(">") || text.length > 990 || !isAscii(text))
    return false;
  const at = text.lastIndexOf("@");
  const left = text.slice(1, at);
  const right = text.slice(at + 1, -1);
  if (at === -1 || !isDotAtom(left)) return false;
  // `no-fold-literal`: printable US-ASCII but brackets and backslash.
  return isDotAtom(right) || /^\[[!-Z^-~]*\]$/.test(right);
}

/** What nearly all are, seen at one look: a dot-atom of US-ASCII, "@", and another. */
function isUsual(text: string): boolean {
  const end = text.length - 1;
  if (end > 989 || text.charCodeAt(0) !== 0x3c || text.charCodeAt(end) !== 0x3e) return false;
  let at = -1;
  let atom = 1; // where the atom begins
  for (let index = 1; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return false;
    if (isAtext(code)) continue;
    const isAt = code === 0x40 && at === -1;
    if (index === atom || !(isAt || code === 0x2e)) return false;
    if (isAt) at = index;
    atom = index + 1;
  }
  return at !== -1 && atom < end;
}
