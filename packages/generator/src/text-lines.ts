/** Text as lines: made canonical, and looked at for what not every way carries. */
import { hardLineLimit } from "./policy.ts";

/** A text with the line ends that are written, and what its lines ask for. */
export interface CanonicalText {
  readonly text: string;
  /** The most UTF-16 units of a line. */
  readonly longestLine: number;
  /** A line starts with `From `, before which mbox files put a ">". */
  readonly hasFrom: boolean;
}

/** CRLF, LF and CR each end a line; written, each is `lineEnd`. */
export function canonicalText(given: string, lineEnd: "\r\n" | "\n"): CanonicalText {
  // With LF alone every line is handled once; CRLF and CR are brought to that first.
  let text = given;
  if (text.includes("\r")) {
    text = text.replaceAll("\r\n", "\n");
    if (text.includes("\r")) text = text.replaceAll("\r", "\n");
  }
  let canonical = "";
  let longestLine = 0;
  let hasFrom = false;
  let start = 0;
  for (let feed = text.indexOf("\n"); feed !== -1; feed = text.indexOf("\n", start)) {
    if (feed - start > longestLine) longestLine = feed - start;
    if (text.charCodeAt(start) === 0x46 && text.startsWith("From ", start)) hasFrom = true; // "F"
    if (lineEnd === "\r\n") canonical += `${text.slice(start, feed)}\r\n`;
    start = feed + 1;
  }
  if (text.startsWith("From ", start)) hasFrom = true;
  longestLine = Math.max(longestLine, text.length - start);
  canonical = lineEnd === "\n" || start === 0 ? text : canonical + text.slice(start);
  return { text: canonical, longestLine, hasFrom };
}

/** Whether a CR or LF stands alone, which only an encoding keeps. */
export function hasForeignLineEnds(text: string): boolean {
  return /[\r\n]/.test(text.replaceAll("\r\n", ""));
}

/**
 * Text as format=flowed, RFC 3676 §4.1 and §4.2: lines of more than 78 are broken behind a blank, lines that start
 * with a blank, `From ` or ">" get one more, and blanks before a line end go, because they would join it
 * to the next. `-- ` stays what it is (§4.3).
 */
export function flowedText(given: string): string {
  return given
    .replaceAll(/\r\n?/g, "\n")
    .split("\n")
    .map((line) => (line === "-- " ? line : flowedLine(line.replace(/ +$/, ""))))
    .join("\n");
}

const flowedWidth = 78;

function flowedLine(line: string): string {
  let rest = stuffed(line);
  let written = "";
  while (rest.length > flowedWidth) {
    let blank = rest.lastIndexOf(" ", flowedWidth - 2);
    if (blank <= 0) blank = rest.indexOf(" ", flowedWidth - 1);
    if (blank <= 0 || blank > hardLineLimit - 10) break;
    written += `${rest.slice(0, blank + 1)}\n`;
    rest = stuffed(rest.slice(blank + 1));
  }
  return written + rest;
}

/** RFC 3676 §4.4: space-stuffing. */
function stuffed(line: string): string {
  return line.startsWith(" ") || line.startsWith(">") || line.startsWith("From ")
    ? ` ${line}`
    : line;
}
