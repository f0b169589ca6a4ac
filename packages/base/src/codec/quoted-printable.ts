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

/** Octets that each octet takes: 1 for one that stands for itself, 3 for one that is encoded. */
const widths: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, octet) =>
  octet === 0x09 || (octet >= 0x20 && octet <= 0x7e && octet !== equals) ? 1 : 3,
);

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
  const { text, lineLength, lineEnd } = checked(options);
  const line = new Line(bytes, text, lineLength);
  let length = 0;
  while (line.next())
    length += line.width + (line.isSoft ? 1 : 0) + (line.isLast ? 0 : lineEnd.length);
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
  const encoded = new Uint8Array(quotedPrintableLength(bytes, options));
  write(encoded, 0, bytes, checked(options));
  return encoded;
}

/**
 * The same, written straight into `target` from `offset` on; gives the offset after it. Room is needed
 * for exactly {@link quotedPrintableLength} octets. `bytes` and what is written must not overlap.
 *
 * @throws {UsageError} `QUOTED_PRINTABLE_LINE_LENGTH_INVALID`, or `TARGET_TOO_SMALL` before anything is
 * written
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
  assertRoom(target, offset, offset + quotedPrintableLength(bytes, options));
  return write(target, offset, bytes, checked(options));
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

function write(
  target: Uint8Array,
  offset: number,
  bytes: Uint8Array,
  options: Required<QuotedPrintableOptions>,
): number {
  const { text, lineLength, lineEnd } = options;
  const line = new Line(bytes, text, lineLength);
  let to = offset;
  while (line.next()) {
    let { start, end } = line;
    if (line.encodesFirst) to = writeEncoded(target, to, bytes[start++] as number);
    if (line.encodesLast) end--;
    for (; start < end; start++) {
      const octet = bytes[start] as number;
      if (widths[octet] === 1) target[to++] = octet;
      else to = writeEncoded(target, to, octet);
    }
    if (line.encodesLast) to = writeEncoded(target, to, bytes[end] as number);
    if (line.isSoft) target[to++] = equals;
    if (line.isLast) break;
    for (let index = 0; index < lineEnd.length; index++) target[to++] = lineEnd[index] as number;
  }
  return to;
}

function writeEncoded(target: Uint8Array, to: number, octet: number): number {
  target[to] = equals;
  target[to + 1] = hex[octet >> 4] as number;
  target[to + 2] = hex[octet & 15] as number;
  return to + 3;
}

/** One line of the output after another, as a stretch of the input. */
class Line {
  start = 0;
  /** After its last octet, before its CRLF if it has one. */
  end = 0;
  /** Of what is written, without the "=" of a soft break. */
  width = 0;
  /** A soft break follows. */
  isSoft = false;
  /** Nothing follows, not even a line end. */
  isLast = false;
  encodesFirst = false;
  encodesLast = false;
  #next = 0;

  readonly #bytes: Uint8Array;
  readonly #text: boolean;
  readonly #lineLength: number;

  constructor(bytes: Uint8Array, text: boolean, lineLength: number) {
    this.#bytes = bytes;
    this.#text = text;
    this.#lineLength = lineLength;
  }

  /** Goes to the next line; `false` when all is written. */
  next(): boolean {
    const bytes = this.#bytes;
    const most = this.#lineLength;
    const start = this.#next;
    if (start === bytes.length) return false;
    this.start = start;
    this.encodesFirst = this.#isAtRisk(start);
    this.encodesLast = false;
    let end = start;
    let width = 0;
    if (this.encodesFirst) {
      end++;
      width = 3;
    }
    // The last column belongs to the "=" of a soft break, unless the line ends there.
    for (; end < bytes.length; end++) {
      const octet = bytes[end] as number;
      if (octet === cr && this.#endsAt(end)) break;
      const wider = width + (widths[octet] as number);
      if (wider >= most) break;
      width = wider;
    }
    if (!this.#endsAt(end)) {
      const whole = this.#characterStart(end);
      width -= 3 * (end - whole);
      end = whole;
      const after = end + characterLength(bytes, end);
      const wider = width + (isLiteral(bytes[end]) ? 1 : 3 * (after - end));
      if (wider <= most && this.#endsAt(after)) {
        width = wider;
        end = after;
      }
    }
    // Rule 3: no blank before a line end; and none at the end of the data, where a reader may drop it.
    if (end > start && this.#endsAt(end) && isBlank(bytes[end - 1])) {
      this.encodesLast = width + 2 <= most;
      width += this.encodesLast ? 2 : -1;
      if (!this.encodesLast) end--;
    }
    this.end = end;
    this.width = width;
    this.isSoft = !this.#endsAt(end);
    this.isLast = end === bytes.length;
    this.#next = this.isSoft || this.isLast ? end : end + 2;
    return true;
  }

  /** Whether a line of the text, or the data, ends here. */
  #endsAt(at: number): boolean {
    if (at === this.#bytes.length) return true;
    return this.#text && this.#bytes[at] === cr && this.#bytes[at + 1] === lf;
  }

  #isAtRisk(at: number): boolean {
    const octet = this.#bytes[at];
    if (octet === dot) return this.#endsAt(at + 1);
    return octet === from[0] && from.every((one, index) => this.#bytes[at + index] === one);
  }

  /** Where the character begins that would be split here. */
  #characterStart(at: number): number {
    for (let start = at - 1; start > at - 4 && start > this.start; start--) {
      if (start + characterLength(this.#bytes, start) > at) return start;
    }
    return at;
  }
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

function isLiteral(octet: number | undefined): boolean {
  return octet !== undefined && widths[octet] === 1;
}

function isBlank(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x09;
}
