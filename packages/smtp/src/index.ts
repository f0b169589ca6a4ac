/**
 * Sending over SMTP.
 *
 * RFC 5321 (SMTP), RFC 6409 (submission), RFC 8314 (TLS), RFC 3207 (STARTTLS), RFC 4954 (AUTH).
 */
export { smtpTransport } from "./smtp-transport.ts";
export { OutcomeUnknownError, SmtpError } from "./failure.ts";
export type { SmtpTransport, SmtpVerification } from "./smtp-transport.ts";
export type { SecretSource, SmtpAuth, SmtpOptions, SmtpTimeouts } from "./options.ts";
export type { SmtpEvent } from "./event.ts";
export type { OutcomeUnknownInit, SmtpErrorInit, SmtpStage } from "./failure.ts";
