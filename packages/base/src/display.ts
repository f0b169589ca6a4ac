/** Text from mail and from servers, for a person's eyes. */

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const hostile = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

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
  return text.replaceAll(hostile, "·");
}

/** The same for text of several lines: LF, CRLF and CR end a line, and the tab stays. */
export function defuseLines(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.split("\t").map(defuse).join("\t"))
    .join("\n");
}
