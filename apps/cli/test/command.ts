/** Runs the built command as a person would. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The executable that `tsc` made. */
export const executable: string = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

/** What a run came to. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a run differs from the plain one. */
export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly path?: string;
  /** Variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Looks on while it runs. */
  readonly watch?: (child: ChildProcessWithoutNullStreams) => void;
}

/** Runs `letterwright` with these arguments to its end. */
export async function letterwright(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const { stdout, ...outcome } = await letterwrightOctets(args, options);
  return { ...outcome, stdout: stdout.toString("utf8") };
}

/** The same, with the very octets of standard output. */
export function letterwrightOctets(
  args: readonly string[],
  { input = "", cwd, path = executable, env = {}, watch }: RunOptions = {},
): Promise<Omit<Outcome, "stdout"> & { readonly stdout: Buffer }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path, ...args], {
      cwd,
      env: { ...process.env, ...env },
    });
    const chunks: Buffer[] = [];
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout: Buffer.concat(chunks), stderr }));
    // A command that ends without reading its input closes the pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    watch?.(child);
  });
}
