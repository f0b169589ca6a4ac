/**
 * What is done to every octet of a message, by WebAssembly (wasm/kernel.wat): several times as fast as
 * script.
 *
 * It is started when it is worth it and kept, with 448 KiB of memory. Where WebAssembly, its SIMD, or
 * making code at all is not to be had (a Content-Security-Policy may forbid it), there is none, and every
 * caller has a way of its own.
 */
import { kernelModule } from "./wasm/kernel-module.ts";

/** The functions of kernel.wat, and their memory. */
export interface Kernel {
  readonly memory: Uint8Array;
  readonly encode: (
    from: number,
    end: number,
    to: number,
    characters: number,
    step: number,
    lineEnd: number,
  ) => void;
  readonly lines: (end: number, start: number) => number;
  readonly look: (start: number, end: number) => number;
  readonly quote: (start: number, end: number, to: number, width: number) => number;
}

/** Where lines stand in its memory; before them stand the octets that are given. */
export const linesAt: number = 64 * 1024;
/** Where quoted-printable stands. */
export const quotedAt: number = 192 * 1024;
/** The most octets that are given at once: some are read and written beyond the last. */
export const mostGiven: number = linesAt - 64;

/** Starting takes about as long as script takes for this much. */
const worthwhile = 48 * 1024;

/**
 * The lines in the memory: where the next may stand, and how often the room was given away. Who comes back
 * for lines written earlier looks whether it still is the same turn.
 */
export const room: { next: number; turn: number } = { next: linesAt, turn: 0 };

/** A place for so many octets of lines, and some more; what stood there before is lost. */
export function placeFor(octets: number): number {
  if (room.next + octets > quotedAt - 32) {
    room.next = linesAt;
    room.turn++;
  }
  return room.next;
}

let kernel: Kernel | undefined;
/** Octets it was asked for before it was worth its start; no number once it is known not to be had. */
let asked = 0;

/** The kernel, when it runs or these octets, with all before them, are worth its start. */
export function kernelFor(octets: number): Kernel | undefined {
  if (kernel !== undefined) return kernel;
  asked += octets;
  if (!(asked >= worthwhile)) return undefined;
  kernel = start();
  if (kernel === undefined) asked = Number.NaN;
  return kernel;
}

function start(): Kernel | undefined {
  try {
    const octets = Uint8Array.from(kernelModule, (octet) => octet.charCodeAt(0));
    const { memory, ...functions } = new WebAssembly.Instance(new WebAssembly.Module(octets))
      .exports as unknown as Omit<Kernel, "memory"> & { readonly memory: WebAssembly.Memory };
    return { ...functions, memory: new Uint8Array(memory.buffer) };
  } catch {
    return undefined;
  }
}
