/**
 * base64 read: RFC 4648 §4, in the lines of RFC 2045 §6.8.
 *
 * One state machine reads everything, digit by digit. Where the octets are what every encoder writes,
 * lines of one length without anything strange, the runtime decodes a block of them at once; how many
 * octets come out proves that nothing else stood there. A block that fails the proof goes through the machine.
 */
import { cr, lf } from "../bytes.ts";
import type { Report } from "../defect.ts";
import { nativeDecodeInto } from "../native.ts";
import { notDigit, padding, values } from "./base64-alphabet.ts";
import {
  CodecFaultError,
  decodeWhole,
  onceEach,
  recover,
  type Recovered,
  type TransferDecoder,
} from "./fault.ts";

/** What reading base64 may find. */
export type Base64DefectCode =
  | "BASE64_FOREIGN_CHARACTER"
  | "BASE64_LENGTH_WRONG"
  | "BASE64_PADDING_MISPLACED"
  | "BASE64_PADDING_MISSING"
  | "BASE64_DATA_AFTER_PADDING"
  | "BASE64_BITS_LOST";

/**
 * base64 back to bytes. White space between digits is passed over (RFC 2045 §6.8); anything else
 * outside the alphabet, a wrong length, padding that is missing or misplaced, or bits set where none
 * belong is an error (RFC 4648 §3.2, §3.3, §3.5).
 *
 * @throws {CodecFaultError} `BASE64_INVALID` with the offset as `index`
 * @example
 * ```ts
 * import { decodeBase64 } from "@letterwright/base/codec";
 *
 * new TextDecoder().decode(decodeBase64("aGk=")); // => "hi"
 * ```
 */
export function decodeBase64(encoded: Uint8Array | string): Uint8Array {
  // A character that is not ASCII becomes octets that are no digits, at the same index.
  const octets = typeof encoded === "string" ? new TextEncoder().encode(encoded) : encoded;
  return decodeWhole(base64Decoder(), octets);
}

/**
 * What can be read of base64 that may be damaged, with the defects: foreign characters are passed over
 * (RFC 2045 §6.8), and after padding another piece of base64 may follow.
 *
 * @example
 * ```ts
 * import { recoverBase64 } from "@letterwright/base/codec";
 *
 * const { bytes, defects } = recoverBase64(new TextEncoder().encode("a*Gk"));
 * new TextDecoder().decode(bytes); // => "hi"
 * defects.map(({ code, index }) => `${code} ${index}`); // => ["BASE64_FOREIGN_CHARACTER 1","BASE64_PADDING_MISSING 4"]
 * ```
 */
export function recoverBase64(encoded: Uint8Array): Recovered<Base64DefectCode> {
  return recover(base64Decoder, encoded);
}

/**
 * The same for octets that come in chunks. Each kind of defect is reported once, where it was first met;
 * without `report` it is thrown.
 *
 * @throws {CodecFaultError} `BASE64_INVALID`
 */
export function base64Decoder(report: Report<Base64DefectCode> = refuse): TransferDecoder {
  return new Base64Decoder(onceEach(report));
}

function refuse(defect: Base64DefectCode, index: number, message: string): never {
  throw new CodecFaultError(
    `not base64: ${message}`,
    { code: "BASE64_INVALID", hint: "The text was cut or is not base64 (RFC 4648 §4)." },
    index,
    defect,
  );
}

class Base64Decoder implements TransferDecoder {
  readonly #report: Report<Base64DefectCode>;
  #read = 0; // octets of the chunks before
  #word = 0;
  #held = 0; // digits in `word`
  #padsDue = 0; // "=" that are still to come
  #isPadded = false; // nothing may follow but those

  constructor(report: Report<Base64DefectCode>) {
    this.#report = report;
  }

