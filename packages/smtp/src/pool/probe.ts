/** Asks a connection that was idle for long whether it still stands. RFC 5321 §4.1.1.9. */
import type { Dialog } from "@letterwright/smtp-protocol";
import type { Connection } from "../connection.ts";
import { timedOut } from "../failure.ts";

/** How long it may think about it. */
const probeMs = 10_000;

/** Whether it answered. One that did not is closed. */
export async function stands({ exchange, place }: Connection): Promise<boolean> {
  exchange.rise();
  const timer = setTimeout(() => exchange.fail(timedOut("envelope", place, probeMs)), probeMs);
  try {
    await exchange.run(noop(), { stage: "envelope" });
    return true;
  } catch {
    exchange.close();
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function* noop(): Dialog<void> {
  const { failure } = yield { kind: "flight", commands: [{ verb: "NOOP" }] };
  if (failure !== undefined) throw failure.reason;
}
