/** The law of the round trip, judged by CPython's email. */
import { toBytes } from "@letterwright/generator";
import { composition } from "@letterwright/testing";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { composed, expectedReading } from "../src/expected-reading.ts";
import { startPython, withoutBlanks } from "../src/python-reader.ts";

const numRuns = Number(process.env["LETTERWRIGHT_PROPERTY_RUNS"] ?? 2000);

describe("round trip: any composition, read by CPython's email", () => {
  const python = startPython();
  afterAll(() => python.close());
  it(
    "is found again",
    async () => {
      await fc.assert(
        fc.asyncProperty(composition, async (options) => {
          const found = await python.read(toBytes(composed(options)));
          expect(withoutBlanks(found)).toEqual(withoutBlanks(expectedReading(options)));
        }),
        { numRuns },
      );
    },
    60_000 + numRuns * 60,
  );
});
