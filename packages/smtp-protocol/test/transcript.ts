/** A dialog played against a transcript, without a socket. */
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { octetText, utf8 } from "@letterwright/base/bytes";
import {
  createClientSession,
  type ClientSession,
  type Computation,
  type Dialog,
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
export function readySession(): ClientSession {
  const session = createClientSession();
  session.receive(utf8("220 hi\r\n"));
  session.send({ verb: "EHLO", name: "c.example.com" });
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
  const take = (count: number): readonly ServerReply[] => {
    const replies: ServerReply[] = [];
    while (replies.length < count) {
      const line = left.shift();
      if (line === undefined) throw new Error("cut");
      said.push(`S: ${line}`);
      replies.push(...session.receive(utf8(`${line}\r\n`)));
    }
    return replies;
  };
  const step = (wanted: Step): readonly ServerReply[] => {
    switch (wanted.kind) {
      case "greeting":
        return take(1);
      case "commands":
        for (const command of wanted.commands)
          said.push(`C: ${octetText(session.send(command)).slice(0, -2)}`);
        return take(wanted.commands.length);
      case "upgrade":
        session.upgrade();
        said.push("TLS");
        return [];
      case "content":
        said.push("C: …", `C: ${octetText(session.send({ verb: "END" })).slice(0, -2)}`);
        return take(1);
      case "compute":
        wanted.take(compute(wanted.computation));
        return [];
    }
  };
  try {
    let turn = dialog.next();
    while (turn.done !== true) {
      let replies: readonly ServerReply[];
      try {
        replies = step(turn.value);
      } catch (error) {
        turn = dialog.throw(error);
        continue;
      }
      turn = dialog.next(replies);
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
