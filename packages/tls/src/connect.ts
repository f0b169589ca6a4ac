/** A handshake over a connected socket. */
import { isIP, type Socket } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { chainOf, peersOf, type CertificateReport } from "./certificate.ts";
import { partsOf, trustsPinsOnly, type ContextParts, type TlsContext } from "./context.ts";
import { explainTlsFailure } from "./explain.ts";
import { checkName, verifiedNameOf } from "./names.ts";
import { matchesPin } from "./pins.ts";
import type { VerifiedPeer } from "./sessions.ts";
import { trustSourceOf } from "./trust-source.ts";

/** What {@link connectTls} needs to know. */
export interface ConnectTlsOptions {
  /** A connected socket, silent at this moment. It belongs to the TLS socket from here on. */
  readonly socket: Socket;
  /** The host as the user gave it: its certificate has to bear this name. */
  readonly host: string;
  /** For the messages of errors, and to know the server again. */
  readonly port?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What is known of a connection besides what its socket says. */
export interface ConnectionFacts extends VerifiedPeer {
  /** What the certificate was looked at for. */
  readonly name: string;
}

const connections: WeakMap<TLSSocket, ConnectionFacts> = new WeakMap();

/** The facts of a connection that was made here. */
export function factsOf(socket: TLSSocket): ConnectionFacts | undefined {
  return connections.get(socket);
}

/**
 * Makes a connection TLS, and resolves when the certificate has been verified. The session of an earlier connection
 * of the context to this host and port is taken up again.
 *
 * Rejects with what {@link explainTlsFailure} says, or with `signal.reason`; the socket is then destroyed.
 */
export async function connectTls(
  context: TlsContext,
  options: ConnectTlsOptions,
): Promise<TLSSocket> {
  const { socket, host, port, signal } = options;
  try {
    signal?.throwIfAborted();
    const parts = partsOf(context);
    const name = verifiedNameOf(context, host);
    // Of a socket that was closed before, nothing is heard any more.
    if (socket.destroyed) throw explainTlsFailure(closed(), { host: name, ...portOf(port) });
    return await shakeHands(context, parts, name, options);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function shakeHands(
  context: TlsContext,
  { secureContext, sessions, keyLog }: ContextParts,
  name: string,
  { socket, host, port, signal }: ConnectTlsOptions,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const server = JSON.stringify([host, port, name]);
    const earlier = sessions.take(server, Date.now());
    const takesAny = context.acceptsAnyCertificate;
    const pinsOnly = trustsPinsOnly(context);
    const secured = connect({
      socket,
      secureContext,
      // Where the pins alone say who the server is, they are looked at below.
      rejectUnauthorized: !takesAny && !pinsOnly,
      // RFC 6066 §3: an address is not sent as a server name. Node reads the name for its check from here
      // too, so the check is ours below.
      servername: isIP(name) === 0 ? name : "",
      checkServerIdentity: (_ignored, certificate) =>
        checkName(name, certificate) ?? checkPins(context, certificate.raw),
      ...(earlier === undefined ? {} : { session: earlier.session }),
    });
    let chain: readonly CertificateReport[] = [];
    let sent: readonly Uint8Array[] = [];
    let peer: VerifiedPeer | undefined;
    const made: Buffer[] = [];
    const remember = (): void => {
      if (peer === undefined) return;
      for (const session of made.splice(0)) sessions.keep(server, { session, peer });
    };
    const settle = (): void => {
      secured.off("secureConnect", succeed);
      secured.off("error", fail);
      secured.off("close", cut);
      signal?.removeEventListener("abort", abort);
    };
    const refuse = (reason: unknown): void => {
      settle();
      // Whatever else the socket has to say is about the failure that is reported here.
      secured.on("error", () => undefined);
      secured.destroy();
      reject(reason);
    };
    let unreadable: Error | undefined;
    // Node judges in the same turn, so that nothing is refused here.
    const look = (): void => {
      try {
        const peers = peersOf(secured.getPeerCertificate(true));
        sent = peers.map(({ raw }) => raw);
        chain = chainOf(peers);
      } catch (error) {
        unreadable = error instanceof Error ? error : new Error(String(error));
      }
    };
    const succeed = (): void => {
      const resumed = secured.isSessionReused() ? earlier : undefined;
      // A session is kept of a server that bore the pin, and nobody else can take it up again.
      const looksAtPins = pinsOnly && !takesAny && resumed === undefined;
      const found =
        unreadable ??
        (looksAtPins ? checkPins(context, secured.getPeerCertificate().raw) : undefined);
      if (found !== undefined) {
        fail(found);
        return;
      }
      peer = resumed?.peer ?? {
        chain,
        trustSource: trustSourceOf(context, sent),
        // Where a pin or nothing is asked for, dates do not matter.
        validUntil:
          takesAny || pinsOnly
            ? Number.POSITIVE_INFINITY
            : Math.min(...chain.map(({ notAfter }) => Date.parse(notAfter))),
      };
      connections.set(secured, { ...peer, name });
      // A session of TLS 1.2 may be used again, and the server need not send another (RFC 5246 §7.3).
      const isOld = secured.getProtocol() === "TLSv1.2" && made.length === 0;
      if (isOld && resumed !== undefined) made.push(resumed.session);
      remember();
      settle();
      resolve(secured);
    };
    const fail = (error: Error): void => {
      refuse(explainTlsFailure(error, { host: name, ...portOf(port), chain }));
    };
    const cut = (): void => fail(closed());
    const abort = (): void => refuse(signal?.reason);
    // Before Node judges: once it has refused a certificate, it does not give it any more.
    secured.prependOnceListener("secure", look);
    secured.once("secureConnect", succeed);
    secured.once("error", fail);
    secured.once("close", cut);
    // It comes before the handshake is judged, or after: of a connection that is refused none is kept.
    secured.on("session", (session: Buffer) => {
      made.push(session);
      remember();
    });
    if (keyLog !== undefined) {
      secured.on("keylog", (line: Buffer) => keyLog(line.toString("utf8").trimEnd()));
    }
    signal?.addEventListener("abort", abort, { once: true });
  });
}

function portOf(port: number | undefined): { readonly port?: number } {
  return port === undefined ? {} : { port };
}

function closed(): Error {
  return Object.assign(new Error("the connection was closed during the handshake"), {
    code: "ECONNRESET",
  });
}

function checkPins({ pins }: TlsContext, der: Uint8Array | undefined): Error | undefined {
  if (pins.length === 0 || (der !== undefined && matchesPin(der, pins))) return undefined;
  return Object.assign(new Error("the certificate bears none of the pins"), {
    code: "TLS_PIN_MISMATCH",
  });
}
