/**
 * quoted-printable read: RFC 2045 §6.7.
 *
 * What the end of a chunk leaves open, an escape, a CR, or blanks that a line end would take away, is held
 * back and put before the next chunk; everything else is decided where it stands.
 */
import { concatBytes, cr, emptyBytes, lf } from "../bytes.ts";
import type { Report } from "../defect.ts";
import { isBlank } from "../grammar.ts";
import {
  CodecFaultError,
  decodeWhole,
  onceEach,
  recover,
  type Recovered,
  type TransferDecoder,
} from "./fault.ts";

/** What reading quoted-printable may find. */
export type QuotedPrintableDefectCode =
  | "QUOTED_PRINTABLE_ESCAPE_MALFORMED"
  | "QUOTED_PRINTABLE_LOWER_CASE"
  | "QUOTED_PRINTABLE_TRAILING_BLANK"
  | "QUOTED_PRINTABLE_LINE_TOO_LONG"
  | "QUOTED_PRINTABLE_RAW_OCTET";

/**
 * quoted-printable back to bytes. Line ends are returned as CRLF whichever way they were written; a
 * soft break disappears.
 *
 * @throws {CodecFaultError} `QUOTED_PRINTABLE_INVALID`, with the offset as `index`, for whatever
 * {@link recoverQuotedPrintable} reports
 * @example
 * ```ts
 * import { decodeQuotedPrintable } from "@letterwright/base/codec";
 *
 * const encoded = new TextEncoder().encode("Gr=C3=BC=\r\n=C3=9Fe");
 * new TextDecoder().decode(decodeQuotedPrintable(encoded)); // => "Grüße"
 * ```
 */
export function decodeQuotedPrintable(encoded: Uint8Array): Uint8Array {
  return decodeWhole(quotedPrintableDecoder(), encoded);
}

/**
 * What can be read of quoted-printable that may be damaged, with the defects. An "=" that begins no
 * escape stands for itself, lower-case digits are read, blanks before a line end are dropped (rule 3), and
 * octets that should have been encoded stay.
 *
 * @example
 * ```ts
 * import { recoverQuotedPrintable } from "@letterwright/base/codec";
 *
 * const { bytes, defects } = recoverQuotedPrintable(new TextEncoder().encode("1+1=2"));
 * new TextDecoder().decode(bytes); // => "1+1=2"
 * defects.map(({ code, index }) => `${code} ${index}`); // => ["QUOTED_PRINTABLE_ESCAPE_MALFORMED 3"]
 * ```
 */
export function recoverQuotedPrintable(encoded: Uint8Array): Recovered<QuotedPrintableDefectCode> {
  return recover(quotedPrintableDecoder, encoded);
}

/**
 * The same for octets that come in chunks. Each kind of defect is reported once, where it was first met;
 * without `report` it is thrown.
 *
 * @throws {CodecFaultError} `QUOTED_PRINTABLE_INVALID`
 */
export function quotedPrintableDecoder(
  report: Report<QuotedPrintableDefectCode> = refuse,
): TransferDecoder {
  return new QuotedPrintableDecoder(onceEach(report));
}

function refuse(defect: QuotedPrintableDefectCode, index: number, message: string): never {
  throw new CodecFaultError(
    `not quoted-printable at octet ${index}: ${message}`,
    {
      code: "QUOTED_PRINTABLE_INVALID",
      hint: "The text was changed on its way, or is not quoted-printable (RFC 2045 §6.7).",
    },
    index,
    defect,
  );
}

const equals = 0x3d;
const longestLine = 76; // rule 5
const lowerA = 0x61;
const notHex = 255;

/** 1 for what may stand for itself, the blanks among them (rules 2 and 3). */
const plain: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, octet) =>
  octet === 0x09 || (octet >= 0x20 && octet <= 0x7e && octet !== equals) ? 1 : 0,
);

const hexValues: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, octet) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(octet).toLowerCase());
  return digit === -1 ? notHex : digit;
});

class QuotedPrintableDecoder implements TransferDecoder {
  readonly #report: Report<QuotedPrintableDefectCode>;
  #held = new HeldOctets();
  #read = 0; // octets before those that are held
  #column = 0; // where the first octet held stands in its line

  constructor(report: Report<QuotedPrintableDefectCode>) {
    this.#report = report;
  }

  decode(chunk: Uint8Array): Uint8Array {
    // A run of blanks is not copied again for each chunk that prolongs it.
    if (this.#held.length > 0 && isAllBlank(chunk)) {
      this.#held.add(chunk);
      return emptyBytes;
    }
    const octets = this.#held.before(chunk);
    const end = openEnd(octets);
    const decoded = this.#decode(octets, end, false);
    if (end < octets.length) this.#held.add(octets.subarray(end));
    return decoded;
  }

  end(): Uint8Array {
    if (this.#held.length === 0) {
      this.#checkLine(-this.#column, 0);
      return emptyBytes;
    }
    const octets = this.#held.before(emptyBytes);
    return this.#decode(octets, octets.length, true);
  }

