/** What is written and looked at in advance, in its order, so that it can leave as soon as the connection lets it. */
import type { Prepared } from "../sending.ts";
import type { Job } from "./job.ts";

/** A message that only has to be begun. */
export interface Staged {
  readonly job: Job;
  readonly prepared: Prepared;
}

export class Stage {
  #staged: Staged[] = [];
  #bytes = 0;

  get length(): number {
    return this.#staged.length;
  }

  /** Octets of all of them, as far as they are known. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What is to be begun next. */
  get next(): Staged | undefined {
    return this.#staged[0];
  }

  push(job: Job, prepared: Prepared): void {
    this.#staged.push({ job, prepared });
    this.#bytes += prepared.totalBytes ?? 0;
  }

  shift(): void {
    this.#bytes -= this.#staged.shift()?.prepared.totalBytes ?? 0;
  }

  /** Takes one out; gives whether it was there. */
  remove(job: Job): boolean {
    const at = this.#staged.findIndex((staged) => staged.job === job);
    if (at === -1) return false;
    const [removed] = this.#staged.splice(at, 1);
    this.#bytes -= removed?.prepared.totalBytes ?? 0;
    return true;
  }

  removeAll(): readonly Job[] {
    const jobs = this.#staged.map(({ job }) => job);
    this.#staged = [];
    this.#bytes = 0;
    return jobs;
  }
}
