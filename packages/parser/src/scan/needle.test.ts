/** A string of octets is found where it stands, by the runtime's search and by our own. */
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type * as Needles from "./needle.ts";

afterEach(() => vi.unstubAllGlobals());

const runtimes: readonly [name: string, globals: Record<string, unknown>][] = [
  ["with Buffer", {}],
  ["without Buffer", { Buffer: undefined }],
  ["with a Buffer that does something else", { Buffer: { prototype: { indexOf: () => 3 } } }],
];

describe.each(runtimes)("a needle %s", (_name, globals) => {
  it("is found first, whole, between two places", async () => {
    vi.resetModules();
    for (const [global, value] of Object.entries(globals)) vi.stubGlobal(global, value);
    const { Needle }: typeof Needles = await import("./needle.ts");
    const few = fc.constantFrom(0, 1, 2, 255);
    fc.assert(
      fc.property(
        fc.array(few, { minLength: 1, maxLength: 5 }),
        fc.array(few, { maxLength: 60 }),
        fc.nat(60),
        fc.nat(60),
        (wanted, all, from, until) => {
          const octets = Uint8Array.from(all);
          const end = Math.min(until, octets.length);
          let expected = -1;
          for (let at = Math.min(from, end); at + wanted.length <= end && expected === -1; at++) {
            if (wanted.every((octet, index) => octets[at + index] === octet)) expected = at;
          }
          const needle = new Needle(Uint8Array.from(wanted));
          if (from > end) return;
          expect(needle.indexIn(octets, from, end)).toBe(expected);
          expect(needle.search(octets, from, end)).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("is found among many octets, whatever stands there beside it", async () => {
    vi.resetModules();
    for (const [global, value] of Object.entries(globals)) vi.stubGlobal(global, value);
    const { Needle }: typeof Needles = await import("./needle.ts");
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    const fillers = [
      "--near-123X\r\n", // without one of its octets
      "--near-124 3\r\n", // with all of them
      `${"--near-123\r\n".repeat(600)}${"4--near-123\r\n".repeat(600)}`, // with one of them only later on
      "\r\n",
    ];
    for (const filler of fillers) {
      const around = filler.repeat(Math.ceil(20_000 / filler.length));
      for (const found of [0, 1, 2, 3]) {
        const octets = encode(Array.from({ length: found + 1 }, () => around).join("--near-1234"));
        const needle = new Needle(encode("--near-1234"));
        const places = (indexIn: (from: number) => number): readonly number[] => {
          const all: number[] = [];
          for (let at = indexIn(0); at !== -1; at = indexIn(at + 1)) all.push(at);
          return all;
        };
        const expected = places((from) => needle.search(octets, from, octets.length));
        expect(expected).toHaveLength(found);
        expect(places((from) => needle.indexIn(octets, from, octets.length))).toEqual(expected);
        // Once more, with what it knows by now; and where the last of them is cut.
        expect(places((from) => needle.indexIn(octets, from, octets.length))).toEqual(expected);
        const end = (expected.at(-1) ?? 0) + 10;
        expect(places((from) => needle.indexIn(octets, from, end))).toEqual(expected.slice(0, -1));
      }
    }
  });

  it("leaves what a parser reads the same", async () => {
    vi.resetModules();
    for (const [global, value] of Object.entries(globals)) vi.stubGlobal(global, value);
    const { createEventParser } = await import("../events.ts");
    const parser = createEventParser();
    const octets = new TextEncoder().encode(
      "Content-Type: multipart/mixed; boundary=b\n\npre\n--bb\n--b\n\none\n--b--\nend",
    );
    const types = [...parser.push(octets), ...parser.end()].map(({ type }) => type);
    expect(types.join(" ")).toBe(
      "part-start field separator defect content delimiter part-start separator content part-end delimiter content part-end",
    );
  });
});
