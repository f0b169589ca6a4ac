/** format=flowed as it is meant: lines that were broken to fit are one again. */

/**
 * The paragraphs of a text that says `format=flowed`, RFC 3676 §4. A line that ends with a blank goes on in the next
 * one of the same quote depth (§4.1), the blank put before a line is taken off (§4.4), and the line above a
 * signature stays what it is (§4.3). Line ends that stay are those of the text.
 */
export function unflowed(text: string, hasDelSp: boolean): string {
  let whole = "";
  /** The quote depth of a paragraph that goes on; -1 when none does. */
  let open = -1;
  let lineEnd = "";
  for (let at = 0; at < text.length;) {
    const feed = text.indexOf("\n", at);
    const end = feed === -1 ? text.length : feed;
    const last = end > at && text[end - 1] === "\r" ? end - 1 : end;
    let depth = 0;
    while (at + depth < last && text[at + depth] === ">") depth++;
    let line = text.slice(at + depth, last);
    if (line.startsWith(" ")) line = line.slice(1);
    const isSignature = line === "-- ";
    const isFlowed = !isSignature && line.endsWith(" ");
    if (open === depth && !isSignature) whole += line;
    else whole += `${open === -1 ? "" : lineEnd}${quoted(depth, line)}`;
    if (isFlowed && hasDelSp) whole = whole.slice(0, -1);
    lineEnd = text.slice(last, feed === -1 ? text.length : feed + 1);
    open = isFlowed ? depth : -1;
    if (!isFlowed) whole += lineEnd;
    at = feed === -1 ? text.length : feed + 1;
  }
  return open === -1 ? whole : whole + lineEnd;
}

function quoted(depth: number, line: string): string {
  return depth === 0 ? line : `${">".repeat(depth)} ${line}`;
}
