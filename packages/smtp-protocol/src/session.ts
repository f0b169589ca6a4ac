/**
 * The client's half of an SMTP session, without I/O: commands in, bytes out; bytes in, replies out.
 *
 * Theory of operation. `send` looks a command up in the table of `transitions.ts` under the planned
 * state, and queues it. Each reply answers the oldest queued command and moves the confirmed state. Once
 * every reply is in, the planned state is the confirmed one again. A reply that answers nothing, bytes
 * behind the 220 of STARTTLS, a malformed reply: each is a ProtocolError, after which the session is dead.
 */
import { UsageError } from "@letterwright/base/error";
import type { ServerReply } from "@letterwright/message";
import { encodeCommand, type Command, type Verb } from "./command.ts";
import { describeReply, ProtocolError } from "./errors.ts";
import { createReplyDecoder, type ReplyDecoder, type ReplyLimits } from "./reply.ts";
import { endsGroup, transitions, type State, type Transition } from "./transitions.ts";

/** One session, from the greeting on. */
export interface ClientSession {
  /** What the replies so far have made of it. */
  readonly state: State;
  /** Commands, and the greeting, whose reply is still to come. */
  readonly awaited: number;
  /**
   * The bytes of a command.
   *
   * @throws {UsageError} `SMTP_BAD_SEQUENCE` when it may not be said now
   */
  send(command: Command): Uint8Array;
  /**
   * The replies that are complete with this chunk, oldest first.
   *
   * @throws {ProtocolError} `SMTP_REPLY_MALFORMED`, `SMTP_REPLY_UNEXPECTED`, `SMTP_SERVER_CLOSING`
   * @throws {LimitError} `SMTP_REPLY_TOO_LONG`
   */
  receive(chunk: Uint8Array): readonly ServerReply[];
  /**
   * TLS stands: the session starts over and everything the server offered is forgotten (RFC 3207 §4.2).
   *
   * @throws {ProtocolError} `SMTP_PLAINTEXT_AFTER_STARTTLS` when bytes came in behind the 220: whoever put
   * them there wants them taken for the protected server's.
   */
  upgrade(): void;
}

interface Awaited {
  readonly verb: Verb | "GREETING";
  readonly transition: Transition;
}

/** A session that waits for the greeting. */
export function createClientSession(limits: ReplyLimits = {}): ClientSession {
  return new Session(limits);
}

class Session implements ClientSession {
  #confirmed: State = "greeting";
  #planned: State = "greeting";
  #awaited: Awaited[] = [{ verb: "GREETING", transition: { ok: "start" } }];
  #decoder: ReplyDecoder;
  readonly #limits: ReplyLimits;

  constructor(limits: ReplyLimits) {
    this.#limits = limits;
    this.#decoder = createReplyDecoder(limits);
  }

  get state(): State {
    return this.#confirmed;
  }

  get awaited(): number {
    return this.#awaited.length;
  }

  send(command: Command): Uint8Array {
    const transition = transitions[this.#planned][command.verb];
    const last = this.#awaited.at(-1);
    const mustWait = last !== undefined && (last.verb === "GREETING" || endsGroup.has(last.verb));
    if (transition === undefined || mustWait) {
      throw new UsageError(
        `${command.verb} may not be sent ${mustWait ? `before ${last.verb} is answered` : `in the state ${this.#planned}`}`,
        { code: "SMTP_BAD_SEQUENCE", hint: "RFC 5321 §4.1.4 has the order of commands." },
      );
    }
    const bytes = encodeCommand(command);
    this.#awaited.push({ verb: command.verb, transition });
    this.#planned = transition.ok ?? transition.continue ?? this.#planned;
    return bytes;
  }

  receive(chunk: Uint8Array): readonly ServerReply[] {
    if (this.#confirmed === "closed" || this.#confirmed === "tls") {
      if (chunk.length === 0) return [];
      throw this.#confirmed === "tls"
        ? this.#injected()
        : this.#dead(unexpected("after the end of the session"));
    }
    let replies: readonly ServerReply[];
    try {
      replies = this.#decoder.decode(chunk);
    } catch (error) {
      throw this.#dead(error);
    }
    for (const reply of replies) this.#confirm(reply);
    return replies;
  }

  upgrade(): void {
    if (this.#confirmed !== "tls") {
      throw new UsageError(`there is nothing to upgrade in the state ${this.#confirmed}`, {
        code: "SMTP_BAD_SEQUENCE",
        hint: "STARTTLS has to be granted first (RFC 3207 §4).",
      });
    }
    if (this.#decoder.buffered > 0) throw this.#injected();
    this.#decoder = createReplyDecoder(this.#limits);
    this.#confirmed = "start";
    this.#planned = "start";
  }

  #confirm(reply: ServerReply): void {
    const awaited = this.#awaited.shift();
    // RFC 5321 §3.8: a server that has to close says so at any time.
    if (awaited === undefined || (reply.code === 421 && awaited.verb !== "QUIT")) {
      throw this.#dead(reply.code === 421 ? closing(reply) : unexpected(describeReply(reply)));
    }
    if (this.#confirmed === "tls") throw this.#injected();
    const { verb, transition } = awaited;
    const next =
      reply.code < 300
        ? transition.ok
        : reply.code < 400
          ? transition.continue
          : this.#refused(verb);
    if (next === undefined && reply.code < 400 && verb !== "NOOP") {
      throw this.#dead(unexpected(`${describeReply(reply)} to ${verb}`));
    }
    this.#confirmed = next ?? this.#confirmed;
    if (this.#awaited.length === 0) this.#planned = this.#confirmed;
  }

  /** A refusal changes nothing, but that a challenge is over and so is a transaction whose content was sent. */
  #refused(verb: Verb | "GREETING"): State | undefined {
    if (verb === "GREETING") return "start"; // §3.1: after a 554 only QUIT is of use
    return verb === "RESPONSE" || verb === "END" ? "ready" : undefined;
  }

  #injected(): unknown {
    return this.#dead(
      new ProtocolError("the server sent more than its reply to STARTTLS before TLS began", {
        code: "SMTP_PLAINTEXT_AFTER_STARTTLS",
        hint: "Somebody on the path may be adding to what the server says. Use implicit TLS (port 465).",
      }),
    );
  }

  #dead(error: unknown): unknown {
    this.#confirmed = "closed";
    this.#planned = "closed";
    this.#awaited = [];
    return error;
  }
}

function unexpected(what: string): ProtocolError {
  return new ProtocolError(`the server sent a reply that answers nothing: ${what}`, {
    code: "SMTP_REPLY_UNEXPECTED",
    hint: "The conversation is out of step, so the connection is given up.",
  });
}

function closing(reply: ServerReply): ProtocolError {
  return new ProtocolError(`the server is closing the connection: ${describeReply(reply)}`, {
    code: "SMTP_SERVER_CLOSING",
    hint: "It is busy, restarting, or tired of this client; try again later.",
  });
}
