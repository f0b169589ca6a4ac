/**
 * TLS contexts with safe defaults, and plain words when trust fails.
 *
 * RFC 8314 (TLS for mail), RFC 9325 (versions), RFC 9525 (names).
 */
export { createTlsContext } from "./context.ts";
export { explainTlsFailure } from "./explain.ts";
export type {
  TlsContext,
  TlsContextOptions,
  TlsIdentity,
  TlsVersion,
  TrustStore,
} from "./context.ts";
export type { TlsFailureCode, TlsTarget } from "./explain.ts";
export type { TlsMode } from "./mode.ts";

// For those who own sockets.
export { connectTls, verifiedNameOf } from "./connect.ts";
export { describeConnection } from "./describe.ts";
export type { ConnectTlsOptions } from "./connect.ts";
export type { CertificateReport, TlsReport } from "./describe.ts";
