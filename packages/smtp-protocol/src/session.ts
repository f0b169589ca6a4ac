/**
 * The client's half of an SMTP session, without I/O: commands in, bytes out; bytes in, replies out.
 *
 * Theory of operation. `send` looks a command up in the table of `transitions.ts` under the planned
 * state, and queues it. Each reply answers the oldest queued command and moves the confirmed state. Once
 * every reply is in, the planned state is the confirmed one again. A reply that answers nothing, bytes
 * behind the 220 of STARTTLS, a malformed reply: each is a fault, after which the session is dead. What was
 * answered before a fault stays answered, whether or not both came in one chunk.
 */
import { utf8 } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import type { ServerReply } from "@letterwright/message";
import { commandLine, type Command, type Verb } from "./command.ts";
import { describeReply, ProtocolError } from "./errors.ts";
import { createReplyDecoder, type ReplyDecoder, type ReplyLimits } from "./reply.ts";
import {
  endsGroup,
  endsTransaction,
  transitions,
  type State,
  type Transition,
} from "./transitions.ts";

/** A reply, and what it answers. */
export interface Answered {
  readonly reply: ServerReply;
  readonly to: Verb | "GREETING";
  /** `false` when more replies to the same command follow: LMTP answers the content once a recipient. */
  readonly isLast: boolean;
}

/** Options of {@link createClientSession}. */
export interface SessionOptions extends ReplyLimits {
  /** `"lmtp"`: the end of the content is answered once for each recipient that was granted (RFC 2033 §4.2, §4.3). */
  readonly protocol?: "smtp" | "lmtp";
}

/** One session, from the greeting on. */
export interface ClientSession {
  /** What the replies so far have made of it: the confirmed state. */
  readonly state: State;
  /** What it will be when all that was written is granted: what may be said next depends on it. */
  readonly planned: State;
  /** Commands, and the greeting, whose reply is still to come. */
  readonly awaited: number;
  /** What the next reply answers: the oldest of them. */
  readonly next: Verb | "GREETING" | undefined;
  /** What ended the session before its time. Every later call throws it. */
  readonly fault: unknown;
  /**
   * The bytes of a command.
   *
   * @throws {UsageError} `SMTP_BAD_SEQUENCE` when it may not be said now
   */
  send(command: Command): Uint8Array;
  /**
   * The same as text, for who joins many commands before they become bytes, as UTF-8: a line with its CRLF.
   *
   * @throws {UsageError} what `send` throws
   */
  line(command: Command): string;
  /**
   * The replies that are complete with this chunk, oldest first. When a fault follows them in the same
   * chunk they are given all the same, and `fault` has it; with no reply before it, it is thrown.
   *
   * @throws {ProtocolError} `SMTP_REPLY_MALFORMED`, `SMTP_REPLY_UNEXPECTED`, `SMTP_SERVER_CLOSING`
   * @throws {LimitError} `SMTP_REPLY_TOO_LONG`
   */
  receive(chunk: Uint8Array): readonly Answered[];
  /**
   * TLS stands: the session starts over and everything the server offered is forgotten (RFC 3207 §4.2).
   *
   * @throws {ProtocolError} `SMTP_PLAINTEXT_AFTER_STARTTLS` when bytes came in behind the 220: whoever put
   * them there wants them taken for the protected server's.
   */
  upgrade(): void;
}

/** A command that is to be answered: one object for each that may be said, not for each that is. */
interface Awaited {
  readonly verb: Verb | "GREETING";
  readonly transition: Transition;
  /** Whether its answer ends the transaction. */
  readonly isEnd: boolean;
  /** Whether nothing may be said before it is answered. */
  readonly isLast: boolean;
}

const theGreeting: Awaited = {
  verb: "GREETING",
  transition: { ok: "start" },
  isEnd: false,
  isLast: true,
};

/** What may be said in each state. */
const sayable: ReadonlyMap<State, ReadonlyMap<Verb, Awaited>> = new Map(
  (Object.keys(transitions) as State[]).map((state) => [
    state,
    new Map(
      (Object.entries(transitions[state]) as [Verb, Transition][]).map(([verb, transition]) => [
        verb,
        { verb, transition, isEnd: endsTransaction.has(verb), isLast: endsGroup.has(verb) },
      ]),
    ),
  ]),
);

