/** The programs in C, built with the compiler of this machine into a folder that goes when the process ends. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the programs are. */
export interface NativePrograms {
  /** Takes mail, checks it and counts it: `native/sink.c`. */
  readonly sink: string;
  /** A long line: `native/delay.c`. */
  readonly delay: string;
  /** Whether the sink can do TLS: OpenSSL's headers were there. */
  readonly hasTls: boolean;
}

const sources = fileURLToPath(new URL("../../native/", import.meta.url));
let built: NativePrograms | undefined;

/** The compiler's name, or why there is none to be had. */
export function compiler(): { readonly name: string } | { readonly missing: string } {
  const name = process.env["CC"] ?? "cc";
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return { name };
  } catch {
    return {
      missing: `The receiver is a program in C, and there is no compiler named ${JSON.stringify(name)}: install gcc and libssl-dev, or set CC.`,
    };
  }
}

/**
 * Builds both, once a process.
 *
 * @throws {Error} when there is no compiler, or it refuses
 */
export function buildNative(): NativePrograms {
  if (built !== undefined) return built;
  const found = compiler();
  if ("missing" in found) throw new Error(found.missing);
  const folder = mkdtempSync(join(tmpdir(), "letterwright-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const compile = (
    output: string,
    files: readonly string[],
    more: readonly string[] = [],
  ): void => {
    execFileSync(
      found.name,
      ["-std=c99", "-O2", "-Wall", "-Wextra", "-o", join(folder, output), ...files, ...more],
      { cwd: sources, stdio: ["ignore", "ignore", "pipe"] },
    );
  };
  const parts = ["sink.c", "session.c", "ledger.c"];
  let hasTls = true;
  try {
    compile("sink", parts, ["-DWITH_TLS", "-lssl", "-lcrypto"]);
  } catch {
    hasTls = false;
    compile("sink", parts);
  }
  compile("delay", ["delay.c"]);
  built = { sink: join(folder, "sink"), delay: join(folder, "delay"), hasTls };
  return built;
}
