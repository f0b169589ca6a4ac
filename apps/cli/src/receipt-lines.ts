/** What became of each recipient, a line each. */
import {
  addrSpec,
  type AcceptedRecipient,
  type RefusedRecipient,
  type ServerReply,
} from "@letterwright/message";
import type { Protection, SendReceipt } from "@letterwright/transport";
import { shown } from "./shown.ts";

/** A line a recipient: first those who were accepted. */
export function deliveryLines(
  receipt: SendReceipt | undefined,
  refused: readonly RefusedRecipient[],
): readonly string[] {
  const line = (mark: string, { mailbox, reply }: AcceptedRecipient): string =>
    `  ${mark} ${shown(addrSpec(mailbox))}   ${replyText(reply)}`;
  return [
    ...(receipt?.accepted ?? []).map((recipient) => line("accepted", recipient)),
    ...refused.map((recipient) => line("refused ", recipient)),
  ];
}

/** The report of a message that was accepted. */
export function receiptLines(receipt: SendReceipt): readonly string[] {
  const { acceptedBy, reply, protection, byteLength, durationMs, messageId } = receipt;
  return [
    `Accepted by ${shown(acceptedBy)} (accepted, not yet delivered)`,
    ...deliveryLines(receipt, []),
    `  reply      ${replyText(reply)}`,
    `  way        ${protectionText(protection)}`,
    `  message    ${messageId === undefined ? "without Message-ID" : shown(messageId)}, ${byteLength} bytes, ${durationMs} ms`,
  ];
}

/** How the way was protected, in a few words. */
export function protectionText(protection: Protection): string {
  if (protection.kind === "none") return "not encrypted";
  if (protection.kind === "local") return "on this machine";
  const { protocol, cipher, verifiedName } = protection;
  return `${protocol}, ${cipher}, ${verifiedName === undefined ? "certificate NOT verified" : `certificate verified for ${verifiedName}`}`;
}

function replyText({ code, enhancedStatus, text }: ServerReply): string {
  return shown(
    [code, enhancedStatus, text.replaceAll("\n", " ")]
      .filter((part) => part !== undefined)
      .join(" "),
  );
}
