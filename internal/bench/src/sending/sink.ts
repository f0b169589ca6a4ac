/** The receiver: a process of its own, and where a line is long, another that delays both directions. */
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createAuthority } from "@letterwright/receiver/certificates";
import { startChild, type Child } from "./child.ts";
import type { LoadFiles } from "./load.ts";
import { buildNative } from "./native.ts";

/** What came since the last report. */
export interface Arrivals {
  readonly messages: number;
  /** Of messages as they are, dots taken out. */
  readonly octets: number;
  /** Where the payload was not the payload, or stood behind another message's stamp. */
  readonly damaged: number;
  /** Numbers that came before, in this report's time or earlier. */
  readonly doubled: number;
  /** Without a number, or too long to be looked at. */
  readonly unnumbered: number;
  /** Behind a greater number on the same connection. */
  readonly outOfOrder: number;
  readonly connections: number;
  readonly quits: number;
  /** The least and the greatest number; -1 when none came. */
  readonly firstId: number;
  readonly lastId: number;
}

/** How the receiver is to be. */
export interface SinkOptions {
  /** Default: plain text. */
  readonly tls?: "implicit" | "starttls";
  /** Default: everything the sink can do, but AUTH. */
  readonly offers?: {
    readonly chunking?: boolean;
    readonly pipelining?: boolean;
    readonly auth?: boolean;
  };
  /** What each message has to carry. Default: nothing is compared. */
  readonly load?: LoadFiles;
  /** Each way, in milliseconds. Default: none. */
  readonly delayMs?: number;
}

/** A receiver on 127.0.0.1. */
export interface Sink {
  readonly port: number;
  /** The certificate of who vouches for it, PEM; absent without TLS. */
  readonly ca: string | undefined;
  /** What came since the last report. */
  report(): Promise<Arrivals>;
  close(): Promise<void>;
}

let identity: Promise<{ ca: string; certificate: string; key: string }> | undefined;

/**
 * Starts a receiver.
 *
 * @throws {Error} when the programs cannot be built, or TLS is asked for and OpenSSL's headers are missing
 */
export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  const native = buildNative();
  const { tls, load, delayMs, offers = {} } = options;
  if (tls !== undefined && !native.hasTls)
    throw new Error("The receiver was built without TLS: install libssl-dev.");
  const args: string[] = [];
  let ca: string | undefined;
  if (tls !== undefined) {
    identity ??= issued(dirname(native.sink));
    const files = await identity;
    ca = files.ca;
    args.push("--tls", tls, "--certificate", files.certificate, "--key", files.key);
  }
  if (offers.chunking === false) args.push("--no-chunking");
  if (offers.pipelining === false) args.push("--no-pipelining");
  if (offers.auth === true) args.push("--auth");
  if (load !== undefined)
    args.push("--payload", load.payload, "--stamp", load.kind === "text" ? "plain" : "base64");
  const children: Child[] = [startChild(native.sink, args)];
  let port = await portOf(children[0] as Child);
  if (delayMs !== undefined) {
    const delay = startChild(native.delay, [String(port), String(delayMs)]);
    children.push(delay);
    port = await portOf(delay);
  }
  return {
    port,
    ca,
    report: async () => (await (children[0] as Child).ask("report")) as Arrivals,
    close: async () => {
      for (const child of children) await child.close();
    },
  };
}

async function portOf(child: Child): Promise<number> {
  return ((await child.next()) as { readonly port: number }).port;
}

async function issued(folder: string): Promise<{ ca: string; certificate: string; key: string }> {
  const authority = await createAuthority();
  const leaf = await authority.issue({ names: ["127.0.0.1", "localhost"] });
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  writeFileSync(certificate, leaf.chain);
  writeFileSync(key, leaf.key, { mode: 0o600 });
  return { ca: authority.certificate, certificate, key };
}
