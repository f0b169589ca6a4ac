/** Text as the lines of a body, and a look at what lines hold. */
import { assertWellFormed, isAscii, utf8, utf8Into, utf8Length } from "../bytes.ts";
import { kernelFor, mostGiven, placeFor, quotedAt, room, type Kernel } from "../kernel.ts";
import { assertRoom } from "../room.ts";
import { encodeQuotedPrintable } from "./quoted-printable.ts";

/**
 * A text in UTF-8 whose lines all end alike, and what about it not every way carries. Its octets are not
 * kept: they are written when they are asked for, straight to where they belong.
 */
export interface TextLines {
  /** In octets. */
  readonly length: number;
  readonly isAscii: boolean;
  /** NUL, SUB or ESC: no way has to carry the first, and the others do harm where text is shown. */
  readonly hasControl: boolean;
  /** A line starts with `From `, before which mbox files put a ">". */
  readonly hasFrom: boolean;
  /** A line has more than 998 octets (RFC 5322 §2.1.1). */
  readonly hasLongLine: boolean;
  /** Whether the last line has its end; so it is when there is no line. */
  readonly isEnded: boolean;
  /**
   * Writes the octets into `target` from `offset` on; gives the offset after them.
   *
   * @throws {UsageError} `TARGET_TOO_SMALL` before anything is written
   */
  writeInto(target: Uint8Array, offset: number): number;
  /**
   * The text as quoted-printable, RFC 2045 §6.7; its line ends are those of the text.
   *
   * @throws {UsageError} `QUOTED_PRINTABLE_LINE_LENGTH_INVALID`
   */
  quotedPrintable(lineLength?: number): Uint8Array;
  /** The octets with CRLF, of which base64 is made (RFC 2045 §6.8), in an array of their own. */
  canonicalOctets(): Uint8Array;
}

/**
 * The lines of a text: CRLF, LF and CR each end one, and each is written as `lineEnd`.
 *
 * @throws {UsageError} `TEXT_LONE_SURROGATE`
 * @example
 * ```ts
 * import { textLines } from "@letterwright/base/codec";
 *
 * const lines = textLines("Grüße\n");
 * lines.length; // => 9
 * new TextDecoder().decode(lines.quotedPrintable()); // => "Gr=C3=BC=C3=9Fe\r\n"
 * ```
 */
export function textLines(text: string, lineEnd: "\r\n" | "\n" = "\r\n"): TextLines {
  // Three octets a UTF-16 unit at most.
  const isForKernel = lineEnd === "\r\n" && text.length <= mostGiven / 3;
  const kernel = isForKernel || isShortAscii(text, lineEnd) ? kernelFor(text.length) : undefined;
  return kernel === undefined ? new ScriptLines(text, lineEnd) : new KernelLines(text, kernel);
}

function isShortAscii(text: string, lineEnd: string): boolean {
  return lineEnd === "\r\n" && text.length <= mostGiven && isAscii(text);
}

/** By the kernel. Where others have taken its place since, it is written anew. */
class KernelLines implements TextLines {
  readonly length: number;
  readonly isAscii: boolean;
  readonly hasControl: boolean;
  readonly hasFrom: boolean;
  readonly hasLongLine: boolean;
  readonly isEnded: boolean;
  private readonly text: string;
  private readonly kernel: Kernel;
  private start = 0;
  private turn = 0;

  constructor(text: string, kernel: Kernel) {
    this.text = text;
    this.kernel = kernel;
    const given = utf8Into(kernel.memory, 0, text);
    const found = this.write(given);
    const end = found >> 3;
    this.length = end - this.start;
    this.isAscii = given === text.length;
    this.hasControl = (found & 1) !== 0;
    this.hasFrom = (found & 2) !== 0;
    this.hasLongLine = (found & 4) !== 0;
    this.isEnded = end === this.start || kernel.memory[end - 1] === 0x0a;
  }

  writeInto(target: Uint8Array, offset: number): number {
    const next = offset + this.length;
    assertRoom(target, offset, next);
    const memory = this.inMemory();
    // Sooner made than a subarray.
    target.set(new Uint8Array(memory.buffer, this.start, this.length), offset);
    return next;
  }

  quotedPrintable(lineLength: number = usualLine): Uint8Array {
    if (lineLength !== usualLine) return quoted(this, lineLength, "\r\n");
    if (this.length === 0) return new Uint8Array(0);
    const memory = this.inMemory();
    const end = this.kernel.quote(this.start, this.start + this.length, quotedAt, lineLength);
    return memory.slice(quotedAt, end);
  }

