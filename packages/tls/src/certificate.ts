/** Certificates as they were shown. */
import { X509Certificate, type KeyObject } from "node:crypto";
import type { DetailedPeerCertificate } from "node:tls";
import { alternativeNames } from "./names.ts";
import { publicKeyOf, publicKeyPin } from "./pins.ts";

/** A certificate as it was shown. */
export interface CertificateReport {
  readonly subject: string;
  readonly issuer: string;
  /** The subjectAltNames. */
  readonly names: readonly string[];
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256, hexadecimal with colons: a pin, after `sha256:`. */
  readonly fingerprint256: string;
  /** SHA-256 of its public key, base64: a pin, after `spki-sha256:`. `undefined` where Node cannot read the key. */
  readonly publicKey256: string | undefined;
  /** `"RSA 2048"`, `"EC prime256v1"`, `"Ed25519"`; `"unknown"` where Node cannot read it. */
  readonly keyType: string;
  /** It says where its issuer's certificate is to be had, as those of public authorities do (RFC 5280 §4.2.2.1). */
  readonly namesIssuerFile: boolean;
}

/** From the leaf on, as far as Node knows the chain. */
export function peersOf(
  leaf: DetailedPeerCertificate | undefined,
): readonly DetailedPeerCertificate[] {
  const peers: DetailedPeerCertificate[] = [];
  const seen = new Set<string>();
  for (let one = leaf; one?.fingerprint256 !== undefined; one = one.issuerCertificate) {
    if (seen.has(one.fingerprint256)) break; // a root is its own issuer
    seen.add(one.fingerprint256);
    peers.push(one);
  }
  return peers;
}

/** What is told of each. */
export function chainOf(peers: readonly DetailedPeerCertificate[]): readonly CertificateReport[] {
  return Object.freeze(peers.map(reportOf));
}

function reportOf(one: DetailedPeerCertificate): CertificateReport {
  const certificate = new X509Certificate(one.raw);
  const key = publicKeyOf(certificate);
  return Object.freeze({
    subject: nameOf(one.subject),
    issuer: nameOf(one.issuer),
    names: Object.freeze(alternativeNames(one).map(({ value }) => value)),
    notBefore: one.valid_from,
    notAfter: one.valid_to,
    fingerprint256: one.fingerprint256,
    publicKey256: key === undefined ? undefined : publicKeyPin(key),
    keyType: keyTypeOf(key),
    namesIssuerFile: (certificate.infoAccess ?? "").includes("CA Issuers"),
  });
}

function keyTypeOf(key: KeyObject | undefined): string {
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details } = key ?? {};
  if (type === "ec") return `EC ${details?.namedCurve ?? "of an unknown curve"}`;
  if (type.startsWith("ed")) return `E${type.slice(1)}`;
  const bits = details?.modulusLength;
  return bits === undefined ? type : `${type.toUpperCase()} ${bits}`;
}

function nameOf(parts: object): string {
  return Object.entries(parts)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(", ");
}
