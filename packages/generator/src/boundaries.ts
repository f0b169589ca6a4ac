/** Boundaries of multiparts, RFC 2046 §5.1.1. */
import { octetText } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { isBoundary } from "@letterwright/base/grammar";
import { platformRandom } from "@letterwright/message";
import { octetsOf, type Piece } from "./pieces.ts";
import type { Policy } from "./policy.ts";

/** Where the random part of boundaries comes from. */
export interface BoundarySeed {
  readonly boundarySeed: string;
}

/** The boundaries of one message: their seed, and how many were made. */
export interface BoundaryCount {
  readonly seed: BoundarySeed;
  boundaries: number;
}

/**
 * The boundary of the next multipart: the given one, else a new one.
 *
 * @throws {UsageError} `BOUNDARY_INVALID`
 */
export function nextBoundary(
  count: BoundaryCount,
  policy: Policy,
  given: string | undefined,
  wasRead: boolean,
): string {
  if (given !== undefined) return assertBoundary(given, wasRead);
  const number = count.boundaries++;
  const { boundarySeed } = count.seed;
  const made = policy.boundary?.(number, boundarySeed);
  // The number stands before the digits: no boundary is the beginning of another. "=_" can stand in neither
  // base64 nor quoted-printable.
  return made === undefined ? `=_${number}_${boundarySeed}` : assertBoundary(made, false);
}

/**
 * Whether a boundary has to be looked for in what it separates. 128 random bits stand in nothing that was
 * there before.
 */
export function isToBeLookedFor(given: string | undefined, { boundary, random }: Policy): boolean {
  return given !== undefined || boundary !== undefined || random !== platformRandom;
}

/** What a reader found in a message it goes on with, though not as RFC 2046 has it, if it can be written. */
function assertBoundary(boundary: string, wasRead: boolean): string {
  if (isBoundary(boundary)) return boundary;
  if (wasRead && boundary.length <= 200 && /^[ -~]*[!-~]$/.test(boundary)) return boundary;
  throw new UsageError(`${JSON.stringify(boundary)} is not a boundary`, {
    code: "BOUNDARY_INVALID",
    hint: "1 to 70 of letters, digits and '()+_,-./:=? , and blanks not at the end (RFC 2046 §5.1.1).",
  });
}

/**
 * A boundary may not occur at the start of a line but where it was set, even as a beginning (RFC 2046 §5.1.1).
 *
 * @param pieces what the boundary separates, with its delimiters; each starts at the start of a line
 * @throws {UsageError} `BOUNDARY_COLLISION`
 */
export function refuseCollision(boundary: string, pieces: readonly Piece[], times: number): void {
  let found = 0;
  for (const piece of pieces) found += `\n${textOf(piece)}`.split(`\n--${boundary}`).length - 1;
  if (found === times) return;
  throw new UsageError(`the boundary ${JSON.stringify(boundary)} occurs in a part`, {
    code: "BOUNDARY_COLLISION",
    hint: "Leave the boundary out: a random one is chosen.",
  });
}

function textOf(piece: Piece): string {
  if (piece.kind === "bytes") return octetText(piece.bytes);
  if (piece.kind === "lines") return octetText(octetsOf(piece.lines));
  // base64 has no "-"; a source is not in memory
  return "text" in piece ? piece.text : "";
}
