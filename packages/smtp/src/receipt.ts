/** What a sending came to: a receipt, or the error that has one inside. */
import { envelope as envelopeFor, type Envelope, type ServerReply } from "@letterwright/message";
import { describeReply, queueIdOf, type TransactionResult } from "@letterwright/smtp-protocol";
import {
  DeliveryError,
  OutcomeUnknownError,
  type Protection,
  type SendReceipt,
  type SendTimings,
  type UncertainReceipt,
} from "@letterwright/transport";

/** What a receipt says besides who has the message. */
export interface ReceiptFacts {
  readonly messageId: string | undefined;
  readonly acceptedBy: string;
  readonly protection: Protection;
  readonly byteLength: number;
  readonly durationMs: number;
  readonly timings: SendTimings;
}

/**
 * The receipt of a transaction in which everybody was accepted.
 *
 * Throws {@link OutcomeUnknownError} `SMTP_OUTCOME_UNKNOWN` and {@link DeliveryError}.
 */
export function receiptOf(
  result: TransactionResult,
  envelope: Envelope,
  facts: ReceiptFacts,
): SendReceipt {
  const { accepted, refused, unknown, reply, failure } = result;
  if (unknown.length > 0) {
    throw new OutcomeUnknownError(
      "the connection broke before the server said whether it took the message",
      {
        code: "SMTP_OUTCOME_UNKNOWN",
        hint: "Look for the Message-ID in the server's log or at the recipient before you send again: it may arrive twice.",
        receipt: made(result, reply, facts),
        cause: failure?.reason,
      },
    );
  }
  const receipt =
    reply === undefined || accepted.length === 0
      ? undefined
      : (made(result, reply, facts) as SendReceipt);
  if (receipt !== undefined && refused.length === 0) return receipt;
  throw notToAll(receipt, refused, envelope);
}

/** Property by property, and in one order: receipts are made for each message, and have one shape for the engine. */
function made(
  { accepted, refused, unknown }: TransactionResult,
  reply: ServerReply | undefined,
  { messageId, acceptedBy, protection, byteLength, durationMs, timings }: ReceiptFacts,
): UncertainReceipt {
  const receipt: { -readonly [Name in keyof UncertainReceipt]: UncertainReceipt[Name] } = {
    accepted,
    refused,
    unknown,
    acceptedBy,
    protection,
    byteLength,
    durationMs,
    timings,
  };
  if (reply !== undefined) receipt.reply = reply;
  if (messageId !== undefined) receipt.messageId = messageId;
  const queueId = reply === undefined ? undefined : queueIdOf(reply);
  if (queueId !== undefined) receipt.queueId = queueId;
  return Object.freeze(receipt);
}

function notToAll(
  receipt: SendReceipt | undefined,
  refused: TransactionResult["refused"],
  { reversePath, recipients, reports }: Envelope,
): DeliveryError {
  // With recipients "all" there are some who were not refused, and have nothing all the same.
  const served = new Set(receipt?.accepted.map(({ mailbox }) => mailbox));
  const remaining = envelopeFor({
    reversePath,
    recipients: recipients.filter(({ mailbox }) => !served.has(mailbox)),
    ...(reports === undefined ? {} : { reports }),
  });
  const [first] = refused;
  const words = first === undefined ? "" : `: ${describeReply(first.reply)}`;
  const whom =
    refused.length < recipients.length
      ? `${refused.length} of ${recipients.length} recipients`
      : refused.length === 1
        ? "the recipient"
        : `all ${refused.length} recipients`;
  return new DeliveryError(
    `the server refused ${whom}${receipt === undefined && refused.length < recipients.length ? ", so nobody got the message" : ""}${words}`,
    {
      hint:
        first?.reply.code === 530
          ? "The server wants a login first (RFC 4954 §6): give user and secret."
          : "`refused` has the server's words for each. A 550 usually means that the address does not exist, or that this client would have to log in.",
      refused,
      remaining,
      receipt,
    },
  );
}
