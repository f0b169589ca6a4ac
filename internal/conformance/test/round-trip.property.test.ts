/** The law behind the matrix: whatever is composed is what two independent readers find. */
import { toBytes } from "@letterwright/generator";
import { composition } from "@letterwright/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composed, expectedReading } from "../src/expected-reading.ts";
import { readWithMailparser } from "../src/mailparser-reader.ts";
import { readWithPostalMime } from "../src/postal-mime-reader.ts";

const numRuns = Number(process.env["LETTERWRIGHT_PROPERTY_RUNS"] ?? 300);

describe("round trip: any composition", () => {
  it("is found again by mailparser", async () => {
    await fc.assert(
      fc.asyncProperty(composition, async (options) => {
        expect(await readWithMailparser(toBytes(composed(options)))).toEqual(
          expectedReading(options),
        );
      }),
      { numRuns },
    );
  }, 600_000);

  it("is found again by postal-mime", async () => {
    await fc.assert(
      fc.asyncProperty(composition, async (options) => {
        expect(await readWithPostalMime(toBytes(composed(options)))).toEqual(
          expectedReading(options),
        );
      }),
      { numRuns },
    );
  }, 600_000);
});
