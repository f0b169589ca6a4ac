/** What is written, in pieces that know how long they are before a byte of them exists. */
import { asciiInto, emptyBytes, utf8, utf8Into, utf8Length } from "@letterwright/base/bytes";
import { encodeBase64Into, encodedBase64Length, type TextLines } from "@letterwright/base/codec";
import { concatBytes } from "@letterwright/base/bytes";
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import type { ByteSource, OpenOptions } from "@letterwright/message";
import { checkBase64, checkOctets, faultInOctets, type LineRules } from "./gate.ts";

/** How base64 is cut into lines. */
export interface Base64Layout {
  readonly lineLength: number;
  readonly lineEnd: Uint8Array;
}

/** One stretch of the output. */
export type Piece =
  /** Text of one octet a character. */
  | { readonly kind: "ascii"; text: string }
  | { readonly kind: "utf8"; readonly text: string; readonly byteLength: number }
  /** `isExact`: quoted-printable to which no line end may be added without a "=" before it. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly isExact?: boolean }
  /** Text with its line ends, written straight into its place. */
  | { readonly kind: "lines"; readonly lines: TextLines }
  /** Bytes in memory, encoded straight into their place. */
  | { readonly kind: "base64"; readonly bytes: Uint8Array }
  /** Content that is read when it is written; `check` looks at what is written as it is. */
  | {
      readonly kind: "source";
      readonly source: ByteSource;
      readonly encoding: "base64" | "identity";
      readonly rules?: LineRules;
    };

/** Texts up to this long are joined to their neighbours; longer ones are not copied for it. */
const joinedLength = 1024;

/** Pieces in order; neighbouring short ASCII texts become one. */
export class Output {
  readonly pieces: Piece[];

  constructor(first?: Piece) {
    this.pieces = first === undefined ? [] : [first];
  }

  ascii(text: string): void {
    const last = this.pieces.at(-1);
    const isJoined = last?.kind === "ascii" && text.length <= joinedLength;
    if (isJoined && last.text.length <= joinedLength * 4) last.text += text;
    else if (text !== "") this.pieces.push({ kind: "ascii", text });
  }

  /** Text that may hold more than ASCII. */
  text(text: string, isAscii: boolean): void {
    if (isAscii) this.ascii(text);
    else this.pieces.push({ kind: "utf8", text, byteLength: utf8Length(text) });
  }

  add(piece: Piece): void {
    if (piece.kind === "ascii") this.ascii(piece.text);
    else this.pieces.push(piece);
  }

  append(other: Output): void {
    for (const piece of other.pieces) this.add(piece);
  }
}

/** The octets of a piece; `undefined` when its source does not know. */
export function pieceLength(piece: Piece, layout: Base64Layout): number | undefined {
  switch (piece.kind) {
    case "ascii":
      return piece.text.length;
    case "utf8":
      return piece.byteLength;
    case "bytes":
      return piece.bytes.length;
    case "lines":
      return piece.lines.length;
    case "base64":
      return encodedBase64Length(piece.bytes.length, layout);
    case "source": {
      const { byteLength } = piece.source;
      if (byteLength === undefined || piece.encoding === "identity") return byteLength;
      return encodedBase64Length(byteLength, layout);
    }
  }
}

/** The octets of all; `undefined` when one does not know. */
export function totalLength(pieces: readonly Piece[], layout: Base64Layout): number | undefined {
  let total = 0;
  for (const piece of pieces) {
    const length = pieceLength(piece, layout);
    if (length === undefined) return undefined;
    total += length;
  }
  return total;
}

/** Whether all of it can be written at once. */
export function isInMemory(pieces: readonly Piece[]): boolean {
  return pieces.every(({ kind }) => kind !== "source");
}

/** Everything in one array: one allocation, every octet written once. */
export function assemble(pieces: readonly Piece[], layout: Base64Layout): Uint8Array {
  const target = new Uint8Array(totalLength(pieces, layout) ?? 0);
  assembleInto(target, 0, pieces, layout);
  return target;
}

/** The same from `start` on in an array that has the room; gives the offset after it. */
export function assembleInto(
  target: Uint8Array,
  start: number,
  pieces: readonly Piece[],
  layout: Base64Layout,
): number {
  let offset = start;
  for (const piece of pieces) {
    switch (piece.kind) {
      case "ascii":
        offset += asciiInto(target, offset, piece.text);
        break;
      case "utf8":
        offset += utf8Into(target, offset, piece.text);
        break;
      case "bytes":
        target.set(piece.bytes, offset);
        offset += piece.bytes.length;
        break;
      case "lines": {
        const end = piece.lines.writeInto(target, offset);
        checkOctets(target.subarray(offset, end), rulesOf(layout, piece.lines));
        offset = end;
        break;
      }
      case "base64": {
        const end = encodeBase64Into(target, offset, piece.bytes, layout);
        checkBase64(target, offset, end, layout);
        offset = end;
        break;
      }
      case "source":
        throw new TypeError("a source cannot be written at once");
    }
  }
  return offset;
}

/** Lines of base64 that are made at once: more is faster and leaves more for the collector of garbage. */
const linesAtOnce = 512;

