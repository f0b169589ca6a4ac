/** What octets hold that mail should not: line ends of other kinds, long lines, NUL. */
import { areLines } from "@letterwright/base/codec";
import { cr, lf } from "@letterwright/base/bytes";

/** Where each was first found; -1 when it was not. */
export interface OctetFindings {
  readonly crLf: number;
  readonly bareLf: number;
  readonly bareCr: number;
  readonly nul: number;
  readonly longLine: number;
}

/** RFC 5322 §2.1.1, what `areLines` looks for. */
const usualLimit = 998;

const none: OctetFindings = { crLf: -1, bareLf: -1, bareCr: -1, nul: -1, longLine: -1 };

/** Looks at every octet once. */
export function findingsIn(octets: Uint8Array, lineBytes: number): OctetFindings {
  if (lineBytes >= usualLimit && areLines(octets, { eightBit: true })) return none;
  const look = new OctetLook(lineBytes);
  look.push(octets);
  return look.end();
}

/** The same for octets that come in chunks. */
export class OctetLook {
  private readonly lineBytes: number;
  private crLf = -1;
  private bareLf = -1;
  private bareCr = -1;
  private nul = -1;
  private longLine = -1;
  private base = 0;
  private lineStart = 0;
  private isAfterCr = false;

  constructor(lineBytes: number) {
    this.lineBytes = lineBytes;
  }

  push(octets: Uint8Array): void {
    const { base } = this;
    let { isAfterCr } = this;
    for (let at = 0; at < octets.length; at++) {
      const octet = octets[at] as number;
      if (octet > cr) {
        if (isAfterCr) this.foundCr(base + at - 1);
        isAfterCr = false;
        continue;
      }
      if (octet === lf) this.line(base + at, isAfterCr);
      else if (isAfterCr) this.foundCr(base + at - 1);
      if (octet === 0 && this.nul === -1) this.nul = base + at;
      isAfterCr = octet === cr;
    }
    this.isAfterCr = isAfterCr;
    this.base += octets.length;
  }

  end(): OctetFindings {
    if (this.isAfterCr) this.foundCr(this.base - 1);
    this.measure(this.base);
    const { crLf, bareLf, bareCr, nul, longLine } = this;
    return { crLf, bareLf, bareCr, nul, longLine };
  }

  private line(at: number, isCrLf: boolean): void {
    if (isCrLf) {
      if (this.crLf === -1) this.crLf = at - 1;
    } else if (this.bareLf === -1) this.bareLf = at;
    this.measure(isCrLf ? at - 1 : at);
    this.lineStart = at + 1;
  }

  private measure(end: number): void {
    if (this.longLine === -1 && end - this.lineStart > this.lineBytes) {
      this.longLine = this.lineStart;
    }
  }

  private foundCr(at: number): void {
    if (this.bareCr === -1) this.bareCr = at;
  }
}
