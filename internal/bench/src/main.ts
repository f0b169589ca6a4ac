/**
 * `pnpm bench [pattern] [--write]`: runs what matches the pattern and prints it; with `--write` the tables of
 * `docs/benchmarks.md` of which every row was run are made anew.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { comparisons, growths } from "./catalogue.ts";
import type { Comparison } from "./comparison.ts";
import { measureGrowth, spread, type ComparisonResult, type GrowthResult } from "./measure.ts";
import {
  busyness,
  comparisonTable,
  fill,
  growthTable,
  machine,
  sendingTable,
  tripTable,
} from "./report.ts";
import { measureTrips, tripRows, type TripResult } from "./round-trips/measure-trips.ts";
import { writeLoads } from "./sending/load.ts";
import { measureSending, type SendingResult } from "./sending/measure-sending.ts";
import { bulkGrowth, streamingPeaks } from "./sending/memory.ts";
import { compiler } from "./sending/native.ts";
import { sendingRows } from "./sending/rows.ts";

const document = fileURLToPath(new URL("../../../docs/benchmarks.md", import.meta.url));
const args = process.argv.slice(2);
const writes = args.includes("--write");
const pattern = new RegExp(args.find((one) => !one.startsWith("--")) ?? "");

/** One section of the document. */
interface Section {
  readonly marker: string;
  /** The names of its rows. */
  readonly names: readonly string[];
  /** Runs the rows whose names match. */
  readonly make: (matches: (name: string) => boolean) => Promise<string>;
}

const tell = (line: string): void => void process.stderr.write(`${line}\n`);
const found = compiler();
if ("missing" in found) tell(`${found.missing} Without it nothing is sent.`);

/** What needs the receiver in C. */
const sendingSections: readonly Section[] = [
  {
    marker: "sending",
    names: sendingRows.map(({ name }) => name),
    async make(matches) {
      const busy = busyness();
      const results: SendingResult[] = [];
      const loads = writeLoads();
      for (const row of sendingRows.filter(({ name }) => matches(name))) {
        const result = await measureSending(row, loads);
        results.push(result);
        tell(
          `${row.name}: ${result.sides.map(({ ratio }) => ratio?.median.toFixed(1) ?? "").join(" ")}`,
        );
      }
      return [sendingTable(results), ...(busy === "" ? [] : [busy])].join("\n\n");
    },
  },
  {
    marker: "sending-memory",
    names: ["send/memory"],
    async make() {
      const sentences = [...(await streamingPeaks()), ...(await bulkGrowth(writeLoads().text))];
      return sentences.join("\n\n");
    },
  },
  {
    marker: "trips",
    names: tripRows.map(({ name }) => name),
    async make(matches) {
      const results: TripResult[] = [];
      for (const row of tripRows.filter(({ name }) => matches(name))) {
        results.push(await measureTrips(row));
        tell(row.name);
      }
      return tripTable(results);
    },
  },
];

const sections: readonly Section[] = [
  {
    marker: "comparisons",
    names: comparisons.map(({ name }) => name),
    make(matches) {
      const results: ComparisonResult[] = [];
      for (const comparison of comparisons.filter(({ name }) => matches(name))) {
        const result = comparedAlone(comparison);
        results.push(result);
        tell(`${comparison.name}: ${result.ratio?.median.toFixed(1) ?? "alone"}`);
      }
      return Promise.resolve(comparisonTable(results));
    },
  },
  ...("missing" in found ? [] : sendingSections),
  {
    marker: "growth",
    names: growths.map(({ name }) => name),
    make(matches) {
      const results: GrowthResult[] = [];
      for (const growth of growths.filter(({ name }) => matches(name))) {
        const result = measureGrowth(growth, [1_000, 32_000, 500_000], 9);
        results.push(result);
        tell(`${growth.name}: ${result.factors.map(({ factor }) => factor.toFixed(1)).join(", ")}`);
      }
      return Promise.resolve(growthTable(results));
    },
  },
  {
    marker: "memory",
    names: ["generate/memory"],
    make: () => Promise.resolve(streamingMemory()),
  },
];

const matches = (name: string): boolean => pattern.test(name);
const made: { readonly marker: string; readonly text: string; readonly isWhole: boolean }[] = [];
for (const { marker, names, make } of sections) {
  if (!names.some(matches)) continue;
  const text = await make(matches);
  console.log(`${text}\n`);
  made.push({ marker, text, isWhole: names.every(matches) });
}
if (writes) {
  let text = readFileSync(document, "utf8");
  for (const { marker, text: content, isWhole } of made)
    if (isWhole) text = fill(text, marker, content);
    else tell(`${marker}: not written, because not all of its rows were run`);
  text = fill(text, "machine", machine());
  writeFileSync(document, text);
  execFileSync(fileURLToPath(new URL("../../../node_modules/.bin/oxfmt", import.meta.url)), [
    document,
  ]);
}

/**
 * In a process of its own: what engines learn of the code from one comparison, and what it leaves in memory, would
 * make the next another one.
 */
function comparedAlone(comparison: Comparison): ComparisonResult {
  const program = fileURLToPath(new URL("run-comparison.js", import.meta.url));
  const printed = execFileSync(process.execPath, ["--expose-gc", program, comparison.name], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { ...(JSON.parse(printed) as Omit<ComparisonResult, "comparison">), comparison };
}

/** The peak of resident memory of a process that streams 500 MB and does nothing else; the middle of five. */
function streamingMemory(): string {
  const program = fileURLToPath(new URL("stream-500-mb.js", import.meta.url));
  const peaks = Array.from({ length: 5 }, () => {
    const printed = execFileSync(process.execPath, [program], { encoding: "utf8" });
    return (JSON.parse(printed) as { readonly peakRssMb: number }).peakRssMb;
  });
  const { median, least, most } = spread(peaks);
  return `A message with an attachment of 500 MB, streamed: ${median.toFixed(0)} MB at the peak (${least.toFixed(0)} to ${most.toFixed(0)} MB).`;
}
