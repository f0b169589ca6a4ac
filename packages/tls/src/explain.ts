/** Why a handshake failed, in words, and what to do about it. */
import { defuse } from "@letterwright/base/display";
import { LetterwrightError, type LetterwrightErrorInit } from "@letterwright/base/error";
import type { CertificateReport } from "./certificate.ts";
import { middleboxIn } from "./middlebox.ts";

/** One code for each cause that can be told apart. */
export type TlsFailureCode =
  | "TLS_CERTIFICATE_EXPIRED"
  | "TLS_CERTIFICATE_NOT_YET_VALID"
  | "TLS_NAME_MISMATCH"
  | "TLS_PIN_MISMATCH"
  | "TLS_SELF_SIGNED"
  | "TLS_UNTRUSTED_ISSUER"
  | "TLS_INTERMEDIATE_MISSING"
  | "TLS_INTERCEPTED"
  | "TLS_CERTIFICATE_REVOKED"
  | "TLS_REVOCATION_UNKNOWN"
  | "TLS_CERTIFICATE_INVALID"
  | "TLS_KEY_TOO_WEAK"
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
  /** The certificates as the server sent them, leaf first, where it came to that. */
  readonly chain?: readonly CertificateReport[];
}

/** A handshake that failed: its `code` is the cause, its `chain` what the server sent. */
export class TlsFailureError extends LetterwrightError<TlsFailureCode> {
  override readonly name: string = "TlsFailureError";
  /** Leaf first; empty where it did not come to that. */
  readonly chain: readonly CertificateReport[];

  constructor(
    message: string,
    init: LetterwrightErrorInit<TlsFailureCode> & { readonly chain: readonly CertificateReport[] },
  ) {
    super(message, init);
    this.chain = init.chain;
  }
}

interface Explanation {
  readonly code: TlsFailureCode;
  readonly what: string;
  readonly hint: string;
}

/**
 * The error of a failed handshake, explained. The original is its `cause`, untouched.
 *
 * @example
 * ```ts
 * import { explainTlsFailure } from "@letterwright/tls";
 *
 * const error = Object.assign(new Error("certificate has expired"), { code: "CERT_HAS_EXPIRED" });
 * explainTlsFailure(error, { host: "mail.example.com" }).code; // => "TLS_CERTIFICATE_EXPIRED"
 * ```
 */
export function explainTlsFailure(error: unknown, target: TlsTarget): TlsFailureError {
  const { code, what, hint } = explanationOf(error, target);
  const where = target.port === undefined ? target.host : `${target.host}:${target.port}`;
  const { chain = [] } = target;
  return new TlsFailureError(`no TLS with ${where}: ${what}`, { code, hint, cause: error, chain });
}

function explanationOf(error: unknown, target: TlsTarget): Explanation {
  const nodeCode = textOf(error, "code");
  const message = textOf(error, "message");
  const [leaf] = target.chain ?? [];
  switch (nodeCode) {
    case "CERT_HAS_EXPIRED":
      return expired(target);
    case "CERT_NOT_YET_VALID":
      return notYetValid(target);
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return nameMismatch(target);
    case "TLS_PIN_MISMATCH":
      return pinMismatch(leaf);
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return untrusted(nodeCode, target);
    case "CERT_REVOKED":
      return revoked;
    case "UNABLE_TO_GET_CRL":
    case "CRL_HAS_EXPIRED":
    case "CRL_NOT_YET_VALID":
    case "CRL_SIGNATURE_FAILURE":
    case "UNABLE_TO_DECRYPT_CRL_SIGNATURE":
    case "ERROR_IN_CRL_LAST_UPDATE_FIELD":
    case "ERROR_IN_CRL_NEXT_UPDATE_FIELD":
      return revocationUnknown(nodeCode);
    case "INVALID_CA":
    case "INVALID_PURPOSE":
    case "CERT_SIGNATURE_FAILURE":
    case "CERT_UNTRUSTED":
    case "CERT_REJECTED":
    case "CERT_CHAIN_TOO_LONG":
    case "PATH_LENGTH_EXCEEDED":
    case "UNABLE_TO_DECRYPT_CERT_SIGNATURE":
    case "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY":
    case "ERROR_IN_CERT_NOT_BEFORE_FIELD":
    case "ERROR_IN_CERT_NOT_AFTER_FIELD":
      return invalid(message);
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return plaintext(target);
    case "ECONNRESET":
    case "ECONNABORTED":
    case "EPIPE":
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return lost;
  }
  if (/weak|key.too.small/i.test(`${nodeCode} ${message}`)) {
    return tooWeak(message, leaf);
  }
  // What Node has no name for is a verdict of OpenSSL on a certificate all the same.
  if (nodeCode === "UNSPECIFIED" || /unsuitable certificate purpose/i.test(message)) {
    return invalid(message);
  }
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

/**
 * Nobody who is trusted vouches for the certificate. Who it is that does, and what is missing, is read from what the
 * server sent.
 */
function untrusted(nodeCode: string, { chain = [] }: TlsTarget): Explanation {
  const last = chain.at(-1);
  const product = middleboxIn(chain);
  if (product !== undefined) {
    return {
      code: "TLS_INTERCEPTED",
      what: `the certificate names ${product} as its issuer, which seems to stand on the way and to have put its own in place of the server's`,
      hint: `Turn off its scanning of mail, or, if it is your company's, pass its authority as \`ca\` (on the command line --tls-ca FILE). It can read what is sent.`,
    };
  }
  if (nodeCode === "DEPTH_ZERO_SELF_SIGNED_CERT") {
    return {
      code: "TLS_SELF_SIGNED",
      what: "the certificate vouches for itself",
      hint: `If you know the server, pass its certificate as \`ca\` (on the command line --tls-ca FILE), or pin it${last === undefined ? "" : ` with \`pins: ["sha256:${last.fingerprint256}"]\``}: it is then checked for being exactly this one.`,
    };
  }
  if (nodeCode !== "SELF_SIGNED_CERT_IN_CHAIN" && last?.namesIssuerFile === true) {
    return {
      code: "TLS_INTERMEDIATE_MISSING",
      what: `the server does not send the certificate between its own and the authority's: it ends with ${quoted(last.subject)}, issued by ${quoted(last.issuer)}`,
      hint: "The server's administrator has to install the whole chain (fullchain.pem); until then pass the missing certificate as `ca` (on the command line --tls-ca FILE).",
    };
  }
  const issuer = last === undefined ? "" : `, ${quoted(last.issuer)},`;
  return {
    code: "TLS_UNTRUSTED_ISSUER",
    what: `the certificate was issued by an authority${issuer} that this side does not trust`,
    hint: "For a private certificate authority pass its certificate as `ca` (on the command line --tls-ca FILE); else the server's administrator has to install a certificate of a public one, with the whole chain.",
  };
}

