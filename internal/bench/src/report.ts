/** Results as Markdown tables, in the terminal and between markers of `docs/benchmarks.md`. */
import { cpus, loadavg } from "node:os";
import type { ComparisonResult, GrowthResult, Spread } from "./measure.ts";
import type { TripResult } from "./round-trips/measure-trips.ts";
import type { SendingResult } from "./sending/measure-sending.ts";

export function comparisonTable(results: readonly ComparisonResult[]): string {
  const rows = results.flatMap(({ comparison, sides, ratio, cpuRatio }) =>
    sides.map(({ name, rate, cpuMicros }, index) =>
      row([
        index === 0 ? comparison.name : "",
        name,
        `${figure(rate.median)} ${comparison.work.unit}/s`,
        `${figure(rate.least)} to ${figure(rate.most)}`,
        cpuMicros === undefined ? "" : `${figure(cpuMicros.median)} µs`,
        index === 0 && cpuRatio !== undefined ? ratioText(cpuRatio) : "",
        index === 0 && ratio !== undefined ? ratioText(ratio) : "",
        index === 0 && comparison.goal !== undefined ? `${comparison.goal}` : "",
      ]),
    ),
  );
  return table(
    [
      "what",
      "side",
      "median",
      "least to most",
      "CPU a unit",
      "times less CPU",
      "times faster",
      "goal",
    ],
    rows,
  );
}

/** A row each, with the receiver's word that everything came as it was sent. */
export function sendingTable(results: readonly SendingResult[]): string {
  const rows = results.flatMap(({ row: { name }, sides }) =>
    sides.map(({ name: side, rate, cpuMicros, cpuRatio, ratio, goal }, index) =>
      row([
        index === 0 ? name : "",
        side,
        `${figure(rate.median)} message/s`,
        `${figure(rate.least)} to ${figure(rate.most)}`,
        `${figure(cpuMicros.median)} µs`,
        cpuRatio === undefined ? "" : ratioText(cpuRatio),
        ratio === undefined ? "" : ratioText(ratio),
        goal === undefined ? "" : `${goal}`,
      ]),
    ),
  );
  return table(
    [
      "what",
      "side",
      "median",
      "least to most",
      "CPU a message",
      "times less CPU",
      "times faster",
      "goal",
    ],
    rows,
  );
}

/** Round trips: of the first message over a new connection, and of the next. */
export function tripTable(results: readonly TripResult[]): string {
  const names = results[0]?.sides.map(({ name }) => name) ?? [];
  return table(
    ["connection", ...names.flatMap((name) => [`${name}: first message`, "next"])],
    results.map(({ row: { name }, sides }) =>
      row([
        name.replace("trips/", ""),
        ...sides.flatMap(({ trips }) => [`${trips.first}`, `${trips.next}`]),
      ]),
    ),
  );
}

export function growthTable(results: readonly GrowthResult[]): string {
  const lengths = results[0]?.factors.map(({ length }) => length) ?? [];
  return table(
    ["scanner", ...lengths.map((length) => `${figure(length)} to ${figure(length * 2)}`)],
    results.map(({ name, factors }) =>
      row([name, ...factors.map(({ factor }) => factor.toFixed(2))]),
    ),
  );
}

/** What else the machine had to do: says nothing when that was little. */
export function busyness(load: number = loadavg()[0] as number): string {
  if (load < cpus().length / 2) return "";
  return `The machine was busy with other work, a load of ${load.toFixed(1)} on ${cpus().length} processors: the rates are low for every side, and the ratios uncertain.`;
}

/** Where the figures were made. */
export function machine(): string {
  const [cpu] = cpus();
  return `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} x ${cpu?.model ?? "unknown"}`;
}

/**
 * The document with what stands between `<!-- name -->` and `<!-- /name -->` replaced.
 *
 * @throws {Error} when the markers are not there
 */
export function fill(document: string, name: string, content: string): string {
  const open = `<!-- ${name} -->`;
  const close = `<!-- /${name} -->`;
  const start = document.indexOf(open);
  const end = document.indexOf(close);
  if (start === -1 || end < start) throw new Error(`no markers named ${name} in the document`);
  return `${document.slice(0, start + open.length)}\n\n${content}\n\n${document.slice(end)}`;
}

function ratioText({ median, least, most }: Spread): string {
  return `**${median.toFixed(1)}** (${least.toFixed(1)} to ${most.toFixed(1)})`;
}

function figure(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits).replaceAll(/\B(?=(\d{3})+(?!\d))/g, " ");
}

function table(heads: readonly string[], rows: readonly string[]): string {
  return [row(heads), row(heads.map(() => "---")), ...rows].join("\n");
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
