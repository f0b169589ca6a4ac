/** One string of octets looked for in others. */

type IndexOf = (this: Uint8Array, needle: Uint8Array, from: number) => number;

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
    const isKnown = indexOf.call(probe, Uint8Array.of(2, 3), 2) === 4;
    return isKnown && indexOf.call(probe, Uint8Array.of(3, 2), 0) === -1 ? indexOf : undefined;
  } catch {
    return undefined;
  }
}

/** A needle, and how far to go on after a mismatch (Horspool 1980) where the runtime has no search of its own. */
export class Needle {
  readonly octets: Uint8Array;
  private shifts: Uint16Array | undefined;

  constructor(octets: Uint8Array) {
    this.octets = octets;
  }

  /** Where it stands in the octets from `from` on, whole, before `end`; -1 when it does not. */
  indexIn(octets: Uint8Array, from: number, end: number): number {
    if (native === undefined) return this.search(octets, from, end);
    const within = end === octets.length ? octets : octets.subarray(0, end);
    return native.call(within, this.octets, from);
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

function shiftsOf(needle: Uint8Array): Uint16Array {
  const last = needle.length - 1;
  const shifts = new Uint16Array(256).fill(Math.min(needle.length, 0xffff));
  for (let at = 0; at < last; at++) {
    shifts[needle[at] as number] = Math.min(last - at, 0xffff);
  }
  return shifts;
}
