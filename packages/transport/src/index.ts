/**
 * The port through which finished messages leave, and what comes back.
 *
 * RFC 5321 §4.2.5 decides what a receipt may claim.
 */
export { memoryTransport } from "./memory.ts";
export { DeliveryError, OutcomeUnknownError } from "./delivery-error.ts";
export type { MemoryTransport, MemoryTransportOptions, SentMessage } from "./memory.ts";
export type { DeliveryErrorCode, DeliveryErrorInit, OutcomeUnknownInit } from "./delivery-error.ts";
export type {
  CloseOptions,
  Progress,
  Protection,
  SendOptions,
  SendReceipt,
  SendTimings,
  Transport,
  UncertainReceipt,
} from "./transport.ts";

export type {
  BulkItem,
  BulkOptions,
  BulkResult,
  BulkResults,
  BulkTransport,
  RetryPolicy,
} from "./bulk.ts";
export type { SendRate, TokenBucket } from "./token-bucket.ts";

// For those who write transports.
export { bulkRun } from "./bulk-run.ts";
export { checkBulkOptions } from "./bulk.ts";
export { createTokenBucket } from "./token-bucket.ts";
export type { BulkSend, BulkSending, BulkTold } from "./bulk-send.ts";
export { messageIdOf } from "./memory.ts";
export { checkedOutgoing, guardLineEnds, resolveOutgoing } from "./outgoing.ts";
export { outgoingChunks } from "./outgoing-chunks.ts";
export { createSendings } from "./sending.ts";
export { refuseReports, unsupported, wishesOf } from "./wishes.ts";
export type { Sendings } from "./sending.ts";
export type { MailWishes } from "./wishes.ts";
