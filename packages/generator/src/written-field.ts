/** Fields as they are written: text, or the octets they were read from. */
import { isAsciiBytes, utf8 } from "@letterwright/base/bytes";
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

/** Fields and the empty line behind them. */
export function pushFields(output: Output, fields: readonly WrittenField[], policy: Policy): void {
  for (const one of fields) pushField(output, one, policy);
  output.ascii(policy.lineEnd);
}

/** The field; where it was read without a line end, because nothing stood behind it, with one. */
export function pushField(output: Output, one: WrittenField, policy: Policy, ends = true): void {
  const { text, isAscii, origin } = one;
  if (origin === undefined) output.text(text, isAscii);
  else {
    output.add({ kind: "bytes", bytes: origin });
    if (ends && !isEnded(origin)) output.ascii(policy.lineEnd);
  }
}

/** The same as octets. */
export function octetsOfField(
  { text, origin }: WrittenField,
  policy: Policy,
  ends: boolean,
): Uint8Array {
  if (origin === undefined) return utf8(text);
  if (!ends || isEnded(origin)) return origin;
  const ended = new Uint8Array(origin.length + policy.lineEnd.length);
  ended.set(origin);
  ended.set(utf8(policy.lineEnd), origin.length);
  return ended;
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
