/** What a connection waits for, and for how long: replies, and room on the line. RFC 5321 §4.5.3.2. */
import { endsTransaction, type Verb } from "@letterwright/smtp-protocol";
import { createDeadline, replyTimeoutOf, type Deadline, type Wait } from "./deadline.ts";
import type { SmtpStage } from "./failure.ts";
import type { SmtpTimeouts } from "./options.ts";

/** A wait that took too long. */
export interface Overdue extends Wait {
  readonly stage: SmtpStage;
}

/** What the next reply will answer, if one is to come, and what the oldest dialog is about. */
export interface Expected {
  readonly verb: Verb | "GREETING" | undefined;
  readonly stage: SmtpStage;
}

export class Patience {
  readonly #timeouts: Required<SmtpTimeouts>;
  readonly #expected: () => Expected;
  readonly #deadline: Deadline;
  #repliesSinceMs = 0;
  #blockedSinceMs: number | undefined;

  constructor(
    timeouts: Required<SmtpTimeouts>,
    expected: () => Expected,
    passed: (wait: Overdue) => void,
  ) {
    this.#timeouts = timeouts;
    this.#expected = expected;
    const shortest = Math.min(...Object.values(timeouts));
    this.#deadline = createDeadline(shortest, () => this.#waits(), passed);
  }

  /** The first of some replies is to come. */
  await(): void {
    this.#repliesSinceMs = performance.now();
    this.#deadline.arm();
  }

  /** Something was heard: what is still to come has its time from now on. */
  heard(): void {
    this.#repliesSinceMs = performance.now();
  }

  /** The line has to take something within its time, where it holds so many octets. */
  block(backlog: number): void {
    if (backlog === 0 || this.#blockedSinceMs !== undefined) return;
    this.#blockedSinceMs = performance.now();
    this.#deadline.arm();
  }

  /** The line has taken something, and holds so many octets. */
  moved(backlog: number): void {
    const now = performance.now();
    this.#repliesSinceMs = now; // nobody answers what has not left
    if (backlog === 0) this.#blockedSinceMs = undefined;
    else if (this.#blockedSinceMs !== undefined) this.#blockedSinceMs = now;
  }

  /** Nothing is waited for. */
  clear(): void {
    this.#deadline.clear();
  }

  #waits(): readonly Overdue[] {
    const waits: Overdue[] = [];
    const { verb, stage: asked } = this.#expected();
    if (verb !== undefined) {
      const withinMs = replyTimeoutOf(verb, this.#timeouts);
      const stage = verb !== "GREETING" && endsTransaction.has(verb) ? "end" : asked;
      waits.push({ sinceMs: this.#repliesSinceMs, withinMs, stage });
    }
    if (this.#blockedSinceMs !== undefined) {
      const withinMs = this.#timeouts.blockMs;
      waits.push({ sinceMs: this.#blockedSinceMs, withinMs, stage: "content" });
    }
    return waits;
  }
}
