/**
 * Certificate authorities that live as long as a test, and leaves from them.
 *
 * Built on `@peculiar/x509`, which is loaded when the first authority is made.
 */
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import type * as X509 from "@peculiar/x509";

/** How an authority is made. */
export interface AuthorityOptions {
  /** Its common name. */
  readonly name?: string;
  /** Default: an hour ago. */
  readonly notBefore?: Date;
  /** Default: a week ahead. */
  readonly notAfter?: Date;
}

/** How a leaf is made. */
export interface LeafOptions {
  /** Host names and IP addresses that it is for; each becomes a subjectAltName. */
  readonly names: readonly string[];
  /** Default: an hour ago. */
  readonly notBefore?: Date;
  /** Default: a week ahead. */
  readonly notAfter?: Date;
}

/** A certificate and the key that belongs to it. */
export interface IssuedCertificate {
  /** PEM. */
  readonly certificate: string;
  /** PKCS #8, PEM. */
  readonly key: string;
}

/** Somebody to trust. */
export interface CertificateAuthority {
  /** PEM: what a client passes as `ca`. */
  readonly certificate: string;
  issue(options: LeafOptions): Promise<IssuedCertificate>;
}

const hour = 3_600_000;
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/**
 * A certificate authority of its own (ECDSA P-256), trusted by nobody until its certificate is passed
 * on.
 *
 * @example
 * ```ts
 * import { createAuthority } from "@letterwright/receiver/certificates";
 *
 * const authority = await createAuthority();
 * const leaf = await authority.issue({ names: ["localhost", "127.0.0.1"] });
 * leaf.certificate.startsWith("-----BEGIN CERTIFICATE-----"); // => true
 * ```
 */
export async function createAuthority(
  options: AuthorityOptions = {},
): Promise<CertificateAuthority> {
  const x509 = await library();
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const name = `CN=${options.name ?? "Letterwright throw-away authority"}`;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name,
    ...validity(options),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return Object.freeze({
    certificate: certificate.toString("pem"),
    async issue(leaf: LeafOptions): Promise<IssuedCertificate> {
      const leafKeys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
      const issued = await x509.X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject: `CN=${leaf.names[0] ?? "nobody"}`,
        issuer: name,
        ...validity(leaf),
        signingAlgorithm: algorithm,
        signingKey: keys.privateKey,
        publicKey: leafKeys.publicKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            leaf.names.map((value) => ({
              type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const),
              value,
            })),
          ),
          await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ],
      });
      return { certificate: issued.toString("pem"), key: await pemOf(leafKeys.privateKey) };
    },
  });
}

async function library(): Promise<typeof X509> {
  await import("reflect-metadata"); // which the library expects its user to load
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  return x509;
}

function validity({ notBefore, notAfter }: AuthorityOptions): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: notBefore ?? new Date(Date.now() - hour),
    notAfter: notAfter ?? new Date(Date.now() + 7 * 24 * hour),
  };
}

/** RFC 5280 §4.1.2.2: positive, at most 20 octets. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  return `01${Buffer.from(bytes).toString("hex")}`;
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
}
