/** The errors of a message that did not reach everyone, or of which nobody knows. */
import { LetterwrightError } from "@letterwright/base/error";
import type { Envelope, Mailbox, RefusedRecipient, Retry } from "@letterwright/message";
import type { SendReceipt, UncertainReceipt } from "./transport.ts";

/** What a {@link DeliveryError} is made from. */
export interface DeliveryErrorInit {
  readonly hint?: string | undefined;
  /** Present when somebody was accepted. */
  readonly receipt?: SendReceipt | undefined;
  readonly refused: readonly RefusedRecipient[];
  /** Everybody who does not have the message, as an envelope of their own. */
  readonly remaining: Envelope;
  readonly cause?: unknown;
}

/** The codes of a {@link DeliveryError}. */
export type DeliveryErrorCode = "DELIVERY_REFUSED" | "DELIVERY_PARTIAL";

/**
 * Some or all recipients were refused.
 *
 * With `DELIVERY_PARTIAL` the accepted ones have the message: sending it again to the whole envelope
 * would reach them twice, so `retry` is `"no"`, and `remaining` names the others.
 */
export class DeliveryError extends LetterwrightError<DeliveryErrorCode> {
  override readonly name: string = "DeliveryError";
  readonly receipt: SendReceipt | undefined;
  readonly refused: readonly RefusedRecipient[];
  readonly remaining: Envelope;
  readonly retry: Retry;

  constructor(message: string, init: DeliveryErrorInit) {
    super(message, {
      code: init.receipt === undefined ? "DELIVERY_REFUSED" : "DELIVERY_PARTIAL",
      hint: init.hint,
      cause: init.cause,
    });
    this.receipt = init.receipt;
    this.refused = init.refused;
    this.remaining = init.remaining;
    const allLater =
      init.refused.length > 0 && init.refused.every(({ retry }) => retry === "later");
    this.retry = init.receipt === undefined && allLater ? "later" : "no";
  }
}

/** What an {@link OutcomeUnknownError} is made from. */
export interface OutcomeUnknownInit<Code extends string = string> {
  readonly code: Code;
  readonly hint?: string | undefined;
  readonly receipt: UncertainReceipt;
  readonly cause: unknown;
}

/**
 * The end of the message may have left, and the answer did not come: the other side may have the message or
 * not (RFC 1047, RFC 5321 §6.1). Nothing sends it again by itself, so `retry` is `"no"`.
 */
export class OutcomeUnknownError<Code extends string = string> extends LetterwrightError<Code> {
  override readonly name: string = "OutcomeUnknownError";
  readonly retry: Retry = "no";
  /** Who has it for sure, who has not, and who may. */
  readonly receipt: UncertainReceipt;
  /** The recipients who may or may not have the message. */
  readonly unknown: readonly Mailbox[];
  /** To look for in the server's log, or in the recipient's mailbox. */
  readonly messageId: string | undefined;

  constructor(message: string, init: OutcomeUnknownInit<Code>) {
    super(message, init);
    this.receipt = init.receipt;
    this.unknown = init.receipt.unknown;
    this.messageId = init.receipt.messageId;
  }
}
