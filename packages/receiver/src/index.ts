/**
 * A receiving mail server for development and tests. It delivers nothing.
 *
 * RFC 5321 (SMTP) through `smtp-server`; messages are read by `@letterwright/parser`.
 */
export { catchMail } from "./catch-mail.ts";
export type { MailCatcher } from "./catch-mail.ts";
export type { CatchOptions, ReceiverIdentity } from "./catch-options.ts";
export type { CaughtMessage } from "./caught-message.ts";
export type { Expectation, WaitOptions } from "./inbox.ts";
export type { CaughtFile, CaughtMailbox, ReadMessage } from "./read-message.ts";
