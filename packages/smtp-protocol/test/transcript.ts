/** A dialog played against a transcript, without a socket. */
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { octetText, utf8 } from "@letterwright/base/bytes";
import {
  createClientSession,
  type Answer,
  type ClientSession,
  type Computation,
  type Command,
  type ContentStep,
  type Dialog,
  type SessionOptions,
  type Step,
} from "@letterwright/smtp-protocol";
import type { ServerReply } from "@letterwright/message";

/** What a conversation came to. */
export interface Played<Result> {
  readonly result: Result | undefined;
  readonly error: unknown;
  /** What was said, in the form of the transcript. */
  readonly said: readonly string[];
  readonly session: ClientSession;
}

/** A session that has been greeted. */
export function readySession(options: SessionOptions = {}): ClientSession {
  const session = createClientSession(options);
  session.receive(utf8("220 hi\r\n"));
  session.send({ verb: options.protocol === "lmtp" ? "LHLO" : "EHLO", name: "c.example.com" });
  session.receive(utf8("250 hi\r\n"));
  return session;
}

/**
 * Plays the server's lines, in order; a step takes as many replies as it has commands. When the lines are
 * used up, the line is cut.
 */
export function play<Result>(
  dialog: Dialog<Result>,
  lines: readonly string[],
  session: ClientSession = readySession(),
  compute: (computation: Computation) => Uint8Array = computed,
): Played<Result> {
  const said: string[] = [];
  const left = [...lines];
  let cut: unknown;
  /** Replies to so many commands, or fewer when the lines are used up. */
  const take = (count: number): ServerReply[] => {
    const replies: ServerReply[] = [];
    for (let answered = 0; answered < count;) {
      const line = left.shift();
      if (line === undefined) {
        cut = new Error("cut");
        break;
      }
      said.push(`S: ${line}`);
      try {
        for (const { reply, isLast } of session.receive(utf8(`${line}\r\n`))) {
          replies.push(reply);
          if (isLast) answered += 1;
        }
      } catch (error) {
        cut = error;
        break;
      }
    }
    return replies;
  };
  const say = (command: Command): void => {
    said.push(`C: ${octetText(session.send(command)).slice(0, -2)}`);
  };
  let endHasLeft = false;
  /** The content is one chunk, or none in the open form. */
  const write = ({ form }: ContentStep): number => {
    if (form === "open chunks") {
      say({ verb: "BDAT", size: 1 });
      said.push("C: …");
      return 1;
    }
    endHasLeft = true;
    if (form === "lines") said.push("C: …");
    say(form === "lines" ? { verb: "END" } : { verb: "BDAT LAST", size: 1 });
    if (form === "chunks") said.push("C: …");
    return 1;
  };
  const step = (wanted: Step): ServerReply[] => {
    endHasLeft = false;
    switch (wanted.kind) {
      case "greeting":
        return take(1);
      case "flight": {
        for (const command of wanted.commands) {
          endHasLeft ||= command.verb === "BDAT LAST" || command.verb === "END";
          say(command);
        }
        const chunks = wanted.content === undefined ? 0 : write(wanted.content);
        return take(wanted.commands.length + chunks);
      }
      case "upgrade":
        session.upgrade();
        said.push("TLS");
        return [];
      case "compute":
        wanted.take(compute(wanted.computation));
        return [];
    }
  };
  try {
    let turn = dialog.next();
    while (turn.done !== true) {
      const replies = cut === undefined ? step(turn.value) : [];
      const answer: Answer =
        cut === undefined
          ? { replies }
          : { replies, failure: { reason: cut }, endMayHaveLeft: endHasLeft };
      turn = dialog.next(answer);
    }
    return { result: turn.value, error: undefined, said, session };
  } catch (error) {
    return { result: undefined, error, said, session };
  }
}

/** The computation as a driver does it, but that nothing is random. */
export function computed(computation: Computation): Uint8Array {
  switch (computation.kind) {
    case "hmac":
      return createHmac(computation.hash, computation.key).update(computation.data).digest();
    case "hash":
      return createHash(computation.hash).update(computation.data).digest();
    case "pbkdf2": {
      const { password, salt, iterations, hash } = computation;
      const byteLength = createHash(hash).digest().length;
      return pbkdf2Sync(password, salt, iterations, byteLength, hash);
    }
    case "random":
      return new Uint8Array(computation.byteLength);
    case "tls-exporter":
      return new Uint8Array(32).fill(1);
  }
}
