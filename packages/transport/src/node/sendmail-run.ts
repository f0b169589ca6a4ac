/** One run of a sendmail command: its input, its end, and what is killed before the one becomes the other. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { defuse } from "@letterwright/base/display";
import { SendmailError } from "./sendmail-error.ts";

/** What is run. */
export interface SendmailCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  /** Its standard input; the signal fires when nobody wants more of it. */
  readonly chunks: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal | undefined;
}

/** How it ended. */
export interface SendmailRun {
  /** Absent when it was ended by a signal. */
  readonly exitStatus: number | undefined;
  readonly exitSignal: string | undefined;
  /** Whether the whole message was handed over before it ended. */
  readonly readAll: boolean;
  /** The beginning of what it wrote to standard error, else to standard output. */
  readonly words: string;
}

/** The command had the whole message when it was stopped. The cause says why it was. */
export class StoppedTooLate extends Error {
  constructor(cause: unknown) {
    super("the command was stopped when it had the whole message", { cause });
  }
}

/** What is kept of the command's own words, in octets. */
const maxWordBytes = 2000;

/**
 * Runs the command with the chunks as its input.
 *
 * Rejects with what the chunks threw, once the command is dead; with `SENDMAIL_CANNOT_START` and
 * `SENDMAIL_TIMEOUT`; with {@link StoppedTooLate} when it was stopped after the end of its input.
 */
export async function runSendmail(call: SendmailCall): Promise<SendmailRun> {
  const child = await started(call);
  const out = wordsOf(child.stdout);
  const errors = wordsOf(child.stderr);
  const closed = once(child, "close");
  const ended = new Promise<Ending>((resolve) =>
    child.once("exit", (exitStatus, exitSignal) =>
      resolve({ exitStatus: exitStatus ?? undefined, exitSignal: exitSignal ?? undefined }),
    ),
  );
  const stop = stopper(call);
  const unwanted = new AbortController();
  let readAll = false;
  try {
    const chunks = call.chunks(AbortSignal.any([unwanted.signal, ...given(call.signal)]));
    readAll = await Promise.race([fed(child, chunks), stop.stopped]);
    unwanted.abort();
    const ending = await Promise.race([ended, stop.stopped]);
    // Its last words may still be on their way; a child of it that lives on may hold the pipe for ever.
    if (ending.exitStatus !== 0)
      await Promise.race([closed, pause(1000, undefined, { ref: false })]);
    child.stdin.destroy();
    return { ...ending, readAll, words: errors() || out() };
  } catch (error) {
    unwanted.abort();
    // Killed first, and the input let go afterwards: the end of the input is the end of the message. What
    // cannot be killed keeps its input open.
    if (kill(child)) {
      await ended;
      child.stdin.destroy();
    }
    throw readAll ? new StoppedTooLate(error) : error;
  } finally {
    stop.release();
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
  }
}

const given = (signal: AbortSignal | undefined): readonly AbortSignal[] =>
  signal === undefined ? [] : [signal];

type Child = ChildProcessByStdio<Writable, Readable, Readable>;
type Ending = Pick<SendmailRun, "exitStatus" | "exitSignal">;

async function started({ command, args, env }: SendmailCall): Promise<Child> {
  try {
    const child = spawn(command, [...args], {
      env,
      stdio: ["pipe", "pipe", "pipe"],
      shell: false,
      // A group of its own, so that what it starts can be killed with it.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    child.stdin.on("error", () => undefined); // told by its end
    await once(child, "spawn");
    return child;
  } catch (cause) {
    throw new SendmailError(`cannot start ${command}: ${(cause as Error).message}`, {
      code: "SENDMAIL_CANNOT_START",
      hint: "Is a mail system installed on this machine? Name its program with `command`; very many recipients need several messages.",
      cause,
    });
  }
}

/** Whether the command took all of it; it may end before. */
async function fed({ stdin }: Child, chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
  const gone = new Promise<boolean>((resolve) => stdin.once("close", () => resolve(false)));
  const source = chunks[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([source.next(), gone]);
    if (typeof next === "boolean" || stdin.destroyed) {
      void Promise.resolve(source.return?.()).catch(() => undefined); // it may hang: that is its affair
      return false;
    }
    if (next.done === true) break;
    if (stdin.write(next.value)) continue;
    const drained = new Promise<boolean>((resolve) => stdin.once("drain", () => resolve(true)));
    await Promise.race([drained, gone]);
  }
  const finished = new Promise<boolean>((resolve) =>
    stdin.end(() => resolve(stdin.errored === null)),
  );
  return Promise.race([finished, gone]);
}

/** Rejects when the signal fires or time is up. */
function stopper({ command, timeoutMs, signal }: SendmailCall): {
  readonly stopped: Promise<never>;
  release(): void;
} {
  let reject: (error: unknown) => void = () => undefined;
  const stopped = new Promise<never>((_, no) => (reject = no));
  stopped.catch(() => undefined); // it may fire when nobody waits any more
  const abort = (): void => reject(signal?.reason);
  const timer = setTimeout(() => {
    reject(
      new SendmailError(`${command} did not end within ${timeoutMs} ms`, {
        code: "SENDMAIL_TIMEOUT",
        hint: "It was ended before it had the whole message, and took nothing. `timeoutMs` sets how long it may take.",
        retry: "later",
      }),
    );
  }, timeoutMs);
  if (signal?.aborted === true) abort();
  signal?.addEventListener("abort", abort, { once: true });
  return {
    stopped,
    release: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    },
  };
}

/** The whole group, at once and without a word: a program that is asked to stop may send what it has. */
function kill(child: Child): boolean {
  try {
    if (child.pid !== undefined && process.platform !== "win32") {
      return process.kill(-child.pid, "SIGKILL");
    }
  } catch {
    // No group of that name any more, or not ours to kill.
  }
  return child.exitCode !== null || child.signalCode !== null || child.kill("SIGKILL");
}

function wordsOf(stream: Readable): () => string {
  const held: Uint8Array[] = [];
  let room = maxWordBytes;
  stream.on("data", (chunk: Uint8Array) => {
    if (room > 0) held.push(chunk.subarray(0, room));
    room -= chunk.length;
  });
  return () => defuse(Buffer.concat(held).toString().trim());
}
