/**
 * One connection of the pool, and the messages that go over it.
 *
 * Theory of operation. A message is staged (written for this server's offer and looked at) and then begun. The next
 * is begun when the end of the one before is on the wire: its MAIL, RCPTs and DATA leave with that end (RFC 2920
 * §3.1). How many may be unanswered at once is the depth: two with PIPELINING, one without, `window` where content
 * travels by BDAT in the same flight. Answers come in order, so that what fails is known to be one's own, or that of
 * the line; and who heard nothing when the line broke, and did not send its end, can be begun anew elsewhere.
 */
import type { SendReceipt } from "@letterwright/transport";
import { leave, type Connection } from "../connection.ts";
import { begin, prepare, type Prepared } from "../sending.ts";
import { Flight, mayReplay, measureFlight, type FlightWatch } from "./flight.ts";
import type { HostMemory } from "./host-memory.ts";
import { Idleness } from "./idleness.ts";
import type { Job } from "./job.ts";
import type { PoolSettings } from "./pool-options.ts";
import { stands } from "./probe.ts";
import { Reach } from "./reach.ts";
import { Stage } from "./stage.ts";
import { Ways } from "./ways.ts";

/** What a lane asks of its pool. */
export interface LaneHost {
  readonly settings: PoolSettings;
  /** The next job for this lane. */
  take(lane: Lane): Job | undefined;
  /** Whether a job that waits would have to wait for a lane that is busy. */
  isSaturated(): boolean;
  /** A job is over. */
  settled(job: Job): void;
  /** Nothing of these was begun: they go back to where they waited. */
  giveBack(jobs: readonly Job[]): void;
  /** It takes nothing any more; `whenClosed` resolves when its place is free. */
  retired(lane: Lane, whenClosed: Promise<void>): void;
}

/** Octets that may be staged, or on their way out, before more is begun. */
const maxAheadBytes = 1_048_576;
const soon: Promise<void> = Promise.resolve();

export class Lane {
  readonly connection: Connection;
  readonly #host: LaneHost;
  readonly #memory: HostMemory;
  readonly #ways: Ways;
  /** Messages that may still be begun. */
  #left: number;
  #begun = 0;
  readonly #reach: Reach;
  readonly #flights: Flight[] = [];
  /** Begun, and its end not yet written: nothing else may be begun. */
  #open: Flight | undefined;
  readonly #staged: Stage = new Stage();
  /** A job whose message is being written, where that takes time. */
  #preparing: Job | undefined;
  #unbegun: Job[] = [];
  #brokeWith: { transactions: number; isPipelined: boolean } | undefined;
  #window = 1;
  /** A last chunk was refused: some servers keep the transaction open then (RFC 3030 §2). */
  #needsReset = false;
  #isFilling = false;
  #isStaging = false;
  #isRetired = false;
  #isProbing = false;
  /** Whether something was answered, and nothing has been begun for it. */
  #isDue = false;
  /** Whether it has stood for as long as it may. */
  #isOld = false;
  readonly #lifetime: NodeJS.Timeout;
  readonly #idleness: Idleness;

