/** How messages may go over a connection: what the server offers, what the options want, and what its host bears. */
import type { Connection } from "../connection.ts";
import type { Way } from "../sending.ts";
import type { HostMemory } from "./host-memory.ts";

export class Ways {
  readonly #connection: Connection;
  readonly #memory: HostMemory;
  /** The last that was given: mostly the next is the same. */
  #last: Way | undefined;

  constructor(connection: Connection, memory: HostMemory) {
    this.#connection = connection;
    this.#memory = memory;
  }

  /** How many transactions may be unanswered at once, for one who would have so many. */
  depth(window: number): number {
    const { settings, terms } = this.#connection;
    if (!settings.pipelining || !terms.hasPipelining) return 1;
    if (this.#memory.manners !== "full") return 1;
    if (this.#isWindow(window)) return window;
    // What is eager without a window has one unknown outcome at most.
    return settings.flight === "eager" && terms.hasChunks ? 1 : 2;
  }

  /** The way of a message; `reset` says whether a transaction may have been left open before it. */
  of(window: number, reset: boolean): Way {
    const { settings, terms } = this.#connection;
    const { manners } = this.#memory;
    const isFull = manners === "full";
    const isEager = isFull && (settings.flight === "eager" || this.#isWindow(window));
    const pipelining = settings.pipelining && terms.hasPipelining && manners !== "turns";
    const flight = isEager ? "eager" : "grouped";
    const chunking = isFull ? settings.chunking : false;
    const last = this.#last;
    const isLast =
      last !== undefined &&
      last.pipelining === pipelining &&
      last.flight === flight &&
      last.chunking === chunking &&
      last.reset === reset;
    return isLast ? last : (this.#last = { pipelining, flight, chunking, reset });
  }

  #isWindow(window: number): boolean {
    const { settings, terms } = this.#connection;
    return (
      window > 1 && settings.chunking !== false && settings.protocol === "smtp" && terms.hasChunks
    );
  }
}
