/** The law behind the matrix: whatever is composed is what two independent readers find, and our parser too. */
import { toBytes } from "@letterwright/generator";
import { composition } from "@letterwright/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composed, expectedReading } from "../src/expected-reading.ts";
import { readWithLetterwright } from "../src/letterwright-reader.ts";
import { readWithMailparser } from "../src/mailparser-reader.ts";
import { readWithPostalMime } from "../src/postal-mime-reader.ts";
import { readerFaults } from "../src/reader-faults.ts";

const numRuns = Number(process.env["LETTERWRIGHT_PROPERTY_RUNS"] ?? 2000);
const readers = {
  mailparser: readWithMailparser,
  "postal-mime": readWithPostalMime,
  letterwright: readWithLetterwright,
} as const;

describe.each(Object.entries(readers))("round trip: any composition, read by %s", (name, read) => {
  const faults = readerFaults.filter(({ reader }) => reader === name);
  it(
    "is found again",
    async () => {
      await fc.assert(
        fc.asyncProperty(composition, async (options) => {
          fc.pre(!faults.some(({ concerns }) => concerns(options)));
          expect(await read(toBytes(composed(options)))).toEqual(expectedReading(options));
        }),
        { numRuns },
      );
    },
    60_000 + numRuns * 60,
  );
});
