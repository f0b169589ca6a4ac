/** What sends one message of many: for those who write transports. */
import type { BulkItem } from "./bulk.ts";
import type { SendReceipt } from "./transport.ts";

/** A sending under way. */
export interface BulkSending {
  /** Takes it back, if nothing of it was begun. */
  withdraw(): boolean;
  /** Stops it; it fails with the reason, or its outcome is unknown. */
  abort(reason: unknown): void;
}

/** Who waits for one message, and is told how it went. */
export interface BulkTold {
  accepted(receipt: SendReceipt): void;
  failed(reason: unknown): void;
}

/** Begins to send one message, and tells how it went, once, now or later. */
export type BulkSend = (
  item: Exclude<BulkItem, { readonly error: unknown }>,
  told: BulkTold,
) => BulkSending;
