/** What makes one sending of a message itself: fixed once, the same in every attempt. */
import {
  createMessageId,
  date,
  dateTime,
  field,
  from,
  hexOf,
  messageId,
  sender,
  type DateTime,
  type Message,
  type MessageId,
} from "@letterwright/message";
import { smtpPolicy, type Policy } from "./policy.ts";

/** Date, Message-ID and boundaries of one sending. */
export interface Identity {
  readonly date: DateTime;
  readonly messageId: MessageId;
  /** 32 hexadecimal digits, 128 random bits, from which every boundary is made. */
  readonly boundarySeed: string;
}

/**
 * The identity of one sending: the message's own Date and Message-ID where it has them, else new ones.
 * The Message-ID's right side is the domain of Sender or From, never this machine's name.
 */
export function identityOf(mail: Message, policy: Policy = smtpPolicy): Identity {
  const author = field(mail, sender) ?? field(mail, from)?.[0];
  return Object.freeze({
    date: field(mail, date) ?? dateTime(policy.now()),
    messageId:
      field(mail, messageId) ??
      createMessageId(author?.domain ?? "localhost.invalid", policy.random),
    boundarySeed: hexOf(policy.random(16)),
  });
}
