/** One input in every way a network may cut it. */

/**
 * The bytes whole, by line, byte by byte, and in threes: whoever decodes them must say the same each time.
 */
export function shred(
  bytes: Uint8Array,
): readonly (readonly [way: string, chunks: readonly Uint8Array[]])[] {
  return [
    ["whole", [bytes]],
    ["by line", byLine(bytes)],
    ["byte by byte", every(bytes, 1)],
    ["in threes", every(bytes, 3)],
  ];
}

function byLine(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    lines.push(bytes.slice(start, end));
    start = end;
  }
  return lines;
}

function every(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
  return chunks;
}
