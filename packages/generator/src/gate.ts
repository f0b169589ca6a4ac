/**
 * The last look at what is written, always on.
 *
 * Whatever a caller put in, there are the fields that were meant and no others, the policy's line ends and no
 * others, no NUL, and no line over the limit. A violation is a fault of this package. What is looked at
 * is the very text that is then put down as octets, one or more for each character.
 */
import { isAscii, utf8 } from "@letterwright/base/bytes";
import { areLines } from "@letterwright/base/codec";
import { LetterwrightError } from "@letterwright/base/error";
import { isBlank } from "@letterwright/base/grammar";
import { hardLineLimit } from "./policy.ts";

/** What a text may hold. */
export interface LineRules {
  readonly lineEnd: "\r\n" | "\n";
  readonly eightBit: boolean;
}

/**
 * Checks header fields that stand one after another in `text`: each a line, and continuation lines that start with
 * a blank (RFC 5322 §2.2.3). One without text is octets, and no part of it. A line end may stand behind all of them.
 */
export function checkFields(
  text: string,
  fields: readonly { readonly text: string }[],
  rules: LineRules,
): void {
  const usesCr = rules.lineEnd === "\r\n";
  // What nearly all are, seen by a few searches; anything else is looked at octet by octet.
  let isUsual = isAscii(text) && !text.includes("\0") && (usesCr || !text.includes("\r"));
  let start = 0;
  for (let at = 0; at < fields.length; at++) {
    const end = start + (fields[at] as { readonly text: string }).text.length;
    for (let line = start; line < end;) {
      if (line > start && !isBlank(text.charCodeAt(line))) {
        throw fault("a field that would be read as two");
      }
      const feed = text.indexOf("\n", line);
      if (feed === -1 || feed >= end) throw fault("a field without a line end");
      const isWhole = !usesCr || (isUsual && text.indexOf("\r", line) === feed - 1);
      if (!isWhole || feed - line > hardLineLimit) isUsual = false;
      line = feed + 1;
    }
    start = end;
  }
  const rest = text.slice(start);
  if (rest !== "" && rest !== rules.lineEnd) throw fault("other fields than it made");
  const found = isUsual ? undefined : faultInOctets(utf8(text), rules);
  if (found !== undefined) throw fault(`${found} in a field`);
}

/** Checks the lines of a body that were written here. */
export function checkOctets(octets: Uint8Array, rules: LineRules): void {
  const found = faultInOctets(octets, rules);
  if (found !== undefined) throw fault(`${found} in a body`);
}

/** What about these octets breaks the rules; `undefined` when nothing does. */
export function faultInOctets(bytes: Uint8Array, rules: LineRules): string | undefined {
  const usesCr = rules.lineEnd === "\r\n";
  if (usesCr && areLines(bytes, rules)) return undefined;
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

/**
 * Looks at lines of base64 that an encoder of ours made: whether each ends where it should and nowhere else, and at
 * one of its octets, each line at another column.
 */
export function checkBase64(
  bytes: Uint8Array,
  start: number,
  end: number,
  { lineLength, lineEnd }: { readonly lineLength: number; readonly lineEnd: Uint8Array },
): void {
  const width = lineLength + lineEnd.length;
  const first = lineEnd[0] as number;
  const last = lineEnd.at(-1) as number;
  let column = 0;
  for (let at = start; at < end; at += width) {
    const lineStop = at + lineLength;
    const octet = bytes[lineStop > end ? end - 1 : at + column] as number;
    if (octet < 0x2b || octet > 0x7a) throw fault(`the octet ${octet} in base64`);
    if (lineStop < end && (bytes[lineStop] !== first || bytes[at + width - 1] !== last)) {
      throw fault("a line of base64 that ends elsewhere");
    }
    column += 29;
    while (column >= lineLength) column -= lineLength;
  }
}

function fault(what: string): LetterwrightError {
  return new LetterwrightError(`the generator was about to write ${what}`, {
    code: "GENERATOR_FAULT",
    hint: "Nothing was sent. This is a fault of the generator: please report it with the message that shows it.",
  });
}
