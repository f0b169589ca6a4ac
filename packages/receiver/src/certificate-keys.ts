/** Keys of certificates, made by Web Cryptography. */
import { webcrypto } from "node:crypto";

/** The key of a certificate. The first is the default; RSA-1024 is too weak by design. */
export type KeyType = "P-256" | "P-384" | "P-521" | "Ed25519" | "RSA-2048" | "RSA-1024";

/** A new pair. */
export async function keysOf(keyType: KeyType = "P-256"): Promise<webcrypto.CryptoKeyPair> {
  const { subtle } = webcrypto;
  const uses: webcrypto.KeyUsage[] = ["sign", "verify"];
  if (keyType === "Ed25519") {
    const made = await subtle.generateKey({ name: "Ed25519" }, true, uses);
    return made as webcrypto.CryptoKeyPair;
  }
  if (keyType === "P-256" || keyType === "P-384" || keyType === "P-521") {
    return subtle.generateKey({ name: "ECDSA", namedCurve: keyType }, true, uses);
  }
  return subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-256",
      publicExponent: Uint8Array.of(1, 0, 1),
      modulusLength: Number(keyType.slice("RSA-".length)),
    },
    true,
    uses,
  );
}

/** An RSA key of Web Cryptography is bound to a hash; the others take one with each signature. */
export function signature(
  { privateKey }: webcrypto.CryptoKeyPair,
  hash: string,
): { name: string; hash: string } {
  return { name: privateKey.algorithm.name, hash };
}
