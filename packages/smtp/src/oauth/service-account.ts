/** A signed statement in place of a user's consent: RFC 7523 §2.1, §3. */
import { createPrivateKey, sign, type KeyObject } from "node:crypto";
import { UsageError } from "@letterwright/base/error";

/** What the statement says. */
export interface Assertion {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly audience: string;
  readonly scope: string | undefined;
  readonly keyId: string | undefined;
  readonly nowMs: number;
}

// RFC 7523 §3: it ends soon. Clocks differ, so not at once.
const lifetimeSeconds = 300;

/**
 * The statement, signed: RS256 with an RSA key, ES256 with one on P-256 (RFC 7518 §3.1).
 *
 * @throws {UsageError} `OAUTH_KEY_INVALID`
 */
export function signedAssertion(pem: string, given: Assertion): string {
  const key = keyOf(pem);
  const isRsa = key.asymmetricKeyType === "rsa";
  const issuedAt = Math.floor(given.nowMs / 1000);
  const header = { alg: isRsa ? "RS256" : "ES256", typ: "JWT", kid: given.keyId };
  const claims = {
    iss: given.issuer,
    sub: given.subject,
    aud: given.audience,
    scope: given.scope,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
  };
  const signed = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

function keyOf(pem: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // said below; OpenSSL's words add nothing to it
  }
  const curve = key?.asymmetricKeyDetails?.namedCurve;
  if (key?.asymmetricKeyType === "rsa" || curve === "prime256v1") return key as KeyObject;
  throw new UsageError("the key of the service account is no RSA or P-256 key in PEM", {
    code: "OAUTH_KEY_INVALID",
    hint: 'It is the text from -----BEGIN PRIVATE KEY----- on; in the provider\'s JSON file it is called "private_key". In a variable, \\n may have stayed two characters.',
  });
}
