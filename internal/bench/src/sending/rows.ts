/** What is measured of sending: a row each. */
import type { LoadKind } from "./load.ts";
import type { WayName } from "./ways.ts";

/** One row: some ways of ours beside the peers, all to the same receiver. */
export interface SendingRow {
  /** As the report says it; the command line selects by it. */
  readonly name: string;
  readonly load: LoadKind;
  readonly tls: boolean;
  /** Of every side. */
  readonly connections: number;
  /** Each way, in milliseconds. */
  readonly delayMs?: number;
  /** Our ways that take part, each with how many times nodemailer's messages a second the project promises. */
  readonly goals: Readonly<Partial<Record<WayName, number | undefined>>>;
  /** Of sides that send one call at a time, as the peers do. */
  readonly calls: Pace;
  /** Of the peers, where they are warm sooner. Default: `calls`. */
  readonly peers?: Pace;
  /** Of `sendAll`, which in the same time sends many more. */
  readonly bulk: Pace;
  readonly rounds: number;
}

/** How long a side is watched. */
export interface Pace {
  /** How many messages it sends before it is timed: so many that more make it no faster. */
  readonly warmUp: number;
  /** How long a round takes at least. */
  readonly roundSeconds: number;
}

const small = {
  load: "text",
  // Nodemailer gets faster for some 6,000 messages, `sendAll` for some 50,000, which take it less time.
  calls: { warmUp: 6000, roundSeconds: 0.5 },
  bulk: { warmUp: 50_000, roundSeconds: 1 },
  rounds: 5,
} as const;
// Nodemailer takes as much processor time after 100 messages as after 800, this project a third less after 600 than after 150.
const largePace = { warmUp: 600, roundSeconds: 0.4 };
const large = {
  load: "attachment",
  calls: largePace,
  peers: { warmUp: 150, roundSeconds: 0.4 },
  bulk: largePace,
  rounds: 5,
} as const;
/** The line decides here, and not the engine. */
const distantPace = { warmUp: 10, roundSeconds: 1.5 };
const smallGoals = { send: undefined, eager: undefined, chained: 3.5, window16: 25 };

export const sendingRows: readonly SendingRow[] = [
  ...[1, 5].flatMap((connections) =>
    [false, true].map((tls) => ({
      name: `send/1 KB, ${tls ? "TLS 1.3" : "plain"}, ${connections === 1 ? "1 connection" : `${connections} connections`}`,
      ...small,
      tls,
      connections,
      goals: smallGoals,
    })),
  ),
  ...[false, true].map((tls) => ({
    name: `send/attachment of 1 MB, ${tls ? "TLS 1.3" : "plain"}, 1 connection`,
    ...large,
    tls,
    connections: 1,
    goals: tls ? { send: 4.5, sendByBdat: 6 } : { send: 6, sendByBdat: 12 },
  })),
  {
    name: "send/1 KB, plain, 1 connection, 25 ms each way",
    ...small,
    tls: false,
    connections: 1,
    delayMs: 25,
    calls: distantPace,
    bulk: distantPace,
    goals: { send: undefined, eager: undefined, chained: 1.8, window16: 20 },
    rounds: 3,
  },
];
