/**
 * One mail transaction: MAIL, RCPT, DATA or BDAT. RFC 5321 §3.3; in groups by RFC 2920, in chunks by RFC 3030.
 *
 * What is written together is a flight, and a flight costs a round trip:
 *
 * - in turn (without PIPELINING): each command by itself;
 * - grouped: MAIL, RCPTs and DATA, then the content. Where all have to be accepted, DATA waits until they are,
 *   because a 354 commits (RFC 2920 §3.1); BDAT needs no 354, so the content is the second flight there;
 * - eager: MAIL, RCPTs and the content by BDAT. Where all have to be accepted, none of its chunks is the last, and
 *   `BDAT 0 LAST` follows when they are.
 */
import type { Envelope, EnvelopeRecipient, ServerReply } from "@letterwright/message";
import type { Command } from "../command.ts";
import type { MailParameters } from "../parameters.ts";
import {
  ask,
  type Answer,
  type ContentStep,
  type Dialog,
  type Flight,
  type Step,
} from "./dialog.ts";
import {
  isVoid,
  judge,
  refusedData,
  refusedSender,
  settle,
  settleEach,
  type Judged,
  type TransactionResult,
} from "./verdict.ts";

/** How a transaction goes. */
export interface TransactionOptions {
  readonly envelope: Envelope;
  readonly parameters?: MailParameters;
  /** Whether the server offers DSN, so that what the envelope says of reports is said in RCPT. Default `false`. */
  readonly dsn?: boolean;
  /** Whether the server offers PIPELINING. */
  readonly pipelining: boolean;
  /** `"each"`: who is accepted is served. `"all"`: one refusal voids the transaction. */
  readonly recipients: "each" | "all";
  /** `"lines"` (default): DATA and dot-stuffing. `"chunks"`: BDAT; the server has to offer CHUNKING. */
  readonly content?: "lines" | "chunks";
  /** `"eager"` needs chunks and PIPELINING; without them it is the same as `"grouped"`, the default. */
  readonly flight?: "grouped" | "eager";
  /** Whether the content is answered once for each recipient (RFC 2033). Default `false`. */
  readonly lmtp?: boolean;
  /** Whether RSET goes first, because an earlier transaction was left open. Default `false`. */
  readonly reset?: boolean;
}

// Commands in flight at once. The driver reads while it writes, so that no number of them can leave both sides
// writing and none reading (RFC 2920 §3.1); this one bounds what is held.
const maxGroup = 1000;

/** A transaction, looked at once. */
interface Plan {
  readonly envelope: Envelope;
  readonly opening: readonly Command[];
  /** How many commands stand before MAIL. */
  readonly lead: number;
  readonly pipelining: boolean;
  /** Whether one refusal voids it; for a single recipient that says nothing. */
  readonly isAll: boolean;
  readonly isChunked: boolean;
  readonly isLmtp: boolean;
}

/**
 * One message to one envelope.
 *
 * Throws {@link ReplyError} `SMTP_SENDER_REFUSED` or `SMTP_DATA_REFUSED`; then nobody has the message. Throws what
 * broke, when it broke before the end of the content can have left; after that the result says who is unknown.
 *
 * Where nothing was sent the transaction is left open, and RSET has to come before the next: an answer that is
 * known is not put at risk by waiting for another.
 */
export function transaction(options: TransactionOptions): Dialog<TransactionResult> {
  const plan = planOf(options);
  const isEager = options.flight === "eager" && plan.isChunked && plan.pipelining;
  return isEager && plan.opening.length <= maxGroup ? new Eager(plan) : grouped(plan);
}

const theReset: Command = { verb: "RSET" };

function planOf(options: TransactionOptions): Plan {
  const { envelope, parameters, pipelining } = options;
  const smtpUtf8 = parameters?.smtpUtf8 === true;
  const mail: Command = { verb: "MAIL", reversePath: envelope.reversePath, parameters };
  const isReset = options.reset === true;
  const opening: Command[] = isReset ? [theReset, mail] : [mail];
  // By index: the engine makes an object for each step over a frozen list.
  for (let at = 0; at < envelope.recipients.length; at++) {
    const recipient = envelope.recipients[at] as EnvelopeRecipient;
    const { mailbox } = recipient;
    const own = options.dsn === true ? recipient : undefined;
    opening.push({ verb: "RCPT", mailbox, smtpUtf8, parameters: own });
  }
  return {
    envelope,
    opening,
    lead: isReset ? 1 : 0,
    pipelining,
    isAll: options.recipients === "all" && envelope.recipients.length > 1,
    isChunked: options.content === "chunks",
    isLmtp: options.lmtp === true,
  };
}

