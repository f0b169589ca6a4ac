/** Which mechanism: the strongest that is offered, allowed and possible. */
import { LetterwrightError } from "@letterwright/base/error";
import type { HashName } from "./computation.ts";
import { cramMd5 } from "./cram-md5.ts";
import { external } from "./external.ts";
import { login } from "./login.ts";
import { checkMechanism, type Mechanism } from "./mechanism.ts";
import { oauthBearer } from "./oauth-bearer.ts";
import { plain } from "./plain.ts";
import { scramSha1, scramSha1Plus, scramSha256, scramSha256Plus } from "./scram.ts";
import { xoauth2 } from "./xoauth2.ts";

/** Mechanisms this package speaks. */
export type MechanismName =
  | "CRAM-MD5"
  | "EXTERNAL"
  | "LOGIN"
  | "OAUTHBEARER"
  | "PLAIN"
  | "SCRAM-SHA-1"
  | "SCRAM-SHA-1-PLUS"
  | "SCRAM-SHA-256"
  | "SCRAM-SHA-256-PLUS"
  | "XOAUTH2";

/**
 * The strongest first. CRAM-MD5 stands behind PLAIN: inside verified TLS it protects from nobody, and a server
 * has to keep the password itself for it. EXTERNAL is taken by name only.
 */
export const mechanisms: readonly Mechanism[] = Object.freeze([
  scramSha256Plus,
  scramSha1Plus,
  scramSha256,
  scramSha1,
  plain,
  login,
  cramMd5,
  oauthBearer,
  xoauth2,
  external,
]);

/** What is known of the connection a login goes over. */
export interface Channel {
  /** The server as the user named it: OAUTHBEARER says it (RFC 7628 §3.1). */
  readonly host?: string;
  readonly port?: number;
  /** Whether TLS has proved who the server is. Where not, what reveals the secret is taken last. Default `false`. */
  readonly isVerified?: boolean;
  /** Whether the driver can compute `tls-exporter`: on TLS 1.3 (RFC 9266 §4). Default `false`. */
  readonly canBind?: boolean;
  /** Hashes that the driver cannot compute: MD5 under FIPS, and with Web Crypto. Default: none. */
  readonly lacks?: readonly HashName[];
}

/**
 * The mechanism to log in with.
 *
 * @throws {LetterwrightError} `SMTP_AUTH_NOT_OFFERED`, `SMTP_AUTH_NO_MECHANISM`
 * @throws {UsageError} `SMTP_MECHANISM_INVALID`
 */
export function chooseMechanism(
  allowed: MechanismName | Mechanism | readonly (MechanismName | Mechanism)[] | undefined,
  credential: "password" | "token",
  offered: readonly string[],
  channel: Channel,
): Mechanism {
  if (offered.length === 0) {
    throw new LetterwrightError("there are credentials, and the server offers no way to log in", {
      code: "SMTP_AUTH_NOT_OFFERED",
      hint: "Is this the submission server? A server that only receives mail (an MX) logs nobody in.",
    });
  }
  const wanted =
    allowed === undefined
      ? byStrength(credential, channel)
      : [allowed].flat().map((one) => (typeof one === "string" ? named(one) : one));
  wanted.forEach(checkMechanism);
  const chosen = wanted.find(({ name, needs }) => {
    const canCompute = needs.hash === undefined || channel.lacks?.includes(needs.hash) !== true;
    const canBind = needs.channelBinding !== true || channel.canBind === true;
    return offered.includes(name) && canCompute && canBind;
  });
  if (chosen !== undefined) return chosen;
  throw new LetterwrightError(
    `the server offers to log in with ${listed(offered)}, not with ${wanted.map(({ name }) => name).join(" or ")}`,
    { code: "SMTP_AUTH_NO_MECHANISM", hint: noMechanismHint(wanted, offered, credential) },
  );
}

function byStrength(credential: "password" | "token", channel: Channel): readonly Mechanism[] {
  const fit = mechanisms.filter(({ needs }) => needs.credential === credential);
  if (channel.isVerified === true) return fit;
  return [
    ...fit.filter(({ revealsSecret }) => !revealsSecret),
    ...fit.filter(({ revealsSecret }) => revealsSecret),
  ];
}

function named(name: MechanismName): Mechanism {
  const found = mechanisms.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new LetterwrightError(`${JSON.stringify(name)} is no mechanism of this package`, {
    code: "SMTP_MECHANISM_INVALID",
    hint: `It speaks ${mechanisms.map(({ name }) => name).join(", ")}; any other is given as a value, with its steps.`,
  });
}

function noMechanismHint(
  wanted: readonly Mechanism[],
  offered: readonly string[],
  credential: "password" | "token",
): string {
  const isOffered = wanted.some(({ name }) => offered.includes(name));
  if (isOffered) {
    return "What is offered cannot be done here: -PLUS needs TLS 1.3, and CRAM-MD5 needs MD5. Allow another mechanism too.";
  }
  const takesTokens = ["OAUTHBEARER", "XOAUTH2"].some((name) => offered.includes(name));
  if (credential === "password" && takesTokens) {
    return "It takes OAuth tokens, not passwords: give `token` in place of `secret`.";
  }
  return "Choose a mechanism that it offers, or look at its documentation for the kind of secret it wants.";
}

function listed(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
