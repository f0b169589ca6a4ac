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
  /** How many messages each side sends before it is timed. */
  readonly warmUp: number;
  /** How long a side's round takes at least, in seconds, and how many there are. */
  readonly roundSeconds: number;
  readonly rounds: number;
}

const small = { load: "text", warmUp: 1000, roundSeconds: 0.3, rounds: 7 } as const;
const large = { load: "attachment", warmUp: 30, roundSeconds: 0.4, rounds: 5 } as const;
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
    warmUp: 10,
    goals: { send: undefined, eager: undefined, chained: 1.8, window16: 20 },
    roundSeconds: 1.5,
    rounds: 3,
  },
];
