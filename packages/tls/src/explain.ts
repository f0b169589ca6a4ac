/** Why a handshake failed, in words, and what to do about it. */
import { LetterwrightError } from "@letterwright/base/error";

/** One code for each cause that can be told apart. */
export type TlsFailureCode =
  | "TLS_CERTIFICATE_EXPIRED"
  | "TLS_CERTIFICATE_NOT_YET_VALID"
  | "TLS_NAME_MISMATCH"
  | "TLS_SELF_SIGNED"
  | "TLS_UNTRUSTED_ISSUER"
  | "TLS_PLAINTEXT_ON_PORT"
  | "TLS_PROTOCOL_UNSUPPORTED"
  | "TLS_HANDSHAKE_REFUSED"
  | "TLS_CLIENT_CERTIFICATE_REQUIRED"
  | "TLS_CONNECTION_LOST"
  | "TLS_FAILED";

/** Where the handshake was tried. */
export interface TlsTarget {
  readonly host: string;
  readonly port?: number;
}

interface Explanation {
  readonly code: TlsFailureCode;
  readonly what: string;
  readonly hint: string;
}

/**
 * The error of a failed handshake, explained. The original is its `cause`, untouched.
 */
export function explainTlsFailure(
  error: unknown,
  target: TlsTarget,
): LetterwrightError<TlsFailureCode> {
  const { code, what, hint } = explanationOf(error, target);
  const where = target.port === undefined ? target.host : `${target.host}:${target.port}`;
  return new LetterwrightError(`no TLS with ${where}: ${what}`, { code, hint, cause: error });
}

function explanationOf(error: unknown, target: TlsTarget): Explanation {
  const nodeCode = textOf(error, "code");
  const known = byCode.get(nodeCode);
  if (known !== undefined) return known;
  if (nodeCode === "ERR_TLS_CERT_ALTNAME_INVALID") return nameMismatch(error, target);
  if (nodeCode === "ERR_SSL_WRONG_VERSION_NUMBER" || nodeCode === "ERR_SSL_PACKET_LENGTH_TOO_LONG")
    return plaintext(target);
  if (nodeCode.startsWith("ERR_SSL_")) {
    const alert = nodeCode.toUpperCase();
    if (alert.includes("CERTIFICATE_REQUIRED") || alert.includes("PEER_DID_NOT_RETURN"))
      return certificateRequired;
    if (
      alert.includes("PROTOCOL_VERSION") ||
      alert.includes("UNSUPPORTED_PROTOCOL") ||
      alert.includes("WRONG_SSL_VERSION")
    ) {
      return protocolUnsupported;
    }
    if (alert.includes("ALERT") || alert.includes("HANDSHAKE_FAILURE"))
      return handshakeRefused(error);
  }
  return {
    code: "TLS_FAILED",
    what: error instanceof Error ? JSON.stringify(error.message) : "for an unknown reason",
    hint: "The original error is the cause of this one.",
  };
}

const untrusted: Explanation = {
  code: "TLS_UNTRUSTED_ISSUER",
  what: "the certificate was issued by an authority that this side does not trust, or the server does not send the certificates between",
  hint: "For a private certificate authority pass its certificate as `ca` (on the command line --tls-ca FILE); otherwise the server's administrator has to install the whole chain.",
};
const selfSigned: Explanation = {
  code: "TLS_SELF_SIGNED",
  what: "the certificate vouches for itself",
  hint: "If you know the server, pass its certificate as `ca` (on the command line --tls-ca FILE): it is then checked for being exactly this one.",
};
const certificateRequired: Explanation = {
  code: "TLS_CLIENT_CERTIFICATE_REQUIRED",
  what: "the server demands a certificate of the client",
  hint: "Pass yours as `identity`, certificate and key.",
};
const protocolUnsupported: Explanation = {
  code: "TLS_PROTOCOL_UNSUPPORTED",
  what: "the two sides have no version of TLS in common",
  hint: "The server is too old for TLS 1.2, or a limit was set too narrow; the server has to be updated.",
};
const lost: Explanation = {
  code: "TLS_CONNECTION_LOST",
  what: "the connection was closed during the handshake",
  hint: "Does TLS begin at once on this port? 465 does; 587 and 25 begin in plain text and switch with STARTTLS.",
};

const byCode: ReadonlyMap<string, Explanation> = new Map<string, Explanation>([
  [
    "CERT_HAS_EXPIRED",
    {
      code: "TLS_CERTIFICATE_EXPIRED",
      what: "the certificate has expired",
      hint: "The server's administrator has to renew it; if all servers seem expired, the clock of this machine is wrong.",
    },
  ],
  [
    "CERT_NOT_YET_VALID",
    {
      code: "TLS_CERTIFICATE_NOT_YET_VALID",
      what: "the certificate is not valid yet",
      hint: "Check the clock of this machine first; else the server has a certificate from the future.",
    },
  ],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", selfSigned],
  ["SELF_SIGNED_CERT_IN_CHAIN", untrusted],
  ["UNABLE_TO_GET_ISSUER_CERT", untrusted],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", untrusted],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", untrusted],
  ["INVALID_CA", untrusted],
  ["ECONNRESET", lost],
  ["EPIPE", lost],
]);

function nameMismatch(error: unknown, { host }: TlsTarget): Explanation {
  const names =
    typeof error === "object" && error !== null && "names" in error && Array.isArray(error.names)
      ? error.names
      : [];
  return {
    code: "TLS_NAME_MISMATCH",
    what: `the certificate is not for ${JSON.stringify(host)} but for ${names.length === 0 ? "no name at all" : names.map((name) => JSON.stringify(name)).join(", ")}`,
    hint: "Connect to one of the names it is for; a provider's documentation says which.",
  };
}

function plaintext({ port }: TlsTarget): Explanation {
  const advice =
    port === 587 || port === 25
      ? `Port ${port} begins in plain text and switches with STARTTLS: choose "starttls" (--tls starttls).`
      : 'Choose "starttls" (--tls starttls) if the server switches to TLS later, or the port where TLS begins at once, 465.';
  return {
    code: "TLS_PLAINTEXT_ON_PORT",
    what: "the server speaks plain text on this port",
    hint: advice,
  };
}

function handshakeRefused(error: unknown): Explanation {
  return {
    code: "TLS_HANDSHAKE_REFUSED",
    what: `the server refused the handshake (${JSON.stringify(textOf(error, "code"))})`,
    hint: "The server wants another cipher, name or certificate; its log says which.",
  };
}

function textOf(error: unknown, key: "code"): string {
  return typeof error === "object" && error !== null && key in error
    ? String((error as Record<string, unknown>)[key])
    : "";
}
