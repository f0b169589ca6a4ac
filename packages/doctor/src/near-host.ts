/** Slips in host names. */
import { submissionHosts } from "./providers.ts";

/** What people append and prefix by mistake; the names are short, so that few edits are meant. */
const maxEdits = 2;

/** The submission server that differs in at most so many letters, two by default, or is the same. */
export function nearestHost(host: string, limit: number = maxEdits): string | undefined {
  const name = host
    .trim()
    .toLowerCase()
    .replace(/^[a-z]{2,10}:\/\//, "")
    .replace(/[/.]+$/, "");
  let best: { readonly host: string; readonly edits: number } | undefined;
  for (const known of submissionHosts()) {
    const edits = editsBetween(name, known, limit);
    if (edits <= limit && (best === undefined || edits < best.edits)) best = { host: known, edits };
  }
  return best?.host;
}

/** Letters to insert, remove, replace, or swap with their neighbour; more than `limit` is `limit + 1`. */
export function editsBetween(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit || left.length > 255) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      let least = Math.min(
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwap =
        row > 1 &&
        column > 1 &&
        left[row - 1] === right[column - 2] &&
        left[row - 2] === right[column - 1];
      if (isSwap) least = Math.min(least, (before[column - 2] ?? 0) + 1);
      current.push(least);
    }
    before = previous;
    previous = current;
  }
  return Math.min(previous[right.length] ?? 0, limit + 1);
}
