/** What stands beside a message that is sent, and what comes back for it. */
import type { Envelope } from "@letterwright/message";
import type { SendOptions, SendReceipt } from "@letterwright/transport";

/** Options of `Mailer.send`. */
export interface MailOptions extends SendOptions {
  /** Who gets it, in place of what the fields say. Finished mail whose fields leave a doubt has to be given one. */
  readonly envelope?: Envelope;
}

/** None: one object for all who give none. */
export const noMailOptions: MailOptions = Object.freeze({});

/** A receipt, and what was changed on the way. */
export interface MailReceipt extends SendReceipt {
  /** One sentence for each change that finished mail needed; empty for composed messages. */
  readonly changes: readonly string[];
}
