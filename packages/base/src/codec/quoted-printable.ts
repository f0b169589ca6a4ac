/**
 * quoted-printable written: RFC 2045 §6.7.
 *
 * Beyond the letter of the RFC, three things are encoded that travel badly though they are legal: a
 * blank at the end of the data, `From ` at a line start (mbox writers put ">" before it), and a dot alone
 * on its line.
 *
 * A line is planned first and written then, so that its length is known without writing it.
 */
import { cr, lf } from "../bytes.ts";
import { UsageError } from "../error.ts";
import { isBlank } from "../grammar.ts";
import { assertRoom } from "../room.ts";

/** What the bytes are. */
export interface QuotedPrintableOptions {
  /**
   * `true`: the bytes are text whose lines end with CRLF, and those line ends stay line ends (rule 4).
   * `false`: every CR and LF is data and is encoded, so any bytes survive. Default `true`.
   */
  readonly text?: boolean;
  /** Octets a line at most, without its end and with the soft break's "=". Default 76 (rule 5). */
  readonly lineLength?: number;
  /** What a line end in the output is. Default CRLF. */
  readonly lineEnd?: Uint8Array;
}

const equals = 0x3d;
const dot = 0x2e;
const crlf = Uint8Array.of(cr, lf);
const from = Uint8Array.from("From ", (character) => character.charCodeAt(0));
const hex = Uint8Array.from("0123456789ABCDEF", (character) => character.charCodeAt(0));

/**
 * Octets that each octet takes: 1 for one that stands for itself, 3 for one that is encoded. CR fits into no
 * line, so that it is looked at.
 */
const widths: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, octet) => {
  if (octet === cr) return 128;
  return octet === 0x09 || (octet >= 0x20 && octet <= 0x7e && octet !== equals) ? 1 : 3;
});

/**
 * How many octets {@link encodeQuotedPrintable} makes of `bytes`, found without making them: compare
 * with `encodedBase64Length` to choose the shorter.
 *
 * @throws {UsageError} `QUOTED_PRINTABLE_LINE_LENGTH_INVALID`
 * @example
 * ```ts
 * import { quotedPrintableLength } from "@letterwright/base/codec";
 *
 * quotedPrintableLength(new TextEncoder().encode("Grüße")); // => 15
 * ```
 */
export function quotedPrintableLength(
  bytes: Uint8Array,
  options: QuotedPrintableOptions = {},
): number {
  const resolved = checked(options);
  const line = new Line();
  let length = 0;
  while (line.next < bytes.length) {
    plan(line, bytes, resolved);
    length += lengthOf(line, bytes, resolved);
  }
  return length;
}

/**
 * Bytes as quoted-printable. A bare CR or bare LF in text is encoded, never taken for a line end. A
 * UTF-8 sequence is not split by a soft break, nor is a CRLF that is data. Without a line end at the end
 * of the data there is none at the end of the output.
 *
 * @throws {UsageError} `QUOTED_PRINTABLE_LINE_LENGTH_INVALID`
 * @example
 * ```ts
 * import { encodeQuotedPrintable } from "@letterwright/base/codec";
 *
 * const bytes = new TextEncoder().encode("Grüße \r\n");
 * new TextDecoder().decode(encodeQuotedPrintable(bytes)); // => "Gr=C3=BC=C3=9Fe=20\r\n"
 * ```
 */
export function encodeQuotedPrintable(
  bytes: Uint8Array,
  options: QuotedPrintableOptions = {},
): Uint8Array {
  const resolved = checked(options);
  const line = new Line();
  let target = new Uint8Array(bytes.length + (bytes.length >> 2) + 128);
  let to = 0;
  while (line.next < bytes.length) {
    plan(line, bytes, resolved);
    if (to + lengthOf(line, bytes, resolved) > target.length) target = grown(target);
    to = write(target, to, bytes, line, resolved);
  }
  return target.slice(0, to);
}

/**
 * The same, written straight into `target` from `offset` on; gives the offset after it. Room is needed
 * for exactly {@link quotedPrintableLength} octets. `bytes` and what is written must not overlap.
 *
 * @throws {UsageError} `QUOTED_PRINTABLE_LINE_LENGTH_INVALID`, or `TARGET_TOO_SMALL` at the first line that does
 * not fit; the lines before it are written then
 * @example
 * ```ts
 * import { encodeQuotedPrintableInto } from "@letterwright/base/codec";
 *
 * encodeQuotedPrintableInto(new Uint8Array(8), 2, Uint8Array.of(0x3d)); // => 5
 * ```
 */
export function encodeQuotedPrintableInto(
  target: Uint8Array,
  offset: number,
  bytes: Uint8Array,
  options: QuotedPrintableOptions = {},
): number {
  const resolved = checked(options);
  const line = new Line();
  let to = offset;
  assertRoom(target, offset, offset);
  while (line.next < bytes.length) {
    plan(line, bytes, resolved);
    const end = to + lengthOf(line, bytes, resolved);
    if (end > target.length) assertRoom(target, to, end);
    to = write(target, to, bytes, line, resolved);
  }
  return to;
}

function checked(options: QuotedPrintableOptions): Required<QuotedPrintableOptions> {
  const { text = true, lineLength = 76, lineEnd = crlf } = options;
  if (Number.isInteger(lineLength) && lineLength >= 16 && lineLength <= 76) {
    return { text, lineLength, lineEnd };
  }
  throw new UsageError(`lineLength must be an integer from 16 to 76, found ${lineLength}`, {
    code: "QUOTED_PRINTABLE_LINE_LENGTH_INVALID",
    hint: "RFC 2045 §6.7 rule 5 allows at most 76.",
  });
}

