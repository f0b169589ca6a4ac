/**
 * Certificate authorities that live as long as a test, and leaves from them: good ones, and ones with a defect.
 *
 * Built on `@peculiar/x509`, which is loaded when the first is made.
 */
import { webcrypto } from "node:crypto";
import { UsageError } from "@letterwright/base/error";
import type * as X509 from "@peculiar/x509";
import { alternativeNames, nameConstraints, unknownExtension } from "./certificate-extensions.ts";
import { keysOf, signature } from "./certificate-keys.ts";
import type { KeyType, OtherName } from "./certificate-options.ts";

export type { KeyType, OtherName } from "./certificate-options.ts";

/** From when to when. */
export interface Validity {
  /** Default: an hour ago. */
  readonly notBefore?: Date;
  /** Default: a week ahead. */
  readonly notAfter?: Date;
}

/** How an authority is made. */
export interface AuthorityOptions extends Validity {
  /** Its common name. */
  readonly name?: string;
  /** Default `"P-256"`. */
  readonly keyType?: KeyType;
  /** Host names below which it may issue, and nowhere else (RFC 5280 §4.2.1.10). Default: everywhere. */
  readonly permits?: readonly string[];
  /** Whether its certificate says that it is an authority (RFC 5280 §4.2.1.9). Default `true`. */
  readonly mayIssue?: boolean;
}

/** How a leaf is made. Left out, it is good. */
export interface LeafOptions extends Validity {
  /** Host names (U-labels become A-labels) and IP addresses that it is for; each becomes a subjectAltName. */
  readonly names: readonly string[];
  /** Further subjectAltNames, of which no client finds a host. */
  readonly otherNames?: readonly OtherName[];
  /** Default: the first of the names. No client should look at it (RFC 9525 §6.3). */
  readonly commonName?: string;
  /** The organisation in its subject. Default: none. */
  readonly organization?: string;
  /** Default `"P-256"`. */
  readonly keyType?: KeyType;
  /** What it is signed with. Default `"SHA-256"`; SHA-1 is broken. Ed25519 has a hash of its own. */
  readonly hash?: "SHA-256" | "SHA-1";
  /** Whom it may stand for. Default `"server"`. */
  readonly usage?: "server" | "client";
  /** Where its issuer's certificate is said to be had (RFC 5280 §4.2.2.1), as public authorities do. */
  readonly issuerUrl?: string;
  /** The signature does not fit what it signs. */
  readonly breaksSignature?: boolean;
  /** It bears a critical extension that nobody knows, and so has to be refused (RFC 5280 §4.2). */
  readonly hasUnknownExtension?: boolean;
}

/** A certificate and the key that belongs to it. */
export interface IssuedCertificate {
  /** PEM. */
  readonly certificate: string;
  /** The same, and after it the certificates between it and the root's: what a server is to send. PEM. */
  readonly chain: string;
  /** PKCS #8, PEM. */
  readonly key: string;
}

/** Somebody to trust. */
export interface CertificateAuthority {
  /** PEM: what a client passes as `ca`. */
  readonly certificate: string;
  /** A leaf. */
  issue(options: LeafOptions): Promise<IssuedCertificate>;
  /** An authority whose certificate this one signs. */
  intermediate(options?: AuthorityOptions): Promise<CertificateAuthority>;
  /**
   * A certificate, PEM, by which this authority vouches for another that was made here, beside whoever else does.
   *
   * @throws {UsageError} `RECEIVER_AUTHORITY_UNKNOWN`
   */
  crossSign(other: CertificateAuthority, options?: Validity): Promise<string>;
  /** A list, PEM, that revokes these and nobody else (RFC 5280 §5). */
  revoke(certificates: readonly IssuedCertificate[], validity?: Validity): Promise<string>;
}

const hour = 3_600_000;

/**
 * A certificate authority of its own, trusted by nobody until its certificate is passed on.
 *
 * @example
 * ```ts
 * import { createAuthority } from "@letterwright/receiver/certificates";
 *
 * const authority = await createAuthority();
 * const leaf = await authority.issue({ names: ["localhost", "127.0.0.1"] });
 * leaf.certificate.startsWith("-----BEGIN CERTIFICATE-----"); // => true
 * const expired = await authority.issue({ names: ["localhost"], notAfter: new Date(0), notBefore: new Date(0) });
 * expired.chain === expired.certificate; // => true
 * ```
 */
export async function createAuthority(
  options: AuthorityOptions = {},
): Promise<CertificateAuthority> {
  const keys = await keysOf(options.keyType);
  const name = commonNameOf(options.name ?? "Letterwright throw-away authority");
  return authorityOf({ name, keys, between: [] }, undefined, options);
}

/**
 * A certificate that vouches for itself, as mail programs make it when they are installed.
 *
 * @example
 * ```ts
 * import { createSelfSigned } from "@letterwright/receiver/certificates";
 *
 * const { certificate, chain } = await createSelfSigned({ names: ["mail.example.com"] });
 * certificate === chain; // => true
 * ```
 */
export async function createSelfSigned(options: LeafOptions): Promise<IssuedCertificate> {
  const keys = await keysOf(options.keyType);
  const subject = subjectOf(options);
  return issued({ name: subject, keys, between: [] }, keys, options);
}

