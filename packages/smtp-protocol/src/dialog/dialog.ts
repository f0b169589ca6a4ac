/**
 * Dialogs: what we want of a server, in the order in which RFC 5321 tells it.
 *
 * A dialog is a generator that yields steps and is resumed with the answer to each. It knows no socket and no
 * clock; a driver takes the steps. When a step fails, the answer says so, together with the replies that came
 * before: what is known by then is kept. A driver that just stops loses no more than that.
 */
import type { ServerReply } from "@letterwright/message";
import type { Command } from "../command.ts";
import type { Computation } from "../sasl/computation.ts";

/** What a driver has to do next; it resumes the dialog with the answer. */
export type Step =
  /** Wait for a reply that no command asked for: the greeting. */
  | { readonly kind: "greeting" }
  /** Make the connection TLS. No replies. */
  | { readonly kind: "upgrade" }
  /** Compute this, and hand in what it comes to with `take`, before resuming. No replies. */
  | {
      readonly kind: "compute";
      readonly computation: Computation;
      readonly take: (octets: Uint8Array) => void;
    }
  | Flight;

/** What is written at once, and then answered. */
export interface Flight {
  readonly kind: "flight";
  /** One reply each, in order. */
  readonly commands: readonly Command[];
  /** The content of the message, behind the commands in the same flight; its replies follow theirs. */
  readonly content?: ContentStep;
}

/** How the content of the message is written. */
export interface ContentStep {
  /**
   * - `"lines"`: dot-stuffed, then END; the reply to END, in LMTP several.
   * - `"chunks"`: BDAT commands, the last of them LAST; a reply each, in LMTP several to the last.
   * - `"open chunks"`: BDAT commands, none of them LAST: whether it is the server's is decided later.
   */
  readonly form: "lines" | "chunks" | "open chunks";
  /** Whether each BDAT waits for the reply to the one before (without PIPELINING). */
  readonly inTurn?: boolean;
  /**
   * Asked at each reply that comes while content is still being written, with all replies of the flight: `true`
   * ends the writing, without the end marker.
   */
  readonly stopsAfter?: (replies: readonly ServerReply[]) => boolean;
}

/** What came back. */
export interface Answer {
  readonly replies: readonly ServerReply[];
  /** What ended the step before its time; `replies` are those that came before. */
  readonly failure?: { readonly reason: unknown } | undefined;
  /**
   * With a failure: whether the end of the content (END, or the last octet that BDAT LAST announced) may have left.
   * Then nobody knows whether the server has the message.
   */
  readonly endMayHaveLeft?: boolean | undefined;
}

/**
 * A conversation that comes to a `Result`, or throws what went wrong. Begun with `next()`, and resumed with the answer
 * to each step. A generator is one.
 */
export interface Dialog<Result> {
  next(): IteratorResult<Step, Result>;
  next(answer: Answer): IteratorResult<Step, Result>;
  [Symbol.iterator](): Dialog<Result>;
}

/** One command, one reply. */
export function* ask(command: Command): Dialog<ServerReply> {
  const { replies, failure } = yield { kind: "flight", commands: [command] };
  const [reply] = replies;
  if (reply !== undefined) return reply;
  throw failure?.reason;
}
