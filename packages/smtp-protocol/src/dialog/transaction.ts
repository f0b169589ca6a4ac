/** One mail transaction: MAIL, RCPT, DATA. RFC 5321 §3.3; in groups by RFC 2920. */
import type {
  AcceptedRecipient,
  Envelope,
  RefusedRecipient,
  ServerReply,
} from "@letterwright/message";
import type { Command, MailParameters } from "../command.ts";
import { ReplyError, retryOf } from "../errors.ts";
import { ask, type Dialog } from "./dialog.ts";

/** How a transaction goes. */
export interface TransactionOptions {
  readonly envelope: Envelope;
  readonly parameters?: MailParameters;
  /** Whether the server offers PIPELINING. */
  readonly pipelining: boolean;
  /** `"each"`: who is accepted is served. `"all"`: one refusal voids the transaction. */
  readonly recipients: "each" | "all";
}

/** What became of it. */
export interface TransactionResult {
  /** Recipients the server took responsibility for, by its final reply. */
  readonly accepted: readonly AcceptedRecipient[];
  readonly refused: readonly RefusedRecipient[];
  /** The final reply; absent when nothing was sent, because nobody was accepted. */
  readonly reply?: ServerReply;
}

// Commands in flight at once: enough to hide the round trip, and too few to fill both sides' buffers
// with neither reading (RFC 2920 §3.1).
const maxGroup = 50;

/**
 * One message to one envelope.
 *
 * Throws {@link ReplyError} `SMTP_SENDER_REFUSED` or `SMTP_DATA_REFUSED`; then nobody has the message.
 *
 * Where nothing was sent the transaction is left open, and `reset` has to come before the next: an answer
 * that is known is not put at risk by waiting for another.
 */
export function* transaction(options: TransactionOptions): Dialog<TransactionResult> {
  const { envelope, parameters, pipelining, recipients } = options;
  const mail: Command = {
    verb: "MAIL",
    reversePath: envelope.reversePath,
    ...(parameters === undefined ? {} : { parameters }),
  };
  const smtpUtf8 = parameters?.smtpUtf8 === true;
  const rcpts = envelope.recipients.map(({ mailbox }): Command => ({
    verb: "RCPT",
    mailbox,
    smtpUtf8,
  }));
  // RFC 2920 §3.1: DATA may end the group, but a 354 then commits: not where all have to be accepted.
  const canGroupData = pipelining && recipients === "each" && rcpts.length < maxGroup;
  const commands = canGroupData ? [mail, ...rcpts, { verb: "DATA" } as const] : [mail, ...rcpts];
  const replies = pipelining ? yield* inGroups(commands) : yield* inTurn(commands);
  const sender = replies[0] as ServerReply;
  if (sender.code >= 400) {
    if (canGroupData) yield* endNeedlessData(replies.at(-1));
    throw new ReplyError("the server refused the sender", {
      code: "SMTP_SENDER_REFUSED",
      reply: sender,
      hint:
        sender.code === 530
          ? "The server wants a login, or TLS, first (RFC 4954 §6): give user and secret."
          : "Is the user allowed to send from this address? Most servers want the address that logged in.",
    });
  }
  const answered = envelope.recipients.map(({ mailbox }, index) => ({
    mailbox,
    reply: replies[index + 1] as ServerReply,
  }));
  const granted = answered.filter(({ reply }) => reply.code < 300);
  const refused = answered
    .filter(({ reply }) => reply.code >= 300)
    .map(({ mailbox, reply }): RefusedRecipient => ({ mailbox, reply, retry: retryOf(reply) }));
  const isVoid = granted.length === 0 || (recipients === "all" && refused.length > 0);
  if (isVoid) {
    // RFC 2920 §3.1: a 354 has come although nobody was accepted; an empty message ends it, to nobody.
    if (canGroupData) yield* endNeedlessData(replies.at(-1));
    return { accepted: [], refused };
  }
  const go = canGroupData ? (replies.at(-1) as ServerReply) : yield* ask({ verb: "DATA" });
  if (go.code >= 400) throw refusedData(go);
  const [final] = yield { kind: "content" };
  const reply = final as ServerReply;
  if (reply.code >= 300) throw refusedData(reply);
  return { accepted: granted, refused, reply };
}

/** MAIL and RCPTs a group at a time; what a refused MAIL leaves behind is answered in the same breath. */
function* inGroups(commands: readonly Command[]): Dialog<readonly ServerReply[]> {
  const replies: ServerReply[] = [];
  for (let start = 0; start < commands.length; start += maxGroup) {
    replies.push(
      ...(yield { kind: "commands", commands: commands.slice(start, start + maxGroup) }),
    );
    if ((replies[0] as ServerReply).code >= 400) break;
  }
  return replies;
}

function* inTurn(commands: readonly Command[]): Dialog<readonly ServerReply[]> {
  const replies: ServerReply[] = [];
  for (const command of commands) {
    replies.push(yield* ask(command));
    if ((replies[0] as ServerReply).code >= 400) break;
  }
  return replies;
}

/** The lone dot, where a 354 came that nobody needs. Whatever happens then, it was to nobody. */
function* endNeedlessData(reply: ServerReply | undefined): Dialog<void> {
  if (reply === undefined || reply.code >= 400) return;
  try {
    yield* ask({ verb: "END" });
  } catch {
    // The refusal is known already, and it is what the caller has to hear.
  }
}

function refusedData(reply: ServerReply): ReplyError {
  return new ReplyError("the server refused the message", {
    code: "SMTP_DATA_REFUSED",
    reply,
    hint: "Its words say why: policy, content, size, or the sender's domain lacking SPF or DKIM.",
  });
}