  decode(chunk: Uint8Array): Uint8Array {
    const decoded = new Uint8Array(Math.floor(((this.#held + chunk.length) * 3) / 4));
    let to = 0;
    for (let at = 0; at < chunk.length;) {
      const isBetween = this.#held === 0 && !this.#isPadded;
      const block = isBetween && nativeDecodeInto !== undefined ? blockAt(chunk, at) : undefined;
      const end = block?.end ?? lineAfter(chunk, at);
      // The room may end before what rubbish would decode to; no more than the room is written.
      const isProven =
        block !== undefined && nativeDecodeInto?.(decoded, to, chunk, at, end) === block.byteLength;
      to = isProven ? to + block.byteLength : this.#digits(chunk, at, end, decoded, to);
      at = end;
    }
    this.#read += chunk.length;
    return decoded.subarray(0, to);
  }

  end(): Uint8Array {
    const rest = new Uint8Array(2);
    const held = this.#held;
    if (held === 1) this.#report("BASE64_LENGTH_WRONG", this.#read, "one digit alone at the end");
    if (held > 1 || this.#padsDue > 0) {
      this.#report("BASE64_PADDING_MISSING", this.#read, 'the end comes before its "="');
    }
    return rest.subarray(0, held > 1 ? this.#flush(this.#read, rest, 0) : 0);
  }

  /** The octets `start` to `end` by table, written at `to`; gives the offset after them. */
  #digits(
    chunk: Uint8Array,
    start: number,
    end: number,
    decoded: Uint8Array,
    offset: number,
  ): number {
    let to = offset;
    for (let at = start; at < end; at++) {
      if (this.#held === 0 && !this.#isPadded) {
        for (; at + 4 <= end; at += 4) {
          const first = values[chunk[at] as number] as number;
          const second = values[chunk[at + 1] as number] as number;
          const third = values[chunk[at + 2] as number] as number;
          const fourth = values[chunk[at + 3] as number] as number;
          if ((first | second | third | fourth) > 63) break;
          decoded[to++] = (first << 2) | (second >> 4);
          decoded[to++] = (second << 4) | (third >> 2);
          decoded[to++] = (third << 6) | fourth;
        }
        if (at === end) break;
      }
      const value = values[chunk[at] as number] as number;
      if (value < 64) {
        if (this.#isPadded) this.#resume(this.#read + at);
        this.#word = (this.#word << 6) | value;
        if (++this.#held < 4) continue;
        decoded[to++] = this.#word >> 16;
        decoded[to++] = this.#word >> 8;
        decoded[to++] = this.#word;
        this.#word = this.#held = 0;
      } else if (value === notDigit.padding) to = this.#pad(this.#read + at, decoded, to);
      else if (value === notDigit.foreign) {
        const found = JSON.stringify(String.fromCharCode(chunk[at] as number));
        this.#report("BASE64_FOREIGN_CHARACTER", this.#read + at, `character ${found} is no digit`);
      }
    }
    return to;
  }

  /** RFC 4648 §4: two digits want two "=", three want one; no others do. */
  #pad(index: number, decoded: Uint8Array, to: number): number {
    if (this.#padsDue > 0) {
      this.#padsDue--;
      return to;
    }
    if (this.#held === 1) {
      this.#report("BASE64_LENGTH_WRONG", index, 'one digit alone before "="');
      this.#word = this.#held = 0;
      return to;
    }
    if (this.#held === 0) {
      this.#report("BASE64_PADDING_MISPLACED", index, '"=" where none belongs');
      return to;
    }
    this.#padsDue = 3 - this.#held;
    this.#isPadded = true;
    return this.#flush(index, decoded, to);
  }

  /** A digit after padding: another piece of base64 begins. */
  #resume(index: number): void {
    if (this.#padsDue > 0) {
      this.#report("BASE64_PADDING_MISSING", index, 'a digit where "=" is due');
    }
    this.#report("BASE64_DATA_AFTER_PADDING", index, "a digit after padding");
    this.#padsDue = 0;
    this.#isPadded = false;
  }

  /** The octets of two or three digits. RFC 4648 §3.5: their other bits are zero. */
  #flush(index: number, decoded: Uint8Array, offset: number): number {
    const spare = 8 - 2 * this.#held;
    if ((this.#word & ((1 << spare) - 1)) !== 0) {
      this.#report("BASE64_BITS_LOST", index, "bits after the last octet");
    }
    let to = offset;
    const word = this.#word >> spare;
    if (this.#held === 3) decoded[to++] = word >> 8;
    decoded[to++] = word;
    this.#word = this.#held = 0;
    return to;
  }
}

const longestLine = 1000; // RFC 5322 §2.1.1, with its end; longer ones are read in pieces
const leastBlock = 256; // below it the table is as fast
const mostBlock = 64 * 1024;

/** Where the line ends that stands at `at`: after its LF. */
function lineAfter(chunk: Uint8Array, at: number): number {
  const most = Math.min(at + longestLine, chunk.length);
  for (let index = at; index < most; index++) if (chunk[index] === lf) return index + 1;
  return most;
}

interface Block {
  readonly end: number;
  /** Octets it means if there is nothing in it but digits and line ends. */
  readonly byteLength: number;
}

/** As many lines as look alike from here on; or a part of one very long line. */
function blockAt(chunk: Uint8Array, start: number): Block | undefined {
  const next = lineAfter(chunk, start);
  if (chunk[next - 1] !== lf) {
    const length = Math.min(chunk.length - start, mostBlock) & ~3;
    return blockOf(start, 1, length, length);
  }
  const step = next - start;
  const endLength = chunk[next - 2] === cr && step > 1 ? 2 : 1;
  const length = step - endLength;
  let lines = 0;
  // The last line has padding, perhaps; the table reads it.
  for (let at = next; at <= chunk.length && lines * step < mostBlock; at += step, lines++) {
    if (chunk[at - 1] !== lf || (endLength === 2 && chunk[at - 2] !== cr)) break;
    if (chunk[at - endLength - 1] === padding) break;
  }
  return blockOf(start, length % 4 === 0 ? lines : lines & ~3, step, length);
}

function blockOf(start: number, lines: number, step: number, length: number): Block | undefined {
  if (lines * step < leastBlock) return undefined;
  return { end: start + lines * step, byteLength: (lines * length * 3) / 4 };
}
