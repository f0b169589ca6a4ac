/** The error of a message that did not reach everyone. */
import { LetterwrightError } from "@letterwright/base/error";
import type { Envelope, RefusedRecipient, Retry } from "@letterwright/message";
import type { SendReceipt } from "./transport.ts";

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
