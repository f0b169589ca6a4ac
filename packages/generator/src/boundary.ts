/** Boundaries of multiparts, RFC 2046 §5.1.1. */
import { octetText } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { isBoundary } from "@letterwright/base/grammar";
import { octetsOf, type Output } from "./pieces.ts";

/** @throws {UsageError} `BOUNDARY_INVALID` */
export function assertBoundary(boundary: string): string {
  if (isBoundary(boundary)) return boundary;
  throw new UsageError(`${JSON.stringify(boundary)} is not a boundary`, {
    code: "BOUNDARY_INVALID",
    hint: "1 to 70 of letters, digits and '()+_,-./:=? , and blanks not at the end (RFC 2046 §5.1.1).",
  });
}

/** A boundary of the caller's own may not occur in what it separates, even as a beginning (RFC 2046 §5.1.1). */
export function refuseCollision(
  boundary: string,
  parts: readonly { readonly body: Output }[],
): void {
  const delimiter = `--${boundary}`;
  for (const { body } of parts) {
    for (const piece of body.pieces) {
      const text =
        piece.kind === "ascii" || piece.kind === "utf8"
          ? piece.text
          : piece.kind === "bytes"
            ? octetText(piece.bytes)
            : piece.kind === "lines"
              ? octetText(octetsOf(piece.lines))
              : ""; // base64 has no "-"; a source is not in memory
      if (!text.startsWith(delimiter) && !text.includes(`\n${delimiter}`)) continue;
      throw new UsageError(`the boundary ${JSON.stringify(boundary)} occurs in a part`, {
        code: "BOUNDARY_COLLISION",
        hint: "Leave the boundary out: a random one is chosen.",
      });
    }
  }
}
