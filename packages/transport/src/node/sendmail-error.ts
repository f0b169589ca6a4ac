/** What the machine's sendmail command can come to, other than a receipt or a refusal. */
import { LetterwrightError, type LetterwrightErrorInit } from "@letterwright/base/error";
import type { Retry } from "@letterwright/message";

/** The codes of a {@link SendmailError}. */
export type SendmailErrorCode = "SENDMAIL_CANNOT_START" | "SENDMAIL_FAILED" | "SENDMAIL_TIMEOUT";

/** What a {@link SendmailError} is made from. */
export interface SendmailErrorInit extends LetterwrightErrorInit<SendmailErrorCode> {
  readonly retry?: Retry;
  /** What it wrote to standard error, the beginning of it; untrusted. */
  readonly words?: string | undefined;
}

/** The command did not take the message: nobody has it. */
export class SendmailError extends LetterwrightError<SendmailErrorCode> {
  override readonly name: string = "SendmailError";
  readonly retry: Retry;
  readonly words: string | undefined;

  constructor(message: string, init: SendmailErrorInit) {
    super(message, init);
    this.retry = init.retry ?? "no";
    this.words = init.words;
  }
}
