/** What waits in the pool: one message each, in lines that take turns. */
import type { SendReceipt } from "@letterwright/transport";
import type { Sending } from "../sending.ts";

/** Who handed a message in, and is told what became of it. */
export interface Told {
  accepted(receipt: SendReceipt): void;
  failed(reason: unknown): void;
}

/** One message on its way through the pool. */
export class Job {
  readonly sending: Sending;
  readonly line: Line;
  /** Transactions that may be under way on its connection at once; 1 where nobody asked for more. */
  readonly window: number;
  /** Its place among all that were handed in. */
  readonly number: number;
  readonly #told: Told;
  /** How often a connection was lost before anything of it was answered. */
  replays: number = 0;
  /** Whether it has its receipt, or its error, or was taken back. */
  isSettled: boolean = false;
  /** Takes back what the caller's signal is listened to with. */
  stopListening: (() => void) | undefined = undefined;

  constructor(sending: Sending, line: Line, window: number, number: number, told: Told) {
    this.sending = sending;
    this.line = line;
    this.window = window;
    this.number = number;
    this.#told = told;
  }

  accepted(receipt: SendReceipt): void {
    this.settle();
    this.#told.accepted(receipt);
  }

  failed(reason: unknown): void {
    this.settle();
    this.#told.failed(reason);
  }

  /** Nobody is told anything any more. */
  settle(): void {
    this.isSettled = true;
    this.stopListening?.();
  }
}

/** Jobs in the order in which they came, and the connections that they may take. */
export class Line {
  /** Connections that work for it now, with how many of its jobs. */
  readonly lanes: Map<object, number> = new Map();
  /** How many connections may work for it at once. */
  readonly maxLanes: number;
  /** A place is emptied when its job is taken: a message that is over is held by nobody. */
  #jobs: (Job | undefined)[] = [];
  #head = 0;

  constructor(maxLanes: number) {
    this.maxLanes = maxLanes;
  }

  get waiting(): number {
    return this.#jobs.length - this.#head;
  }

  /** Whether one of its jobs may go over this connection. */
  mayTake(lane: object): boolean {
    return this.waiting > 0 && (this.lanes.size < this.maxLanes || this.lanes.has(lane));
  }

  push(job: Job): void {
    this.#jobs.push(job);
  }

  /** Takes the oldest, for this connection. */
  take(lane: object): Job | undefined {
    const job = this.#jobs[this.#head];
    if (job === undefined) return undefined;
    this.#jobs[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#jobs.length || this.#head > 1024) {
      this.#jobs = this.#jobs.slice(this.#head);
      this.#head = 0;
    }
    this.enter(lane);
    return job;
  }

  /** The connection has taken one of its jobs. */
  enter(lane: object): void {
    this.lanes.set(lane, (this.lanes.get(lane) ?? 0) + 1);
  }

  /** The connection has done with a job. */
  done(lane: object): void {
    const left = (this.lanes.get(lane) ?? 1) - 1;
    if (left === 0) this.lanes.delete(lane);
    else this.lanes.set(lane, left);
  }

  /** Puts one back in its place. */
  putBack(job: Job): void {
    const jobs = this.#left();
    const at = jobs.findIndex(({ number }) => number > job.number);
    jobs.splice(at === -1 ? jobs.length : at, 0, job);
    this.#jobs = jobs;
    this.#head = 0;
  }

  /** Takes one out that nobody waits for any more. */
  remove(job: Job): boolean {
    const at = this.#jobs.indexOf(job, this.#head);
    if (at === -1) return false;
    this.#jobs.splice(at, 1);
    return true;
  }

  removeAll(): readonly Job[] {
    const jobs = this.#left();
    this.#jobs = [];
    this.#head = 0;
    return jobs;
  }

  #left(): Job[] {
    return this.#jobs.slice(this.#head) as Job[];
  }
}
