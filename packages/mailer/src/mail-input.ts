/** What can be sent: a message, what one is composed from, or finished mail. */
import {
  from as fromField,
  hasField,
  message,
  prependField,
  type Mailbox,
  type MailboxListInput,
  type Message,
  type MessageInit,
  type RawMessage,
} from "@letterwright/message";

/** What a message is composed from; `from` may be left out where the mailer has one. */
export type MailInit = Omit<MessageInit, "from"> & { readonly from?: MailboxListInput };

/** What `Mailer.send` takes. */
export type MailInput = Message | MailInit | RawMessage;

/** Whether this is finished mail. */
export function isRaw(mail: MailInput): mail is RawMessage {
  return "separator" in mail;
}

/** The message that is meant, with an author: its own, else the mailer's. */
export function messageFrom(mail: Message | MailInit, author: Mailbox | undefined): Message {
  if (!("fields" in mail)) {
    // Without any author, composing says what is missing.
    return message({ ...(author === undefined ? {} : { from: author }), ...mail } as MessageInit);
  }
  if (author === undefined || hasField(mail, fromField.name)) return mail;
  return prependField(mail, fromField, [author]);
}
