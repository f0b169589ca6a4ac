/** What a diagnosis comes to: data, for whoever shows it. */
import type { Failure, FailureId } from "../catalogue/index.ts";
import { failureOf } from "../catalogue/index.ts";

/** The steps of a diagnosis, in their order. */
export type ProbeStage =
  | "error"
  | "settings"
  | "network"
  | "dns"
  | "connect"
  | "probe"
  | "tls"
  | "ehlo"
  | "login"
  | "recipient"
  | "domain";

/** One thing that was seen. */
export interface Finding {
  readonly stage: ProbeStage;
  /** `"note"`: worth knowing; `"skipped"`: not reached, or not asked for. */
  readonly status: "ok" | "note" | "failed" | "skipped";
  /** What was seen, on one line, without secrets; words of servers are quoted and harmless for a terminal. */
  readonly text: string;
  /** How long it took, where that says something. */
  readonly tookMs?: number;
}

/** A cause, and what to do. */
export interface Verdict {
  readonly id: FailureId;
  /** `"certain"` only where a probe, or the server's own words, leave no other cause. */
  readonly certainty: "certain" | "likely";
  readonly evidence: readonly string[];
  readonly why: string;
  readonly do: readonly string[];
  /** Commands to try next, complete. */
  readonly try: readonly string[];
  /** The day on which the facts behind the advice were looked at. */
  readonly asOf: string;
}

/** What {@link diagnose} found. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** `undefined`: nothing is wrong as far as was looked. */
  readonly verdict: Verdict | undefined;
  /** Other causes that would look the same. */
  readonly others: readonly FailureId[];
  readonly tookMs: number;
}

/** What stands for the names in braces in the catalogue's commands. */
export type Values = Partial<Readonly<Record<string, string | undefined>>>;

/** The verdict, with the catalogue's advice behind what is known of the case, unless that says everything. */
export function verdictOf(
  id: FailureId,
  certainty: Verdict["certainty"],
  evidence: readonly string[],
  values: Values = {},
  advice: readonly string[] = [],
  isComplete: boolean = false,
): Verdict {
  const failure = failureOf(id);
  return Object.freeze({
    id,
    certainty,
    evidence: Object.freeze([...evidence]),
    why: failure.why,
    do: Object.freeze(isComplete ? [...advice] : [...advice, ...failure.do]),
    try: Object.freeze(commandsOf(failure, values)),
    asOf: failure.asOf,
  });
}

/** The commands of which everything is known. */
export function commandsOf(failure: Failure, values: Values): readonly string[] {
  const filled = failure.try.map((command) => {
    let isWhole = true;
    const text = command.replaceAll(/\{([a-z-]+)\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined || value === "") isWhole = false;
      return value === undefined ? "" : shellQuoted(value);
    });
    if (isWhole) return text;
    // A command is of use without the user, too: the login is then left for later.
    const bare = command.replace(" --user {user}", "").replace(" --login", "");
    return bare.includes("{user}") || bare === command ? undefined : fillPlain(bare, values);
  });
  return [...new Set(filled.filter((command) => command !== undefined))];
}

function fillPlain(command: string, values: Values): string | undefined {
  let isWhole = true;
  const text = command.replaceAll(/\{([a-z-]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === "") isWhole = false;
    return value === undefined ? "" : shellQuoted(value);
  });
  return isWhole ? text : undefined;
}

/** As a shell takes it for one word. */
function shellQuoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
