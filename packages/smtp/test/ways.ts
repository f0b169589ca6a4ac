/** The ways in which large messages go over a line, for tests of what their content becomes. */
import type { SmtpOptions, SmtpTransport } from "@letterwright/smtp";
import type { BulkItem, BulkOptions } from "@letterwright/transport";

const chunking = ["PIPELINING", "CHUNKING"];

/** What it is called, what the server offers, and what is asked of the transport and of `sendAll`. */
export const ways: readonly [string, readonly string[], Partial<SmtpOptions>, BulkOptions][] = [
  ["in turns", [], {}, {}],
  ["in turns, by BDAT", ["CHUNKING"], { chunking: "prefer" }, {}],
  ["chained", ["PIPELINING"], {}, {}],
  ["chained, by BDAT", chunking, { chunking: "prefer" }, {}],
  ["eager", chunking, { flight: "eager" }, {}],
  ["in windows", chunking, {}, { window: 5 }],
];

/** Sends all over one connection; gives how long each was, as its receipt says. */
export async function sizesSent(
  transport: SmtpTransport,
  items: Iterable<BulkItem>,
  bulk: BulkOptions,
): Promise<readonly number[]> {
  const sizes: number[] = [];
  const how = { concurrency: 1, ordered: true, ...bulk };
  for await (const result of transport.sendAll(items, how)) {
    if ("error" in result) throw result.error;
    sizes.push(result.receipt.byteLength);
  }
  return sizes;
}
