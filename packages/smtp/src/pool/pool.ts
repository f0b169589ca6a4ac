/** The connections of a transport: made when there is work, kept while there may be more, never more than allowed. */
import { LimitError, UsageError } from "@letterwright/base/error";
import { createTokenBucket, type TokenBucket } from "@letterwright/transport";
import { leave, type Connection } from "../connection.ts";
import type { Exchange } from "../exchange.ts";
import { openAny } from "../failover.ts";
import { isMeasured, measure, outcomeOf } from "../metric.ts";
import type { SmtpSettings } from "../options.ts";
import { labelOf } from "../place.ts";
import type { Sending } from "../sending.ts";
import { Hosts } from "./hosts.ts";
import { Job, Line, type Told } from "./job.ts";
import { Lane, type LaneHost } from "./lane.ts";
import type { PoolSettings } from "./pool-options.ts";
import type { PoolState } from "./pool-state.ts";

/** How long no further connection is tried where one failed and others stand. */
const retreatMs = 1000;

let pools = 0;

export class Pool implements LaneHost {
  readonly settings: PoolSettings;
  readonly #number: number = ++pools;
  readonly #smtp: SmtpSettings;
  readonly #lanes: Set<Lane> = new Set();
  readonly #lines: Line[] = [];
  readonly #openings: Set<AbortController> = new Set();
  readonly #exchanges: Set<Exchange> = new Set();
  readonly #hosts: Hosts;
  readonly #bucket: TokenBucket | undefined;
  readonly #drained: (() => void)[] = [];
  /** Jobs that are neither accepted nor failed. */
  #pending = 0;
  #handedIn = 0;
  /** Connections that say goodbye: they have a place until they are gone. */
  #leaving = 0;
  #turn = 0;
  #retreatUntilMs = 0;
  #rateTimer: NodeJS.Timeout | undefined;
  #isDispatching = false;
  #isClosed = false;
  /** Why everything ends at once. */
  #end: { readonly reason: unknown } | undefined;
  #isAgain = false;

  constructor(smtp: SmtpSettings, settings: PoolSettings) {
    this.#smtp = smtp;
    this.#hosts = new Hosts(smtp.targets);
    this.settings = settings;
    this.#bucket = settings.rate === undefined ? undefined : createTokenBucket(settings.rate);
  }

