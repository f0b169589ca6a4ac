/**
 * The front door: what ten lines of a README need, and no more.
 *
 * RFC 6409 (submission), RFC 8314 (TLS on 465 and 587).
 */
export { createMailer } from "./mailer.ts";
export {
  attachment,
  envelope,
  group,
  inlineFile,
  mailbox,
  message,
  once,
} from "@letterwright/message";
export { openFile, openInlineFile } from "@letterwright/message/node";
export { LetterwrightError } from "@letterwright/base/error";
export { secret } from "@letterwright/base/secret";
export { createTlsContext } from "@letterwright/tls";
export { smtpTransport } from "@letterwright/smtp";
export { DeliveryError, memoryTransport, OutcomeUnknownError } from "@letterwright/transport";
export { fileTransport, sendmailTransport } from "@letterwright/transport/node";
export type { MailInit, MailInput } from "./mail-input.ts";
export type { BulkMail, MailResult, MailResults } from "./mail-bulk.ts";
export type { MailOptions, MailReceipt } from "./mail-options.ts";
export type { Mailer } from "./mailer.ts";
export type { MailerOptions } from "./options.ts";
export type { Sign } from "./signature.ts";
export type { Message, MessageInit, RawMessage } from "@letterwright/message";
export type { SmtpOptions } from "@letterwright/smtp";
export type { TlsContext } from "@letterwright/tls";
export type {
  BulkOptions,
  RetryPolicy,
  SendRate,
  SendReceipt,
  Transport,
} from "@letterwright/transport";
