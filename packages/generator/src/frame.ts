/**
 * A multipart written with the delimiters it was read with: RFC 2046 §5.1.1.
 *
 * A part that is as it was, or of which something is, keeps the delimiter line before it; a new one gets one
 * like the others'.
 */
import type { Framing, MultipartBody, Part } from "@letterwright/message";
import { Output } from "./pieces.ts";

const dash = 0x2d;
const lf = 0x0a;

export class Frame {
  readonly output: Output = new Output();
  private readonly framing: Framing;
  private readonly places = new Map<object, number>();
  private readonly lineEnd: string;
  private readonly hasPreamble: boolean;
  /** Where the part stood that was written last; -1 for none or a new one. */
  private lastPlace = -1;
  /** Whether that part ends as it did. */
  private isLeanedOn = true;
  private isFirst = true;

  constructor(framing: Framing, { preamble }: MultipartBody, lineEnd: string) {
    this.framing = framing;
    this.hasPreamble = preamble !== undefined;
    const [first] = framing.delimiters;
    if (first === undefined || first.at(-1) !== lf) this.lineEnd = lineEnd;
    else this.lineEnd = first.at(-2) === 0x0d ? "\r\n" : "\n";
    framing.parts.forEach((part, index) => {
      // What a change has left of a part tells which it was.
      this.places.set(part, index).set(part.body, index);
      if (part.fields.length > 0) this.places.set(part.fields, index);
    });
  }

  /** Octets as they were. */
  keep(octets: Uint8Array | undefined): void {
    if (octets !== undefined && octets.length > 0)
      this.output.add({ kind: "bytes", bytes: octets });
  }

  /** The line before a part. */
  delimit(part: Part): void {
    const place = this.placeOf(part);
    const line = this.framing.delimiters[place];
    if (line !== undefined) this.line(line, place);
    else {
      const lead = this.isFirst && !this.hasPreamble ? "" : this.lineEnd;
      this.output.ascii(`${lead}--${this.framing.boundary}${this.lineEnd}`);
    }
    this.isFirst = false;
  }

  /** What was written last, and whether it ends as it did. */
  leanOn(part: Part, isLeanedOn: boolean): void {
    this.lastPlace = this.placeOf(part);
    this.isLeanedOn = isLeanedOn;
  }

  /** The closing line; none when there was none. */
  close(): void {
    const { close, parts } = this.framing;
    this.line(close, parts.length);
  }

  /** A line without a line end before it leans on the end of what stood there, and on nothing else. */
  private line(line: Uint8Array, place: number): void {
    const isFollowing = this.lastPlace === place - 1 && this.isLeanedOn;
    const isAlone = this.isFirst && !this.hasPreamble;
    if (line[0] === dash && !isFollowing && !isAlone) this.output.ascii(this.lineEnd);
    this.keep(line);
  }

  private placeOf(part: Part): number {
    return (
      this.places.get(part) ?? this.places.get(part.fields) ?? this.places.get(part.body) ?? -1
    );
  }
}
