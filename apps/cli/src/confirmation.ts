/** A question before a message goes to many. */
import { createInterface } from "node:readline/promises";
import { UsageError } from "@letterwright/base/error";
import { isStandardInput } from "./read-content.ts";

/** More recipients than this are asked about. */
export const maxUnasked = 20;

/** The flags that matter. */
export interface ConfirmationFlags {
  readonly yes?: boolean;
  readonly text?: string;
  readonly html?: string;
}

/**
 * Asks whether a message should go to so many, where it is many and `--yes` has not said so already.
 *
 * Rejects with `CLI_NOT_CONFIRMED` when the answer is no, and where nobody can be asked.
 */
export async function confirm(recipients: number, flags: ConfirmationFlags): Promise<void> {
  if (recipients <= maxUnasked || flags.yes === true) return;
  const isInputTaken = isStandardInput(flags.text) || isStandardInput(flags.html);
  if (isInputTaken || !process.stdin.isTTY) {
    throw new UsageError(`the message goes to ${recipients} recipients, and nobody can be asked`, {
      code: "CLI_NOT_CONFIRMED",
      hint: `More than ${maxUnasked} want a word: add --yes. Each of them sees To and Cc.`,
    });
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question(`Send this to ${recipients} recipients? [y/N] `);
    if (/^y(?:es)?$/i.test(answer.trim())) return;
  } finally {
    asking.close();
  }
  throw new UsageError("you did not say yes", {
    code: "CLI_NOT_CONFIRMED",
    hint: "Nothing was sent. Answer y, or add --yes.",
  });
}
