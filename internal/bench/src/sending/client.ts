/** What the clients that run in Node have in common: they are asked for a round, and say what it took. */
import { createInterface } from "node:readline";
import type { LoadFiles } from "./load.ts";
import type { Way } from "./ways.ts";

/** What a client is told on its command line, as JSON. */
export interface ClientOptions {
  readonly port: number;
  /** The authority's certificate, PEM; absent for plain text. */
  readonly ca?: string;
  readonly connections: number;
  readonly load: LoadFiles;
  /** For this project's client. */
  readonly way?: Way;
}

/** A round: the messages `first`, `first + 1`, … */
export interface Round {
  readonly first: number;
  readonly count: number;
}

/** What a round took. */
export interface RoundResult {
  readonly seconds: number;
  /** Of this process, user and system. */
  readonly cpuMicros: number;
  /** What the receipts say in sum; `null` where there are none that say it. */
  readonly octets: number | null;
  /** Resident memory at each twentieth of the round, in MB. */
  readonly rssMb: readonly number[];
}

/** Sends a round, and gives the octets that its receipts say in sum, `null` where they do not. `onReceipt` is to be called for each. */
export type SendRound = (round: Round, onReceipt: () => void) => Promise<number | null>;

export function clientOptions(): ClientOptions {
  return JSON.parse(process.argv[2] ?? "{}") as ClientOptions;
}

/** Answers rounds until the standard input ends; then `close`. */
export async function serveRounds(send: SendRound, close: () => Promise<void>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const round = JSON.parse(line) as Round;
    const rssMb: number[] = [];
    const step = Math.ceil(round.count / 20);
    let receipts = 0;
    const onReceipt = (): void => {
      if (++receipts % step === 0) rssMb.push(process.memoryUsage.rss() / 1_000_000);
    };
    const cpu = process.cpuUsage();
    const start = performance.now();
    const octets = await send(round, onReceipt);
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    if (receipts !== round.count)
      throw new Error(`${receipts} receipts for ${round.count} messages`);
    const result: RoundResult = { seconds, cpuMicros: user + system, octets, rssMb };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  await close();
}

/** The receiver says the number of the message it took: the reply has to be this message's own. */
export function expectOwnReply(reply: string, id: number): void {
  if (!reply.endsWith(` ${id}`))
    throw new Error(`message ${id} was answered ${JSON.stringify(reply)}`);
}

/** `work` for each message of the round, in order, as many at once as said. */
export async function inTurns(
  { first, count }: Round,
  atOnce: number,
  work: (id: number) => Promise<void>,
): Promise<void> {
  let next = first;
  const worker = async (): Promise<void> => {
    while (next < first + count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
