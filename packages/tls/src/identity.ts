/** The certificate that this side shows. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { UsageError } from "@letterwright/base/error";
import { revealed, type Secret } from "@letterwright/base/secret";
import { createSecureContext, type SecureContextOptions } from "./platform.ts";

/** What opens an encrypted key; a function is asked once, when the context is made. */
export type Passphrase = string | Secret | (() => string | Secret);

/** A certificate with its key, as PEM. */
export interface PemIdentity {
  /** The whole chain, leaf first. */
  readonly certificate: string;
  readonly key: string;
  readonly passphrase?: Passphrase;
}

/** The same in one file, as Windows and browsers export it (RFC 7292): `.p12` or `.pfx`. */
export interface Pkcs12Identity {
  readonly pkcs12: Uint8Array;
  readonly passphrase?: Passphrase;
}

/** A certificate that this side shows, with its key. */
export type TlsIdentity = PemIdentity | Pkcs12Identity;

/**
 * What Node needs to show it; the key belongs to the certificate.
 *
 * @throws {UsageError} `TLS_IDENTITY_INVALID`
 */
export function identityOptions(identity: TlsIdentity): SecureContextOptions {
  const passphrase = opened(identity.passphrase);
  const secret = passphrase === undefined ? {} : { passphrase };
  try {
    if ("pkcs12" in identity) {
      const options = { pfx: Buffer.from(identity.pkcs12), ...secret };
      createSecureContext(options);
      return options;
    }
    const { certificate, key } = identity;
    const privateKey = createPrivateKey({ key, ...secret });
    if (new X509Certificate(certificate).checkPrivateKey(privateKey)) {
      const options = { cert: certificate, key, ...secret };
      createSecureContext(options);
      return options;
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`the client certificate or its key cannot be read: ${reason}`, {
      code: "TLS_IDENTITY_INVALID",
      hint: "Both are PEM, or one PKCS #12 file; what is encrypted needs `passphrase`. Files of old programs use ciphers that OpenSSL 3 refuses: export them anew.",
      cause,
    });
  }
  throw new UsageError("the key does not belong to the client certificate", {
    code: "TLS_IDENTITY_INVALID",
    hint: "Take both from the same order; the leaf certificate stands first.",
  });
}

function opened(passphrase: Passphrase | undefined): string | undefined {
  if (passphrase === undefined) return undefined;
  const given: unknown = typeof passphrase === "function" ? passphrase() : passphrase;
  const isSecret = typeof given === "object" && given !== null && "reveal" in given;
  if (typeof given === "string" || isSecret) return revealed(given as string | Secret);
  throw new UsageError("`passphrase` is neither text nor a secret", {
    code: "TLS_IDENTITY_INVALID",
    hint: "A function has to give it at once: await what takes time before the context is made.",
  });
}
