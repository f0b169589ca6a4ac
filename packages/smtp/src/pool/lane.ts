/**
 * One connection of the pool, and the messages that go over it.
 *
 * Theory of operation. A message is staged (written for this server's offer and looked at) and then begun. The next
 * is begun when the end of the one before is on the wire: its MAIL, RCPTs and DATA leave with that end (RFC 2920
 * §3.1). How many may be unanswered at once is the depth: two with PIPELINING, one without, `window` where content
 * travels by BDAT in the same flight. Answers come in order, so that what fails is known to be one's own, or that of
 * the line; and who heard nothing when the line broke, and did not send its end, can be begun anew elsewhere.
 */
import { asciiDomain } from "@letterwright/message";
import { ProtocolError, type Dialog } from "@letterwright/smtp-protocol";
import type { SendReceipt } from "@letterwright/transport";
import { leave, type Connection } from "../connection.ts";
import { timedOut } from "../failure.ts";
import { isMeasured, measure, outcomeOf, type SmtpFlight } from "../metric.ts";
import type { Run } from "../run.ts";
import { begin, prepare, type Prepared, type SendingWatch, type Way } from "../sending.ts";
import type { HostMemory } from "./host-memory.ts";
import type { Job } from "./job.ts";
import type { PoolSettings } from "./pool-options.ts";

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

/** What a flight tells its lane. */
interface FlightWatch {
  ended(flight: Flight): void;
  accepted(flight: Flight, receipt: SendReceipt): void;
  failed(flight: Flight, reason: unknown): void;
}

/** A message that was begun on a lane. */
class Flight implements SendingWatch {
  readonly job: Job;
  /** Nothing went over the connection before it. */
  readonly isFirst: boolean;
  /** It was begun before the one ahead of it was answered. */
  readonly isBehind: boolean;
  readonly isChunked: boolean;
  readonly isEager: boolean;
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
    this.isEager = way.flight === "eager";
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

interface Staged {
  readonly job: Job;
  readonly prepared: Prepared;
}

/** Octets that may be staged, or on their way out, before more is begun. */
const maxAheadBytes = 1_048_576;
const maxReplays = 5;
const soon: Promise<void> = Promise.resolve();
/** How long a connection that is asked whether it still stands may think about it. */
const probeMs = 10_000;

export class Lane {
  readonly connection: Connection;
  readonly #host: LaneHost;
  readonly #memory: HostMemory;
  readonly #openedMs: number = performance.now();
  /** Messages that may still be begun. */
  #left: number;
  #begun = 0;
  /** Domains of recipients, where the server limits them. */
  readonly #domains: Set<string> = new Set();
  readonly #maxDomains: number;
  readonly #flights: Flight[] = [];
  /** Begun, and its end not yet written: nothing else may be begun. */
  #open: Flight | undefined;
  readonly #staged: Staged[] = [];
  #stagedBytes = 0;
  /** A job whose message is being written, where that takes time. */
  #preparing: Job | undefined;
  #unbegun: Job[] = [];
  #brokeWith: { transactions: number; isPipelined: boolean } | undefined;
  #window = 1;
  #way: Way | undefined;
  /** A last chunk was refused: some servers keep the transaction open then (RFC 3030 §2). */
  #needsReset = false;
  #isFilling = false;
  #isStaging = false;
  #isRetired = false;
  #isProbing = false;
  #idleSinceMs: number | undefined;
  #idleTimer: NodeJS.Timeout | undefined;

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
    const { mails, recipientDomains } = connection.terms.limits;
    this.#left = Math.min(host.settings.maxMessagesPerConnection, mails ?? Infinity);
    this.#maxDomains = recipientDomains ?? Infinity;
    connection.exchange.onEnd = () => this.#ended();
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

  /** When it was last used, on the clock of `performance.now()`. */
  get idleSinceMs(): number {
    return this.#idleSinceMs ?? 0;
  }

  /** Messages that were begun and not answered. */
  get underWay(): number {
    return this.#flights.length;
  }

  /** Takes jobs, as many as are of use now; asks the connection first whether it stands, where it was idle for long. */
  fill(): void {
    const { probeAfterMs } = this.#host.settings;
    if (
      this.#idleSinceMs !== undefined &&
      performance.now() - this.#idleSinceMs > probeAfterMs &&
      !this.#isRetired
    ) {
      void this.#probe();
      return;
    }
    this.#fill(false);
  }