  get state(): PoolState {
    const lanes = [...this.#lanes];
    return {
      connections: lanes.length,
      idle: lanes.filter(({ isIdle }) => isIdle).length,
      opening: this.#openings.size,
      waiting: this.#waiting(),
      underWay: lanes.reduce((sum, { underWay }) => sum + underWay, 0),
    };
  }

  /** A line for `send`, or for one call of `sendAll`, which takes at most so many connections. */
  openLine(maxLanes: number): Line {
    const line = new Line(maxLanes);
    this.#lines.push(line);
    return line;
  }

  closeLine(line: Line): void {
    const at = this.#lines.indexOf(line);
    if (at !== -1) this.#lines.splice(at, 1);
  }

  /**
   * Hands a message in; it is told what becomes of it.
   *
   * @throws {UsageError} `TRANSPORT_CLOSED`
   * @throws {LimitError} `SMTP_POOL_FULL`
   */
  add(
    sending: Sending,
    line: Line,
    window: number,
    told: Told,
    maxWaiting: number = Infinity,
  ): Job | undefined {
    this.throwIfClosed();
    const { signal } = sending.options;
    if (signal?.aborted === true) {
      told.failed(signal.reason);
      return undefined;
    }
    if (line.waiting >= maxWaiting) {
      throw new LimitError(`${maxWaiting} messages wait for a connection already`, {
        code: "SMTP_POOL_FULL",
        limit: maxWaiting,
        option: "maxWaiting",
        hint: "It was not sent. Send fewer at a time, or hand them to `sendAll`, which takes them as fast as they leave.",
      });
    }
    this.#handedIn += 1;
    this.#pending += 1;
    const job = new Job(sending, line, window, this.#handedIn, told);
    if (signal !== undefined) {
      const abort = (): void => this.#abandon(job, signal.reason);
      job.stopListening = () => signal.removeEventListener("abort", abort);
      signal.addEventListener("abort", abort, { once: true });
    }
    line.push(job);
    this.#dispatch();
    this.#tell();
    return job;
  }

  /** Takes a job back, if nothing of it was begun; it is told nothing. */
  withdraw(job: Job): boolean {
    if (job.isSettled) return false;
    const isOut = job.line.remove(job) || [...this.#lanes].some((lane) => lane.forget(job));
    if (!isOut) return false;
    job.settle();
    this.settled(job);
    return true;
  }

  /** Stops a job: it fails with the reason, or nobody knows what became of it. */
  abort(job: Job, reason: unknown): void {
    this.#abandon(job, reason);
    for (const lane of this.#lanes) lane.abort(job, reason);
  }

  throwIfClosed(): void {
    if (!this.#isClosed) return;
    throw new UsageError("this transport is closed", {
      code: "TRANSPORT_CLOSED",
      hint: "Send before you close it, or make another.",
    });
  }

  take(lane: Lane): Job | undefined {
    const { length } = this.#lines;
    for (let at = 0; at < length; at++) {
      const line = this.#lines[(this.#turn + at) % length] as Line;
      if (!line.mayTake(lane)) continue;
      if (!this.#hasToken()) return undefined;
      this.#turn = (this.#turn + at + 1) % length;
      return line.take(lane);
    }
    return lane.isIdle ? this.#share(lane) : undefined;
  }

  /** What is staged behind others may go at once over a connection that has nothing to do. */
  #share(idle: Lane): Job | undefined {
    for (const lane of this.#lanes) {
      const job = lane.nextStaged;
      if (
        job === undefined ||
        (!job.line.lanes.has(idle) && job.line.lanes.size >= job.line.maxLanes)
      ) {
        continue;
      }
      lane.forget(job);
      job.line.enter(idle);
      return job;
    }
    return undefined;
  }

  isSaturated(): boolean {
    return !this.#mayOpen();
  }

  settled(_job: Job): void {
    this.#pending -= 1;
    this.#tell();
    if (this.#pending > 0) return;
    this.#wake();
    // A connection that nobody needs any more is not waited for.
    if (this.#lanes.size === 0) this.#stopOpening();
  }

  giveBack(jobs: readonly Job[]): void {
    for (const job of jobs) {
      if (job.isSettled) continue;
      if (this.#end === undefined) job.line.putBack(job);
      else this.#fail(job, this.#end.reason);
    }
    this.#dispatch();
  }

  retired(lane: Lane, whenClosed: Promise<void>): void {
    this.#lanes.delete(lane);
    this.#tell();
    void this.#seeOff(lane, whenClosed);
  }

  async #seeOff(lane: Lane, whenClosed: Promise<void>): Promise<void> {
    this.#leaving += 1;
    await whenClosed;
    this.#leaving -= 1;
    this.#exchanges.delete(lane.connection.exchange);
    this.#dispatch();
    if (this.#leaving === 0) this.#wake();
  }

  #wake(): void {
    for (const drained of this.#drained.splice(0)) drained();
  }

  /** Lets what is under way end, and says goodbye; ends it when the signal fires. */
  async close(signal: AbortSignal | undefined): Promise<void> {
    this.#isClosed = true;
    const cut = (): void => this.#cut(signal?.reason);
    if (signal?.aborted === true) cut();
    signal?.addEventListener("abort", cut, { once: true });
    try {
      while (this.#pending > 0) await this.#whenDrained();
      for (const lane of [...this.#lanes]) lane.retire();
      this.#stopOpening();
      while (this.#leaving > 0 || this.#openings.size > 0) await this.#whenDrained();
    } finally {
      signal?.removeEventListener("abort", cut);
    }
  }

  #whenDrained(): Promise<void> {
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /** Ends everything. */
  #cut(reason: unknown): void {
    this.#end ??= { reason };
    for (const line of this.#lines) {
      for (const job of line.removeAll()) this.#fail(job, reason);
    }
    this.#stopOpening(reason);
    for (const exchange of [...this.#exchanges]) exchange.fail(reason, true);
  }

  /** Nobody waits for the job any more; where it is on the line, the line knows. */
  #abandon(job: Job, reason: unknown): void {
    if (job.isSettled) return;
    if (job.line.remove(job) || [...this.#lanes].some((lane) => lane.forget(job))) {
      this.#fail(job, reason);
    }
  }

  #tell(): void {
    if (!isMeasured()) return;
    const hosts = this.#smtp.targets.map(labelOf);
    measure({ kind: "pool", transport: this.#number, hosts, state: this.state });
  }

  /** Ends a job of which nothing went over a line. */
  #fail(job: Job, reason: unknown): void {
    if (isMeasured()) {
      const durationMs = performance.now() - job.sending.startedMs;
      const rest = { host: undefined, flight: undefined, byteLength: 0, durationMs } as const;
      measure({ kind: "message", ...outcomeOf(reason), ...rest });
    }
    job.failed(reason);
    this.settled(job);
  }

  #stopOpening(reason?: unknown): void {
    for (const opening of [...this.#openings]) opening.abort(reason);
  }

  #waiting(): number {
    let waiting = 0;
    for (const line of this.#lines) waiting += line.waiting;
    return waiting;
  }

  #hasToken(): boolean {
    if (this.#bucket === undefined || this.#rateTimer !== undefined) {
      return this.#bucket === undefined;
    }
    const waitMs = this.#bucket.take(performance.now());
    if (waitMs === 0) return true;
    this.#rateTimer = setTimeout(() => {
      this.#rateTimer = undefined;
      this.#dispatch();
    }, Math.ceil(waitMs));
    return false;
  }

  /** Hands what waits to connections: to idle ones, then to new ones, and behind others only where there are no more. */
  #dispatch(): void {
    if (this.#isDispatching) {
      this.#isAgain = true;
      return;
    }
    this.#isDispatching = true;
    try {
      do {
        this.#isAgain = false;
        this.#hand();
      } while (this.#isAgain);
    } finally {
      this.#isDispatching = false;
    }
  }

  #hand(): void {
    if (this.#waiting() === 0) return;
    this.#handToIdle();
    while (this.#mayOpen()) void this.#open();
    if (this.#waiting() === 0) return;
    for (const lane of this.#lanes) if (lane.mayStageMore) lane.fill();
  }

  #handToIdle(): void {
    const idle: Lane[] = [];
    for (const lane of this.#lanes) if (lane.isIdle) idle.push(lane);
    // The one that was used last: the others may then grow old and go.
    if (idle.length > 1) idle.sort((a, b) => b.idleSinceMs - a.idleSinceMs);
    for (const lane of idle) {
      if (this.#waiting() === 0) return;
      lane.fill();
    }
  }

  #mayOpen(): boolean {
    const count = this.#lanes.size + this.#openings.size + this.#leaving;
    if (count >= this.settings.maxConnections) return false;
    const hasOthers = this.#lanes.size > 0 || this.#openings.size > 0;
    if (hasOthers && performance.now() < this.#retreatUntilMs) return false;
    let useful = 0;
    for (const { waiting, maxLanes, lanes } of this.#lines) {
      useful += Math.max(0, Math.min(waiting, maxLanes - lanes.size));
    }
    return useful > this.#openings.size;
  }

  async #open(): Promise<void> {
    const stop = new AbortController();
    this.#openings.add(stop);
    try {
      const connection = await this.#opened(stop.signal);
      this.#openings.delete(stop);
      const lane = new Lane(connection, this, this.#hosts.memoryOf(connection.place));
      this.#lanes.add(lane);
      if (this.#isClosed && this.#pending === 0) lane.retire();
      else lane.fill();
      this.#dispatch();
      this.#tell();
    } catch (error) {
      this.#openings.delete(stop);
      this.#openFailed(error, stop.signal);
    }
    this.#wake();
  }

  async #opened(signal: AbortSignal): Promise<Connection> {
    let current: Exchange | undefined;
    const forget = (): void => {
      if (current !== undefined) this.#exchanges.delete(current);
    };
    const settings = { ...this.#smtp, targets: this.#hosts.inTurn() };
    try {
      const connection = await openAny(settings, {
        signal,
        track: (exchange) => {
          forget();
          current = exchange;
          this.#exchanges.add(exchange);
        },
        passedOver: (target) => this.#hosts.avoid(target),
      });
      if (!signal.aborted) return connection;
      await leave(connection.exchange);
      throw signal.reason;
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** With no other connection, everybody who waited for this one would only wait for the same again. */
  #openFailed(error: unknown, signal: AbortSignal): void {
    this.#retreatUntilMs = performance.now() + retreatMs;
    if (!signal.aborted && this.#lanes.size === 0 && this.#openings.size === 0) {
      for (const line of this.#lines) {
        for (const job of line.removeAll()) this.#fail(job, error);
      }
    }
    this.#dispatch();
  }
}
