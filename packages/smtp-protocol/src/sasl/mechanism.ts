/** A SASL mechanism as a value: RFC 4422 §5. The ones of this package and a user's own are of one kind. */
import { emptyBytes } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import type { Computation, HashName } from "./computation.ts";

/** What a mechanism wants done next. */
export type SaslStep =
  /**
   * Sends this, and waits. The first one is the initial response (RFC 4954 §4); without `data` the server
   * is to speak first. Resumed with the server's challenge, or with `undefined` when it has granted the login.
   */
  | {
      readonly kind: "respond";
      readonly data: Uint8Array | undefined;
      /** What the challenge before said of a login that is about to be refused: it is shown with the refusal. */
      readonly explanation?: string | undefined;
    }
  /** Resumed with the octets. */
  | { readonly kind: "compute"; readonly computation: Computation };

/**
 * The steps of one login. A refusal ends it from outside. What it throws ends it too: where the server
 * waits for a response then, it is told so (`*`, RFC 4954 §4).
 */
export type SaslExchange = Generator<SaslStep, void, Uint8Array | undefined>;

/** What a mechanism is given. */
export interface SaslLogin {
  readonly user: string;
  /** The password or token; empty for a mechanism that needs none. */
  readonly secret: string;
  /** Whom to act as, where that is not the user who logs in (RFC 4422 §2). */
  readonly authorizationIdentity: string | undefined;
  /** The server as the user named it. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** Whether the login can be bound to the TLS connection (RFC 9266). */
  readonly canBind: boolean;
  /** The names of what the server offers, in upper case. */
  readonly offered: readonly string[];
}

/**
 * A way to log in.
 *
 * @example
 * ```ts
 * import { respond, type Mechanism } from "@letterwright/smtp-protocol";
 *
 * // RFC 4505: nobody in particular logs in, and leaves a word.
 * const anonymous: Mechanism = {
 *   name: "ANONYMOUS",
 *   needs: { credential: "none" },
 *   revealsSecret: false,
 *   *exchange({ user }) {
 *     yield* respond(new TextEncoder().encode(user));
 *   },
 * };
 * anonymous.name; // => "ANONYMOUS"
 * ```
 */
export interface Mechanism {
  /** As it is offered: up to 20 of A to Z, 0 to 9, "-" and "_" (RFC 4422 §3.1). */
  readonly name: string;
  readonly needs: {
    /** The kind of secret; `"none"` where something else says who this is, a client certificate say. */
    readonly credential: "password" | "token" | "none";
    /** The hash that the driver has to compute. */
    readonly hash?: HashName;
    /** Whether it binds the login to the TLS connection; then it is taken only where that can be done. */
    readonly channelBinding?: boolean;
  };
  /** Whether the server learns the secret. Where nobody knows who the server is, such a one comes last. */
  readonly revealsSecret: boolean;
  exchange(login: SaslLogin): SaslExchange;
}

/** Sends `data` and gives the challenge that comes back, or `undefined` when the login is granted. */
export function* respond(
  data: Uint8Array | undefined,
  explanation?: string,
): Generator<SaslStep, Uint8Array | undefined, Uint8Array | undefined> {
  return yield { kind: "respond", data, explanation };
}

/** Has something computed. */
export function* compute(
  computation: Computation,
): Generator<SaslStep, Uint8Array, Uint8Array | undefined> {
  return (yield { kind: "compute", computation }) ?? emptyBytes;
}

/** @throws {UsageError} `SMTP_MECHANISM_INVALID` */
export function checkMechanism(mechanism: Mechanism): void {
  // RFC 4422 §3.1: sasl-mech = 1*20mech-char
  if (typeof mechanism.name === "string" && /^[A-Z0-9_-]{1,20}$/.test(mechanism.name)) return;
  throw new UsageError(`${JSON.stringify(mechanism.name)} cannot be the name of a mechanism`, {
    code: "SMTP_MECHANISM_INVALID",
    hint: "A name has up to 20 characters: A to Z, digits, - and _ (RFC 4422 §3.1).",
  });
}
