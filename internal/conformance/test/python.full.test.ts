/** The law of the round trip, judged by CPython's email, and by our parser beside it. */
import { toBytes } from "@letterwright/generator";
import { composition } from "@letterwright/testing";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { composed, expectedReading } from "../src/expected-reading.ts";
import { readWithLetterwright } from "../src/letterwright-reader.ts";
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
          const bytes = toBytes(composed(options));
          const found = withoutBlanks(await python.read(bytes));
          expect(found).toEqual(withoutBlanks(expectedReading(options)));
          expect(found).toEqual(withoutBlanks(await readWithLetterwright(bytes)));
        }),
        { numRuns },
      );
    },
    60_000 + numRuns * 60,
  );
});
