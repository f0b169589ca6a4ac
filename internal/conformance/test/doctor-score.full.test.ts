/** The doctor's score over the whole lab; LETTERWRIGHT_WRITE=1 writes docs/doctor-score.md anew. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { rightly, score, scorePage, wronglyCertain, type Score } from "../src/doctor-score.ts";

let found: Score;

beforeAll(async () => {
  found = await score();
  const { version } = createRequire(import.meta.url)("nodemailer/package.json") as {
    readonly version: string;
  };
  const python = execFileSync("python3", ["--version"], { encoding: "utf8" }).trim();
  const page = scorePage(found, `Node ${process.version}, nodemailer ${version}, ${python}`);
  console.log(page);
  const file = fileURLToPath(new URL("../../../docs/doctor-score.md", import.meta.url));
  if (process.env["LETTERWRIGHT_WRITE"] === "1") writeFileSync(file, page);
  expect(readFileSync(file, "utf8")).toContain("# The doctor's score");
}, 900_000);

describe("the doctor", () => {
  it("names at least 95 of 100 of the held-out variants rightly", () => {
    const { right, of } = rightly(found, "held out", "probes");
    expect(right / of).toBeGreaterThanOrEqual(0.95);
  });
  it("is never certain and wrong", () => {
    expect(wronglyCertain(found, "probes")).toEqual([]);
    expect(wronglyCertain(found, "error")).toEqual([]);
  });
  it("sees nothing where nothing is wrong", () => expect(found.alarms).toEqual([]));
  it("tells near misses apart", () => {
    const { right, of } = rightly(found, "near miss", "probes");
    expect(right).toBe(of);
  });
});
