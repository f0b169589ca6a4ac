/** A failure as a person reads it: what happened, why, and what to do. */
import { LetterwrightError } from "@letterwright/base/error";
import { DeliveryError } from "@letterwright/transport";
import { ExitStatus, exitStatusOf } from "./exit-status.ts";
import { deliveryLines } from "./receipt-lines.ts";
import { shown } from "./shown.ts";

/** Prints the failure to standard error, and gives the exit status. */
export function reportFailure(
  error: unknown,
  options: { readonly json: boolean; readonly verbose: boolean },
): number {
  if (!LetterwrightError.is(error)) return reportFault(error);
  const retry = "retry" in error ? error.retry : undefined;
  const status = exitStatusOf(error.code, retry);
  if (options.json) {
    const { code, message, hint } = error;
    const reply = "reply" in error ? error.reply : undefined;
    console.log(
      JSON.stringify({
        schema: "letterwright.failure/1",
        code,
        message,
        hint,
        retry,
        reply,
        exitStatus: status,
      }),
    );
    return status;
  }
  const isPartial = error.code === "DELIVERY_PARTIAL";
  const lines = [`${isPartial ? "Partly sent" : "Not done"}: ${shown(error.message)}`];
  if (error instanceof DeliveryError) lines.push(...deliveryLines(error.receipt, error.refused));
  if (error.hint !== undefined) lines.push("", `  ${shown(error.hint)}`);
  lines.push("", `  ${error.code} [exit ${status}]`);
  if (options.verbose && error.cause instanceof Error)
    lines.push(`  cause: ${shown(error.cause.message)}`);
  console.error(lines.join("\n"));
  return status;
}

/** An error that is none of ours is a fault of ours. */
function reportFault(error: unknown): number {
  if (error instanceof Error && error.name === "AbortError") {
    console.error("Interrupted.");
    return ExitStatus.interrupted;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(`This is a fault of letterwright, please report it:\n${shown(text)}`);
  return ExitStatus.internal;
}
