/** A message that was begun on a connection, and what follows from how it ended. */
import { ProtocolError } from "@letterwright/smtp-protocol";
import type { SendReceipt } from "@letterwright/transport";
import type { Connection } from "../connection.ts";
import { isMeasured, measure, outcomeOf, type SmtpFlight } from "../metric.ts";
import type { Run } from "../run.ts";
import type { SendingWatch, Way } from "../sending.ts";
import type { Job } from "./job.ts";

/** What a flight tells its lane. */
export interface FlightWatch {
  ended(flight: Flight): void;
  accepted(flight: Flight, receipt: SendReceipt): void;
  failed(flight: Flight, reason: unknown): void;
}

/** A message that was begun on a lane. */
export class Flight implements SendingWatch {
  readonly job: Job;
  /** Nothing went over the connection before it. */
  readonly isFirst: boolean;
  /** It was begun before the one ahead of it was answered. */
  readonly isBehind: boolean;
  readonly isChunked: boolean;
  readonly way: Way;
  readonly #watch: FlightWatch;
  run: Readonly<Run> | undefined = undefined;

  constructor(
    job: Job,
    way: Way,
    isFirst: boolean,
    isBehind: boolean,
    isChunked: boolean,
    watch: FlightWatch,
  ) {
    this.job = job;
    this.way = way;
    this.isFirst = isFirst;
    this.isBehind = isBehind;
    this.isChunked = isChunked;
    this.#watch = watch;
  }

  ended(): void {
    this.#watch.ended(this);
  }

  accepted(receipt: SendReceipt): void {
    this.#watch.accepted(this, receipt);
  }

  failed(reason: unknown): void {
    this.#watch.failed(this, reason);
  }
}

const maxReplays = 5;

/**
 * Whether a message whose connection broke can be begun elsewhere without a doubt: nothing of it was answered, and its
 * end has not left, or the server said that it closes (RFC 5321 §3.8). The first over a connection has its error:
 * whatever is wrong would be wrong again.
 */
export function mayReplay({ job, run, isFirst, way }: Flight, reason: unknown): boolean {
  const isClosing = reason instanceof ProtocolError && reason.code === "SMTP_SERVER_CLOSING";
  return (
    !isFirst &&
    run !== undefined &&
    run.heard <= (way.reset ? 1 : 0) &&
    (!run.endMayHaveLeft || isClosing) &&
    job.sending.options.signal?.aborted !== true &&
    job.replays < maxReplays
  );
}

/** Tells who keeps watch how it ended; `reason` is `undefined` where it was accepted. */
export function measureFlight(
  { job, run, isBehind, way }: Flight,
  { terms, place }: Connection,
  reason: unknown,
): void {
  if (!isMeasured()) return;
  let flight: SmtpFlight = way.pipelining ? "grouped" : "turns";
  if (way.flight === "eager" && terms.hasChunks) flight = job.window > 1 ? "window" : "eager";
  else if (isBehind) flight = "chained";
  const { outcome, code } =
    reason === undefined ? ({ outcome: "accepted", code: undefined } as const) : outcomeOf(reason);
  measure({
    kind: "message",
    host: place.label,
    outcome,
    code,
    flight,
    byteLength: run?.sent ?? 0,
    durationMs: performance.now() - job.sending.startedMs,
  });
}
