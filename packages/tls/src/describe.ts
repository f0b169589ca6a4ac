/** What a TLS connection came to. */
import type { TLSSocket } from "node:tls";
import { chainOf, peersOf, type CertificateReport } from "./certificate.ts";
import { factsOf } from "./connect.ts";
import type { TrustSource } from "./store.ts";

/** What a TLS connection came to. */
export interface TlsReport {
  readonly protocol: string;
  readonly cipher: string;
  /** `"X25519"`, `"DH 2048"`; `undefined` where Node does not tell. */
  readonly keyExchange: string | undefined;
  /** Whether chain and name, or a pin in their place, were verified. */
  readonly verified: boolean;
  /** The name or address that the certificate bears; `undefined` where no name was looked at. */
  readonly verifiedName: string | undefined;
  readonly trustSource: TrustSource;
  /** Whether an earlier session was taken up again. */
  readonly resumed: boolean;
  /** Leaf first, as far as Node knows it; of a session taken up again, as its first handshake saw it. */
  readonly chain: readonly CertificateReport[];
}

/** Describes a connection that `connectTls` made; of any other it says that nobody vouches for it. */
export function describeConnection(socket: TLSSocket): TlsReport {
  const facts = factsOf(socket);
  const trustSource = facts?.trustSource ?? "nobody";
  const isNamed = trustSource !== "nobody" && trustSource !== "pin";
  return Object.freeze({
    protocol: socket.getProtocol() ?? "unknown",
    cipher: socket.getCipher().standardName,
    keyExchange: keyExchangeOf(socket),
    verified: trustSource !== "nobody",
    verifiedName: isNamed ? facts?.name : undefined,
    trustSource,
    resumed: socket.isSessionReused(),
    chain: facts?.chain ?? chainOf(peersOf(socket.getPeerCertificate(true))),
  });
}

function keyExchangeOf(socket: TLSSocket): string | undefined {
  const info = socket.getEphemeralKeyInfo() as {
    readonly type?: string;
    readonly name?: string;
    readonly size?: number;
  } | null;
  if (info?.type === undefined) return undefined;
  return info.name ?? `${info.type} ${info.size ?? ""}`.trimEnd();
}