/** One line of the output, as a stretch of the input. */
class Line {
  start = 0;
  /** After its last octet, before its CRLF if it has one. */
  end = 0;
  /** Where the line after it starts. */
  next = 0;
  /** Octets it takes, without soft break and line end. */
  width = 0;
  /** The first octet is encoded though it need not be. */
  encodesFirst = false;
  /** The last octet is encoded though it need not be. */
  encodesLast = false;
  /** A soft break follows. */
  isSoft = false;
}

/** The line after this one. */
function plan(
  line: Line,
  bytes: Uint8Array,
  { text, lineLength }: Required<QuotedPrintableOptions>,
): void {
  const start = line.next;
  const encodesFirst = isAtRisk(bytes, start, text);
  let end = encodesFirst ? start + 1 : start;
  let width = encodesFirst ? 3 : 0;
  // The last column belongs to the "=" of a soft break, unless the line ends there.
  for (;;) {
    while (end + 4 <= bytes.length) {
      const wider = width + widthOfFour(bytes, end);
      if (wider >= lineLength) break;
      width = wider;
      end += 4;
    }
    if (end === bytes.length) break;
    const wider = width + (widths[bytes[end] as number] as number);
    if (wider < lineLength) width = wider;
    else if (bytes[end] === cr && width + 3 < lineLength && !endsAt(bytes, end, text)) width += 3;
    else break;
    end++;
  }
  if (!endsAt(bytes, end, text)) {
    const whole = characterStart(bytes, end);
    width -= 3 * (end - whole);
    end = whole;
    const after = end + characterLength(bytes, end);
    const wider = width + (widths[bytes[end] as number] === 1 ? 1 : 3 * (after - end));
    if (wider <= lineLength && endsAt(bytes, after, text)) {
      width = wider;
      end = after;
    }
  }
  // Rule 3: no blank before a line end; and none at the end of the data, where a reader may drop it.
  let encodesLast = false;
  if (end > start && endsAt(bytes, end, text) && isBlank(bytes[end - 1])) {
    encodesLast = width + 2 <= lineLength;
    width += encodesLast ? 2 : -1;
    if (!encodesLast) end--;
  }
  line.start = start;
  line.end = end;
  line.width = width;
  line.encodesFirst = encodesFirst;
  line.encodesLast = encodesLast;
  line.isSoft = !endsAt(bytes, end, text);
  line.next = line.isSoft || end === bytes.length ? end : end + 2;
}

function lengthOf(
  { width, isSoft, end }: Line,
  bytes: Uint8Array,
  { lineEnd }: Required<QuotedPrintableOptions>,
): number {
  return width + (isSoft ? 1 : 0) + (end === bytes.length ? 0 : lineEnd.length);
}

function write(
  target: Uint8Array,
  offset: number,
  bytes: Uint8Array,
  line: Line,
  { lineEnd }: Required<QuotedPrintableOptions>,
): number {
  let to = offset;
  let at = line.start;
  if (line.encodesFirst) to = writeEncoded(target, to, bytes[at++] as number);
  const end = line.encodesLast ? line.end - 1 : line.end;
  while (at < end) {
    if (at + 4 <= end && widthOfFour(bytes, at) === 4) {
      target[to] = bytes[at] as number;
      target[to + 1] = bytes[at + 1] as number;
      target[to + 2] = bytes[at + 2] as number;
      target[to + 3] = bytes[at + 3] as number;
      to += 4;
      at += 4;
    } else {
      const octet = bytes[at++] as number;
      if (widths[octet] === 1) target[to++] = octet;
      else to = writeEncoded(target, to, octet);
    }
  }
  if (line.encodesLast) to = writeEncoded(target, to, bytes[end] as number);
  if (line.isSoft) target[to++] = equals;
  if (line.end === bytes.length) return to;
  for (let index = 0; index < lineEnd.length; index++) target[to++] = lineEnd[index] as number;
  return to;
}

function grown(target: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(target.length * 2);
  larger.set(target);
  return larger;
}

function writeEncoded(target: Uint8Array, to: number, octet: number): number {
  target[to] = equals;
  target[to + 1] = hex[octet >> 4] as number;
  target[to + 2] = hex[octet & 15] as number;
  return to + 3;
}

function widthOfFour(bytes: Uint8Array, at: number): number {
  return (
    (widths[bytes[at] as number] as number) +
    (widths[bytes[at + 1] as number] as number) +
    (widths[bytes[at + 2] as number] as number) +
    (widths[bytes[at + 3] as number] as number)
  );
}

/** Whether a line of the text, or the data, ends here. */
function endsAt(bytes: Uint8Array, at: number, text: boolean): boolean {
  if (at === bytes.length) return true;
  return text && bytes[at] === cr && bytes[at + 1] === lf;
}

function isAtRisk(bytes: Uint8Array, at: number, text: boolean): boolean {
  const octet = bytes[at];
  if (octet === dot) return endsAt(bytes, at + 1, text);
  return octet === from[0] && from.every((one, index) => bytes[at + index] === one);
}

/** Where the character begins that would be split here. */
function characterStart(bytes: Uint8Array, at: number): number {
  for (let start = at - 1; start > at - 4; start--) {
    if (start + characterLength(bytes, start) > at) return start;
  }
  return at;
}

/** Octets that stay together: a UTF-8 sequence, a CRLF that is data; else 1. */
function characterLength(bytes: Uint8Array, at: number): number {
  const octet = bytes[at] as number;
  if (octet === cr) return bytes[at + 1] === lf ? 2 : 1;
  const length = octet < 0xc2 || octet > 0xf4 ? 1 : octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : 4;
  for (let next = 1; next < length; next++) {
    if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 1;
  }
  return length;
}
