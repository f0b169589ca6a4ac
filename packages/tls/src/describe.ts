/** What a TLS connection came to. */
import type { TLSSocket } from "node:tls";
import { alternativeNames } from "./connect.ts";

/** A certificate as it was shown. */
export interface CertificateReport {
  readonly subject: string;
  readonly issuer: string;
  /** The subjectAltNames. */
  readonly names: readonly string[];
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256, hexadecimal with colons. */
  readonly fingerprint256: string;
}

/** What a TLS connection came to. */
export interface TlsReport {
  readonly protocol: string;
  readonly cipher: string;
  /** Whether chain and name were verified. */
  readonly verified: boolean;
  /** Whether an earlier session was taken up again. */
  readonly resumed: boolean;
  /** Leaf first, as far as Node knows it. */
  readonly chain: readonly CertificateReport[];
}

/** Describes a connection whose handshake is done. */
export function describeConnection(socket: TLSSocket): TlsReport {
  const chain: CertificateReport[] = [];
  const seen = new Set<string>();
  for (
    let one = socket.getPeerCertificate(true);
    one?.fingerprint256 !== undefined;
    one = one.issuerCertificate
  ) {
    if (seen.has(one.fingerprint256)) break; // a root is its own issuer
    seen.add(one.fingerprint256);
    chain.push({
      subject: nameOf(one.subject),
      issuer: nameOf(one.issuer),
      names: alternativeNames(one).map(({ value }) => value),
      notBefore: one.valid_from,
      notAfter: one.valid_to,
      fingerprint256: one.fingerprint256,
    });
  }
  return Object.freeze({
    protocol: socket.getProtocol() ?? "unknown",
    cipher: socket.getCipher().standardName,
    verified: socket.authorized,
    resumed: socket.isSessionReused(),
    chain: Object.freeze(chain),
  });
}

function nameOf(parts: object): string {
  return Object.entries(parts)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(", ");
}
