/** Punycode read, RFC 3492 §6.2, with the parameters of §5. */

const base = 36;
const tMin = 1;
const tMax = 26;
const skew = 38;
const damp = 700;
const initialBias = 72;
const initialN = 0x80;
const highestCodePoint = 0x10ffff;

/**
 * The characters that a label holds, given without its `xn--`; `undefined` when it is no punycode. A label
 * has 63 octets at most, so that its length bounds the work.
 */
export function decodePunycode(encoded: string): string | undefined {
  const delimiter = encoded.lastIndexOf("-");
  const points = [...encoded.slice(0, Math.max(delimiter, 0))].map((one) => one.charCodeAt(0));
  let n = initialN;
  let bias = initialBias;
  let index = 0;
  for (let at = delimiter > 0 ? delimiter + 1 : 0; at < encoded.length;) {
    const before = index;
    let weight = 1;
    for (let k = base; ; k += base) {
      const digit = digitOf(encoded.charCodeAt(at++));
      if (digit === -1) return undefined;
      index += digit * weight;
      if (index > Number.MAX_SAFE_INTEGER) return undefined;
      const threshold = k <= bias ? tMin : k >= bias + tMax ? tMax : k - bias;
      if (digit < threshold) break;
      weight *= base - threshold;
    }
    const length = points.length + 1;
    bias = adapt(index - before, length, before === 0);
    n += Math.floor(index / length);
    index %= length;
    if (n > highestCodePoint || (n >= 0xd800 && n <= 0xdfff)) return undefined;
    points.splice(index++, 0, n);
  }
  return String.fromCodePoint(...points);
}

/** RFC 3492 §6.1. */
function adapt(delta: number, length: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? damp : 2));
  rest += Math.floor(rest / length);
  let k = 0;
  for (; rest > ((base - tMin) * tMax) / 2; k += base) rest = Math.floor(rest / (base - tMin));
  return k + Math.floor(((base - tMin + 1) * rest) / (rest + skew));
}

function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 26;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? lower - 0x61 : -1;
}
