/**
 * The client's half of an SMTP session, without I/O: commands in, bytes out; bytes in, replies out.
 *
 * Theory of operation. `send` looks a command up in the table of `transitions.ts` under the planned
 * state, and queues it. Each reply answers the oldest queued command and moves the confirmed state. Once
 * every reply is in, the planned state is the confirmed one again. A reply that answers nothing, bytes
 * behind the 220 of STARTTLS, a malformed reply: each is a fault, after which the session is dead. What was
 * answered before a fault stays answered, whether or not both came in one chunk.
 */
import { lf } from "@letterwright/base/bytes";
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
  /** What ended the session before its time. Every later call throws it. */
  readonly fault: unknown;
  /**
   * The bytes of a command.
   *
   * @throws {UsageError} `SMTP_BAD_SEQUENCE` when it may not be said now
   */
  send(command: Command): Uint8Array;
  /**
   * The replies that are complete with this chunk, oldest first. When a fault follows them in the same
   * chunk they are given all the same, and `fault` has it; with no reply before it, it is thrown.
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
  #fault: { readonly reason: unknown } | undefined;
  #decoder: ReplyDecoder;
  /** Responses of a login, and its secret. Some servers repeat what they do not understand; it is not shown. */
  #unspoken: string[] = [];
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

  get fault(): unknown {
    return this.#fault?.reason;
  }

  send(command: Command): Uint8Array {
    this.#throwFault();
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
    const unspoken =
      command.verb === "AUTH"
        ? [command.initialResponse, command.conceal]
        : [command.verb === "RESPONSE" ? command.text : undefined];
    for (const text of unspoken) {
      if (text !== undefined && text.length > 2) this.#unspoken.push(text);
    }
    this.#planned = transition.ok ?? transition.continue ?? this.#planned;
    return bytes;
  }

  receive(chunk: Uint8Array): readonly ServerReply[] {
    this.#throwFault();
    const replies: ServerReply[] = [];
    try {
      for (const piece of pieces(chunk)) {
        if (this.#confirmed === "tls") throw injected();
        if (this.#confirmed === "closed") throw unexpected("more, after the end of the session");
        for (const reply of this.#decoder.decode(piece)) {
          const shown = this.#masked(reply);
          this.#confirm(shown);
          replies.push(shown);
        }
      }
    } catch (error) {
      this.#die(error);
      if (replies.length === 0) throw error;
    }
    return replies;
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
    this.#decoder = createReplyDecoder(this.#limits);
    this.#confirmed = "start";
    this.#planned = "start";
  }

  #confirm(reply: ServerReply): void {
    const awaited = this.#awaited.shift();
    const isClosing = reply.code === 421;
    if (awaited === undefined) throw isClosing ? closing(reply) : unexpected(undefined, reply);
    // RFC 5321 §3.8: a server that has to close says so at any time. To the end of the content it is an
    // answer like another: the message was not taken.
    if (isClosing && awaited.verb === "END") {
      this.#confirmed = "closed";
      this.#planned = "closed";
      return;
    }
    if (isClosing && awaited.verb !== "QUIT") throw closing(reply);
    const { verb, transition } = awaited;
    const next =
      reply.code < 300
        ? transition.ok
        : reply.code < 400
          ? transition.continue
          : this.#refused(verb);
    if (next === undefined && reply.code < 400 && verb !== "NOOP") {
      throw unexpected(verb, reply);
    }
    this.#confirmed = next ?? this.#confirmed;
    if (this.#awaited.length === 0) this.#planned = this.#confirmed;
  }

  /** A refusal changes nothing, but that a challenge is over and so is a transaction whose content was sent. */
  #refused(verb: Verb | "GREETING"): State | undefined {
    if (verb === "GREETING") return "start"; // §3.1: after a 554 only QUIT is of use
    return verb === "RESPONSE" || verb === "END" ? "ready" : undefined;
  }

  /** The reply, with stars where it repeats a response of ours. */
  #masked(reply: ServerReply): ServerReply {
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

/** The chunk, cut behind each line end: a piece completes one reply at most. */
function* pieces(chunk: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  for (let feed = chunk.indexOf(lf); feed !== -1; feed = chunk.indexOf(lf, start)) {
    yield chunk.subarray(start, feed + 1);
    start = feed + 1;
  }
  if (start < chunk.length) yield chunk.subarray(start);
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
