/** A failure as a person reads it: what happened, why, and what to do. */
import { LetterwrightError } from "@letterwright/base/error";
import { DeliveryError } from "@letterwright/transport";
import { ExitStatus, exitStatusOf } from "./exit-status.ts";
import { adviceOn, type SendTarget } from "./failed-sending.ts";
import { hintFor } from "./hint.ts";
import { receiptLines, recipientLines } from "./receipt-lines.ts";
import { failureJson, sendSchema } from "./send-json.ts";
import { shown } from "./shown.ts";

/** How a failure is told. */
export interface Telling {
  /** The name of the command, as far as it was understood. */
  readonly command: string;
  readonly json: boolean;
  /** With the stack and the causes. */
  readonly verbose: boolean;
  /** The server that a message was on its way to. */
  readonly server?: SendTarget;
}

/** Tells the failure, and gives the exit status. */
export async function reportFailure(error: unknown, telling: Telling): Promise<number> {
  if (error instanceof Error && error.name === "AbortError") return reportInterruption(telling);
  if (!LetterwrightError.is(error)) return reportFault(error, telling);
  const retry = "retry" in error ? error.retry : undefined;
  const status = exitStatusOf(error.code, retry);
  const { server } = telling;
  const advice =
    server === undefined || isOfTheCommand(error) ? undefined : await adviceOn(error, server);
  if (telling.json) {
    printJson(telling, { ...failureJson(error, status), cause: advice?.verdict });
    return status;
  }
  const lines = [`${verdictOf(error, telling)}: ${shown(error.message)}`];
  if (error instanceof DeliveryError) lines.push(...deliveryLines(error));
  const hint = hintFor(error);
  if (advice !== undefined && advice.instead.length > 0) {
    lines.push("", ...advice.instead.map((line) => `  ${shown(line)}`));
  } else if (hint !== undefined) lines.push("", `  ${shown(hint)}`);
  if (advice !== undefined) lines.push("", `  To look closer:  ${shown(advice.closer)}`);
  if (status === ExitStatus.tryLater) lines.push("  Trying again later is safe, and may succeed.");
  lines.push("", `  ${error.code} [exit ${status}]`);
  if (telling.verbose) lines.push(...causes(error));
  console.error(lines.join("\n"));
  return status;
}

/** Whether nobody but the one who wrote the command can know why: the flags, a file, the message. */
function isOfTheCommand({ code }: LetterwrightError): boolean {
  return code !== "CLI_SERVER_RECEIVES_ONLY" && !/^(?:SMTP|TLS|DELIVERY)_/.test(code);
}

function verdictOf({ code }: LetterwrightError, { command }: Telling): string {
  if (code === "DELIVERY_PARTIAL") return "Partly sent";
  if (code === "SMTP_OUTCOME_UNKNOWN") return "Perhaps sent";
  return command === "send" ? "Not sent" : "Not done";
}

function deliveryLines({ receipt, refused }: DeliveryError): readonly string[] {
  return receipt === undefined
    ? recipientLines([], refused)
    : receiptLines({ ...receipt, refused });
}

function reportInterruption(telling: Telling): number {
  const exitStatus = ExitStatus.interrupted;
  if (telling.json) printJson(telling, { outcome: "interrupted", exitStatus });
  else if (telling.command === "send") {
    console.error(`Interrupted: the server has not taken the message. [exit ${exitStatus}]`);
  } else console.error(`Interrupted. [exit ${exitStatus}]`);
  return exitStatus;
}

/** An error that is none of ours is a fault of ours. */
function reportFault(error: unknown, telling: Telling): number {
  const text = error instanceof Error ? error.message : String(error);
  const exitStatus = ExitStatus.internal;
  if (telling.json) {
    printJson(telling, {
      outcome: "failed",
      exitStatus,
      error: { code: "CLI_FAULT", message: text },
    });
    return exitStatus;
  }
  console.error(
    [
      `Not done: ${shown(text)}`,
      "",
      "  This is a fault of letterwright. Please report it, with what --verbose says.",
      "",
      `  CLI_FAULT [exit ${exitStatus}]`,
      ...(telling.verbose ? causes(error) : []),
    ].join("\n"),
  );
  return exitStatus;
}

function printJson({ command }: Telling, what: Readonly<Record<string, unknown>>): void {
  const head =
    command === "catch"
      ? { schema: "letterwright.catch/1", event: "failed" }
      : { schema: command === "show" ? "letterwright.show/1" : sendSchema };
  console.log(JSON.stringify({ ...head, ...what }));
}

/** The stack of the error and of all that led to it. */
function causes(error: unknown): readonly string[] {
  const lines: string[] = [];
  for (let at = error; at instanceof Error && lines.length < 10; at = at.cause) {
    lines.push("", shown(at.stack ?? at.message));
  }
  return lines;
}
