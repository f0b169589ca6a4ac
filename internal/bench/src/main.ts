/**
 * `pnpm bench [pattern] [--write]`: runs what matches the pattern; with `--write` the tables of
 * `docs/benchmarks.md` are made anew.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { comparisons, growths } from "./catalogue.ts";
import { measure, measureGrowth, type ComparisonResult, type GrowthResult } from "./measure.ts";
import { comparisonTable, fill, growthTable, machine } from "./report.ts";

const document = new URL("../../../docs/benchmarks.md", import.meta.url);
const args = process.argv.slice(2);
const writes = args.includes("--write");
const pattern = new RegExp(args.find((one) => !one.startsWith("--")) ?? "");

const results: ComparisonResult[] = [];
for (const comparison of comparisons.filter(({ name }) => pattern.test(name))) {
  const result = await measure(comparison, { rounds: 9, roundMs: 120 });
  results.push(result);
  process.stderr.write(`${comparison.name}: ${result.ratio?.median.toFixed(1) ?? "alone"}\n`);
}
const grown: GrowthResult[] = [];
for (const growth of growths.filter(({ name }) => pattern.test(name))) {
  const result = measureGrowth(growth, [1_000, 32_000, 500_000], 9);
  grown.push(result);
  process.stderr.write(
    `${growth.name}: ${result.factors.map(({ factor }) => factor.toFixed(1)).join(", ")}\n`,
  );
}

if (results.length > 0) console.log(comparisonTable(results));
if (grown.length > 0) console.log(`\n${growthTable(grown)}`);
if (writes) {
  let text = readFileSync(document, "utf8");
  text = fill(text, "machine", machine());
  text = fill(text, "comparisons", comparisonTable(results));
  text = fill(text, "growth", growthTable(grown));
  text = fill(text, "memory", streamingMemory());
  writeFileSync(document, text);
  execFileSync(fileURLToPath(new URL("../../../node_modules/.bin/oxfmt", import.meta.url)), [
    fileURLToPath(document),
  ]);
}

/** The peak of resident memory of a process that streams 500 MB and does nothing else; the middle of five. */
function streamingMemory(): string {
  const program = fileURLToPath(new URL("stream-500-mb.js", import.meta.url));
  const peaks = Array.from({ length: 5 }, () => {
    const printed = execFileSync(process.execPath, [program], { encoding: "utf8" });
    return (JSON.parse(printed) as { readonly peakRssMb: number }).peakRssMb;
  }).toSorted((one, other) => one - other);
  const [least, , median, , most] = peaks.map((peak) => peak.toFixed(0));
  return `A message with an attachment of 500 MB, streamed: ${median} MB at the peak (${least} to ${most} MB).`;
}
