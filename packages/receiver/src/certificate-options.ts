/** How certificates are made: data alone, so that whoever compiles against it needs no types of Node. */

/** The key of a certificate. The first is the default; RSA-1024 is too weak by design. */
export type KeyType = "P-256" | "P-384" | "P-521" | "Ed25519" | "RSA-2048" | "RSA-1024";

/** A subjectAltName that is neither host nor address (RFC 5280 §4.2.1.6). */
export interface OtherName {
  readonly type: "email" | "url";
  readonly value: string;
}
