/** What the suites want of a real server, and what starting one takes: a folder, ports, a certificate, an end. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createAuthority } from "@letterwright/receiver/certificates";

/** The one who may log in, where anybody may. */
export const serverUser: { readonly user: string; readonly password: string } = {
  user: "ana@example.org",
  password: "pass word",
};

/** The most that each server takes, in octets. */
export const serverSizeLimit = 200_000;

/**
 * A server that runs. It takes mail for example.org but for `gone@example.org`, whom it does not know, and keeps it
 * in a folder.
 */
export interface RunningServer {
  /** The ports it listens on, by how TLS begins there; `lmtp` speaks LMTP in the clear. */
  readonly ports: Readonly<Partial<Record<"implicit" | "starttls" | "none" | "lmtp", number>>>;
  /** PEM file of the authority that signed its certificate. */
  readonly caFile: string;
  /** The messages stored since the last call, when there are this many. */
  delivered(count: number): Promise<readonly Uint8Array[]>;
  /** The end of its log, for a failure. */
  log(): string;
  stop(): Promise<void>;
}

/** A folder of its own that daemons without privileges can get into, with a certificate for 127.0.0.1. */
export async function serverFolder(name: string): Promise<{
  readonly folder: string;
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}> {
  const folder = mkdtempSync(join(tmpdir(), `letterwright-${name}-`));
  chmodSync(folder, 0o755);
  const authority = await createAuthority();
  const leaf = await authority.issue({ names: ["127.0.0.1"] });
  const caFile = join(folder, "ca.pem");
  const certificateFile = join(folder, "certificate.pem");
  const keyFile = join(folder, "key.pem");
  writeFileSync(caFile, authority.certificate);
  writeFileSync(certificateFile, leaf.certificate);
  writeFileSync(keyFile, leaf.key);
  return { folder, caFile, certificateFile, keyFile };
}

/** What {@link run} needs to know. */
export interface ServerProcess {
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Standard input. */
  readonly input?: string;
  /** Where it writes what it does, when that is not its output. */
  readonly logFile?: string;
  /** It listens when this port takes a connection. */
  readonly port: number;
  /** Folders whose files are messages. */
  readonly inboxes: readonly string[];
}

/** Starts the process, waits until it listens, and gives all of a {@link RunningServer} but its ports. */
export async function run(
  call: ServerProcess,
): Promise<Pick<RunningServer, "delivered" | "log" | "stop">> {
  const { folder, command, args, inboxes } = call;
  let output = "";
  const child = spawn(command, [...args], { detached: true, stdio: ["pipe", "pipe", "pipe"] });
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.end(call.input ?? "");
  const log = (): string =>
    (call.logFile !== undefined && existsSync(call.logFile)
      ? readFileSync(call.logFile, "utf8")
      : output
    ).slice(-4000);
  const stop = async (): Promise<void> => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(
      async () => child.exitCode !== null || (await takesConnection(call.port)),
      () => `${command} does not listen: ${output} ${log()}`,
    );
    if (child.exitCode !== null) throw new Error(`${command} ended at once: ${output} ${log()}`);
  } catch (error) {
    await stop();
    throw error;
  }
  const stored = (): readonly string[] =>
    inboxes.flatMap((inbox) =>
      existsSync(inbox) ? readdirSync(inbox).map((name) => join(inbox, name)) : [],
    );
  return {
    log,
    stop,
    async delivered(count) {
      await until(
        () => stored().length >= count,
        () => `${stored().length} of ${count} messages arrived: ${log()}`,
      );
      return stored().map((path) => {
        const bytes = readFileSync(path);
        rmSync(path);
        return bytes;
      });
    },
  };
}

/** The whole group of the process: daemons have helpers. */
async function end(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const tell = (signal: "SIGTERM" | "SIGKILL"): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // Nobody of the group is left.
    }
  };
  tell("SIGTERM");
  if (child.exitCode !== null || child.signalCode !== null) return;
  await Promise.race([gone, pause(5000, undefined, { ref: false })]);
  tell("SIGKILL");
  await Promise.race([gone, pause(5000, undefined, { ref: false })]);
}

function takesConnection(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const settle = (takes: boolean): void => {
      socket.destroy();
      resolve(takes);
    };
    socket.once("connect", () => settle(true)).once("error", () => settle(false));
  });
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, "127.0.0.1", () => {
            const address = server.address();
            resolve(typeof address === "object" && address !== null ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
  );
  return ports;
}

/** Numbers of a user of this machine. */
export function idsOf(name: string): { readonly uid: number; readonly gid: number } {
  const [, , uid, gid] = execFileSync("getent", ["passwd", name], { encoding: "utf8" }).split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

export async function until(
  holds: () => boolean | Promise<boolean>,
  complaint: () => string,
): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(complaint());
    await pause(50);
  }
}
