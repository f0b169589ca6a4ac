/** Who is trusted, and who is not, in the tables of certificates. */
import { X509Certificate } from "node:crypto";
import {
  createAuthority,
  type CertificateAuthority,
  type IssuedCertificate,
  type LeafOptions,
} from "@letterwright/receiver/certificates";
import { createTlsContext, type TlsContext, type TlsContextOptions } from "@letterwright/tls";
import type { Served } from "./tls-peers.ts";

/** The host that is connected to. */
export const host = "mail.example.com";

/** Two authorities, and a leaf that is good. */
export interface World {
  readonly authority: CertificateAuthority;
  readonly stranger: CertificateAuthority;
  readonly good: IssuedCertificate;
}

/** What is served, and to whom: to `host` and a context that trusts the authority, where nothing else is said. */
export interface ServedCase {
  readonly served: Served;
  readonly host?: string;
  readonly context?: TlsContext;
}

export async function createWorld(): Promise<World> {
  const [authority, stranger] = await Promise.all([
    createAuthority({ name: "Trusted" }),
    createAuthority({ name: "Stranger" }),
  ]);
  const names = [host, "*.wild.example.com", "127.0.0.1", "::1", "xn--exmple-cua.de"];
  return { authority, stranger, good: await authority.issue({ names }) };
}

/** A context that trusts the authority and nobody else. */
export function trusting({ authority }: World, more: TlsContextOptions = {}): TlsContext {
  return createTlsContext({ ca: authority.certificate, trust: "none", ...more });
}

/** A leaf of the authority. */
export async function leaf({ authority }: World, options: LeafOptions): Promise<ServedCase> {
  return { served: { shown: await authority.issue(options) } };
}

/** From and until when, in hours from now. */
export function hours(from: number, until: number): { notBefore: Date; notAfter: Date } {
  const at = (ahead: number): Date => new Date(Date.now() + ahead * 3_600_000);
  return { notBefore: at(from), notAfter: at(until) };
}

/** As a pin. */
export function fingerprintOf({ certificate }: IssuedCertificate): string {
  return `sha256:${new X509Certificate(certificate).fingerprint256}`;
}
