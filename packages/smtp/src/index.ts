/**
 * Sending over SMTP.
 *
 * RFC 5321 (SMTP), RFC 6409 (submission), RFC 8314 (TLS), RFC 3207 (STARTTLS), RFC 4954 (AUTH).
 */
export { smtpTransport } from "./smtp-transport.ts";
export { transcriptLines } from "./event.ts";
export { SmtpError } from "./failure.ts";
export { OutcomeUnknownError } from "@letterwright/transport";
export type { SmtpTransport, SmtpVerification } from "./smtp-transport.ts";
export type { ConnectHook, ConnectRequest, WebStreamPair } from "./connect-hook.ts";
export type { SecretSource } from "./secret-source.ts";
export type { SmtpAuth, SmtpHost, SmtpOptions, SmtpTimeouts } from "./options.ts";
export type { PoolOptions } from "./pool/pool-options.ts";
export type { SendRate } from "@letterwright/transport";
export type { PoolState } from "./pool/pool-state.ts";
export type { SmtpFlight, SmtpMetric } from "./metric.ts";
export type { SmtpProxy } from "./proxy/proxy.ts";
export type { TokenRequest, TokenSource } from "./token-source.ts";
export type { SmtpEvent } from "./event.ts";
export type { SmtpErrorInit, SmtpStage } from "./failure.ts";

// For those who take dialogs of `@letterwright/smtp-protocol` over a socket of their own.
export { canBind, compute, lackingHashes } from "./computation.ts";
