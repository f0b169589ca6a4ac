/** What of `node:tls` is used, and what of it not every supported version has. */
import * as tls from "node:tls";

export { createSecureContext, rootCertificates } from "node:tls";
export type { SecureContext, SecureContextOptions } from "node:tls";

/** Node 22.15 and later: the authorities of one store. `undefined` before. */
export const getCACertificates: ((type: "system") => readonly string[]) | undefined = (
  tls as { readonly getCACertificates?: (type: "system") => readonly string[] }
).getCACertificates;
