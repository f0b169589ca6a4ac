/**
 * Timing of sending: each side is a process of its own that stays, they take turns, and what the receiver saw is
 * compared after each turn with what the side's receipts say.
 */
import { fileURLToPath } from "node:url";
import { spread, type Spread } from "../measure.ts";
import { startChild, type Child } from "./child.ts";
import type { ClientOptions, RoundResult } from "./client.ts";
import type { LoadFiles, LoadKind } from "./load.ts";
import type { Pace, SendingRow } from "./rows.ts";
import { startSink, type Sink } from "./sink.ts";
import { ways, type WayName } from "./ways.ts";

/** What one side did. */
export interface SendingSide {
  readonly name: string;
  /** Messages a second. */
  readonly rate: Spread;
  /** Processor time of the sending process for one message, in microseconds. */
  readonly cpuMicros: Spread;
  /** Times nodemailer's rate, of the rounds' own ratios; absent for the peers. */
  readonly ratio?: Spread;
  /** How many times less processor time than nodemailer's. */
  readonly cpuRatio?: Spread;
  readonly goal?: number;
}

/** What a row gave. */
export interface SendingResult {
  readonly row: SendingRow;
  readonly sides: readonly SendingSide[];
}

interface RunningSide {
  readonly name: string;
  readonly goal?: number;
  readonly isOurs: boolean;
  readonly pace: Pace;
  readonly child: Child;
  readonly results: (RoundResult & { readonly count: number })[];
  count: number;
}

const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const python = fileURLToPath(new URL("../../native/client_smtplib.py", import.meta.url));

export async function measureSending(
  row: SendingRow,
  loads: Readonly<Record<LoadKind, LoadFiles>>,
): Promise<SendingResult> {
  const load = loads[row.load];
  const { delayMs, connections } = row;
  const sink = await startSink({
    load,
    ...(row.tls ? { tls: "implicit" as const } : {}),
    ...(delayMs === undefined ? {} : { delayMs }),
  });
  const { port, ca } = sink;
  const options: ClientOptions = { port, connections, load, ...(ca === undefined ? {} : { ca }) };
  const sides = sidesOf(row, options);
  try {
    let next = 1;
    const turn = async (side: RunningSide): Promise<RoundResult & { readonly count: number }> => {
      const result = { ...(await round(side, sink, next, connections)), count: side.count };
      next += side.count;
      return result;
    };
    for (const side of sides) {
      // Until the code is warm, which a number of messages says and a time does not; then as many as fill a round.
      const { warmUp, roundSeconds } = side.pace;
      for (let sent = 0; sent < warmUp;) {
        sent += side.count;
        const { seconds } = await turn(side);
        side.count = Math.max(connections * 2, Math.ceil((side.count * roundSeconds) / seconds));
      }
    }
    for (let at = 0; at < row.rounds; at++) {
      for (let place = 0; place < sides.length; place++) {
        const side = sides[(place + at) % sides.length] as RunningSide;
        side.results.push(await turn(side));
      }
    }
    return { row, sides: summed(sides) };
  } finally {
    for (const side of sides) await side.child.close();
    await sink.close();
  }
}

function sidesOf(row: SendingRow, options: ClientOptions): readonly RunningSide[] {
  const fresh = (): Pick<RunningSide, "results" | "count"> => ({
    results: [],
    count: row.connections * 2,
  });
  const ours = (Object.keys(row.goals) as WayName[])
    .map((name) => ({ way: ways[name], goal: row.goals[name] }))
    .filter(({ way }) => way.isThere)
    .map(({ way, goal }) => ({
      name: `letterwright, ${way.name}${way.isOptIn ? " (opt-in)" : ""}`,
      isOurs: true,
      pace: way.by === "sendAll" ? row.bulk : row.calls,
      ...(goal === undefined ? {} : { goal }),
      child: nodeClient("client-letterwright.js", { ...options, way }),
      ...fresh(),
    }));
  return [
    ...ours,
    {
      name: "nodemailer 10.6.0, pool",
      isOurs: false,
      pace: row.peers ?? row.calls,
      child: nodeClient("client-nodemailer.js", options),
      ...fresh(),
    },
    {
      name: "Python's smtplib",
      isOurs: false,
      pace: row.peers ?? row.calls,
      child: startChild("python3", [python, JSON.stringify(options)]),
      ...fresh(),
    },
  ];
}

export function nodeClient(name: string, options: ClientOptions): Child {
  return startChild(process.execPath, [program(name), JSON.stringify(options)]);
}

/** One turn of one side, checked. There is an order over one connection alone: of several, an idle one takes what waits. */
export async function round(
  { name, child, count }: Pick<RunningSide, "name" | "child" | "count">,
  sink: Sink,
  first: number,
  connections = 1,
): Promise<RoundResult> {
  const result = (await child.ask({ first, count })) as RoundResult;
  const { connections: _, quits: __, octets, ...came } = await sink.report();
  const expected = {
    messages: count,
    damaged: 0,
    doubled: 0,
    unnumbered: 0,
    outOfOrder: connections === 1 ? 0 : came.outOfOrder,
    firstId: first,
    lastId: first + count - 1,
  };
  const isOther = Object.entries(expected).some(
    ([key, value]) => came[key as keyof typeof came] !== value,
  );
  if (isOther || (result.octets !== null && result.octets !== octets)) {
    throw new Error(
      `${name}: the receiver saw ${JSON.stringify({ ...came, octets })}, and the receipts say ${JSON.stringify({ ...expected, octets: result.octets })}`,
    );
  }
  return result;
}

function summed(sides: readonly RunningSide[]): readonly SendingSide[] {
  const rates = ({ results }: RunningSide): readonly number[] =>
    results.map(({ count, seconds }) => count / seconds);
  const cpus = ({ results }: RunningSide): readonly number[] =>
    results.map(({ count, cpuMicros }) => cpuMicros / count);
  const peer = sides.find(({ isOurs }) => !isOurs) as RunningSide;
  /** The rounds' own ratios. */
  const over = (above: readonly number[], below: readonly number[]): Spread =>
    spread(above.map((value, at) => value / (below[at] as number)));
  return sides.map((side) => ({
    name: side.name,
    rate: spread(rates(side)),
    cpuMicros: spread(cpus(side)),
    ...(side.isOurs
      ? { ratio: over(rates(side), rates(peer)), cpuRatio: over(cpus(peer), cpus(side)) }
      : {}),
    ...(side.goal === undefined ? {} : { goal: side.goal }),
  }));
}
