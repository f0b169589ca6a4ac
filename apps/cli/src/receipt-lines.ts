/** What became of a message and of each recipient, for a person. */
import {
  addrSpec,
  type AcceptedRecipient,
  type RefusedRecipient,
  type ServerReply,
} from "@letterwright/message";
import type { Protection, SendReceipt } from "@letterwright/transport";
import { shownOnOneLine } from "./shown.ts";

/** A line a recipient: first those who were accepted. */
export function recipientLines(
  accepted: readonly AcceptedRecipient[],
  refused: readonly RefusedRecipient[],
): readonly string[] {
  const line = (mark: string, { mailbox, reply }: AcceptedRecipient): string =>
    `  ${mark}  ${shownOnOneLine(addrSpec(mailbox))}   ${replyText(reply)}`;
  return [
    ...accepted.map((recipient) => line("accepted", recipient)),
    ...refused.map((recipient) => line("refused ", recipient)),
  ];
}

/** The report of a message that was accepted, for all or for some. */
export function receiptLines(receipt: SendReceipt): readonly string[] {
  const { acceptedBy, reply, protection, byteLength, messageId, queueId } = receipt;
  const durationMs = Math.round(receipt.durationMs);
  return [
    // RFC 5321 §4.2.5: the server has taken it over; whether it arrives is another matter.
    `Accepted by ${shownOnOneLine(acceptedBy)} (accepted, not yet delivered)`,
    ...recipientLines(receipt.accepted, receipt.refused),
    `  reply     ${replyText(reply)}`,
    ...(queueId === undefined ? [] : [`  queue id  ${shownOnOneLine(queueId)}`]),
    `  security  ${protectionText(protection)}`,
    `  message   ${messageId === undefined ? "without Message-ID" : shownOnOneLine(messageId)}, ${byteLength} bytes, ${durationMs} ms`,
  ];
}

/** How the way was protected, in a few words. */
export function protectionText(protection: Protection): string {
  if (protection.kind === "none") return "NOT encrypted";
  if (protection.kind === "local") return "on this machine";
  const { protocol, cipher } = protection;
  return `${protocol}, ${cipher}, ${certificateText(protection)}`;
}

function certificateText({
  trustSource,
  verifiedName = "",
}: Extract<Protection, { kind: "tls" }>): string {
  if (trustSource === "nobody") return "certificate NOT verified";
  if (trustSource === "pin") return "certificate is the one pinned";
  return `certificate verified for ${shownOnOneLine(verifiedName)}`;
}

function replyText({ code, enhancedStatus, text }: ServerReply): string {
  return shownOnOneLine(
    [code, enhancedStatus, text].filter((part) => part !== undefined).join(" "),
  );
}
