/** Fields as they are written: text, or the octets they were read from. */
import { isAscii } from "@letterwright/base/bytes";
import { nameIn } from "./origin-fields.ts";
import type { Output } from "./pieces.ts";
import type { Policy } from "./policy.ts";

/** One field as it is written. */
export interface WrittenField {
  readonly name: string;
  /** The name in lower case. */
  readonly lower: string;
  readonly text: string;
  /** Octets that it was read from and that are written instead of `text`. */
  readonly origin?: Uint8Array;
}

/** A field whose value is a token or the like: there is nothing to fold or to encode. */
export function ownField(name: string, value: string, { lineEnd }: Policy): WrittenField {
  return { name, lower: lowerCase(name), text: `${name}: ${value}${lineEnd}` };
}

export function originField(origin: Uint8Array): WrittenField {
  const name = nameIn(origin);
  return { name, lower: name.toLowerCase(), text: "", origin };
}

/** Fields and the empty line behind them. */
export function pushFields(output: Output, fields: readonly WrittenField[], policy: Policy): void {
  for (const one of fields) pushField(output, one);
  output.ascii(policy.lineEnd);
}

export function pushField(output: Output, { text, origin }: WrittenField): void {
  if (origin !== undefined) output.add({ kind: "bytes", bytes: origin });
  else output.text(text, isAscii(text));
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
