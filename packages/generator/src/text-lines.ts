/** Text that asks for more than its line ends: foreign ones that only an encoding keeps, and format=flowed. */
import { hardLineLimit } from "./policy.ts";

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
