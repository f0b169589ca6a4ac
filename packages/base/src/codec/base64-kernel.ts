/**
 * base64 in lines by WebAssembly (../wasm/base64.wat): twice as fast as the runtime's own encoding with the
 * lines cut afterwards, once there are some tens of kibibytes to encode.
 *
 * It is started when it is first needed and kept, with 192 KiB of memory. Where WebAssembly, its SIMD, or
 * making code at all is not to be had (a Content-Security-Policy may forbid it), there is none.
 */
import { base64Module } from "../wasm/base64-module.ts";

/** How lines are written; both numbers are in octets. */
export interface KernelLines {
  readonly lineLength: number;
  /** One or two octets. */
  readonly lineEnd: Uint8Array;
}

/**
 * Writes whole lines, each with its end, as many as there are before the last octet; gives how many octets
 * those were: 0 when lines like these are not for it, or it cannot be had.
 */
export function encodeLines(
  target: Uint8Array,
  offset: number,
  bytes: Uint8Array,
  { lineLength, lineEnd }: KernelLines,
): number {
  if (lineLength < leastLine || lineLength > mostLine || lineEnd.length < 1 || lineEnd.length > 2) {
    return 0;
  }
  kernel ??= start();
  if (kernel === "none") return 0;
  const { memory, encode } = kernel;
  const octetsPerLine = (lineLength / 4) * 3;
  const step = lineLength + lineEnd.length;
  const ending = (lineEnd[0] as number) | ((lineEnd[1] ?? 0) << 8);
  const whole = Math.max(0, bytes.length - 1);
  const end = whole - (whole % octetsPerLine);
  const block = blockSize - (blockSize % octetsPerLine);
  let to = offset;
  for (let at = 0; at < end; at += block) {
    const length = Math.min(block, end - at);
    memory.set(bytes.subarray(at, at + length));
    encode(0, length, linesAt, lineLength, step, ending);
    const written = (length / octetsPerLine) * step;
    target.set(memory.subarray(linesAt, linesAt + written), to);
    to += written;
  }
  return end;
}

interface Kernel {
  readonly memory: Uint8Array;
  readonly encode: (
    from: number,
    end: number,
    to: number,
    characters: number,
    step: number,
    lineEnd: number,
  ) => void;
}

const linesAt = 64 * 1024;
const blockSize = linesAt - 64; // 16 octets are read after the last
const leastLine = 16; // one group
const mostLine = 1024;
let kernel: Kernel | "none" | undefined;

function start(): Kernel | "none" {
  try {
    // `atob` is everywhere, and our own decoder need not be in the bundle of who only encodes.
    const octets = Uint8Array.from(atob(base64Module), (character) => character.charCodeAt(0));
    const module = new WebAssembly.Module(octets);
    const { memory, encode } = new WebAssembly.Instance(module).exports as unknown as {
      readonly memory: WebAssembly.Memory;
      readonly encode: Kernel["encode"];
    };
    return { memory: new Uint8Array(memory.buffer), encode };
  } catch {
    return "none";
  }
}
