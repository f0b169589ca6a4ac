/** Text from mail and from servers, for a person's eyes. */

/**
 * The text with every character that could drive a terminal, or make text read in another order than it
 * stands, replaced by U+00B7: C0, DEL and C1 controls, line ends too, and the bidirectional controls.
 *
 * @example
 * ```ts
 * import { defuse } from "@letterwright/base/display";
 *
 * defuse("done\u001b[2J"); // => "done·[2J"
 * ```
 */
export function defuse(text: string): string {
  let shown = "";
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    if (!isHostile(text.charCodeAt(at))) continue;
    shown += `${text.slice(copied, at)}·`;
    copied = at + 1;
  }
  return copied === 0 ? text : shown + text.slice(copied);
}

/** The same for text of several lines: LF, CRLF and CR end a line, and the tab stays. */
export function defuseLines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.split("\t").map(defuse).join("\t"))
    .join("\n");
}

function isHostile(code: number): boolean {
  if (code < 0x20) return true;
  if (code < 0x7f) return false;
  return (
    code < 0xa0 ||
    code === 0x061c ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  );
}
