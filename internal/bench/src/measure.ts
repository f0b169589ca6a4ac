/**
 * Timing: the sides take turns in short rounds, so that whatever else the machine does falls on both.
 * A figure is a median over the rounds; a ratio is the median of the rounds' own ratios.
 */
import type { Comparison, Growth, Side } from "./comparison.ts";

/** How long and how often. */
export interface MeasureOptions {
  /** Rounds of every side. */
  readonly rounds: number;
  /** The least time of one side in one round. */
  readonly roundMs: number;
}

/** What one side did. */
export interface SideResult {
  readonly name: string;
  /** Work a second: median, least and most over the rounds. */
  readonly rate: Spread;
  /** Processor time for one unit of work, in microseconds; `undefined` where another process does it. */
  readonly cpuMicros: Spread | undefined;
}

/** A median with its bounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** What a comparison gave. */
export interface ComparisonResult {
  readonly comparison: Comparison;
  readonly sides: readonly SideResult[];
  /** How many times faster than the first peer we were; `undefined` without a peer. */
  readonly ratio: Spread | undefined;
  /** How many times less processor time we took than the first peer. */
  readonly cpuRatio: Spread | undefined;
}

export async function measure(
  comparison: Comparison,
  options: MeasureOptions,
): Promise<ComparisonResult> {
  await comparison.verify?.();
  const counts: number[] = [];
  for (const side of comparison.sides) {
    await timed(side, comparison.warmUp ?? 0);
    counts.push(await calibrate(side, options.roundMs));
  }
  const rates: number[][] = comparison.sides.map(() => []);
  const cpuTimes: number[][] = comparison.sides.map(() => []);
  for (let round = 0; round < options.rounds; round++) {
    // Each round starts with another side.
    for (let turn = 0; turn < comparison.sides.length; turn++) {
      const index = (turn + round) % comparison.sides.length;
      const count = counts[index] as number;
      const { ms, cpuMs } = await timed(comparison.sides[index] as Side, count);
      const work = count * comparison.work.amount;
      rates[index]?.push((work * 1000) / ms);
      cpuTimes[index]?.push((cpuMs * 1000) / work);
    }
  }
  const [ours = [], peers] = rates;
  const [oursCpu = [], peersCpu] = cpuTimes;
  const [, peer] = comparison.sides;
  return {
    comparison,
    sides: comparison.sides.map(({ name, isElsewhere }, index) => ({
      name,
      rate: spread(rates[index] as number[]),
      cpuMicros: isElsewhere === true ? undefined : spread(cpuTimes[index] as number[]),
    })),
    ratio: peers && spread(ours.map((rate, round) => rate / (peers[round] as number))),
    cpuRatio:
      peer?.isElsewhere === true || peersCpu === undefined
        ? undefined
        : spread(oursCpu.map((micros, round) => (peersCpu[round] as number) / micros)),
  };
}

/**
 * time(2n) / time(n) of a scanner at some lengths: of the least times over the rounds, because whatever
 * else happens, the collection of garbage above all, only adds to a time.
 */
export interface GrowthResult {
  readonly name: string;
  readonly factors: readonly { readonly length: number; readonly factor: number }[];
}

export function measureGrowth(
  growth: Growth,
  lengths: readonly number[],
  rounds: number,
): GrowthResult {
  return {
    name: growth.name,
    factors: lengths.map((length) => {
      const small = growth.input(length);
      const large = growth.input(length * 2);
      const count = countFor(() => growth.run(small), 4);
      let once = Infinity;
      let twice = Infinity;
      const measureAll = (): number => {
        for (let round = 0; round < rounds; round++) {
          // What the rounds before have left is not collected in this one, when the engine can be asked.
          globalThis.gc?.();
          const shorter = timedSync(() => growth.run(small), count);
          globalThis.gc?.();
          const longer = timedSync(() => growth.run(large), count);
          once = Math.min(once, shorter);
          twice = Math.min(twice, longer);
        }
        return twice / once;
      };
      // What comes near 3 gets as many rounds again, four times at most, before it is believed.
      let factor = measureAll();
      for (let again = 0; again < 4 && factor > 2.7; again++) factor = measureAll();
      return { length, factor };
    }),
  };
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1
      ? (sorted[middle] as number)
      : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
  return { median, least: sorted[0] as number, most: sorted.at(-1) as number };
}

/** Holds what the last run gave, so that no engine can skip the work. */
const sink: { kept: unknown } = { kept: undefined };

/** What some runs took, by the clock and of the processor. */
interface Timing {
  readonly ms: number;
  readonly cpuMs: number;
}

async function timed(side: Side, count: number): Promise<Timing> {
  const before = process.cpuUsage();
  const start = performance.now();
  for (let at = 0; at < count; at++) {
    const result = side.run();
    sink.kept = result instanceof Promise ? await result : result;
  }
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: (user + system) / 1000 };
}

function timedSync(run: () => unknown, count: number): number {
  const start = performance.now();
  for (let at = 0; at < count; at++) sink.kept = run();
  return performance.now() - start;
}

/** On a busy machine a round takes so many times its processor time at most. */
const mostWaiting = 5;

/**
 * How many runs fill a round; running them warms the code. It is filled with processor time, where that is to be
 * seen: a side that has to wait for the machine would come to few runs, and stay cold.
 */
async function calibrate(side: Side, roundMs: number): Promise<number> {
  for (let count = 1; ; count *= 2) {
    const { ms, cpuMs } = await timed(side, count);
    const filled = side.isElsewhere === true ? ms : Math.max(cpuMs, ms / mostWaiting);
    if (filled >= roundMs) return Math.max(1, Math.round((count * roundMs) / filled));
  }
}

function countFor(run: () => unknown, leastMs: number): number {
  for (let count = 1; ; count *= 2) if (timedSync(run, count) >= leastMs) return count;
}
