/** What `send --json` prints: one object, whose shape the version in `schema` promises. */
import { addrSpec, type ServerReply } from "@letterwright/message";
import {
  DeliveryError,
  OutcomeUnknownError,
  type SendReceipt,
  type UncertainReceipt,
} from "@letterwright/transport";
import type { LetterwrightError } from "@letterwright/base/error";

/** The name of the shape. It gets new keys; a change of meaning is another number. */
export const sendSchema = "letterwright.send/1";

/** Accepted for all. */
export function receiptJson(receipt: SendReceipt): object {
  return { schema: sendSchema, outcome: "accepted", exitStatus: 0, ...deliveryJson(receipt, []) };
}

/** Refused for some or all, not sent, or nobody knows. */
export function failureJson(
  error: LetterwrightError,
  exitStatus: number,
): Readonly<Record<string, unknown>> {
  const { code, message, hint } = error;
  return {
    outcome:
      code === "DELIVERY_PARTIAL"
        ? "partial"
        : code === "SMTP_OUTCOME_UNKNOWN"
          ? "unknown"
          : "failed",
    exitStatus,
    ...(error instanceof DeliveryError ? deliveryJson(error.receipt, error.refused) : {}),
    ...(error instanceof OutcomeUnknownError
      ? deliveryJson(error.receipt, error.receipt.refused)
      : {}),
    error: {
      code,
      message,
      hint,
      retry: "retry" in error ? error.retry : undefined,
      stage: "stage" in error ? error.stage : undefined,
      reply: "reply" in error ? error.reply : undefined,
    },
  };
}

function deliveryJson(
  receipt: SendReceipt | UncertainReceipt | undefined,
  refused: DeliveryError["refused"],
): object {
  const { acceptedBy, reply, protection, byteLength, durationMs, messageId } = receipt ?? {};
  const flat = ({
    mailbox,
    reply: said,
  }: {
    mailbox: Parameters<typeof addrSpec>[0];
    reply: ServerReply;
  }): object => ({
    address: addrSpec(mailbox),
    reply: said,
  });
  return {
    accepted: (receipt?.accepted ?? []).map(flat),
    refused: refused.map((recipient) => ({ ...flat(recipient), retry: recipient.retry })),
    unknown: (receipt?.unknown ?? []).map((mailbox) => addrSpec(mailbox)),
    acceptedBy,
    reply,
    queueId: receipt?.queueId,
    protection,
    messageId,
    byteLength,
    durationMs,
    timings: receipt?.timings,
  };
}
