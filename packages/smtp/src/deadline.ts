/** Deadlines of a connection: one timer for all of them, set anew only when it fires. RFC 5321 §4.5.3.2. */
import type { Verb } from "@letterwright/smtp-protocol";
import type { SmtpTimeouts } from "./options.ts";

/** What is waited for, and how long it may take from `since` on. */
export interface Wait {
  readonly sinceMs: number;
  readonly withinMs: number;
}

/** A timer that looks at what is being waited for. */
export interface Deadline {
  /** Something may be waited for now; costs nothing while the timer runs. */
  arm(): void;
  clear(): void;
}

/**
 * A deadline. `waits` gives what is waited for at the moment; `passed` is called with a wait that took too long.
 * There is no timer a command: one looks from time to time, at least as often as the shortest wait is long, so that
 * none passes unseen.
 */
export function createDeadline<W extends Wait>(
  shortestMs: number,
  waits: () => readonly W[],
  passed: (wait: W) => void,
): Deadline {
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    timer = undefined;
    const now = performance.now();
    let next = shortestMs;
    let isWaiting = false;
    for (const wait of waits()) {
      const left = wait.sinceMs + wait.withinMs - now;
      if (left <= 0) {
        passed(wait);
        return;
      }
      isWaiting = true;
      next = Math.min(next, left);
    }
    if (isWaiting) timer = setTimeout(look, Math.ceil(next));
  };
  return {
    arm() {
      timer ??= setTimeout(look, shortestMs);
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** How long the reply to a command may take. */
export function replyTimeoutOf(verb: Verb | "GREETING", timeouts: Required<SmtpTimeouts>): number {
  switch (verb) {
    case "GREETING":
      return timeouts.greetingMs;
    case "DATA":
      return timeouts.dataMs;
    case "BDAT":
      return timeouts.blockMs;
    case "END":
    case "BDAT LAST":
      return timeouts.endMs;
    default:
      return timeouts.commandMs;
  }
}