function expired({ chain = [] }: TlsTarget): Explanation {
  const [first] = chain.filter(({ notAfter }) => Date.parse(notAfter) < Date.now());
  return {
    code: "TLS_CERTIFICATE_EXPIRED",
    what: `the certificate has expired${first === undefined ? "" : `: ${quoted(first.subject)} on ${first.notAfter}`}`,
    hint: "The server's administrator has to renew it, and to restart what serves the old one; if all servers seem expired, the clock of this machine is wrong.",
  };
}

function notYetValid({ chain = [] }: TlsTarget): Explanation {
  const [first] = chain.filter(({ notBefore }) => Date.parse(notBefore) > Date.now());
  return {
    code: "TLS_CERTIFICATE_NOT_YET_VALID",
    what: `the certificate is not valid yet${first === undefined ? "" : `: ${quoted(first.subject)} from ${first.notBefore}`}`,
    hint: "Check the clock of this machine first; else the server has a certificate from the future.",
  };
}

function pinMismatch(leaf: CertificateReport | undefined): Explanation {
  const shown = leaf === undefined ? "" : `, it is sha256:${leaf.fingerprint256}`;
  return {
    code: "TLS_PIN_MISMATCH",
    what: `the certificate bears none of the pins${shown}`,
    hint: "Was it renewed? Ask who runs the server for the new fingerprint, by another way than this connection. Pins of the public key (spki-sha256:) outlive renewals.",
  };
}

const revoked: Explanation = {
  code: "TLS_CERTIFICATE_REVOKED",
  what: "its authority has revoked the certificate",
  hint: "Do not go on: whoever has its key may not be who they say. The server's administrator has to get a new one.",
};

function revocationUnknown(nodeCode: string): Explanation {
  const isStale = nodeCode === "CRL_HAS_EXPIRED";
  return {
    code: "TLS_REVOCATION_UNKNOWN",
    what: isStale
      ? "the revocation list of an authority in the chain is out of date"
      : "there is no valid revocation list of an authority in the chain",
    hint: "With `crl` every certificate but the root needs a current list of its issuer: give them all, or leave `crl` out.",
  };
}

function invalid(message: string): Explanation {
  return {
    code: "TLS_CERTIFICATE_INVALID",
    what: `the certificate was not made for this, or not by who it says: ${JSON.stringify(message)}`,
    hint: "It has to be one for servers (extended key usage serverAuth), issued by a certificate that may issue: the server's administrator has to get another.",
  };
}

function tooWeak(message: string, leaf: CertificateReport | undefined): Explanation {
  const key = leaf === undefined ? "" : ` (${leaf.keyType})`;
  return {
    code: "TLS_KEY_TOO_WEAK",
    what: `a key or signature of the server is too weak${key}: ${JSON.stringify(message)}`,
    hint: "RSA needs 2048 bits, signatures SHA-256 (RFC 9325 §4.5): the server's administrator has to renew it. For this one server, `ciphers` with @SECLEVEL=1 takes it all the same.",
  };
}

function quoted(name: string): string {
  return JSON.stringify(defuse(name));
}

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

function nameMismatch({ host, chain = [] }: TlsTarget): Explanation {
  const names = chain[0]?.names ?? [];
  const shown = names.slice(0, 10).map(quoted).join(", ");
  const more = names.length > 10 ? ` and ${names.length - 10} more` : "";
  return {
    code: "TLS_NAME_MISMATCH",
    what: `the certificate is not for ${JSON.stringify(host)} but for ${names.length === 0 ? "no name at all" : shown + more}`,
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

function textOf(error: unknown, key: "code" | "message"): string {
  return typeof error === "object" && error !== null && key in error
    ? String((error as Record<string, unknown>)[key])
    : "";
}