  readonly #watch: FlightWatch = {
    ended: (flight) => this.#endedWriting(flight),
    accepted: (flight, receipt) => this.#accepted(flight, receipt),
    failed: (flight, reason) => this.#failed(flight, reason),
  };
  readonly #stageNow = (): void => {
    this.#isStaging = false;
    this.#fill(true);
  };

  constructor(connection: Connection, host: LaneHost, memory: HostMemory) {
    this.connection = connection;
    this.#host = host;
    this.#memory = memory;
    this.#ways = new Ways(connection, memory);
    const { mails, recipientDomains } = connection.terms.limits;
    this.#left = Math.min(host.settings.maxMessagesPerConnection, mails ?? Infinity);
    this.#reach = new Reach(recipientDomains);
    this.#idleness = new Idleness(host.settings.maxIdleMs, () => this.retire());
    this.#lifetime = setTimeout(() => {
      this.#isOld = true;
      if (this.isIdle) this.retire();
    }, Math.ceil(host.settings.maxLifetimeMs)).unref();
    connection.exchange.onEnd = () => this.#ended();
    connection.exchange.onHeard = this.#goOnIfDue;
  }

  /** Whether nothing is under way and nothing staged. */
  get isIdle(): boolean {
    return (
      !this.#isProbing &&
      this.#flights.length === 0 &&
      this.#staged.length === 0 &&
      this.#preparing === undefined
    );
  }

  /** Whether it is busy, may take one more in advance, and has not made up its mind to do so. */
  get mayStageMore(): boolean {
    return !this.#isStaging && this.#staged.length < this.#window && !this.isIdle;
  }

  /** When it was last used, on the clock of `performance.now()`. */
  get idleSinceMs(): number {
    return this.#idleness.sinceMs ?? 0;
  }

  /** Messages that were begun and not answered. */
  get underWay(): number {
    return this.#flights.length;
  }

  /** Takes jobs, as many as are of use now; asks the connection first whether it stands, where it was idle for long. */
  fill(): void {
    const isStale = this.#idleness.isLongerThan(this.#host.settings.probeAfterMs);
    if (isStale && !this.#isRetired) void this.#probe();
    else this.#fill(false);
  }

  /** Takes out a job that nobody waits for any more, if nothing of it was said. */
  forget(job: Job): boolean {
    if (this.#staged.remove(job)) {
      job.line.done(this);
      return true;
    }
    // What is still being written settles by itself, or is passed over when it is.
    return this.#preparing === job;
  }

  /** Stops a job that is on the line. */
  abort(job: Job, reason: unknown): void {
    const run = this.#flights.find((flight) => flight.job === job)?.run;
    if (run !== undefined) this.connection.exchange.abort(run, reason);
  }

  /** What will be begun next, and could be begun elsewhere. */
  get nextStaged(): Job | undefined {
    return this.#staged.next?.job;
  }

  /** Takes nothing new, and says goodbye when what is under way is over. */
  retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    this.#idleness.stop();
    clearTimeout(this.#lifetime);
    const { exchange } = this.connection;
    exchange.rise();
    this.#host.retired(this, leave(exchange));
  }

  #fill(isLater: boolean): void {
    // What is begun may be over at once, and ask for more.
    if (this.#isFilling) return;
    this.#isFilling = true;
    const { exchange } = this.connection;
    exchange.hold();
    try {
      while (this.#step(isLater));
    } finally {
      this.#isFilling = false;
      exchange.release();
    }
    if (this.isIdle && !this.#isRetired) this.#rest();
  }

  /** One thing that can be done now. */
  #step(isLater: boolean): boolean {
    const { exchange } = this.connection;
    if (this.#isRetired || exchange.failure !== undefined || exchange.isEnding) return false;
    const { next } = this.#staged;
    if (next !== undefined && this.#mayBegin(next.job)) {
      this.#staged.shift();
      this.#begin(next.job, next.prepared);
      return true;
    }
    if (this.#preparing !== undefined || this.#isSpent()) return false;
    const isBusy = this.#flights.length > 0 || this.#staged.length > 0;
    if (isBusy) {
      if (this.#staged.length >= this.#window || this.#staged.bytes > maxAheadBytes) return false;
      if (!this.#host.isSaturated()) return false;
      const isWanted = this.#staged.length === 0 && this.#open === undefined && this.#hasRoom();
      // What cannot leave now is written while the server thinks.
      if (!isLater && !isWanted) {
        this.#stageLater();
        return false;
      }
    }
    const job = this.#host.take(this);
    if (job === undefined) return false;
    this.#stage(job);
    return true;
  }

  #stageLater(): void {
    if (this.#isStaging) return;
    this.#isStaging = true;
    // Not queueMicrotask, which makes more of it than a promise does.
    void soon.then(this.#stageNow);
  }

  #isSpent(): boolean {
    return this.#left - this.#staged.length <= 0 || this.#isOld || this.#reach.isExceeded;
  }

  #stage(job: Job): void {
    this.#window = job.window;
    if (!this.#reach.admit(job.sending.envelope)) {
      // It takes nothing more, and says goodbye behind what it has.
      this.#left = this.#staged.length;
      job.line.done(this);
      this.#host.giveBack([job]);
      return;
    }
    let prepared: Prepared | Promise<Prepared>;
    try {
      prepared = prepare(this.connection, job.sending);
    } catch (error) {
      this.#drop(job, error);
      return;
    }
    if (!(prepared instanceof Promise)) {
      this.#staged.push(job, prepared);
      return;
    }
    void this.#stageWhenMade(job, prepared);
  }

  async #stageWhenMade(job: Job, made: Promise<Prepared>): Promise<void> {
    this.#preparing = job;
    this.connection.exchange.rise();
    try {
      const prepared = await made;
      if (this.#preparing !== job) return; // the connection ended, and the job is elsewhere
      if (job.isSettled) job.line.done(this);
      else this.#staged.push(job, prepared);
    } catch (error) {
      if (this.#preparing !== job) return;
      this.#drop(job, error);
    }
    this.#preparing = undefined;
    this.#fill(false);
  }

  #drop(job: Job, error: unknown): void {
    job.line.done(this);
    if (job.isSettled) return;
    job.failed(error);
    this.#host.settled(job);
  }

  #hasRoom(): boolean {
    return this.#flights.length < this.#ways.depth(this.#window);
  }

  #mayBegin(job: Job): boolean {
    if (this.#open !== undefined || this.#flights.length >= this.#ways.depth(job.window))
      return false;
    return this.#flights.length === 0 || this.connection.exchange.backlog < maxAheadBytes;
  }

  #begin(job: Job, prepared: Prepared): void {
    if (job.isSettled) {
      job.line.done(this);
      return;
    }
    const { exchange, terms, timings } = this.connection;
    const isBehind = this.#flights.length > 0;
    if (!isBehind) exchange.rise();
    this.#idleness.end();
    const reset =
      this.#needsReset || exchange.session.planned !== "ready" || this.#hasChunksUnderWay();
    const way = this.#ways.of(job.window, reset);
    this.#needsReset = false;
    const isFirst = this.#begun === 0;
    const isChunked = terms.hasChunks && way.chunking !== false;
    const flight = new Flight(job, way, isFirst, isBehind, isChunked, this.#watch);
    this.#left -= 1;
    this.#begun += 1;
    this.#flights.push(flight);
    this.#open = flight;
    const own = isFirst ? timings : undefined;
    flight.run = begin(this.connection, job.sending, prepared, way, own, flight);
  }

  /** What fails may leave its transaction open, so that RSET has to go before what is begun behind it. */
  #hasChunksUnderWay(): boolean {
    for (const { isChunked } of this.#flights) if (isChunked) return true;
    return false;
  }

  #endedWriting(flight: Flight): void {
    if (this.#open !== flight) return;
    this.#open = undefined;
    this.#fill(false);
  }

  #accepted(flight: Flight, receipt: SendReceipt): void {
    this.#memory.behaved();
    this.#over(flight);
    measureFlight(flight, this.connection, undefined);
    flight.job.accepted(receipt);
    this.#host.settled(flight.job);
    this.#goOn();
  }

  #failed(flight: Flight, reason: unknown): void {
    const { failure } = this.connection.exchange;
    if (failure !== undefined) {
      this.#brokeWith ??= {
        transactions: Math.max(this.#flights.length, flight.isBehind ? 2 : 1),
        isPipelined: flight.way.pipelining,
      };
    }
    this.#over(flight);
    const { job } = flight;
    this.#needsReset ||= flight.isChunked;
    if (failure !== undefined && mayReplay(flight, reason)) {
      job.replays += 1;
      this.#unbegun.push(job);
      return; // the end of the connection follows
    }
    measureFlight(flight, this.connection, reason);
    job.failed(reason);
    this.#host.settled(job);
    this.#goOn();
  }

  #over(flight: Flight): void {
    // Answers come in order, so it is nearly always the first.
    if (this.#flights[0] === flight) this.#flights.shift();
    else this.#flights.splice(this.#flights.indexOf(flight), 1);
    if (this.#open === flight) this.#open = undefined;
    flight.job.line.done(this);
  }

  /** Many may be answered at once: what is begun next is begun together, when all of them have been told. */
  #goOn(): void {
    const { exchange } = this.connection;
    if (exchange.isHearing) this.#isDue = true;
    else if (exchange.failure === undefined && !exchange.isEnding) this.#fill(false);
  }

  readonly #goOnIfDue = (): void => {
    if (!this.#isDue) return;
    this.#isDue = false;
    this.#goOn();
  };

  /** Nothing to do: it is kept for a while, unless it has done enough. */
  #rest(): void {
    if (this.connection.exchange.failure !== undefined) return;
    const { maxIdleMs } = this.#host.settings;
    if (this.#isSpent() || maxIdleMs === 0) {
      this.retire();
      return;
    }
    if (this.#idleness.sinceMs !== undefined) return;
    this.#idleness.begin();
    this.connection.exchange.rest();
  }

  async #probe(): Promise<void> {
    if (this.#isProbing) return;
    this.#isProbing = true;
    const isAlive = await stands(this.connection);
    this.#isProbing = false;
    if (!isAlive) return; // whoever waits is served by another
    this.#idleness.end();
    this.#fill(false);
  }

  #ended(): void {
    this.#idleness.stop();
    clearTimeout(this.#lifetime);
    const jobs = [...this.#unbegun];
    for (const job of this.#staged.removeAll()) {
      job.line.done(this);
      jobs.push(job);
    }
    if (this.#preparing !== undefined) {
      jobs.push(this.#preparing);
      this.#preparing.line.done(this);
      this.#preparing = undefined;
    }
    this.#unbegun = [];
    if (this.#brokeWith !== undefined && this.connection.exchange.failure?.isOurs !== true) {
      this.#memory.broke(this.#brokeWith);
    }
    if (!this.#isRetired) {
      this.#isRetired = true;
      this.#host.retired(this, Promise.resolve());
    }
    this.#host.giveBack(jobs);
  }
}
