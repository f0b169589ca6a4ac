/**
 * Finding out why mail cannot be sent, step by step.
 *
 * Theory of operation. What is known without a packet comes first: the settings, and the words of an error that was
 * thrown. Then DNS; then the ports, all at once; then what the chosen port says to somebody who is silent and to
 * somebody who begins TLS, which tells apart what looks alike; then TLS, EHLO, and, only when asked, a login and an
 * envelope. The first cause that leaves no other ends it. Every step has its share of ten seconds.
 */
import { LetterwrightError } from "@letterwright/base/error";
import type { DiagnoseOptions } from "./options.ts";
import type { Diagnosis } from "./report.ts";
import { Run } from "./run.ts";
import type { DiagnoseTarget } from "./target.ts";

const budgetMs = 10_000;

/**
 * Finds out why mail cannot be sent to a server.
 *
 * Takes at most ten seconds, sends no message, logs in only with `login: true` and then once. A target on this machine
 * is probed without a packet or a DNS question leaving it. Nothing secret is in what it gives.
 *
 * Rejects with `DOCTOR_TARGET_INVALID`, `DOCTOR_OPTION_INVALID`, or with `signal.reason`.
 *
 * @example
 * ```ts
 * import { diagnose } from "@letterwright/doctor";
 *
 * const { verdict } = await diagnose({ host: "smtp.google.com", user: "me@gmail.com" }, { offline: true });
 * verdict?.id; // => "config.mx-used-for-submission"
 * ```
 */
export async function diagnose(
  target: DiagnoseTarget,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const { timeoutMs = budgetMs, signal: given } = options;
  if (typeof timeoutMs !== "number" || !(timeoutMs > 0 && timeoutMs <= budgetMs)) {
    throw new LetterwrightError(
      `timeoutMs must be more than 0 and at most ${budgetMs}, found ${String(timeoutMs)}`,
      {
        code: "DOCTOR_OPTION_INVALID",
        hint: "Leave it out for the default.",
      },
    );
  }
  given?.throwIfAborted();
  const deadline = AbortSignal.timeout(Math.ceil(timeoutMs));
  const signal = given === undefined ? deadline : AbortSignal.any([given, deadline]);
  const run = new Run(target, options, signal);
  const diagnosis = await run.run();
  given?.throwIfAborted();
  return diagnosis;
}
