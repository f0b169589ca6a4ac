/**
 * Dialogs: what we want of a server, in the order in which RFC 5321 tells it.
 *
 * A dialog is a generator that yields steps and is resumed with the replies to them. It knows no socket
 * and no clock; a driver takes the steps. A step that fails is thrown into the dialog, with the generator's
 * `throw`: what is known by then can so be kept. A driver that just stops loses no more than that.
 */
import type { ServerReply } from "@letterwright/message";
import type { Command } from "../command.ts";
import type { Computation } from "../sasl/computation.ts";

/** What a driver has to do next; it resumes the dialog with the replies. */
export type Step =
  /** Wait for a reply that no command asked for: the greeting. */
  | { readonly kind: "greeting" }
  /** Write all of these at once; one reply each. */
  | { readonly kind: "commands"; readonly commands: readonly Command[] }
  /** Make the connection TLS. No replies. */
  | { readonly kind: "upgrade" }
  /** Write the content of the message, dot-stuffed, then END. The reply to END. */
  | { readonly kind: "content" }
  /** Compute this, and hand in what it comes to with `take`, before resuming. No replies. */
  | {
      readonly kind: "compute";
      readonly computation: Computation;
      readonly take: (octets: Uint8Array) => void;
    };

/** A conversation that comes to a `Result`, or throws what went wrong. */
export type Dialog<Result> = Generator<Step, Result, readonly ServerReply[]>;

/** One command, one reply. */
export function* ask(command: Command): Dialog<ServerReply> {
  const [reply] = yield { kind: "commands", commands: [command] };
  return reply as ServerReply;
}
