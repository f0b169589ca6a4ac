/** What makes one sending of a message itself: fixed once, the same in every attempt. */
import { isAscii } from "@letterwright/base/bytes";
import {
  asciiDomain,
  date as dateField,
  dateTime,
  from,
  hexOf,
  messageId as messageIdField,
  platformRandom,
  sender,
  typedField,
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
  return Object.freeze({
    date: typedField(mail, dateField) ?? moment(policy),
    messageId: typedField(mail, messageIdField) ?? newMessageId(mail, policy),
    boundarySeed: randomHex(policy),
  });
}

/** 128 random bits, and the domain of the author, which was checked when the mailbox was made. */
function newMessageId(mail: Message, policy: Policy): MessageId {
  const domain =
    (typedField(mail, sender) ?? typedField(mail, from)?.[0])?.domain ?? "localhost.invalid";
  return `<${randomHex(policy)}@${isAscii(domain) ? domain : asciiDomain(domain)}>`;
}

const digits = 32;
const digitsAtOnce = digits * 128;
let pool = "";
let poolAt = 0;

/** 32 hexadecimal digits: those of the platform are made many at a time, and none is given twice. */
function randomHex(policy: Policy): string {
  if (policy.random !== platformRandom) return hexOf(policy.random(digits / 2));
  if (poolAt === pool.length) {
    pool = hexOf(platformRandom(digitsAtOnce / 2));
    poolAt = 0;
  }
  poolAt += digits;
  return pool.slice(poolAt - digits, poolAt);
}

let lastMoment: DateTime | undefined;

/** The moment, to the second: many messages are made within one. */
function moment(policy: Policy): DateTime {
  const now = policy.now();
  const seconds = Math.floor(now.getTime() / 1000) * 1000;
  if (lastMoment?.epochMs !== seconds || lastMoment.offsetMinutes !== 0) lastMoment = dateTime(now);
  return lastMoment;
}
