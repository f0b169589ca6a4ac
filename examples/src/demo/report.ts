/** What the demo prints. */
import type { SendReceipt } from "@letterwright/mailer";
import type { Comparison } from "./compare.ts";

/** Whether the delivery is what the demo promises: every item the same, and the way protected. */
export function isSound(receipt: SendReceipt, rows: readonly Comparison[]): boolean {
  const { protection, refused } = receipt;
  const isVerified = protection.kind === "tls" && protection.verifiedName !== undefined;
  return (
    isVerified && refused.length === 0 && rows.length > 0 && rows.every(({ isSame }) => isSame)
  );
}

/** The report, for people. */
export function reportLines(
  receipt: SendReceipt,
  path: string,
  rows: readonly Comparison[],
): readonly string[] {
  const { acceptedBy, accepted, protection } = receipt;
  const way =
    protection.kind === "tls"
      ? `${protection.protocol}, certificate ${protection.verifiedName === undefined ? "NOT verified" : `verified for ${protection.verifiedName}`}`
      : "not encrypted";
  return [
    `Accepted by  ${acceptedBy}`,
    `Way          ${way}`,
    ...accepted.map(
      ({ mailbox, reply }) =>
        `Recipient    ${mailbox.localPart}@${mailbox.domain}: ${reply.code} ${reply.text}`,
    ),
    `Stored as    ${path}`,
    "",
    "Composed and read back by mailparser:",
    ...rows.map(({ what, isSame, expected, found }) =>
      isSame
        ? `  same       ${what}`
        : `  DIFFERENT  ${what}\n    expected ${JSON.stringify(expected)}\n    found    ${JSON.stringify(found)}`,
    ),
    "",
    isSound(receipt, rows)
      ? `All ${rows.length} comparisons hold.`
      : "The message did not arrive as it was composed.",
  ];
}
