/** Who vouches for a server. */
import { X509Certificate } from "node:crypto";
import { partsOf, trustsPinsOnly, type TlsContext } from "./context.ts";
import { fingerprintsOf, type TrustSource } from "./store.ts";

/**
 * Who vouches for a chain that was verified, given as DER, leaf first. It may be the chain as the server sent it, which ends
 * before the authority, or goes another way than the one that led to trust (a cross-signed intermediate).
 */
export function trustSourceOf(context: TlsContext, chain: readonly Uint8Array[]): TrustSource {
  if (context.acceptsAnyCertificate) return "nobody";
  if (trustsPinsOnly(context)) return "pin";
  const { store, given } = partsOf(context);
  if (store.kind === "none") return "given";
  if (given.length === 0) return store.kind;
  const fingerprints = fingerprintsOf(given);
  const certificates = chain.map((der) => new X509Certificate(der));
  const isGiven =
    certificates.some(({ fingerprint256 }) => fingerprints.has(fingerprint256)) ||
    certificates.some((certificate) => isIssuedBy(certificate, given));
  return isGiven ? "given" : store.kind;
}

const parsed: WeakMap<readonly string[], readonly X509Certificate[]> = new WeakMap();

function isIssuedBy(certificate: X509Certificate, given: readonly string[]): boolean {
  const issuers = parsed.get(given) ?? given.map((pem) => new X509Certificate(pem));
  parsed.set(given, issuers);
  return issuers.some(
    (issuer) => certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey),
  );
}
