/** One string of octets looked for in others. */

interface IndexOf {
  call(octets: Uint8Array, wanted: Uint8Array | number, from: number): number;
}

const native: IndexOf | undefined = /* @__PURE__ */ nativeIndexOf();

/** `Buffer.prototype.indexOf` works on every Uint8Array; it is tried once, because it might not. */
function nativeIndexOf(): IndexOf | undefined {
  const { Buffer: found } = globalThis as {
    Buffer?: { readonly prototype: { readonly indexOf: IndexOf } };
  };
  if (found === undefined) return undefined;
  const { indexOf } = found.prototype;
  try {
    const probe = Uint8Array.of(1, 2, 3, 1, 2, 3);
    const isKnown =
      indexOf.call(probe, Uint8Array.of(2, 3), 2) === 4 && indexOf.call(probe, 2, 2) === 4;
    return isKnown && indexOf.call(probe, Uint8Array.of(3, 2), 0) === -1 ? indexOf : undefined;
  } catch {
    return undefined;
  }
}

/** In so many octets it is looked for by its rarest octet, as far as there is one. */
const manyOctets = 16 * 1024;
const sampleLength = 4096;
/** An octet that stands in a sample more often is not rare. */
const mostInSample = 2;
/** What a hit that was none costs, in octets that are looked through meanwhile; some are free. */
const hitCost = 2048;
const freeHits = 8;

/** A needle, and how far to go on after a mismatch (Horspool 1980) where the runtime has no search of its own. */
export class Needle {
  readonly octets: Uint8Array;
  private shifts: Uint16Array | undefined;
  /** Where the octet stands in it that is looked for alone; -1 for none, `undefined` before it was chosen. */
  private rareAt: number | undefined;
  // How that went:
  private hits = 0;
  private passed = 0;

  constructor(octets: Uint8Array) {
    this.octets = octets;
  }

  /** Where it stands in the octets from `from` on, whole, before `end`; -1 when it does not. */
  indexIn(octets: Uint8Array, from: number, end: number): number {
    if (native === undefined) return this.search(octets, from, end);
    const within = end === octets.length ? octets : octets.subarray(0, end);
    if (this.rareAt === -1 || end - from < manyOctets)
      return native.call(within, this.octets, from);
    return this.byRarest(native, within, from);
  }

  /**
   * By one octet, which runtimes look for many times faster than for several: lines that all but are the needle
   * seldom hold each of its octets. Where they do, all of it is looked for from there on.
   */
  private byRarest(find: IndexOf, octets: Uint8Array, from: number): number {
    const { octets: needle } = this;
    this.rareAt ??= rarestIn(needle, octets, from);
    const { rareAt } = this;
    let at = from;
    while (this.rareAt !== -1) {
      const found = find.call(octets, needle[rareAt] as number, at + rareAt);
      if (found === -1) return -1;
      const start = found - rareAt;
      if (standsAt(needle, octets, start)) return start;
      this.passed += start + 1 - at;
      at = start + 1;
      if (++this.hits > freeHits && this.passed < this.hits * hitCost) this.rareAt = -1;
    }
    return find.call(octets, needle, at);
  }

  /** The same without the runtime's help. */
  search(octets: Uint8Array, from: number, end: number): number {
    const { octets: needle } = this;
    const last = needle.length - 1;
    this.shifts ??= shiftsOf(needle);
    const { shifts } = this;
    for (let at = from + last; at < end;) {
      const octet = octets[at] as number;
      if (octet === needle[last]) {
        let back = 1;
        while (back <= last && octets[at - back] === needle[last - back]) back++;
        if (back > last) return at - last;
      }
      at += shifts[octet] as number;
    }
    return -1;
  }
}

/** Where in the needle the octet stands that is rarest in what begins at `from`; -1 when none is rare. */
function rarestIn(needle: Uint8Array, octets: Uint8Array, from: number): number {
  const counts = new Uint16Array(256);
  const end = Math.min(octets.length, from + sampleLength);
  for (let at = from; at < end; at++) {
    const octet = octets[at] as number;
    counts[octet] = (counts[octet] as number) + 1;
  }
  let rarest = -1;
  let least = mostInSample + 1;
  for (let at = 0; at < needle.length; at++) {
    const count = counts[needle[at] as number] as number;
    if (count >= least) continue;
    least = count;
    rarest = at;
  }
  return rarest;
}

function standsAt(needle: Uint8Array, octets: Uint8Array, start: number): boolean {
  for (let index = 0; index < needle.length; index++) {
    if (octets[start + index] !== needle[index]) return false;
  }
  return true;
}

function shiftsOf(needle: Uint8Array): Uint16Array {
  const last = needle.length - 1;
  const shifts = new Uint16Array(256).fill(Math.min(needle.length, 0xffff));
  for (let at = 0; at < last; at++) {
    shifts[needle[at] as number] = Math.min(last - at, 0xffff);
  }
  return shifts;
}
