/** Lines that set the parts of a multipart apart: RFC 2046 §5.1.1. */
import { cr, lf } from "@letterwright/base/bytes";
import { isBlank } from "@letterwright/base/grammar";
import { Needle } from "./needle.ts";

/** Blanks that may stand behind a boundary: no more than fit on a line (RFC 5322 §2.1.1). */
const mostPadding = 998;

const dash = 0x2d;

/** What stands at a place where a delimiter may. */
export type DelimiterKind =
  /** A delimiter line: a part begins behind it. */
  | "delimiter"
  /** The closing one. */
  | "close"
  /** The line begins as a delimiter and goes on as something else. */
  | "prefix"
  /** Another line. */
  | "none"
  /** What is there may become one. */
  | "unknown";

/**
 * The delimiter lines of one boundary.
 *
 * QUIRK: RFC 2046 §5.1.1 lets a line that begins with "--" and the boundary be a delimiter whatever follows.
 * Then a part whose own boundary begins with that one would fall apart, so the whole line counts here, as it does
 * for most readers; the other reading is reported.
 */
export class Delimiter {
  readonly boundary: string;
  private readonly needle: Needle;
  /** Where the line that was looked at last ends. */
  lineEnd = 0;

  constructor(boundary: string) {
    this.boundary = boundary;
    this.needle = new Needle(octetsOf(`--${boundary}`));
  }

  /** Where "--" and the boundary stand next, anywhere on a line; -1 when they do not. */
  next(octets: Uint8Array, from: number, end: number): number {
    return this.needle.indexIn(octets, from, end);
  }

  /** What the line is that begins at `start`. `isEnd` says that nothing follows the octets. */
  kindAt(octets: Uint8Array, start: number, isEnd: boolean): DelimiterKind {
    const { octets: needle } = this.needle;
    const { length } = octets;
    for (let index = 0; index < needle.length; index++) {
      if (start + index === length) return isEnd ? "none" : "unknown";
      if (octets[start + index] !== needle[index]) return "none";
    }
    const end = start + needle.length;
    const isClose = octets[end] === dash && octets[end + 1] === dash;
    let at = isClose ? end + 2 : end;
    const most = at + mostPadding;
    while (at < length && at < most && isBlank(octets[at])) at++;
    if (octets[at] === cr && at < length) at++;
    if (at === length) {
      this.lineEnd = at;
      // One "-" at the end of what is there may become two.
      if (isEnd) return isClose ? "close" : "delimiter";
      return "unknown";
    }
    if (octets[at] === lf) {
      this.lineEnd = at + 1;
      return isClose ? "close" : "delimiter";
    }
    if (!isEnd && !isClose && octets[end] === dash && end + 1 === length) return "unknown";
    return "prefix";
  }
}

/** A boundary is read one character an octet; one that came percent-encoded may hold more (RFC 2231 §4). */
function octetsOf(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0xff) return new TextEncoder().encode(text);
    octets[at] = code;
  }
  return octets;
}
