/** A process that answers each line of JSON with a line of JSON, and ends with its standard input. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A running child. */
export interface Child {
  /** The next line it says. */
  next(): Promise<unknown>;
  /** Asks, and gives the answer. */
  ask(question: unknown): Promise<unknown>;
  /** Ends it, and waits until it is gone. */
  close(): Promise<void>;
}

/** Starts a program. What it writes to its standard error goes to ours. */
export function startChild(program: string, args: readonly string[]): Child {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const lines: string[] = [];
  const waiting: {
    readonly take: (line: string) => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const { fail } of waiting.splice(0)) fail(failure);
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    const first = waiting.shift();
    if (first === undefined) lines.push(line);
    else first.take(line);
  });
  child.once("error", fail);
  child.once("close", (code, signal) =>
    fail(new Error(`${program} ${args.join(" ").slice(0, 200)} ended: ${code ?? signal}`)),
  );
  child.stdin.on("error", () => undefined); // that it has ended is said above

  const next = (): Promise<unknown> =>
    new Promise<string>((resolve, reject) => {
      const line = lines.shift();
      if (line !== undefined) resolve(line);
      else if (failure !== undefined) reject(failure);
      else waiting.push({ take: resolve, fail: reject });
    }).then((line) => JSON.parse(line) as unknown);

  return {
    next,
    ask: (question) => {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      return next();
    },
    close: () => {
      child.stdin.end();
      return gone;
    },
  };
}