/**
 * A session that waits for the greeting.
 *
 * @throws {UsageError} `SMTP_REPLY_LIMIT_INVALID`
 */
export function createClientSession(options: SessionOptions = {}): ClientSession {
  return new Session(options);
}

class Session implements ClientSession {
  #confirmed: State = "greeting";
  #planned: State = "greeting";
  #awaited: Awaited[] = [theGreeting];
  /** Replies still to come to the oldest of them, once the first has; 0 before. */
  #left = 0;
  /** Recipients of the transaction that the server has granted. */
  #granted = 0;
  #fault: { readonly reason: unknown } | undefined;
  #decoder: ReplyDecoder;
  /** Responses of a login, and its secret. Some servers repeat what they do not understand; it is not shown. */
  #unspoken: string[] = [];
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#decoder = createReplyDecoder(options);
  }

  get state(): State {
    return this.#confirmed;
  }

  get planned(): State {
    return this.#planned;
  }

  get awaited(): number {
    return this.#awaited.length;
  }

  get next(): Verb | "GREETING" | undefined {
    return this.#awaited[0]?.verb;
  }

  get fault(): unknown {
    return this.#fault?.reason;
  }

  send(command: Command): Uint8Array {
    return utf8(this.line(command));
  }

  line(command: Command): string {
    this.#throwFault();
    const { verb } = command;
    const said = sayable.get(this.#planned)?.get(verb);
    const last = this.#awaited.at(-1);
    const mustWait = last?.isLast === true;
    if (said === undefined || mustWait) {
      throw new UsageError(
        `${verb} may not be sent ${mustWait ? `before ${last.verb} is answered` : `in the state ${this.#planned}`}`,
        { code: "SMTP_BAD_SEQUENCE", hint: "RFC 5321 §4.1.4 has the order of commands." },
      );
    }
    const line = commandLine(command);
    this.#awaited.push(said);
    if (command.verb === "AUTH") {
      this.#leaveUnspoken(command.initialResponse);
      this.#leaveUnspoken(command.conceal);
    } else if (command.verb === "RESPONSE") this.#leaveUnspoken(command.text);
    const { ok, continue: challenged } = said.transition;
    this.#planned = ok ?? challenged ?? this.#planned;
    return line;
  }

  #leaveUnspoken(text: string | undefined): void {
    if (text !== undefined && text.length > 2) this.#unspoken.push(text);
  }

  receive(chunk: Uint8Array): readonly Answered[] {
    this.#throwFault();
    const answered: Answered[] = [];
    try {
      if (this.#confirmed === "closed" && chunk.length > 0) throw more();
      this.#decoder.each(chunk, (reply) => {
        if (this.#confirmed === "tls") throw injected();
        if (this.#confirmed === "closed") throw more();
        answered.push(this.#confirm(this.#masked(reply)));
      });
      if (this.#decoder.buffered > 0) {
        if (this.#confirmed === "tls") throw injected();
        if (this.#confirmed === "closed") throw more();
      }
    } catch (error) {
      // What cannot be read behind the 220 of STARTTLS stands there for the same reason as what can.
      this.#die(this.#confirmed === "tls" ? injected() : error);
      if (answered.length === 0) this.#throwFault();
    }
    return answered;
  }

  upgrade(): void {
    this.#throwFault();
    if (this.#confirmed !== "tls") {
      throw new UsageError(`there is nothing to upgrade in the state ${this.#confirmed}`, {
        code: "SMTP_BAD_SEQUENCE",
        hint: "STARTTLS has to be granted first (RFC 3207 §4).",
      });
    }
    if (this.#decoder.buffered > 0) {
      this.#die(injected());
      this.#throwFault();
    }
    this.#decoder = createReplyDecoder(this.#options);
    this.#confirmed = "start";
    this.#planned = "start";
  }

  #confirm(reply: ServerReply): Answered {
    const awaited = this.#awaited[0];
    const isClosing = reply.code === 421;
    if (awaited === undefined) throw isClosing ? closing(reply) : unexpected(undefined, reply);
    const { verb, transition, isEnd } = awaited;
    // RFC 5321 §3.8: a server that has to close says so at any time. To the end of the content it is an
    // answer like another: the message was not taken.
    if (isClosing && isEnd) {
      this.#awaited.shift();
      this.#left = 0;
      this.#confirmed = "closed";
      this.#planned = "closed";
      return { reply, to: verb, isLast: true };
    }
    if (isClosing && verb !== "QUIT") throw closing(reply);
    const isLmtp = this.#options.protocol === "lmtp";
    if (this.#left === 0) this.#left = isLmtp && isEnd ? Math.max(1, this.#granted) : 1;
    this.#left -= 1;
    if (this.#left > 0) {
      if (reply.code >= 300 && reply.code < 400) throw unexpected(verb, reply);
      return { reply, to: verb, isLast: false };
    }
    this.#awaited.shift();
    const next =
      reply.code < 300
        ? transition.ok
        : reply.code < 400
          ? transition.continue
          : this.#refused(verb);
    // In LMTP the last recipient's reply is no better than the others': the transaction is over either way.
    if (next === undefined && reply.code < 400 && verb !== "NOOP") {
      throw unexpected(verb, reply);
    }
    if (verb === "RCPT" && reply.code < 300) this.#granted += 1;
    if (verb === "MAIL" || verb === "RSET") this.#granted = 0;
    this.#confirmed = next ?? this.#confirmed;
    if (this.#awaited.length === 0) this.#planned = this.#confirmed;
    return { reply, to: verb, isLast: true };
  }

  /** A refusal changes nothing, but that a challenge is over and so is a transaction whose content was sent. */
  #refused(verb: Verb | "GREETING"): State | undefined {
    if (verb === "GREETING") return "start"; // §3.1: after a 554 only QUIT is of use
    return verb === "RESPONSE" || endsTransaction.has(verb) ? "ready" : undefined;
  }

  /** The reply, with stars where it repeats a response of ours. */
  #masked(reply: ServerReply): ServerReply {
    if (this.#unspoken.length === 0) return reply;
    // A challenge is computed with, so it stays as it is; where it is shown it is stars, by its code.
    if (reply.code === 334) return reply;
    const found = this.#unspoken.filter((response) => reply.text.includes(response));
    if (found.length === 0) return reply;
    return Object.freeze({
      ...reply,
      text: found.reduce((text, response) => text.replaceAll(response, "***"), reply.text),
    });
  }

  #throwFault(): void {
    if (this.#fault !== undefined) throw this.#fault.reason;
  }

  #die(reason: unknown): void {
    this.#fault = { reason };
    this.#confirmed = "closed";
    this.#planned = "closed";
    this.#awaited = [];
  }
}

function more(): ProtocolError {
  return unexpected("more, after the end of the session");
}

function injected(): ProtocolError {
  return new ProtocolError("the server sent more than its reply to STARTTLS before TLS began", {
    code: "SMTP_PLAINTEXT_AFTER_STARTTLS",
    hint: "Somebody on the path may be adding to what the server says. Use implicit TLS (port 465).",
  });
}

function unexpected(verb: string | undefined, reply?: ServerReply): ProtocolError {
  const what = reply === undefined ? (verb ?? "") : describeReply(reply);
  const to = reply === undefined || verb === undefined ? "" : ` to ${verb}`;
  return new ProtocolError(`the server sent a reply that answers nothing: ${what}${to}`, {
    code: "SMTP_REPLY_UNEXPECTED",
    hint: "The conversation is out of step, so the connection is given up.",
    reply,
  });
}

function closing(reply: ServerReply): ProtocolError {
  return new ProtocolError(`the server is closing the connection: ${describeReply(reply)}`, {
    code: "SMTP_SERVER_CLOSING",
    hint: "It is busy, restarting, or tired of this client; try again later.",
    reply,
  });
}
