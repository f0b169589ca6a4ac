/** How much of a message has left, on one line of a terminal that is written over. */
import type { Progress } from "@letterwright/transport";

/** A line that comes and goes. */
export interface ProgressLine {
  readonly update: (progress: Progress) => void;
  /** Takes the line away. */
  readonly clear: () => void;
}

/** What the line is written to. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Nothing shows when it is over before that, and nothing changes faster than people read. */
const patienceMs = 500;
const betweenMs = 100;

/** The line for this terminal; one that is no terminal, or a dumb one, gets nothing. */
export function progressLine(terminal: Terminal, now: () => number = Date.now): ProgressLine {
  if (terminal.isTTY !== true || process.env["TERM"] === "dumb") {
    return { update: () => undefined, clear: () => undefined };
  }
  const started = now();
  let shownAt = started + patienceMs - betweenMs;
  let isShown = false;
  return {
    update(progress) {
      if (now() - shownAt < betweenMs) return;
      shownAt = now();
      isShown = true;
      const text = `  ${progressText(progress, now() - started)}`;
      terminal.write(`\r${text.slice(0, (terminal.columns ?? 80) - 1)}\u001b[K`);
    },
    clear() {
      if (isShown) terminal.write("\r\u001b[K");
      isShown = false;
    },
  };
}

/** `52 %   142.4 of 273.7 MiB   11.8 MiB/s   0:11 left`; without the total only what is known. */
export function progressText({ sentBytes, totalBytes }: Progress, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (sentBytes / elapsedMs) * 1000 : 0;
  if (totalBytes === undefined) return `${mebibytes(sentBytes)} MiB   ${mebibytes(rate)} MiB/s`;
  const percent = totalBytes === 0 ? 100 : Math.floor((sentBytes / totalBytes) * 100);
  const left = rate > 0 ? Math.ceil((totalBytes - sentBytes) / rate) : 0;
  const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  return `${percent} %   ${mebibytes(sentBytes)} of ${mebibytes(totalBytes)} MiB   ${mebibytes(rate)} MiB/s   ${time} left`;
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
