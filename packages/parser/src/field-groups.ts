/** Bodies that are groups of fields: RFC 3464 §2.1, RFC 8098 §3.1, RFC 5965 §3.1. */
import type { CharsetDecoder } from "@letterwright/base/codec";
import { cr, lf } from "@letterwright/base/bytes";
import { isBlank } from "@letterwright/base/grammar";
import type { Fields } from "@letterwright/message";
import { readFields } from "./field-reader.ts";

const colon = 0x3a;

/** More are no report; the octets stay what they are. */
const mostFields = 100_000;

/** The groups; `undefined` when the octets are none, because a line in them is no field. */
export function readGroups(
  octets: Uint8Array,
  charsets: CharsetDecoder | undefined,
): readonly Fields[] | undefined {
  const groups: (readonly [first: number, last: number])[] = [];
  const fields: number[] = [];
  let first = 0;
  let at = 0;
  while (at < octets.length) {
    const feed = octets.indexOf(lf, at);
    const end = feed === -1 ? octets.length : feed + 1;
    const isEmpty = octets[at] === lf || (octets[at] === cr && end - at <= 2);
    if (isEmpty) {
      if (fields.length > first) groups.push([first, fields.length]);
      first = fields.length;
    } else if (isBlank(octets[at]) && fields.length > first) fields[fields.length - 1] = end;
    else {
      const nameEnd = nameEndIn(octets, at, end);
      if (nameEnd === -1 || fields.length >= mostFields) return undefined;
      fields.push(at, nameEnd, end);
    }
    at = end;
  }
  if (fields.length > first) groups.push([first, fields.length]);
  if (groups.length === 0) return undefined;
  const head = { source: octets, end: octets.length, bodyStart: octets.length, charsets };
  return Object.freeze(groups.map(([from, to]) => readFields(head, fields, from, to)));
}

function nameEndIn(octets: Uint8Array, start: number, end: number): number {
  let at = start;
  while (
    at < end &&
    (octets[at] as number) > 32 &&
    (octets[at] as number) < 127 &&
    octets[at] !== colon
  )
    at++;
  const nameEnd = at;
  while (at < end && isBlank(octets[at])) at++;
  return at < end && octets[at] === colon && nameEnd > start ? nameEnd : -1;
}
