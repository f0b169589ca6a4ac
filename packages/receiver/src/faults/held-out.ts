/**
 * The third that is not looked at.
 *
 * The rules of the doctor are written with two variants of each failure in view. The third says whether they hold for
 * words they were not made for. Which one that is, is not chosen by whoever writes the rules: it is the variant whose
 * name has the least FNV-1a hash (32 bits, over the UTF-8 octets of the name) among those of its failure.
 */
import type { FaultVariant } from "./variant.ts";

/** The names that are held out, one of each failure. */
export function heldOutNames(variants: readonly FaultVariant[]): ReadonlySet<string> {
  const least = new Map<string, { readonly name: string; readonly hash: number }>();
  for (const { id, name } of variants) {
    if (id === undefined) continue;
    const hash = fnv1a(name);
    const known = least.get(id);
    if (known === undefined || hash < known.hash) least.set(id, { name, hash });
  }
  return new Set([...least.values()].map(({ name }) => name));
}

/** FNV-1a, 32 bits. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const octet of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ octet, 0x01000193) >>> 0;
  }
  return hash;
}
