/** What a port says first: to somebody who is silent, and to somebody who begins TLS. */
import type { Socket } from "node:net";
import { LetterwrightError } from "@letterwright/base/error";
import {
  connectTls,
  describeConnection,
  TlsFailureError,
  type TlsContext,
  type TlsReport,
} from "@letterwright/tls";
import type { Connector, Destination } from "./connector.ts";

/** What a port says to somebody who waits. */
export interface PlainWords {
  readonly kind: "smtp" | "imap" | "pop3" | "ssh" | "http" | "other" | "silence" | "closed";
  /** The first line, untrusted. */
  readonly line: string;
}

/** What becomes of TLS with the first byte. */
export type HelloAnswer =
  | { readonly kind: "secured"; readonly report: TlsReport }
  | { readonly kind: "failed"; readonly error: TlsFailureError }
  | { readonly kind: "silence" };

const maxHeard = 2048;

/** Connects and listens. */
export async function listen(
  connect: Connector,
  to: Destination,
  signal: AbortSignal,
): Promise<PlainWords> {
  let socket: Socket;
  try {
    socket = await connect(to, signal);
  } catch {
    return { kind: signal.aborted ? "silence" : "closed", line: "" };
  }
  return new Promise((resolve) => {
    let heard = "";
    const finish = (words: PlainWords): void => {
      signal.removeEventListener("abort", quiet);
      socket.destroy();
      resolve(words);
    };
    const quiet = (): void => finish(heard === "" ? { kind: "silence", line: "" } : said(heard));
    signal.addEventListener("abort", quiet, { once: true });
    socket.on("error", () =>
      finish({ kind: heard === "" ? "closed" : "other", line: heard.slice(0, 200) }),
    );
    socket.on("close", () => finish(heard === "" ? { kind: "closed", line: "" } : said(heard)));
    socket.on("data", (chunk: Uint8Array) => {
      heard += new TextDecoder().decode(chunk);
      if (heard.includes("\n") || heard.length > maxHeard) finish(said(heard));
    });
    if (signal.aborted) quiet();
  });
}

function said(heard: string): PlainWords {
  const line = heard.split(/\r\n|\n/, 1)[0]?.slice(0, 300) ?? "";
  return { kind: kindOf(line), line };
}

/** Which service begins like this. */
export function kindOf(line: string): PlainWords["kind"] {
  if (/^[245]\d\d[ -]/.test(line) || /^[245]\d\d$/.test(line)) return "smtp";
  if (line.startsWith("* OK") || line.startsWith("* PREAUTH") || line.startsWith("* BYE"))
    return "imap";
  if (line.startsWith("+OK") || line.startsWith("-ERR")) return "pop3";
  if (line.startsWith("SSH-")) return "ssh";
  if (line.startsWith("HTTP/") || /^<(!doctype|html)/i.test(line)) return "http";
  return "other";
}

/** Connects and begins TLS. */
export async function sayHello(
  connect: Connector,
  to: Destination,
  {
    host,
    tlsContext,
    signal,
  }: { readonly host: string; readonly tlsContext: TlsContext; readonly signal: AbortSignal },
): Promise<HelloAnswer> {
  let socket: Socket | undefined;
  try {
    socket = await connect(to, signal);
    const secured = await connectTls(tlsContext, { socket, host, port: to.port, signal });
    const report = describeConnection(secured);
    secured.on("error", () => undefined);
    secured.destroy();
    return { kind: "secured", report };
  } catch (error) {
    if (LetterwrightError.is(error) && error instanceof TlsFailureError)
      return { kind: "failed", error };
    return { kind: "silence" };
  } finally {
    socket?.destroy();
  }
}