function* grouped(plan: Plan): Dialog<TransactionResult> {
  const { opening, pipelining, isAll, isChunked } = plan;
  const groupsData = pipelining && !isChunked && !isAll && opening.length < maxGroup;
  const commands = groupsData ? [...opening, { verb: "DATA" } as const] : opening;
  const answer = yield* inFlights(commands, plan);
  const judged = judge(plan.envelope, answer.replies, plan.lead);
  const { sender, unanswered, refused } = judged;
  const early = groupsData ? answer.replies[opening.length] : undefined;
  if (sender !== undefined && sender.code >= 300) {
    yield* endNeedlessData(early);
    throw refusedSender(sender);
  }
  if (unanswered.length > 0) throw answer.failure?.reason;
  if (isVoid(judged, isAll)) {
    // RFC 2920 §3.1: a 354 has come although nobody was accepted; an empty message ends it, to nobody.
    yield* endNeedlessData(early);
    return { accepted: [], refused, unknown: [] };
  }
  if (answer.failure !== undefined) throw answer.failure.reason;
  if (isChunked) return yield* chunked(plan, judged);
  const go = early ?? (yield* ask({ verb: "DATA" }));
  if (go.code >= 400) throw refusedData(go);
  const ended = yield { kind: "flight", commands: [], content: { form: "lines" } };
  return plan.isLmtp ? settleEach(judged, ended) : settle(judged, ended);
}

/** The content by BDAT, to recipients that are accepted. */
function* chunked(plan: Plan, judged: Judged): Dialog<TransactionResult> {
  const content: ContentStep = {
    // LMTP: how many replies the last chunk gets has to be sure before it leaves.
    form: plan.isLmtp ? "open chunks" : "chunks",
    inTurn: !plan.pipelining,
    stopsAfter: (replies) => replies.some(isRefusal),
  };
  const answer = yield { kind: "flight", commands: [], content };
  return plan.isLmtp ? yield* commit(plan, judged, answer) : settle(judged, answer);
}

/**
 * MAIL, RCPTs and the content in one flight. One object is the dialog, its flight, and how the content is written: in a
 * window one is made for each message, while many others wait for their answers.
 */
class Eager implements Dialog<TransactionResult>, Flight, ContentStep {
  readonly kind = "flight";
  readonly commands: readonly Command[];
  readonly form: ContentStep["form"];
  readonly #plan: Plan;
  #isBegun = false;
  /** What has to be said when the content is answered. */
  #commit: Dialog<TransactionResult> | undefined;

  constructor(plan: Plan) {
    this.commands = plan.opening;
    this.form = plan.isAll || plan.isLmtp ? "open chunks" : "chunks";
    this.#plan = plan;
  }

  get content(): ContentStep {
    return this;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(answer?: Answer): IteratorResult<Step, TransactionResult> {
    if (this.#commit !== undefined) return this.#commit.next(answer as Answer);
    if (this.#isBegun) return this.#heard(answer as Answer);
    this.#isBegun = true;
    return { value: this, done: false };
  }

  stopsAfter(replies: readonly ServerReply[]): boolean {
    const { envelope, lead, isAll } = this.#plan;
    const sofar = judge(envelope, replies, lead);
    const isRefused = sofar.sender !== undefined && isRefusal(sofar.sender);
    return isRefused || isVoid(sofar, isAll) || replies.slice(this.commands.length).some(isRefusal);
  }

  #heard(answer: Answer): IteratorResult<Step, TransactionResult> {
    const { envelope, lead, isAll } = this.#plan;
    const judged = judge(envelope, answer.replies, lead);
    const { sender, refused, unanswered } = judged;
    if (sender !== undefined && isRefusal(sender)) throw refusedSender(sender);
    // Nobody was accepted: whatever the server says to the content then, it was to nobody.
    if (unanswered.length === 0 && isVoid(judged, isAll)) {
      return { value: { accepted: [], refused, unknown: [] }, done: true };
    }
    const said = this.commands.length;
    if (this.form === "chunks") return { value: settle(judged, answer, said), done: true };
    const { replies, failure, endMayHaveLeft } = answer;
    const rest: Answer = { replies: replies.slice(said), failure, endMayHaveLeft };
    this.#commit = commit(this.#plan, judged, rest);
    return this.#commit.next();
  }
}

/** RFC 3030 §2: an empty last chunk makes the message the server's. */
function* commit(plan: Plan, judged: Judged, chunks: Answer): Dialog<TransactionResult> {
  const refusal = chunks.replies.find(isRefusal);
  if (refusal !== undefined) throw refusedData(refusal);
  if (chunks.failure !== undefined) throw chunks.failure.reason;
  const ended = yield { kind: "flight", commands: [{ verb: "BDAT LAST", size: 0 }] };
  return plan.isLmtp ? settleEach(judged, ended) : settle(judged, ended);
}

/** MAIL and RCPTs, a group at a time or one by one; a refused MAIL ends it, and so does a failure. */
function* inFlights(commands: readonly Command[], { pipelining, lead }: Plan): Dialog<Answer> {
  const size = pipelining ? maxGroup : 1;
  const replies: ServerReply[] = [];
  for (let start = 0; start < commands.length; start += size) {
    const answer = yield { kind: "flight", commands: commands.slice(start, start + size) };
    replies.push(...answer.replies);
    if (answer.failure !== undefined) return { ...answer, replies };
    const sender = replies[lead];
    if (sender !== undefined && isRefusal(sender)) break;
  }
  return { replies };
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

function isRefusal({ code }: ServerReply): boolean {
  return code >= 300;
}
