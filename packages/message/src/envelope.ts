/** The envelope: who gets reports, and who gets the message (RFC 5321 §2.3.1). */
import { UsageError } from "@letterwright/base/error";
import { field } from "./field/field.ts";
import { bcc, cc, from, sender, to } from "./field/standard.ts";
import { addrSpec, mailboxesOf, type Mailbox } from "./mailbox.ts";
import type { Message } from "./part.ts";

/** One recipient of an envelope. */
export interface EnvelopeRecipient {
  readonly mailbox: Mailbox;
}

/** What MAIL and RCPT say; the header is not consulted again. */
export interface Envelope {
  /** Where reports go; `null` is the null reverse-path `<>` of RFC 5321 §4.5.5, which asks for none. */
  readonly reversePath: Mailbox | null;
  readonly recipients: readonly EnvelopeRecipient[];
}

/** What an {@link Envelope} is made from. */
export interface EnvelopeInit {
  readonly reversePath: Mailbox | null;
  readonly recipients: readonly Mailbox[];
}

/**
 * A checked, frozen envelope. A mailbox that stands twice is kept once.
 *
 * @throws {UsageError} `ENVELOPE_RECIPIENTS_MISSING`
 */
export function envelope(init: EnvelopeInit): Envelope {
  const seen = new Set<string>();
  const recipients: EnvelopeRecipient[] = [];
  for (const box of init.recipients) {
    // RFC 5321 §2.4: domains are matched without case, local-parts are not.
    const key = `${box.localPart}@${addrSpec(box, { domain: "ascii" }).split("@").at(-1)?.toLowerCase()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    recipients.push(Object.freeze({ mailbox: box }));
  }
  if (recipients.length === 0) {
    throw new UsageError("there is nobody to send to", {
      code: "ENVELOPE_RECIPIENTS_MISSING",
      hint: "Give at least one mailbox in to, cc or bcc.",
    });
  }
  return Object.freeze({ reversePath: init.reversePath, recipients: Object.freeze(recipients) });
}

/**
 * The envelope that a message asks for: Sender, else From, as reverse-path; To, Cc and Bcc, groups
 * opened, as recipients.
 *
 * @throws {UsageError} `MESSAGE_FROM_MISSING`, `ENVELOPE_RECIPIENTS_MISSING`
 */
export function envelopeOf(mail: Message): Envelope {
  const author = field(mail, sender) ?? field(mail, from)?.[0];
  if (author === undefined) {
    throw new UsageError("the message has neither From nor Sender", {
      code: "MESSAGE_FROM_MISSING",
      hint: "Compose it with `from`, or pass an envelope of your own.",
    });
  }
  const recipients = [to, cc, bcc].flatMap((definition) =>
    mailboxesOf(field(mail, definition) ?? []),
  );
  return envelope({ reversePath: author, recipients });
}
