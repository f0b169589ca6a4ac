/** A diagnosis for a person: what was seen, then why, what to do, and what to try. */
import type { Candidate, Diagnosis, Finding, Verdict } from "@letterwright/doctor";
import { shownOnOneLine } from "./shown.ts";

const width = 100;
const indent = 13;

interface Marks {
  readonly ok: string;
  readonly note: string;
  readonly failed: string;
  readonly skipped: string;
}

/** Plain ASCII where the terminal may not know more. */
export function marksFor(
  environment: NodeJS.ProcessEnv,
  platform: string = process.platform,
): Marks {
  const locale = environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? "";
  const isUtf8 = platform === "win32" || platform === "darwin" || /utf-?8/i.test(locale);
  return isUtf8
    ? { ok: "✓", note: "!", failed: "✗", skipped: "–" }
    : { ok: "+", note: "!", failed: "x", skipped: "-" };
}

/** One finding. */
export function findingLines(
  { stage, status, text, tookMs }: Finding,
  marks: Marks,
): readonly string[] {
  const time = tookMs === undefined ? "" : `  (${Math.round(tookMs)} ms)`;
  const head = `  ${marks[status]} ${stage}`.padEnd(indent + 2);
  return wrapped(`${shownOnOneLine(text)}${time}`, head, " ".repeat(indent + 2));
}

/** The verdict, or that there is none. */
export function verdictLines({ verdict }: Diagnosis): readonly string[] {
  if (verdict === undefined) return ["", "Nothing wrong was found, as far as was looked."];
  return ["", ...adviceLines(verdict)];
}

/** Why, Do, Try. */
export function adviceLines(verdict: Verdict): readonly string[] {
  const { id, try: commands, asOf } = verdict;
  return [
    ...stepLines(verdict),
    ...commands.flatMap((command, at) => [`${at === 0 ? "Try     " : "        "}${command}`]),
    "",
    `        ${id}, facts as of ${asOf}`,
  ];
}

/** Why, and what to do. */
export function stepLines({ certainty, why, do: steps }: Verdict): readonly string[] {
  return [
    ...wrapped(`${why} [${certainty}]`, "Why     ", "        "),
    ...numbered(steps, "Do      "),
  ];
}

/** A cause that a text speaks for. */
export function candidateLines({
  id,
  certainty,
  evidence,
  excerpt,
  failure,
}: Candidate): readonly string[] {
  const commands = failure.try.filter((command) => !command.includes("{"));
  return [
    // Whoever gave the name of a failure has seen it.
    ...(excerpt === undefined && evidence[0] === "its name"
      ? []
      : wrapped(shownOnOneLine(excerpt ?? evidence.join(", ")), "I see   ", "        ")),
    ...wrapped(`${failure.why} [${certainty}]`, "Why     ", "        "),
    ...numbered(failure.do, "Do      "),
    ...commands.map((command, at) => `${at === 0 ? "Try     " : "        "}${command}`),
    "",
    `        ${id}, facts as of ${failure.asOf}`,
  ];
}

function numbered(steps: readonly string[], head: string): readonly string[] {
  return steps.flatMap((step, at) => {
    const number = steps.length === 1 ? "" : `${at + 1}  `;
    const first = `${at === 0 ? head : " ".repeat(head.length)}${number}`;
    return wrapped(step, first, " ".repeat(head.length + number.length));
  });
}

/** The text in lines of a readable length; a word that is longer stays whole. */
function wrapped(text: string, first: string, rest: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + word.length + 1 > width) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  lines.push(line);
  return lines;
}