  /** The octets up to `end`; those after it only show what stands before them. */
  #decode(octets: Uint8Array, end: number, isEnd: boolean): Uint8Array {
    let decoded = new Uint8Array(end + 2);
    let to = 0;
    let at = 0;
    let lineStart = -this.#column;
    while (at < end) {
      for (; at + 4 <= end; at += 4, to += 4) {
        const first = octets[at] as number;
        const second = octets[at + 1] as number;
        const third = octets[at + 2] as number;
        const fourth = octets[at + 3] as number;
        const areAll =
          (plain[first] as number) &
          (plain[second] as number) &
          (plain[third] as number) &
          (plain[fourth] as number);
        if (areAll === 0) break;
        decoded[to] = first;
        decoded[to + 1] = second;
        decoded[to + 2] = third;
        decoded[to + 3] = fourth;
      }
      for (; at < end; at++) {
        const octet = octets[at] as number;
        if (plain[octet] === 0) break;
        decoded[to++] = octet;
      }
      if (at === end) break;
      const next = lineEndAfter(octets, at);
      if (next > at) {
        to -= this.#dropBlanks(octets, lineStart, at);
        this.#checkLine(lineStart, at);
        // A line end of one octet becomes two: the only thing that grows.
        if (decoded.length < to + 2 + end - next) decoded = grown(decoded);
        decoded[to++] = cr;
        decoded[to++] = lf;
        lineStart = at = next;
      } else if (octets[at] === equals) {
        const high = hexValues[octets[at + 1] ?? 0] as number;
        const low = hexValues[octets[at + 2] ?? 0] as number;
        if ((high | low) < 16) {
          if ((octets[at + 1] as number) >= lowerA || (octets[at + 2] as number) >= lowerA) {
            this.#found("QUOTED_PRINTABLE_LOWER_CASE", at, "lower-case digits (rule 1)");
          }
          decoded[to++] = (high << 4) | low;
          at += 3;
          continue;
        }
        const after = softBreakAfter(octets, at);
        if (after === at) {
          this.#found(
            "QUOTED_PRINTABLE_ESCAPE_MALFORMED",
            at,
            '"=" is followed by neither two hexadecimal digits nor a line end (rules 1 and 5)',
          );
          decoded[to++] = equals;
          at++;
          continue;
        }
        if (isBlank(octets[at + 1])) this.#blankFound(at + 1);
        this.#checkLine(lineStart, at + 1);
        lineStart = at = after;
      } else {
        this.#found("QUOTED_PRINTABLE_RAW_OCTET", at, "an octet that has to be encoded (rule 1)");
        decoded[to++] = octets[at++] as number;
      }
    }
    if (isEnd) {
      to -= this.#dropBlanks(octets, lineStart, end);
      this.#checkLine(lineStart, end);
    }
    this.#column = at - lineStart;
    this.#read += at;
    return decoded.subarray(0, to);
  }

  /** Rule 3: how many blanks stand before a line end; they came on the way, and go. */
  #dropBlanks(octets: Uint8Array, lineStart: number, lineEnd: number): number {
    let start = lineEnd;
    while (start > lineStart && isBlank(octets[start - 1])) start--;
    if (start < lineEnd) this.#blankFound(start);
    return lineEnd - start;
  }

  #blankFound(at: number): void {
    this.#found("QUOTED_PRINTABLE_TRAILING_BLANK", at, "a blank before a line end (rule 3)");
  }

  #checkLine(start: number, end: number): void {
    if (end - start <= longestLine) return;
    const at = start + longestLine;
    this.#found("QUOTED_PRINTABLE_LINE_TOO_LONG", at, "a line of more than 76 octets (rule 5)");
  }

  #found(code: QuotedPrintableDefectCode, at: number, message: string): void {
    this.#report(code, this.#read + at, message);
  }
}

/** Octets that wait for what follows them. */
class HeldOctets {
  length = 0;
  #octets: Uint8Array = emptyBytes;

  add(octets: Uint8Array): void {
    if (octets.length === 0) return;
    if (this.#octets.length === 0) this.#octets = new Uint8Array(16);
    while (this.length + octets.length > this.#octets.length) this.#octets = grown(this.#octets);
    this.#octets.set(octets, this.length);
    this.length += octets.length;
  }

  /** They and the chunk after them; nothing is held any more. */
  before(chunk: Uint8Array): Uint8Array {
    if (this.length === 0) return chunk;
    const joined = concatBytes([this.#octets.subarray(0, this.length), chunk]);
    this.length = 0;
    return joined;
  }
}

/** Where the octets begin whose meaning depends on what follows the last. */
function openEnd(octets: Uint8Array): number {
  const { length } = octets;
  if (octets[length - 2] === equals && hexValues[octets[length - 1] as number] !== notHex) {
    return length - 2;
  }
  let end = octets[length - 1] === cr ? length - 1 : length;
  while (isBlank(octets[end - 1])) end--;
  return octets[end - 1] === equals ? end - 1 : end;
}

/** After the CRLF or LF that stands here; `at` when there is none. */
function lineEndAfter(octets: Uint8Array, at: number): number {
  if (octets[at] === lf) return at + 1;
  return octets[at] === cr && octets[at + 1] === lf ? at + 2 : at;
}

/**
 * After the soft break whose "=" stands here; `at` when it is none. Blanks may stand before its line end, and
 * at the end of the data, where the line end belongs to a boundary, "=" is enough.
 */
function softBreakAfter(octets: Uint8Array, at: number): number {
  let end = at + 1;
  while (isBlank(octets[end])) end++;
  if (end === octets.length) return end;
  const after = lineEndAfter(octets, end);
  return after > end ? after : at;
}

function isAllBlank(octets: Uint8Array): boolean {
  return octets.every(isBlank);
}

function grown(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(octets.length * 2);
  larger.set(octets);
  return larger;
}
