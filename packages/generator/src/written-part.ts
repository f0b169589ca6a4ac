/** What the writing of a tree hands on: parts that are ready, and what the writers have in common. */
import type { Requirement } from "@letterwright/message";
import type { BoundaryCount, BoundarySeed } from "./boundaries.ts";
import type { Findings } from "./findings.ts";
import type { Level } from "./leaves.ts";
import type { Output } from "./pieces.ts";
import type { WrittenField } from "./written-field.ts";

/** A part that is ready: its fields, its body, and what that asks of its way. */
export interface WrittenPart {
  readonly fields: readonly WrittenField[];
  readonly body: Output;
  readonly level: Level;
  /** Whether its body is the one that was read. */
  readonly isKept?: true;
  /** The bytes that it was read from and is; fields, separator and body are cut from them. */
  readonly origin?: Uint8Array;
  readonly separator?: Uint8Array;
}

/** What the writers of one message have in common. */
export interface Shared extends BoundaryCount {
  readonly findings: Findings;
  requires: Set<Requirement> | undefined;
  depth: number;
}

export function sharedBy(seed: BoundarySeed, findings: Findings): Shared {
  return { findings, requires: undefined, seed, boundaries: 0, depth: 0 };
}

/** Notes what servers have to offer; nearly no message asks for anything. */
export function require(shared: Shared, requirement: Requirement): void {
  (shared.requires ??= new Set<Requirement>()).add(requirement);
}

/** What a body of this level asks of servers. */
export function requireLevel(shared: Shared, level: Level): void {
  if (level === 1) require(shared, "8BITMIME");
  if (level === 2) require(shared, "BINARYMIME");
}