/** Whoever signs. */
interface Issuer {
  readonly name: X509.JsonName;
  readonly keys: webcrypto.CryptoKeyPair;
  /** Certificates a server has to send besides its own, PEM. */
  readonly between: readonly string[];
}

const issuers: WeakMap<CertificateAuthority, Issuer> = new WeakMap();

async function authorityOf(
  own: Issuer,
  parent: Issuer | undefined,
  options: AuthorityOptions,
): Promise<CertificateAuthority> {
  const pem = await authorityCertificate(own, parent, options);
  const self: Issuer = { ...own, between: parent === undefined ? [] : [pem, ...parent.between] };
  const authority: CertificateAuthority = Object.freeze({
    certificate: pem,
    issue: async (leaf: LeafOptions) => issued(self, await keysOf(leaf.keyType), leaf),
    async intermediate(below: AuthorityOptions = {}) {
      const name = commonNameOf(below.name ?? "Letterwright throw-away intermediate");
      const keys = await keysOf(below.keyType);
      return authorityOf({ name, keys, between: [] }, self, below);
    },
    async crossSign(other: CertificateAuthority, during: Validity = {}) {
      const known = issuers.get(other);
      if (known !== undefined) return authorityCertificate(known, self, during);
      throw new UsageError("the other authority was not made by createAuthority", {
        code: "RECEIVER_AUTHORITY_UNKNOWN",
        hint: "Pass the value that createAuthority or intermediate gave, not a copy of it.",
      });
    },
    revoke: (certificates: readonly IssuedCertificate[], during: Validity = {}) =>
      revocationList(self, certificates, during),
  });
  issuers.set(authority, self);
  return authority;
}

async function authorityCertificate(
  own: Issuer,
  parent: Issuer | undefined,
  options: AuthorityOptions,
): Promise<string> {
  const x509 = await library();
  const signer = parent ?? own;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: own.name,
    issuer: signer.name,
    ...validity(options),
    signingAlgorithm: signature(signer.keys, "SHA-256"),
    signingKey: signer.keys.privateKey,
    publicKey: own.keys.publicKey,
    extensions: [
      options.mayIssue === false
        ? new x509.BasicConstraintsExtension(false, undefined, true)
        : new x509.BasicConstraintsExtension(true, parent === undefined ? undefined : 0, true),
      ...(options.permits === undefined ? [] : [nameConstraints(x509, options.permits)]),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(own.keys.publicKey),
    ],
  });
  return pemOf("CERTIFICATE", new Uint8Array(certificate.rawData));
}

async function issued(
  issuer: Issuer,
  keys: webcrypto.CryptoKeyPair,
  options: LeafOptions,
): Promise<IssuedCertificate> {
  const x509 = await library();
  const { usage = "server", hash = "SHA-256", issuerUrl } = options;
  const purpose = usage === "server" ? "serverAuth" : "clientAuth";
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: subjectOf(options),
    issuer: issuer.name,
    ...validity(options),
    signingAlgorithm: signature(issuer.keys, hash),
    signingKey: issuer.keys.privateKey,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[purpose]]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey),
      ...alternativeNames(x509, options),
      ...(issuerUrl === undefined
        ? []
        : [new x509.AuthorityInfoAccessExtension({ caIssuers: issuerUrl })]),
      ...(options.hasUnknownExtension === true ? [unknownExtension(x509)] : []),
    ],
  });
  const octets = new Uint8Array(made.rawData);
  if (options.breaksSignature === true) octets[octets.length - 1] = (octets.at(-1) ?? 0) ^ 1;
  const certificate = pemOf("CERTIFICATE", octets);
  const key = new Uint8Array(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  return Object.freeze({
    certificate,
    chain: [certificate, ...issuer.between].join(""),
    key: pemOf("PRIVATE KEY", key),
  });
}

async function revocationList(
  { name, keys }: Issuer,
  certificates: readonly IssuedCertificate[],
  during: Validity,
): Promise<string> {
  const x509 = await library();
  const { notBefore: thisUpdate, notAfter: nextUpdate } = validity(during);
  const list = await x509.X509CrlGenerator.create({
    issuer: name,
    thisUpdate,
    nextUpdate,
    entries: certificates.map(({ certificate }) => ({
      serialNumber: new x509.X509Certificate(certificate).serialNumber,
      revocationDate: thisUpdate,
    })),
    signingAlgorithm: signature(keys, "SHA-256"),
    signingKey: keys.privateKey,
  });
  return pemOf("X509 CRL", new Uint8Array(list.rawData));
}

function subjectOf({ commonName, names, organization }: LeafOptions): X509.JsonName {
  const common = commonNameOf(commonName ?? names[0] ?? "nobody");
  return organization === undefined ? common : [...common, { O: [organization] }];
}

function commonNameOf(name: string): X509.JsonName {
  return [{ CN: [name] }];
}

async function library(): Promise<typeof X509> {
  await import("reflect-metadata"); // which the library expects its user to load
  const x509 = await import("@peculiar/x509");
  x509.cryptoProvider.set(webcrypto as unknown as Crypto);
  return x509;
}

function validity({ notBefore, notAfter }: Validity): { notBefore: Date; notAfter: Date } {
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

function pemOf(label: string, octets: Uint8Array): string {
  const lines =
    Buffer.from(octets)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
