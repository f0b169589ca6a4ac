/** Transparency: RFC 5321 §4.5.2. */
import { cr, emptyBytes, indexOfBytes, lf } from "@letterwright/base/bytes";

/** Stuffs dots, whatever way the content is cut into chunks. */
export interface DotStuffer {
  /** The chunk, with a dot put before each dot that starts a line. */
  stuff(chunk: Uint8Array): Uint8Array;
  /** What has to stand before the lone dot: CRLF, when the content did not end with it. */
  end(): Uint8Array;
}

const dot = 0x2e;
const crlf = Uint8Array.of(cr, lf);
const aDot = Uint8Array.of(dot);
const lineDot = Uint8Array.of(cr, lf, dot);

/**
 * A stuffer for one message. The content has CRLF line ends only; that is checked elsewhere, and a dot
 * behind a bare LF would not be stuffed.
 */
export function createDotStuffer(): DotStuffer {
  // What the last octets were: a line starts, within a line, or after a CR.
  let at: "line start" | "within" | "after CR" = "line start";
  return {
    stuff(chunk) {
      const places: number[] = [];
      if (at === "line start" && chunk[0] === dot) places.push(0);
      if (at === "after CR" && chunk[0] === lf && chunk[1] === dot) places.push(1);
      findPlaces(chunk, places);
      at = stateAfter(chunk, at);
      if (places.length === 0) return chunk;
      const stuffed = new Uint8Array(chunk.length + places.length);
      let from = 0;
      let to = 0;
      for (const place of places) {
        stuffed.set(chunk.subarray(from, place), to);
        to += place - from;
        stuffed[to++] = dot;
        from = place;
      }
      stuffed.set(chunk.subarray(from), to);
      return stuffed;
    },
    end: () => (at === "line start" ? emptyBytes : crlf),
  };
}

/** Dots with a line end before them. */
function findPlaces(chunk: Uint8Array, places: number[]): void {
  // base64 has no dot, and nothing is known sooner; where there are many, it is their line ends that are few.
  let found = indexOfBytes(chunk, aDot, 0);
  for (let dots = 0; found !== -1 && dots < fewDots; dots++) {
    if (chunk[found - 1] === lf && chunk[found - 2] === cr) places.push(found);
    found = indexOfBytes(chunk, aDot, found + 1);
  }
  if (found === -1) return;
  let at = indexOfBytes(chunk, lineDot, found - 2);
  for (; at !== -1; at = indexOfBytes(chunk, lineDot, at + 3)) places.push(at + 2);
}

const fewDots = 64;

function stateAfter<S extends "line start" | "within" | "after CR">(
  chunk: Uint8Array,
  before: S,
): S {
  if (chunk.length === 0) return before;
  const last = chunk[chunk.length - 1];
  const isAfterCr = chunk.length === 1 ? before === "after CR" : chunk[chunk.length - 2] === cr;
  const after = last === cr ? "after CR" : last === lf && isAfterCr ? "line start" : "within";
  return after as S;
}
