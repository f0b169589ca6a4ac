/**
 * quoted-printable, RFC 2045 §6.7.
 *
 * Beyond the letter of the RFC, three things are encoded that travel badly though they are legal: a
 * blank before a line end (rule 3), `From ` at a line start (mbox writers put ">" before it), and a
 * dot alone on its line.
 */
import { cr, lf } from "../bytes.ts";
import { UsageError } from "../error.ts";

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

const hex = Uint8Array.from("0123456789ABCDEF", (character) => character.charCodeAt(0));
const equals = 0x3d;
const crlf = Uint8Array.of(cr, lf);
const from = Uint8Array.from("From ", (character) => character.charCodeAt(0));

/**
 * Bytes as quoted-printable. A bare CR or bare LF in text is encoded, never taken for a line end. A
 * UTF-8 sequence is not split by a soft break.
 *
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
  const { text = true, lineLength = 76, lineEnd = crlf } = options;
  if (!Number.isInteger(lineLength) || lineLength < 16 || lineLength > 76) {
    throw new UsageError(`lineLength must be an integer from 16 to 76, found ${lineLength}`, {
      code: "QUOTED_PRINTABLE_LINE_LENGTH_INVALID",
      hint: "RFC 2045 §6.7 rule 5 allows at most 76.",
    });
  }
  // The worst case: three octets for one, and a soft break for each run of them.
  const perLine = Math.floor((lineLength - 1) / 3) * 3;
  const tripled = bytes.length * 3;
  const most = tripled + (Math.ceil(tripled / (perLine - 12)) + 1) * (1 + lineEnd.length);
  const encoded = new Uint8Array(most);
  let to = 0;
  let column = 0;
  for (let at = 0; at < bytes.length;) {
    if (text && bytes[at] === cr && bytes[at + 1] === lf) {
      encoded.set(lineEnd, to);
      to += lineEnd.length;
      column = 0;
      at += 2;
      continue;
    }
    const run = sequenceLength(bytes, at);
    const literal = run === 1 && isLiteral(bytes, at, column, text);
    const width = literal ? 1 : run * 3;
    // The last column may only be taken by what ends its line; else it belongs to the soft break.
    const endsLine =
      at + run === bytes.length || (text && bytes[at + run] === cr && bytes[at + run + 1] === lf);
    if (column + width > (endsLine ? lineLength : lineLength - 1)) {
      encoded[to++] = equals;
      encoded.set(lineEnd, to);
      to += lineEnd.length;
      column = 0;
      continue; // what is literal may depend on the column
    }
    if (literal) encoded[to++] = bytes[at] as number;
    else {
      for (let index = at; index < at + run; index++) {
        const octet = bytes[index] as number;
        encoded[to++] = equals;
        encoded[to++] = hex[octet >> 4] as number;
        encoded[to++] = hex[octet & 15] as number;
      }
    }
    column += width;
    at += run;
  }
  return encoded.subarray(0, to);
}

/** Whether the octet may stand for itself at this column. */
function isLiteral(bytes: Uint8Array, at: number, column: number, text: boolean): boolean {
  const octet = bytes[at] as number;
  if (octet === 0x20 || octet === 0x09) {
    // Rule 3: not before a line end; and not at the end of the data, where a reader may drop it.
    if (at + 1 === bytes.length) return false;
    return !(text && bytes[at + 1] === cr && bytes[at + 2] === lf);
  }
  if (octet < 33 || octet > 126 || octet === equals) return false;
  if (column > 0) return true;
  if (octet === 0x2e) return at + 1 < bytes.length && bytes[at + 1] !== cr; // a lone dot
  if (octet === from[0]) return !startsWith(bytes, at, from);
  return true;
}

/** The length of the UTF-8 sequence that starts here; 1 for an octet that starts none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const octet = bytes[at] as number;
  const length = octet < 0xc2 || octet > 0xf4 ? 1 : octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : 4;
  for (let next = 1; next < length; next++) {
    if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 1;
  }
  return length;
}

function startsWith(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  for (let index = 0; index < needle.length; index++)
    if (bytes[at + index] !== needle[index]) return false;
  return true;
}

/**
 * quoted-printable back to bytes. Line ends are returned as CRLF whichever way they were written; a
 * soft break disappears; blanks before a line end disappear (rule 3).
 *
 * @throws {UsageError} `QUOTED_PRINTABLE_INVALID` when "=" is followed by neither two hexadecimal
 * digits nor a line end.
 */
export function decodeQuotedPrintable(bytes: Uint8Array): Uint8Array {
  const decoded = new Uint8Array(bytes.length * 2);
  let to = 0;
  for (let start = 0; start < bytes.length;) {
    let feed = bytes.indexOf(lf, start);
    const hasEnd = feed !== -1;
    if (!hasEnd) feed = bytes.length;
    let end = feed;
    if (hasEnd && end > start && bytes[end - 1] === cr) end--;
    while (end > start && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) end--;
    let soft = false;
    for (let at = start; at < end; at++) {
      const octet = bytes[at] as number;
      if (octet !== equals) decoded[to++] = octet;
      else if (at === end - 1) soft = true;
      else {
        const high = hexValue(bytes[at + 1]);
        const low = hexValue(bytes[at + 2]);
        if (at + 2 >= end || high < 0 || low < 0) {
          throw new UsageError(
            `"=" at octet ${at} is followed by neither two hexadecimal digits nor a line end`,
            {
              code: "QUOTED_PRINTABLE_INVALID",
              hint: "The text was changed on its way, or is not quoted-printable (RFC 2045 §6.7).",
            },
          );
        }
        decoded[to++] = high * 16 + low;
        at += 2;
      }
    }
    if (hasEnd && !soft) {
      decoded[to++] = cr;
      decoded[to++] = lf;
    }
    start = feed + 1;
  }
  return decoded.subarray(0, to);
}

function hexValue(octet: number | undefined): number {
  if (octet === undefined) return -1;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  if (octet >= 0x41 && octet <= 0x46) return octet - 0x37;
  if (octet >= 0x61 && octet <= 0x66) return octet - 0x57;
  return -1;
}
