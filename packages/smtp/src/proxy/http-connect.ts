/** HTTP CONNECT: RFC 9110 §9.3.6, by Node's own HTTP client. */
import { request, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { proxyAuthRefused, proxyMalformed, proxyRefused } from "./failure.ts";
import type { TunnelTarget } from "./tunnel.ts";

/** Asks the proxy at the other end of `socket` for a connection to the target. */
export function tunnelThroughHttp(
  socket: Socket,
  target: TunnelTarget,
  signal: AbortSignal,
): Promise<Duplex> {
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  const authority = `${host}:${target.port}`;
  return new Promise((resolve, reject) => {
    const fail = (reason: unknown): void => {
      socket.on("error", () => undefined);
      socket.destroy();
      reject(signal.aborted ? signal.reason : reason);
    };
    const asked = request({
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...authorization(target) },
      createConnection: () => socket,
      signal,
    });
    asked.once("connect", (response: IncomingMessage, stream: Duplex, head: Buffer) => {
      if (signal.aborted) {
        fail(signal.reason);
        return;
      }
      const { statusCode = 0 } = response;
      if (statusCode < 200 || statusCode > 299) {
        fail(refusalOf(response));
        return;
      }
      // The mail server may have greeted already.
      if (head.length > 0) stream.unshift(head);
      resolve(stream);
    });
    asked.once("error", (error: NodeJS.ErrnoException) => {
      const isHttp = error.code?.startsWith("HPE_") === true;
      fail(isHttp ? proxyMalformed(`no HTTP (${error.code})`) : proxyMalformed(wordsOf(error)));
    });
    asked.end();
  });
}

function refusalOf({ statusCode = 0, statusMessage = "" }: IncomingMessage): Error {
  const said = `${statusCode} ${JSON.stringify(statusMessage)}`;
  // QUIRK: tinyproxy says 401 to a wrong password, which is the mail server's to say (RFC 9110 §15.5.2).
  if (statusCode === 407 || statusCode === 401) return proxyAuthRefused(said);
  return proxyRefused(said, statusCode >= 500 || statusCode === 429 ? "later" : "no");
}

/** RFC 7617 §2 */
function authorization({ user, password }: TunnelTarget): Record<string, string> {
  if (user === "") return {};
  const basic = Buffer.from(`${user}:${password}`, "utf8").toString("base64");
  return { "proxy-authorization": `Basic ${basic}` };
}

function wordsOf(error: NodeJS.ErrnoException): string {
  return error.code === "ECONNRESET" ? "it closed the connection" : (error.code ?? "it broke off");
}
