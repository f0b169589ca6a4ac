/** SOCKS5: RFC 1928, RFC 1929, by the library `socks`, which is loaded when a proxy first needs it. */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { proxyAuthRefused, proxyMalformed, proxyRefused } from "./failure.ts";
import type { TunnelTarget } from "./tunnel.ts";

// The deadline of the transport is what counts; the library has one of its own, which keeps a timer.
const longestMs = 120_000;

/** Asks the proxy at the other end of `socket` for a connection to the target. */
export async function tunnelThroughSocks(
  socket: Socket,
  { host, port, user, password }: TunnelTarget,
  signal: AbortSignal,
): Promise<Duplex> {
  const { SocksClient } = await import("socks");
  const abort = (): void => {
    socket.destroy();
  };
  signal.addEventListener("abort", abort, { once: true });
  const early: Buffer[] = [];
  const keep = (chunk: Buffer): void => {
    early.push(chunk);
  };
  try {
    signal.throwIfAborted();
    await SocksClient.createConnection({
      command: "connect",
      // The host of the proxy is checked by the library, and not used: the socket is connected.
      proxy: {
        host: "proxy",
        port: 1,
        type: 5,
        ...(user === "" ? {} : { userId: user, password }),
      },
      destination: { host, port },
      existing_socket: socket,
      timeout: longestMs,
    });
    // The library gives away what came behind the proxy's last answer in the next turn: the mail server's greeting.
    socket.on("data", keep);
    await new Promise((resolve) => setImmediate(resolve));
    socket.pause();
    socket.off("data", keep);
    if (early.length > 0) socket.unshift(Buffer.concat(early));
    signal.throwIfAborted();
    return socket;
  } catch (error) {
    socket.on("error", () => undefined);
    socket.destroy();
    // Not as `cause`: the library's error carries its options, and they hold the password.
    throw signal.aborted ? signal.reason : explained(error);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** RFC 1928 §6, by the names that the library gives the replies. */
const refusals: Readonly<Record<string, readonly [words: string, retry: "later" | "no"]>> = {
  Failure: ["it failed", "later"],
  NotAllowed: ["its rules forbid it", "no"],
  NetworkUnreachable: ["no way to that network", "later"],
  HostUnreachable: ["no way to that host, or no such name", "later"],
  ConnectionRefused: ["nothing listens there", "later"],
  TTLExpired: ["the way is too long", "later"],
  CommandNotSupported: ["it does not make connections", "no"],
  AddressNotSupported: ["it does not know this kind of address", "no"],
};

function explained(error: unknown): Error {
  const message = error instanceof Error ? error.message : "";
  const name = message.split(" - ").at(-1) ?? "";
  const refusal = refusals[name];
  if (refusal !== undefined) return proxyRefused(...refusal);
  if (/auth/i.test(message)) return proxyAuthRefused("it does not let this client in");
  if (/closed|ECONNRESET/i.test(message)) return proxyMalformed("it closed the connection");
  return proxyMalformed("its answer is not SOCKS5");
}
