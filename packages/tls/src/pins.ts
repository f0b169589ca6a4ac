/** Pins: fingerprints that a server's certificate has to bear. */
import { createHash, X509Certificate, type KeyObject } from "node:crypto";
import { UsageError } from "@letterwright/base/error";

/** How a pin is written: what is hashed by SHA-256, and the hash. */
interface Pin {
  readonly kind: "certificate" | "key";
  /** Hexadecimal, lower case. */
  readonly hash: string;
}

/**
 * `sha256:` and hexadecimal digits, with or without colons: the certificate. `spki-sha256:` and base64 or hexadecimal
 * digits: its public key, which outlives renewals that keep the key.
 *
 * @throws {UsageError} `TLS_PIN_INVALID`
 */
export function parsePin(text: string): Pin {
  const found = /^(spki-)?sha256:(.+)$/i.exec(text.trim());
  const digest = found?.[2] ?? "";
  const digits = digest.replaceAll(":", "").toLowerCase();
  const kind = found?.[1] === undefined ? "certificate" : "key";
  if (/^[0-9a-f]{64}$/.test(digits)) return { kind, hash: digits };
  if (/^[A-Za-z0-9+/]{43}=$/.test(digest)) {
    return { kind, hash: Buffer.from(digest, "base64").toString("hex") };
  }
  throw new UsageError(`${JSON.stringify(text)} is no pin`, {
    code: "TLS_PIN_INVALID",
    hint: "Write sha256: and the certificate's fingerprint, or spki-sha256: and the hash of its public key, in hexadecimal or base64.",
  });
}

/** The public key; `undefined` for a kind that Node does not know, which a stranger may send. */
export function publicKeyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}

/** SHA-256 of the public key as SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), in base64: what `spki-sha256:` takes. */
export function publicKeyPin(key: KeyObject): string {
  const spki = key.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64");
}

/** Whether the certificate, as DER, bears one of the pins. */
export function matchesPin(der: Uint8Array, pins: readonly string[]): boolean {
  const certificate = new X509Certificate(der);
  const fingerprint = certificate.fingerprint256.replaceAll(":", "").toLowerCase();
  const publicKey = publicKeyOf(certificate);
  const key =
    publicKey === undefined
      ? undefined
      : Buffer.from(publicKeyPin(publicKey), "base64").toString("hex");
  return pins
    .map(parsePin)
    .some(({ kind, hash }) => hash === (kind === "certificate" ? fingerprint : key));
}
