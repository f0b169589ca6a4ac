/** A handshake over a connected socket. */
import { isIP, type Socket } from "node:net";
import { connect, type PeerCertificate, type TLSSocket } from "node:tls";
import { domainToASCII } from "node:url";
import { secureContextOf, type TlsContext } from "./context.ts";
import { explainTlsFailure } from "./explain.ts";

/** What {@link connectTls} needs to know. */
export interface ConnectTlsOptions {
  /** A connected socket, silent at this moment. It belongs to the TLS socket from here on. */
  readonly socket: Socket;
  /** The host as the user gave it: its certificate has to bear this name. */
  readonly host: string;
  /** For the messages of errors. */
  readonly port?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a connection TLS, and resolves when the certificate has been verified.
 *
 * Rejects with what {@link explainTlsFailure} says, or with `signal.reason`; the socket is then destroyed.
 */
export function connectTls(context: TlsContext, options: ConnectTlsOptions): Promise<TLSSocket> {
  const { socket, host, port, signal } = options;
  const name = verifiedNameOf(context, host);
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const secured = connect({
      socket,
      secureContext: secureContextOf(context),
      rejectUnauthorized: !context.acceptsAnyCertificate,
      // RFC 6066 §3: an address is not sent as a server name. Node reads the name for its check from here
      // too, so the check is ours below.
      servername: isIP(name) === 0 ? name : "",
      checkServerIdentity: (_ignored, certificate) => checkName(name, certificate),
    });
    const settle = (): void => {
      secured.off("secureConnect", succeed);
      secured.off("error", fail);
      secured.off("close", cut);
      signal?.removeEventListener("abort", abort);
    };
    const succeed = (): void => {
      settle();
      resolve(secured);
    };
    const refuse = (reason: unknown): void => {
      settle();
      // Whatever else the socket has to say is about the failure that is reported here.
      secured.on("error", () => undefined);
      secured.destroy();
      socket.destroy();
      reject(reason);
    };
    const fail = (error: Error): void =>
      refuse(explainTlsFailure(error, { host: name, ...(port === undefined ? {} : { port }) }));
    const cut = (): void =>
      fail(
        Object.assign(new Error("the connection was closed during the handshake"), {
          code: "ECONNRESET",
        }),
      );
    const abort = (): void => refuse(signal?.reason);
    secured.once("secureConnect", succeed);
    secured.once("error", fail);
    secured.once("close", cut);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** The name that the certificate has to bear, as an A-label or an address. */
export function verifiedNameOf(context: TlsContext, host: string): string {
  const name = context.servername ?? host;
  return isIP(name) === 0 ? domainToASCII(name) || name : name;
}

/**
 * RFC 9525 §6.3: the name has to be among the subjectAltNames. A common name is no name, and a wildcard
 * stands for exactly one label, the leftmost.
 */
function checkName(name: string, certificate: PeerCertificate): Error | undefined {
  const names = alternativeNames(certificate);
  const matches =
    isIP(name) === 0
      ? names.some(({ type, value }) => type === "DNS" && matchesDns(name, value))
      : names.some(({ type, value }) => type === "IP Address" && sameAddress(name, value));
  if (matches) return undefined;
  return Object.assign(new Error(`the certificate is not for ${name}`), {
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
    names: names.map(({ value }) => value),
  });
}

/** The entries of `subjectaltname`, which Node joins with ", " and quotes where a value could confuse. */
export function alternativeNames(
  certificate: PeerCertificate,
): readonly { readonly type: string; readonly value: string }[] {
  return (certificate.subjectaltname ?? "")
    .split(", ")
    .map((entry) => ({
      type: entry.slice(0, entry.indexOf(":")),
      value: entry.slice(entry.indexOf(":") + 1),
    }))
    .filter(({ value }) => value !== "" && !value.includes('"'));
}

function matchesDns(name: string, pattern: string): boolean {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  const given = pattern.toLowerCase();
  if (!given.startsWith("*.")) return wanted === given;
  const dot = wanted.indexOf(".");
  return dot > 0 && wanted.slice(dot) === given.slice(1) && given.indexOf(".", 2) !== -1;
}

function sameAddress(left: string, right: string): boolean {
  if (isIP(left) !== isIP(right)) return false;
  const canonical = (address: string): string =>
    isIP(address) === 6 ? new URL(`http://[${address}]`).hostname : address;
  return canonical(left) === canonical(right);
}
