/** A DNS server on loopback: Debian's dnsmasq, with the names it is given and nobody to ask. */
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";

/** A server that answers. */
export interface DnsServer extends AsyncDisposable {
  /** For `createResolver({ servers })`. */
  readonly address: string;
}

/** Starts dnsmasq with these lines of its configuration; other names under `.test` do not exist, the rest is refused. */
export async function dnsServer(lines: readonly string[]): Promise<DnsServer> {
  const port = await freePort();
  const fixed = [
    "no-daemon",
    `port=${port}`,
    "listen-address=127.0.0.1",
    "bind-interfaces",
    "no-resolv",
    "no-hosts",
    "local=/test/",
    "user=root",
    "conf-file=/dev/null",
  ];
  const child = spawn(
    "dnsmasq",
    [...fixed, ...lines].map((line) => `--${line}`),
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const resolver = new Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  for (let tries = 0; tries < 50; tries++) {
    const isThere = await resolver.resolve4("ready.test").then(
      () => true,
      (error: unknown) => (error as { readonly code?: string }).code === "ENOTFOUND",
    );
    if (isThere) {
      return {
        address: `127.0.0.1:${port}`,
        [Symbol.asyncDispose]: async () => {
          child.kill("SIGTERM");
          await ended;
        },
      };
    }
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill("SIGKILL");
  throw new Error(`dnsmasq did not answer: ${said}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
