/** What the replies of a transaction mean for each recipient. RFC 5321 §3.3, §4.2.1; RFC 2033 §4.2. */
import type {
  AcceptedRecipient,
  Envelope,
  EnvelopeRecipient,
  Mailbox,
  RefusedRecipient,
  ServerReply,
} from "@letterwright/message";
import { ProtocolError, ReplyError, retryOf } from "../errors.ts";
import type { Answer } from "./dialog.ts";

/** What became of a transaction. */
export interface TransactionResult {
  /** Recipients the server took responsibility for, by its final reply. */
  readonly accepted: readonly AcceptedRecipient[];
  readonly refused: readonly RefusedRecipient[];
  /** Recipients of whom nobody knows, because the line broke when the end of the content may have left. */
  readonly unknown: readonly Mailbox[];
  /** The final reply; absent when nothing was sent, because nobody was accepted, and where it never came. */
  readonly reply?: ServerReply;
  /** What broke, where that left somebody unknown. */
  readonly failure?: { readonly reason: unknown };
}

/** What MAIL and RCPT were answered. */
export interface Judged {
  readonly sender: ServerReply | undefined;
  /** Granted: the server would take the message for them. */
  readonly granted: readonly AcceptedRecipient[];
  readonly refused: readonly RefusedRecipient[];
  readonly unanswered: readonly Mailbox[];
}

/** A list of one takes as much memory as it needs; one that is pushed to takes room for many. */
function added<One>(list: One[] | undefined, one: One): One[] {
  if (list === undefined) return [one];
  list.push(one);
  return list;
}

const nobody: readonly never[] = Object.freeze([]);

/** Sorts recipients by their replies; the reply to MAIL is that at `start`. */
export function judge(envelope: Envelope, replies: readonly ServerReply[], start: number): Judged {
  // No list is made before there is something in it: mostly there is one recipient, and nothing goes wrong.
  let granted: AcceptedRecipient[] | undefined;
  let refused: RefusedRecipient[] | undefined;
  let unanswered: Mailbox[] | undefined;
  const { recipients } = envelope;
  for (let index = 0; index < recipients.length; index++) {
    const { mailbox } = recipients[index] as EnvelopeRecipient;
    const reply = replies[start + 1 + index];
    if (reply === undefined) unanswered = added(unanswered, mailbox);
    else if (reply.code < 300) granted = added(granted, { mailbox, reply });
    else refused = added(refused, { mailbox, reply, retry: retryOf(reply) });
  }
  return {
    sender: replies[start],
    granted: granted ?? nobody,
    refused: refused ?? nobody,
    unanswered: unanswered ?? nobody,
  };
}

/** Whether there is nobody to send to: all refused, or one where all have to be accepted. */
export function isVoid({ granted, refused, unanswered }: Judged, isAll: boolean): boolean {
  return (isAll && refused.length > 0) || (granted.length === 0 && unanswered.length === 0);
}

function firstRefusal(replies: readonly ServerReply[], start: number): ServerReply | undefined {
  for (let at = start; at < replies.length; at++) {
    const reply = replies[at] as ServerReply;
    if (reply.code >= 300) return reply;
  }
  return undefined;
}

/**
 * What the answer to the content comes to: the replies from `start` on. A refusal that was read holds, whatever broke
 * behind it.
 *
 * Throws {@link ReplyError} `SMTP_DATA_REFUSED`, and what broke where the end cannot have left.
 */
export function settle(judged: Judged, answer: Answer, start = 0): TransactionResult {
  const { granted, refused, unanswered } = judged;
  const { replies, failure, endMayHaveLeft } = answer;
  const reply = replies.length > start ? replies.at(-1) : undefined;
  const refusal = firstRefusal(replies, start);
  if (failure === undefined && reply !== undefined && reply.code < 300) {
    // RFC 3030 §2: a message with a refused chunk has failed. Who takes it nevertheless has we know not what.
    if (refusal !== undefined) return unknownAfter(judged, inconsistent(refusal, reply));
    return { accepted: granted, refused, unknown: nobody, reply };
  }
  if (refusal !== undefined) throw refusedData(refusal);
  if (failure !== undefined && (endMayHaveLeft !== true || isClosing(failure.reason))) {
    throw failure.reason;
  }
  const unknown = [...granted.map(({ mailbox }) => mailbox), ...unanswered];
  return { accepted: [], refused, unknown, failure: failure ?? { reason: undefined } };
}

/** The same in LMTP: one reply for each recipient that was granted, in their order (RFC 2033 §4.2). */
export function settleEach(judged: Judged, answer: Answer): TransactionResult {
  const { replies, failure, endMayHaveLeft } = answer;
  const accepted: AcceptedRecipient[] = [];
  const refused: RefusedRecipient[] = [...judged.refused];
  const unknown: Mailbox[] = [];
  for (const [index, { mailbox }] of judged.granted.entries()) {
    const reply = replies[index];
    if (reply === undefined) unknown.push(mailbox);
    else if (reply.code < 300) accepted.push({ mailbox, reply });
    else refused.push({ mailbox, reply, retry: retryOf(reply) });
  }
  if (unknown.length > 0 && failure !== undefined && endMayHaveLeft !== true) throw failure.reason;
  const [first] = accepted;
  return {
    accepted,
    refused,
    unknown,
    ...(first === undefined ? {} : { reply: first.reply }),
    // RFC 5321 §3.8: a 421 stands in place of one reply, and of those that would have followed it none comes.
    ...(unknown.length === 0 ? {} : { failure: failure ?? { reason: closed(replies.at(-1)) } }),
  };
}

/** The error of a MAIL that was refused. */
export function refusedSender(reply: ServerReply): ReplyError {
  return new ReplyError("the server refused the sender", {
    code: "SMTP_SENDER_REFUSED",
    reply,
    hint:
      reply.code === 530
        ? "The server wants a login, or TLS, first (RFC 4954 §6): give user and secret."
        : "Is the user allowed to send from this address? Most servers want the address that logged in.",
  });
}

/** The error of a message that was refused after its envelope was accepted. */
export function refusedData(reply: ServerReply): ReplyError {
  return new ReplyError("the server refused the message", {
    code: "SMTP_DATA_REFUSED",
    reply,
    hint: "Its words say why: policy, content, size, or the sender's domain lacking SPF or DKIM.",
  });
}

/**
 * RFC 5321 §3.8: a server that says 421 to a command has not done what it asks, and does nothing that comes behind
 * it. Said to the end of a message it is an answer like another, and does not get here.
 */
function isClosing(reason: unknown): boolean {
  return reason instanceof ProtocolError && reason.code === "SMTP_SERVER_CLOSING";
}

function unknownAfter({ granted, refused }: Judged, reason: unknown): TransactionResult {
  return {
    accepted: [],
    refused,
    unknown: granted.map(({ mailbox }) => mailbox),
    failure: { reason },
  };
}

function closed(reply: ServerReply | undefined): ProtocolError {
  return new ProtocolError("the server closed the connection before it answered for all", {
    code: "SMTP_SERVER_CLOSING",
    hint: "It is busy, restarting, or tired of this client; try again later.",
    reply,
  });
}

function inconsistent(refusal: ServerReply, reply: ServerReply): ProtocolError {
  return new ProtocolError(
    `the server refused a part of the message (${refusal.code}) and accepted its end (${reply.code})`,
    {
      code: "SMTP_REPLY_UNEXPECTED",
      hint: "The conversation is out of step, so the connection is given up.",
      reply,
    },
  );
}
