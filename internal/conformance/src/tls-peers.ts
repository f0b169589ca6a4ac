/** Servers to shake hands with: Node's, and OpenSSL's `s_server` as one that is not ours. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import {
  connect,
  createServer as createPlainServer,
  type AddressInfo,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createServer, type TlsOptions } from "node:tls";
import type { IssuedCertificate } from "@letterwright/receiver/certificates";
import { connectTls, describeConnection, type TlsContext, type TlsReport } from "@letterwright/tls";

/** What a server shows, and how it behaves. */
export interface Served {
  readonly shown: IssuedCertificate;
  /** Demands a certificate that this authority issued. */
  readonly demands?: string;
  /** For TLS 1.1 and nothing else, or the one suite that no client of ours offers, or one version of TLS. */
  readonly only?: "TLSv1.1" | "TLSv1.2" | "AES128-SHA";
}

/** A running server. */
export interface Peer {
  readonly port: number;
  stop(): Promise<void>;
}

// The servers take every key and signature: it is the client that has to refuse.
const lax = "DEFAULT:@SECLEVEL=0";

/** Node's own. It says one line to every client, so that a client's certificate is judged before. */
export async function nodePeer({ shown, demands, only }: Served): Promise<Peer> {
  const options: TlsOptions = {
    cert: shown.chain,
    key: shown.key,
    ciphers: only === "AES128-SHA" ? `${only}:@SECLEVEL=0` : lax,
    ...(demands === undefined ? {} : { requestCert: true, rejectUnauthorized: true, ca: demands }),
    ...(only === "TLSv1.1" ? { minVersion: "TLSv1", maxVersion: "TLSv1.1" } : {}),
    ...(only === "TLSv1.2" || only === "AES128-SHA" ? { maxVersion: "TLSv1.2" } : {}),
  };
  const server = createServer(options, (socket) => {
    socket.on("error", () => undefined); // the client cuts the line
    socket.write("220 ready\r\n");
  });
  server.on("tlsClientError", () => undefined);
  return listening(server);
}

/** One that answers the first handshake with these octets, or with a cut line. */
export async function plainPeer(answer: string | undefined): Promise<Peer> {
  return listening(
    createPlainServer((socket) => {
      if (answer === undefined) socket.once("data", () => socket.destroy());
      else socket.end(answer);
    }),
  );
}

async function listening(server: ReturnType<typeof createPlainServer>): Promise<Peer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // the client cuts the line when it trusts nothing
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const firstBlock = /^[\s\S]*?-----END CERTIFICATE-----\n/;

/** `openssl s_server`. */
export async function opensslPeer({ shown, demands, only }: Served): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), "letterwright-tls-"));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const between = shown.chain.replace(firstBlock, "");
  const flags = [
    ["-accept", "127.0.0.1:0", "-naccept", "20"],
    ["-cert", file("leaf.pem", shown.certificate), "-key", file("key.pem", shown.key)],
    between === "" ? [] : ["-cert_chain", file("between.pem", between)],
    ["-cipher", only === "AES128-SHA" ? `${only}:@SECLEVEL=0` : lax],
    only === undefined || only === "AES128-SHA" ? [] : [only === "TLSv1.1" ? "-tls1_1" : "-tls1_2"],
    only === "AES128-SHA" ? ["-tls1_2"] : [],
    demands === undefined ? [] : ["-Verify", "1", "-verify_return_error"],
    demands === undefined ? [] : ["-CAfile", file("ca.pem", demands)],
  ];
  // It ends when its input does, so the input stays open.
  const child = spawn("openssl", ["s_server", ...flags.flat()], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const said: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true });
  };
  const port = await new Promise<number>((resolve, reject) => {
    const lines = createInterface(child.stdout);
    lines.on("line", (line) => {
      const found = /^ACCEPT .*:(\d+)$/.exec(line);
      if (found?.[1] !== undefined) resolve(Number(found[1]));
    });
    void ended.then(() => reject(new Error(`openssl s_server ended: ${said.join("")}`)));
  });
  return { port, stop };
}

/** What came of a handshake. */
export interface Handshake {
  readonly report?: TlsReport;
  readonly error?: unknown;
}

/** One handshake with a peer, by the name of a host; waits for the server's word on the client's certificate. */
export async function shakeHands(
  { port }: Peer,
  host: string,
  context: TlsContext,
  awaitsServer = false,
): Promise<Handshake> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => undefined); // told to whoever waits for the handshake
  await new Promise((resolve) => socket.once("connect", resolve));
  try {
    const secured = await connectTls(context, { socket, host, port });
    secured.on("error", () => undefined);
    const report = describeConnection(secured);
    if (awaitsServer) {
      await new Promise<void>((resolve, reject) => {
        secured.once("data", () => resolve());
        secured.once("error", reject);
        secured.once("close", () => reject(new Error("closed")));
      });
    }
    secured.destroy();
    return { report };
  } catch (error) {
    socket.destroy();
    return { error };
  }
}

/** One handshake with one server. */
export async function once(
  makePeer: (served: Served) => Promise<Peer>,
  served: Served,
  name: string,
  context: TlsContext,
  awaitsServer = false,
): Promise<Handshake> {
  const peer = await makePeer(served);
  try {
    return await shakeHands(peer, name, context, awaitsServer);
  } finally {
    await peer.stop();
  }
}

/** By name. */
export const peers: readonly [name: string, make: (served: Served) => Promise<Peer>][] = [
  ["Node", nodePeer],
  ["openssl s_server", opensslPeer],
];