  /** Takes out a job that nobody waits for any more, if nothing of it was said. */
  forget(job: Job): boolean {
    const at = this.#staged.findIndex((staged) => staged.job === job);
    if (at !== -1) {
      this.#stagedBytes -= this.#staged[at]?.prepared.totalBytes ?? 0;
      this.#staged.splice(at, 1);
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
    return this.#staged[0]?.job;
  }

  /** Takes nothing new, and says goodbye when what is under way is over. */
  retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    clearTimeout(this.#idleTimer);
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
    const next = this.#staged[0];
    if (next !== undefined && this.#mayBegin(next.job)) {
      this.#staged.shift();
      this.#stagedBytes -= next.prepared.totalBytes ?? 0;
      this.#begin(next.job, next.prepared);
      return true;
    }
    if (this.#preparing !== undefined || this.#isSpent()) return false;
    const isBusy = this.#flights.length > 0 || this.#staged.length > 0;
    if (isBusy) {
      if (this.#staged.length >= this.#window || this.#stagedBytes > maxAheadBytes) return false;
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
    const { maxLifetimeMs } = this.#host.settings;
    return (
      this.#left - this.#staged.length <= 0 ||
      performance.now() - this.#openedMs > maxLifetimeMs ||
      this.#domains.size > this.#maxDomains
    );
  }

  #stage(job: Job): void {
    this.#window = job.window;
    if (this.#maxDomains !== Infinity && !this.#mayReach(job)) return;
    let prepared: Prepared | Promise<Prepared>;
    try {
      prepared = prepare(this.connection, job.sending);
    } catch (error) {
      this.#drop(job, error);
      return;
    }
    if (!(prepared instanceof Promise)) {
      this.#staged.push({ job, prepared });
      this.#stagedBytes += prepared.totalBytes ?? 0;
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
      else {
        this.#staged.push({ job, prepared });
        this.#stagedBytes += prepared.totalBytes ?? 0;
      }
    } catch (error) {
      if (this.#preparing !== job) return;
      this.#drop(job, error);
    }
    this.#preparing = undefined;
    this.#fill(false);
  }

  /** RFC 9422 §4.3: where the server limits domains, a connection that would exceed it takes nothing more. */
  #mayReach(job: Job): boolean {
    const domains = new Set(this.#domains);
    for (const { mailbox } of job.sending.envelope.recipients) {
      domains.add(asciiDomain(mailbox.domain).toLowerCase());
    }
    const isFirst = this.#domains.size === 0;
    if (domains.size <= this.#maxDomains || isFirst) {
      for (const domain of domains) this.#domains.add(domain);
      return true;
    }
    this.#left = this.#staged.length;
    job.line.done(this);
    this.#host.giveBack([job]);
    return false;
  }

  #drop(job: Job, error: unknown): void {
    job.line.done(this);
    if (job.isSettled) return;
    job.failed(error);
    this.#host.settled(job);
  }

  #hasRoom(): boolean {
    return this.#flights.length < this.#depth(this.#window);
  }

  /** How many transactions may be unanswered at once. */
  #depth(window: number): number {
    const { settings, terms } = this.connection;
    if (!settings.pipelining || !terms.hasPipelining) return 1;
    if (this.#memory.manners !== "full") return 1;
    if (this.#isWindow(window)) return window;
    // What is eager without a window has one unknown outcome at most.
    return settings.flight === "eager" && terms.hasChunks ? 1 : 2;
  }

  #isWindow(window: number): boolean {
    const { settings, terms } = this.connection;
    return (
      window > 1 && settings.chunking !== false && settings.protocol === "smtp" && terms.hasChunks
    );
  }

  #mayBegin(job: Job): boolean {
    if (this.#open !== undefined || this.#flights.length >= this.#depth(job.window)) return false;
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
    this.#idleSinceMs = undefined;
    const way = this.#wayOf(job);
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

  /** The same object as for the one before, where it is the same way. */
  #wayOf({ window }: Job): Way {
    const { exchange, settings, terms } = this.connection;
    const { manners } = this.#memory;
    const isFull = manners === "full";
    const isEager = isFull && (settings.flight === "eager" || this.#isWindow(window));
    const pipelining = settings.pipelining && terms.hasPipelining && manners !== "turns";
    const flight = isEager ? "eager" : "grouped";
    const chunking = isFull ? settings.chunking : false;
    const reset =
      this.#needsReset || exchange.session.planned !== "ready" || this.#hasChunksUnderWay();
    const last = this.#way;
    const isLast =
      last !== undefined &&
      last.pipelining === pipelining &&
      last.flight === flight &&
      last.chunking === chunking &&
      last.reset === reset;
    return isLast ? last : (this.#way = { pipelining, flight, chunking, reset });
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
    this.#tell(flight, undefined);
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
    if (failure !== undefined && this.#mayReplay(flight, reason)) {
      job.replays += 1;
      this.#unbegun.push(job);
      return; // the end of the connection follows
    }
    this.#tell(flight, reason);
    job.failed(reason);
    this.#host.settled(job);
    this.#goOn();
  }

  /**
   * Whether a job can be begun elsewhere without a doubt: nothing of it was answered, and its end has not left, or
   * the server said that it closes (RFC 5321 §3.8). The first over a connection has its error: whatever is wrong would be wrong again.
   */
  #mayReplay({ job, run, isFirst, way }: Flight, reason: unknown): boolean {
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

  #tell({ job, run, isEager, isBehind, way }: Flight, reason: unknown): void {
    if (!isMeasured()) return;
    const { terms, place } = this.connection;
    let flight: SmtpFlight = way.pipelining ? "grouped" : "turns";
    if (isEager && terms.hasChunks) flight = job.window > 1 ? "window" : "eager";
    else if (isBehind) flight = "chained";
    const { outcome, code } =
      reason === undefined
        ? ({ outcome: "accepted", code: undefined } as const)
        : outcomeOf(reason);
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

  #over(flight: Flight): void {
    // Answers come in order, so it is nearly always the first.
    if (this.#flights[0] === flight) this.#flights.shift();
    else this.#flights.splice(this.#flights.indexOf(flight), 1);
    if (this.#open === flight) this.#open = undefined;
    flight.job.line.done(this);
  }

  #goOn(): void {
    const { exchange } = this.connection;
    if (exchange.failure === undefined && !exchange.isEnding) this.#fill(false);
  }

  /** Nothing to do: it is kept for a while, unless it has done enough. */
  #rest(): void {
    if (this.connection.exchange.failure !== undefined) return;
    const { maxIdleMs } = this.#host.settings;
    if (this.#isSpent() || maxIdleMs === 0) {
      this.retire();
      return;
    }
    if (this.#idleSinceMs !== undefined) return;
    this.#idleSinceMs = performance.now();
    this.connection.exchange.rest();
    this.#idleTimer ??= this.#timer(maxIdleMs);
  }

  /** One timer, set anew only when it fires. */
  #timer(afterMs: number): NodeJS.Timeout {
    const look = (): void => {
      this.#idleTimer = undefined;
      if (this.#idleSinceMs === undefined || this.#isRetired) return;
      const leftMs = this.#idleSinceMs + this.#host.settings.maxIdleMs - performance.now();
      if (leftMs <= 0) this.retire();
      else this.#idleTimer = this.#timer(leftMs);
    };
    return setTimeout(look, Math.ceil(afterMs)).unref();
  }

  async #probe(): Promise<void> {
    if (this.#isProbing) return;
    this.#isProbing = true;
    const { exchange, place } = this.connection;
    exchange.rise();
    const timer = setTimeout(() => exchange.fail(timedOut("envelope", place, probeMs)), probeMs);
    try {
      await exchange.run(noop(), { stage: "envelope" });
    } catch {
      exchange.close(); // whoever waits is served by another
      return;
    } finally {
      clearTimeout(timer);
      this.#isProbing = false;
    }
    this.#idleSinceMs = undefined;
    this.#fill(false);
  }

  #ended(): void {
    clearTimeout(this.#idleTimer);
    const jobs = [...this.#unbegun];
    for (const { job } of this.#staged.splice(0)) {
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

function* noop(): Dialog<void> {
  const { failure } = yield { kind: "flight", commands: [{ verb: "NOOP" }] };
  if (failure !== undefined) throw failure.reason;
}