  canonicalOctets(): Uint8Array {
    const memory = this.inMemory();
    return memory.slice(this.start, this.start + this.length);
  }

  private inMemory(): Uint8Array {
    const { memory } = this.kernel;
    if (this.turn !== room.turn) this.write(utf8Into(memory, 0, this.text));
    return memory;
  }

  /** Of the octets that are given; what the kernel says of them. */
  private write(given: number): number {
    this.start = placeFor(given * 2);
    this.turn = room.turn;
    const found = this.kernel.lines(given, this.start);
    room.next = (found >> 3) + 16;
    return found;
  }
}

/** By script. */
class ScriptLines implements TextLines {
  readonly length: number;
  readonly isAscii: boolean;
  readonly hasControl: boolean;
  readonly hasFrom: boolean;
  readonly hasLongLine: boolean;
  readonly isEnded: boolean;
  private readonly text: string;
  private readonly lineEnd: "\r\n" | "\n";

  constructor(given: string, lineEnd: "\r\n" | "\n") {
    assertWellFormed(given);
    const text = canonicalText(given, lineEnd);
    this.text = text;
    this.lineEnd = lineEnd;
    this.length = utf8Length(text);
    this.isAscii = this.length === text.length;
    this.hasControl = text.includes("\0") || text.includes("\u001a") || text.includes("\u001b");
    this.hasFrom = text.startsWith("From ") || text.includes("\nFrom ");
    this.hasLongLine = hasLongLine(text);
    this.isEnded = text === "" || text.endsWith("\n");
  }

  writeInto(target: Uint8Array, offset: number): number {
    assertRoom(target, offset, offset + this.length);
    return offset + utf8Into(target, offset, this.text);
  }

  quotedPrintable(lineLength: number = usualLine): Uint8Array {
    return quoted(this, lineLength, this.lineEnd);
  }

  canonicalOctets(): Uint8Array {
    return utf8(canonicalText(this.text, "\r\n"));
  }
}

const usualLine = 76;

function quoted(lines: TextLines, lineLength: number, lineEnd: "\r\n" | "\n"): Uint8Array {
  return encodeQuotedPrintable(lines.canonicalOctets(), { lineLength, lineEnd: utf8(lineEnd) });
}

/** The text with CRLF, LF and CR alike made `lineEnd`. */
export function canonicalText(given: string, lineEnd: "\r\n" | "\n"): string {
  const text = given.includes("\r") ? given.replaceAll(/\r\n?/g, "\n") : given;
  return lineEnd === "\n" ? text : text.replaceAll("\n", lineEnd);
}

const longestLine = 998;

/** Of lines that end with CRLF or LF; three octets a UTF-16 unit at most. */
function hasLongLine(text: string): boolean {
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf("\n", start);
    const end = feed === -1 ? text.length : text[feed - 1] === "\r" ? feed - 1 : feed;
    if ((end - start) * 3 > longestLine && utf8Length(text.slice(start, end)) > longestLine) {
      return true;
    }
    start = feed === -1 ? end : feed + 1;
  }
  return false;
}

/**
 * Whether octets are surely lines that every way carries: no NUL, no CR or LF but in CRLF, no line over 998
 * octets, none above 127 unless `eightBit`. `false` says that they are not, or that this quick look cannot
 * tell.
 *
 * @example
 * ```ts
 * import { areLines } from "@letterwright/base/codec";
 *
 * areLines(new TextEncoder().encode("bare\nLF"), { eightBit: false }); // => false
 * ```
 */
export function areLines(bytes: Uint8Array, options: { readonly eightBit: boolean }): boolean {
  const kernel = kernelFor(bytes.length);
  if (kernel === undefined) return false;
  const { memory, look } = kernel;
  const forbidden = options.eightBit ? 1 : 3;
  for (let at = 0; at < bytes.length;) {
    let end = bytes.length;
    if (end - at > mostGiven) {
      end = bytes.lastIndexOf(0x0a, at + mostGiven - 1) + 1;
      if (end <= at) return false; // a line longer than this
    }
    memory.set(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end), lookedAt);
    if ((look(lookedAt, lookedAt + end - at) & forbidden) !== 0) return false;
    at = end;
  }
  return true;
}

/** What is looked at has an octet before it. */
const lookedAt = 16;
