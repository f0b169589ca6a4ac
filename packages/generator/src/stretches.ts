/** A body in memory as what is made at once and the base64 that may be made as it leaves. */
import type { Stretch } from "@letterwright/message";
import { assemble, type Base64Layout, type Piece } from "./pieces.ts";

/** Less is made sooner than it is thought about. */
const longOctets = 65_536;

/** `undefined` when there is no long base64 in it. */
export function stretchesOf(
  pieces: readonly Piece[],
  layout: Base64Layout,
): readonly Stretch[] | undefined {
  let stretches: Stretch[] | undefined;
  let start = 0;
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] as Piece;
    if (piece.kind !== "base64" || piece.bytes.length < longOctets) continue;
    stretches ??= [];
    if (start < at) stretches.push(assemble(pieces.slice(start, at), layout));
    const { lineLength, lineEnd } = layout;
    stretches.push({ octets: piece.bytes, lineLength, lineEnd });
    start = at + 1;
  }
  if (start > 0 && start < pieces.length) {
    stretches?.push(assemble(pieces.slice(start), layout));
  }
  return stretches;
}
