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
  let crLf = -1;
  let bareLf = -1;
  let bareCr = -1;
  let longLine = -1;
  const { length } = octets;
  let lineStart = 0;
  for (let at = 0; at < length; at++) {
    const octet = octets[at] as number;
    if (octet > cr) continue;
    if (octet === lf) {
      const isCrLf = at > 0 && octets[at - 1] === cr;
      if (isCrLf) {
        if (crLf === -1) crLf = at - 1;
      } else if (bareLf === -1) bareLf = at;
      if (longLine === -1 && at - (isCrLf ? 1 : 0) - lineStart > lineBytes) longLine = lineStart;
      lineStart = at + 1;
    } else if (octet === cr && octets[at + 1] !== lf && bareCr === -1) bareCr = at;
  }
  if (longLine === -1 && length - lineStart > lineBytes) longLine = lineStart;
  return { crLf, bareLf, bareCr, nul: octets.indexOf(0), longLine };
}
