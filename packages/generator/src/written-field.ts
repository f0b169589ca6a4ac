/** Fields as they are written: text, or the octets they were read from. */
import { ascii, concatBytes, isAsciiBytes, utf8 } from "@letterwright/base/bytes";
import { checkFields } from "./gate.ts";
import { nameIn } from "./origins.ts";
import type { Output } from "./pieces.ts";
import type { Policy } from "./policy.ts";

/** One field as it is written. */
export interface WrittenField {
  readonly name: string;
  /** The name in lower case. */
  readonly lower: string;
  readonly text: string;
  readonly isAscii: boolean;
  /** Octets that it was read from and that are written instead of `text`. */
  readonly origin: Uint8Array | undefined;
}

/** A field whose value is a token or the like: there is nothing to fold or to encode. */
export function ownField(name: string, value: string, { lineEnd }: Policy): WrittenField {
  const text = `${name}: ${value}${lineEnd}`;
  return { name, lower: lowerCase(name), text, isAscii: true, origin: undefined };
}

/** A field of these octets. */
export function originField(origin: Uint8Array, name: string = nameIn(origin)): WrittenField {
  return { name, lower: lowerCase(name), text: "", isAscii: isAsciiBytes(origin), origin };
}

/**
 * The fields, each looked at once more as it is written; where one was read without a line end, because nothing stood
 * behind it, with one.
 */
export function pushFields(
  output: Output,
  fields: readonly WrittenField[],
  policy: Policy,
  ends = true,
): void {
  // Nearly always all of them are text of one octet a character, and one look does for all.
  const isPlain = fields.every(isOwnAscii);
  if (isPlain) output.ascii(textOf(fields, policy));
  else for (const one of fields) pushField(output, one, policy, ends);
}

function pushField(output: Output, one: WrittenField, policy: Policy, ends: boolean): void {
  const { origin } = one;
  if (origin === undefined) output.text(textOf([one], policy), one.isAscii);
  else {
    output.add({ kind: "bytes", bytes: origin });
    if (ends && !isEnded(origin)) output.ascii(policy.lineEnd);
  }
}

/** The same as octets, of each field its own; and the line end behind them. */
export function octetsOfFields(
  fields: readonly WrittenField[],
  policy: Policy,
  ends: boolean,
): readonly Uint8Array[] {
  const { lineEnd } = policy;
  if (!fields.every(isOwnAscii)) {
    return [...fields.map((one) => octetsOfField(one, policy, ends)), ascii(lineEnd)];
  }
  // Pieces of one array cost less than an array each.
  const octets = ascii(textOf(fields, policy) + lineEnd);
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (let at = 0; at < fields.length; at++) {
    const end = start + (fields[at] as WrittenField).text.length;
    pieces.push(octets.subarray(start, end));
    start = end;
  }
  pieces.push(octets.subarray(start));
  return pieces;
}

/** The text of fields, looked at. */
function textOf(fields: readonly WrittenField[], { lineEnd, utf8Fields }: Policy): string {
  let text = "";
  for (let at = 0; at < fields.length; at++) text += (fields[at] as WrittenField).text;
  checkFields(text, fields, { lineEnd, eightBit: utf8Fields });
  return text;
}

function isOwnAscii({ isAscii, origin }: WrittenField): boolean {
  return isAscii && origin === undefined;
}

function octetsOfField(one: WrittenField, policy: Policy, ends: boolean): Uint8Array {
  const { origin } = one;
  if (origin === undefined) return utf8(textOf([one], policy));
  if (!ends || isEnded(origin)) return origin;
  return concatBytes([origin, utf8(policy.lineEnd)]);
}

function isEnded(origin: Uint8Array): boolean {
  return origin.length === 0 || origin.at(-1) === 0x0a;
}

const lowerCased = new Map<string, string>();
const maxLowerCased = 500;

/** Names of fields come again and again; a look into a map is cheaper than another string. */
export function lowerCase(name: string): string {
  const known = lowerCased.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (lowerCased.size < maxLowerCased) lowerCased.set(name, lower);
  return lower;
}
