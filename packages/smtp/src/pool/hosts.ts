/** What a pool remembers of its hosts: which could not be used lately, and what each of them bears. */
import { labelOf, type Place, type SmtpTarget } from "../place.ts";
import { createHostMemory, type HostMemory } from "./host-memory.ts";

/** How long a host of several that could not be used is asked last. */
const avoidedMs = 30_000;

export class Hosts {
  readonly #targets: readonly SmtpTarget[];
  /** Until when, on the clock of `performance.now()`. */
  readonly #avoided: Map<string, number> = new Map();
  readonly #memories: Map<string, HostMemory> = new Map();

  constructor(targets: readonly SmtpTarget[]) {
    this.#targets = targets;
  }

  /** In their order, but that those which could not be used lately come last. */
  inTurn(): readonly SmtpTarget[] {
    if (this.#targets.length === 1) return this.#targets;
    const now = performance.now();
    const isAvoided = (target: SmtpTarget): boolean =>
      (this.#avoided.get(labelOf(target)) ?? 0) > now;
    return [
      ...this.#targets.filter((target) => !isAvoided(target)),
      ...this.#targets.filter(isAvoided),
    ];
  }

  /** This one could not be used. */
  avoid(target: SmtpTarget): void {
    this.#avoided.set(labelOf(target), performance.now() + avoidedMs);
  }

  memoryOf({ label }: Place): HostMemory {
    let memory = this.#memories.get(label);
    if (memory === undefined) {
      memory = createHostMemory();
      this.#memories.set(label, memory);
    }
    return memory;
  }
}
