/** One thing that is timed: our way beside a peer's, both doing the same work on the same input. */

/** One way of doing the work. */
export interface Side {
  /** `"letterwright"`, or the peer's name and version. */
  readonly name: string;
  /** Does the work once. What it returns is kept alive, so that no engine can skip the work. */
  run(): unknown;
  /** The work is done by another process, whose processor time is not ours to see. */
  readonly isElsewhere?: boolean;
}

/** A comparison. The first side is ours; without others it is timed alone. */
export interface Comparison {
  /** `"address/one-by-one"`; the report is sorted by it, and the command line selects by it. */
  readonly name: string;
  /** What one run does, in the unit of the report. */
  readonly work: { readonly amount: number; readonly unit: string };
  readonly sides: readonly [Side, ...Side[]];
  /** How many times faster than the first peer the project promises to be. */
  readonly goal?: number;
  /** Runs of each side before any timing, where a round has too few to make the code of every side fast. */
  readonly warmUp?: number;
  /** Before any timing: throws when the sides do not give the same. */
  verify?(): void | Promise<void>;
}

/** One scanner whose time may only grow as fast as its input. */
export interface Growth {
  readonly name: string;
  /** The input of about so many characters. */
  input(length: number): unknown;
  run(input: unknown): unknown;
}
