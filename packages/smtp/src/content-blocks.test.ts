import { Socket } from "node:net";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { expect, it } from "vitest";
import { ContentBlocks, headroom } from "./content-blocks.ts";

it("gives no block again before all that was in it has left", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(50), fc.constant("take")), { maxLength: 60 }), (steps) => {
      const blocks = new ContentBlocks(new Socket());
      /** What is on its way: the memory, and how many octets leave before it is free. */
      let leaving: { readonly memory: ArrayBufferLike; readonly end: number }[] = [];
      let [given, left] = [0, 0];
      for (const step of steps) {
        if (step !== "take") {
          left = Math.min(given, left + step);
          leaving = leaving.filter(({ end }) => end > left);
          continue;
        }
        if (!blocks.isFree(left)) {
          expect(leaving).toHaveLength(2);
          continue;
        }
        const { buffer, length } = blocks.take(left);
        expect(length).toBeGreaterThan(headroom + 78);
        expect(leaving.map(({ memory }) => memory)).not.toContain(buffer);
        given += 30;
        blocks.gave(given);
        leaving.push({ memory: buffer, end: given });
      }
    }),
  );
});

it("uses one block over and over where the line takes all at once", () => {
  const blocks = new ContentBlocks(new Socket());
  const seen = new Set<ArrayBufferLike>();
  for (let given = 100; given <= 1000; given += 100) {
    seen.add(blocks.take(given - 100).buffer);
    blocks.gave(given);
  }
  expect(seen.size).toBe(1);
});

it("gives a new one each time to a stream that may keep it, and no more of them at once", () => {
  const blocks = new ContentBlocks(new PassThrough());
  const seen = new Set<ArrayBufferLike>();
  for (let at = 1; at <= 2; at++) {
    seen.add(blocks.take(0).buffer);
    blocks.gave(at * 10);
  }
  expect(blocks.isFree(9)).toBe(false);
  expect(blocks.isFree(10)).toBe(true);
  seen.add(blocks.take(10).buffer);
  expect(seen.size).toBe(3);
});