/** The same in chunks, base64 at most 40 KB of them, nothing made before it is asked for. */
export async function* chunksOf(
  pieces: readonly Piece[],
  layout: Base64Layout,
  options: OpenOptions,
): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    options.signal?.throwIfAborted();
    switch (piece.kind) {
      case "ascii":
      case "utf8":
        yield utf8(piece.text);
        break;
      case "bytes":
        yield piece.bytes;
        break;
      case "lines": {
        const octets = octetsOf(piece.lines);
        checkOctets(octets, rulesOf(layout, piece.lines));
        yield octets;
        break;
      }
      case "base64":
        yield* base64Chunks([piece.bytes], layout);
        break;
      case "source": {
        const counted = countedChunks(piece.source, options);
        if (piece.encoding === "base64") yield* base64Chunks(counted, layout);
        else yield* checkedChunks(counted, piece.rules);
      }
    }
  }
}

/**
 * Rejects with `SOURCE_LENGTH_WRONG` when the source holds other than the `byteLength` it declared, and before
 * any octet beyond it: the size has been announced by then, and half an attachment is worse than none.
 */
async function* countedChunks(
  source: ByteSource,
  options: OpenOptions,
): AsyncGenerator<Uint8Array> {
  const { byteLength } = source;
  let read = 0;
  for await (const chunk of source.open(options)) {
    options.signal?.throwIfAborted();
    if (!isBytes(chunk)) {
      throw new UsageError(`a source gave ${typeof chunk} where bytes were expected`, {
        code: "SOURCE_INVALID",
        hint: "A source gives Uint8Array; a stream of Node must have no encoding set.",
      });
    }
    read += chunk.length;
    if (byteLength !== undefined && read > byteLength)
      throw wrongLength(byteLength, `${read} or more`);
    yield chunk;
  }
  if (byteLength !== undefined && read !== byteLength) throw wrongLength(byteLength, `${read}`);
}

/** Also for what another realm made, as test runners have them. */
function isBytes(chunk: unknown): boolean {
  return Object.prototype.toString.call(chunk) === "[object Uint8Array]";
}

function wrongLength(declared: number, held: string): LetterwrightError {
  return new LetterwrightError(`a source declared ${declared} bytes and held ${held}`, {
    code: "SOURCE_LENGTH_WRONG",
    hint: "Declare the length the source really has, or none.",
  });
}

/** Whole lines are encoded from where they stand; only what a chunk begins or ends within a line is copied. */
async function* base64Chunks(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  layout: Base64Layout,
): AsyncGenerator<Uint8Array> {
  const perLine = (layout.lineLength / 4) * 3;
  const perStretch = perLine * linesAtOnce;
  const line = new Uint8Array(perLine); // the one that is not full yet
  let held = 0;
  let isFirst = true;
  for await (const chunk of chunks) {
    let at = 0;
    if (held > 0 || chunk.length < perLine) {
      const taken = chunk.subarray(0, perLine - held);
      line.set(taken, held);
      held += taken.length;
      at = taken.length;
      if (held === perLine) {
        yield encodedLines(line, layout, isFirst);
        isFirst = false;
        held = 0;
      }
    }
    while (chunk.length - at >= perLine) {
      const whole = chunk.length - at - ((chunk.length - at) % perLine);
      const end = at + Math.min(whole, perStretch);
      yield encodedLines(chunk.subarray(at, end), layout, isFirst);
      isFirst = false;
      at = end;
    }
    // Copied, because the chunk belongs to whoever made it and may be written over.
    if (at < chunk.length) {
      line.set(chunk.subarray(at), 0);
      held = chunk.length - at;
    }
  }
  if (held > 0) yield encodedLines(line.subarray(0, held), layout, isFirst);
}

/** Lines, with the line end that separates them from those before. */
function encodedLines(bytes: Uint8Array, layout: Base64Layout, isFirst: boolean): Uint8Array {
  const lead = isFirst ? 0 : layout.lineEnd.length;
  const target = new Uint8Array(lead + encodedBase64Length(bytes.length, layout));
  if (!isFirst) target.set(layout.lineEnd);
  checkBase64(target, lead, encodeBase64Into(target, lead, bytes, layout), layout);
  return target;
}

/** Content that was declared to be fit as it is: looked at while it passes, line by line. */
async function* checkedChunks(
  chunks: AsyncIterable<Uint8Array>,
  rules: LineRules | undefined,
): AsyncGenerator<Uint8Array> {
  let carry = emptyBytes; // the line that is not over yet
  for await (const chunk of chunks) {
    if (rules !== undefined) {
      const whole = carry.length === 0 ? chunk : concatBytes([carry, chunk]);
      const end = whole.lastIndexOf(0x0a) + 1;
      refuse(faultInOctets(whole.subarray(0, end), rules));
      carry = whole.slice(end);
      if (carry.length > 2000) refuse("a line over 998 octets");
    }
    yield chunk;
  }
  if (rules !== undefined) refuse(faultInOctets(carry, rules));
}

function refuse(found: string | undefined): void {
  if (found === undefined) return;
  throw new LetterwrightError(`content declared to need no encoding holds ${found}`, {
    code: "CONTENT_NEEDS_ENCODING",
    hint: "Leave Content-Transfer-Encoding out: streamed content becomes base64 by itself.",
  });
}

/** The octets of these lines, in an array of their own. */
export function octetsOf(lines: TextLines): Uint8Array {
  const octets = new Uint8Array(lines.length);
  lines.writeInto(octets, 0);
  return octets;
}

function rulesOf(layout: Base64Layout, { isAscii }: TextLines): LineRules {
  return { lineEnd: layout.lineEnd.length === 2 ? "\r\n" : "\n", eightBit: !isAscii };
}
