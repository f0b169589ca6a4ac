/** Debian's microsocks and tinyproxy as proxies that are not ours. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts, run, serverFolder } from "./running-server.ts";

export function proxiesAreMissing(): boolean {
  return !existsSync("/usr/bin/microsocks") || !existsSync("/usr/bin/tinyproxy");
}

/** A proxy that runs, and wants a user and a password. */
export interface DebianProxy {
  readonly port: number;
  log(): string;
  stop(): Promise<void>;
}

/** Who may pass. */
export const proxyUser: { readonly user: string; readonly password: string } = {
  user: "ana",
  password: "pr0xy",
};

/** SOCKS5. */
export async function startMicrosocks(): Promise<DebianProxy> {
  const { folder } = await serverFolder("microsocks");
  const [port = 0] = await freePorts(1);
  const { user, password } = proxyUser;
  const args = ["-i", "127.0.0.1", "-p", String(port), "-u", user, "-P", password];
  return { port, ...(await run({ folder, command: "microsocks", args, port, inboxes: [] })) };
}

/** HTTP CONNECT, to any port. */
export async function startTinyproxy(): Promise<DebianProxy> {
  const { folder } = await serverFolder("tinyproxy");
  const [port = 0] = await freePorts(1);
  const configuration = join(folder, "tinyproxy.conf");
  writeFileSync(
    configuration,
    `Port ${port}
Listen 127.0.0.1
BasicAuth ${proxyUser.user} ${proxyUser.password}
Timeout 60
`,
  );
  const args = ["-d", "-c", configuration];
  return { port, ...(await run({ folder, command: "tinyproxy", args, port, inboxes: [] })) };
}
