/** What a failed handshake means. */
import type { TlsFailureCode, TlsFailureError } from "@letterwright/tls";
import type { FailureId } from "../catalogue/index.ts";
import { explain } from "../explain/explain.ts";
import { isLoopback } from "./target.ts";

/** A cause, and whether another could look the same. */
export interface Cause {
  readonly id: FailureId;
  readonly certainty: "certain" | "likely";
  readonly evidence: readonly string[];
}

const causes: Partial<Readonly<Record<TlsFailureCode, readonly [FailureId, Cause["certainty"]]>>> =
  {
    // Whether the certificate or the clock is wrong only a third party could say.
    TLS_CERTIFICATE_EXPIRED: ["tls.expired", "likely"],
    TLS_CERTIFICATE_NOT_YET_VALID: ["tls.clock-skew", "likely"],
    TLS_NAME_MISMATCH: ["tls.hostname-mismatch", "certain"],
    TLS_SELF_SIGNED: ["tls.self-signed", "certain"],
    TLS_UNTRUSTED_ISSUER: ["tls.private-ca", "likely"],
    TLS_INTERMEDIATE_MISSING: ["tls.missing-intermediate", "certain"],
    TLS_INTERCEPTED: ["tls.intercepted", "certain"],
    TLS_KEY_TOO_WEAK: ["tls.handshake-failure", "certain"],
    TLS_PROTOCOL_UNSUPPORTED: ["tls.old-protocol", "certain"],
    TLS_HANDSHAKE_REFUSED: ["tls.handshake-failure", "likely"],
    TLS_CLIENT_CERTIFICATE_REQUIRED: ["tls.handshake-failure", "certain"],
    TLS_PLAINTEXT_ON_PORT: ["tls.implicit-on-starttls-port", "likely"],
    TLS_CONNECTION_LOST: ["connect.reset", "likely"],
  };

/** The cause of the failed handshake. */
export function causeOfTls(error: TlsFailureError, host: string, user: string | undefined): Cause {
  const [leaf] = error.chain;
  const evidence = [error.message];
  // The certificates that stand in for others, and Proton's, are known by what they say of themselves.
  const [top] = explain(error, { host }).candidates;
  if (top?.id === "tls.sni-or-fallback-cert" || top?.id === "proton.bridge") {
    return { id: top.id, certainty: "certain", evidence: [...evidence, ...top.evidence] };
  }
  const isProton = /@(proton\.me|protonmail\.com|pm\.me)$/i.test(user ?? "");
  if (isProton && isLoopback(host) && error.code === "TLS_SELF_SIGNED") {
    return {
      id: "proton.bridge",
      certainty: "likely",
      evidence: [...evidence, `the user is ${user ?? ""}`],
    };
  }
  const [id, certainty] = causes[error.code] ?? [top?.id ?? "tls.handshake-failure", "likely"];
  if (leaf !== undefined) evidence.push(`valid from ${leaf.notBefore} to ${leaf.notAfter}`);
  return { id, certainty, evidence };
}
