/** `letterwright explain`: what an error, a reply or the name of a failure means. */
import { explain, type Explanation } from "@letterwright/doctor";
import { UsageError } from "@letterwright/base/error";
import { candidateLines } from "../diagnosis-lines.ts";
import { unloadedSettings } from "../environment-notes.ts";
import { readPipe } from "../error-text.ts";
import { ExitStatus } from "../exit-status.ts";
import { masked, maskedValue } from "../share.ts";

/** The flags as they were given. */
export interface ExplainFlags {
  readonly json?: boolean;
  readonly share?: boolean;
  readonly all?: boolean;
}

/** The name of the shape of `--json`. */
const explainSchema = "letterwright.explain/1";

/**
 * @throws {UsageError} `CLI_NOTHING_TO_EXPLAIN`
 */
export async function explainCommand(
  words: readonly string[],
  flags: ExplainFlags,
): Promise<number> {
  const text = words.length > 0 ? words.join(" ") : await piped();
  const status = printExplanation(explain(text), flags, { folder: process.cwd() });
  return status;
}

/** Prints the explanation, and gives the exit status: 1 where nothing was recognised. */
export function printExplanation(
  explanation: Explanation,
  flags: ExplainFlags,
  { folder }: { readonly folder: string },
): number {
  const { candidates } = explanation;
  const exitStatus = candidates.length === 0 ? ExitStatus.problems : ExitStatus.done;
  if (flags.json === true) {
    const object = { schema: explainSchema, exitStatus, ...explanation };
    console.log(JSON.stringify(flags.share === true ? maskedValue(object) : object));
    return exitStatus;
  }
  const [first, ...others] = candidates;
  if (first === undefined) {
    console.log("I do not recognise this as an error of sending mail.");
    console.log("letterwright doctor --server smtp.example.com looks at the server itself.");
    return exitStatus;
  }
  const lines = [...candidateLines(first)];
  const isAboutSettings =
    first.id === "config.host-unset" || first.id === "config.credentials-missing";
  const names = isAboutSettings ? unloadedSettings(folder, process.env) : [];
  if (names.length > 0)
    lines.splice(
      1,
      0,
      `        .env in this folder has ${names.join(", ")}, and it was not loaded here`,
    );
  if (flags.all === true) lines.push(...others.flatMap((one) => ["", ...candidateLines(one)]));
  else if (others.length > 0)
    lines.push(`        or: ${others.map(({ id }) => id).join(", ")} (--all explains them)`);
  const shownLines = lines.join("\n");
  console.log(flags.share === true ? masked(shownLines) : shownLines);
  return exitStatus;
}

async function piped(): Promise<string> {
  const text = process.stdin.isTTY ? "" : await readPipe(process.stdin);
  if (text.trim() !== "") return text;
  throw new UsageError("there is nothing to explain", {
    code: "CLI_NOTHING_TO_EXPLAIN",
    hint: 'Give the error: letterwright explain "550 5.7.26", or pipe it: node app.js 2>&1 | letterwright explain',
  });
}
