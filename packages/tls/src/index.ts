/**
 * TLS contexts with safe defaults, and plain words when trust fails.
 *
 * RFC 8314 (TLS for mail), RFC 9325 (versions and ciphers), RFC 9525 (names).
 */
export { createTlsContext } from "./context.ts";
export { explainTlsFailure, TlsFailureError } from "./explain.ts";
export type { Certificates } from "./authorities.ts";
export type { TlsContext, TlsContextOptions, TlsVersion } from "./context.ts";
export type { Passphrase, PemIdentity, Pkcs12Identity, TlsIdentity } from "./identity.ts";
export type { TlsFailureCode, TlsTarget } from "./explain.ts";
export type { TlsMode } from "./mode.ts";
export type { TrustSource, TrustStore } from "./store.ts";

// For those who own sockets.
export { connectTls } from "./connect.ts";
export { describeConnection } from "./describe.ts";
export type { CertificateReport } from "./certificate.ts";
export type { ConnectTlsOptions } from "./connect.ts";
export type { TlsReport } from "./describe.ts";
