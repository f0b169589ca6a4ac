/** Commands of this workspace's tools, run from tests. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./workspace.ts";

const execute = promisify(execFile);

/** What a command printed, and how it ended. */
export interface CommandResult {
  readonly status: number;
  readonly output: string;
}

/** Runs a command and gives its output, whether it succeeded or not. */
export async function runCommand(
  folder: string,
  command: string,
  ...args: readonly string[]
): Promise<CommandResult> {
  const environment = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
  try {
    const { stdout, stderr } = await execute(command, [...args], {
      cwd: folder,
      env: environment,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { status: 0, output: stdout + stderr };
  } catch (error) {
    // A command that fails is a result here: the caller looks at what it said.
    const failure = error as {
      readonly code?: unknown;
      readonly stdout?: string;
      readonly stderr?: string;
    };
    const output = `${failure.stdout ?? ""}${failure.stderr ?? ""}` || String(error);
    return { status: typeof failure.code === "number" ? failure.code : 1, output };
  }
}

/** The file of an installed tool's command, looked up from a package of this workspace. */
export function toolOf(specifier: string, from: string = "internal/scripts"): string {
  return createRequire(join(root, from, "package.json")).resolve(specifier);
}
