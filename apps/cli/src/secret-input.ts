/** Where a password comes from: a file, a command, or a person; never the command line. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import { secret, type Secret } from "@letterwright/base/secret";
import { shownOnOneLine } from "./shown.ts";

/** The flags about passwords. */
export interface SecretFlags {
  readonly password?: string | true;
  readonly passwordFile?: string;
  readonly passwordCommand?: string;
}

/**
 * The password. Who is asked for it is told what `kind` of secret it is, where that is known.
 *
 * @throws {UsageError} `CLI_PASSWORD_TWICE`, `CLI_PASSWORD_MISSING`
 * @throws {LetterwrightError} `FILE_UNREADABLE`, `CLI_PASSWORD_COMMAND_FAILED`
 */
export async function readSecret(flags: SecretFlags, user: string, kind = ""): Promise<Secret> {
  if (flags.passwordFile !== undefined && flags.passwordCommand !== undefined) {
    throw new UsageError("--password-file and --password-command exclude each other", {
      code: "CLI_PASSWORD_TWICE",
      hint: "Keep one of them.",
    });
  }
  const text =
    flags.passwordFile !== undefined
      ? fromFile(flags.passwordFile)
      : flags.passwordCommand !== undefined
        ? fromCommand(flags.passwordCommand)
        : await fromPrompt(
            `Password for ${shownOnOneLine(user)}${kind === "" ? "" : ` (${kind})`}: `,
          );
  return secret(firstLine(text));
}

/**
 * The password in a file.
 *
 * @throws {UsageError} `CLI_PASSWORD_MISSING`
 * @throws {LetterwrightError} `FILE_UNREADABLE`
 */
export function secretInFile(path: string): Secret {
  return secret(firstLine(fromFile(path)));
}

function firstLine(text: string): string {
  const [line = ""] = text.split(/\r?\n/, 1);
  if (line !== "") return line;
  throw new UsageError("the password is empty", {
    code: "CLI_PASSWORD_MISSING",
    hint: "Its first line is taken; look at what the file or the command holds.",
  });
}

/**
 * A password among the arguments stands in the list of processes and in the shell's history.
 *
 * @throws {UsageError} `CLI_PASSWORD_IN_ARGUMENTS`
 */
export function refusePasswordFlag({ password }: SecretFlags): void {
  if (password === undefined) return;
  throw new UsageError("a password does not belong on the command line", {
    code: "CLI_PASSWORD_IN_ARGUMENTS",
    hint: "Other users of this machine can read it there, and the shell keeps it. Use --password-file, --password-command, or neither: you are asked then.",
  });
}

function fromFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LetterwrightError(`cannot read the password file ${JSON.stringify(path)}: ${why}`, {
      code: "FILE_UNREADABLE",
      hint: "Check the path and that you may read the file.",
      cause,
    });
  }
}

function fromCommand(command: string): string {
  try {
    const [shell, flag] = process.platform === "win32" ? ["cmd.exe", "/c"] : ["/bin/sh", "-c"];
    return execFileSync(shell, [flag, command], {
      encoding: "utf8",
      stdio: ["inherit", "pipe", "inherit"],
    });
  } catch {
    // What went wrong may hold what the command printed, and that is the secret: it is not passed on.
    throw new LetterwrightError("the password command failed", {
      code: "CLI_PASSWORD_COMMAND_FAILED",
      hint: "Run it by itself and see what it says.",
    });
  }
}

/** A question at the terminal, without echo. */
function fromPrompt(question: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    throw new UsageError("there is no password, and no terminal to ask for it", {
      code: "CLI_PASSWORD_MISSING",
      hint: "Use --password-file or --password-command.",
    });
  }
  return new Promise((resolve, reject) => {
    let typed = "";
    // The echo is off before the question is there to be answered.
    stdin.setRawMode(true);
    stdin.setEncoding("utf8");
    stderr.write(question);
    const finish = (): void => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off("data", onData);
      stderr.write("\n");
    };
    const onData = (chunk: string): void => {
      for (const key of chunk) {
        if (key === "\r" || key === "\n" || key === "\u0004") {
          finish();
          resolve(typed);
          return;
        }
        if (key === "\u0003") {
          finish();
          reject(new DOMException("interrupted", "AbortError"));
          return;
        }
        typed = key === "\u007f" || key === "\b" ? typed.slice(0, -1) : typed + key;
      }
    };
    stdin.on("data", onData);
    stdin.resume();
  });
}
