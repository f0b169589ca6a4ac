/** A source of access tokens that keeps one, and asks for the next in time. */
import type { Secret } from "@letterwright/base/secret";
import type { SecretSource } from "../secret-source.ts";
import type { TokenRequest, TokenSource } from "../token-source.ts";
import { endpointOf } from "./https-post.ts";
import { optionInvalid, routeOf, requiredText, type OauthOptions } from "./options.ts";
import { signedAssertion } from "./service-account.ts";
import { requestToken, type Grant } from "./token-endpoint.ts";

/** By what right a token is asked for. */
export type OauthGrant =
  /** A user has consented once (RFC 6749 §6). */
  | {
      readonly kind: "refresh-token";
      readonly refreshToken: SecretSource;
      /**
       * Told when the provider gives another refresh token; the one before may then be void. Store it. Until this
       * resolves nobody gets the access token, and what it throws reaches whoever asked for one.
       */
      readonly onRefreshToken?: (refreshToken: Secret) => void | Promise<void>;
    }
  /** The program itself, without a user (RFC 6749 §4.4). */
  | { readonly kind: "client-credentials" }
  /** A key that the provider knows signs who asks, and for whom (RFC 7523). */
  | {
      readonly kind: "service-account";
      /** Google calls it `client_email`. */
      readonly issuer: string;
      /** PEM: RSA, or P-256. Google calls it `private_key`. */
      readonly key: SecretSource;
      readonly keyId?: string;
      /** The user to act for. */
      readonly subject?: string;
    };

/** Options of {@link oauthTokens}. */
export interface OauthTokensOptions extends OauthOptions {
  readonly grant: OauthGrant;
  /** How long before its end a token is not given any more. Default 60 s; half its life where that is less. */
  readonly renewBeforeMs?: number;
  /** The time in milliseconds. Default `Date.now`. */
  readonly now?: () => number;
}

// RFC 6749 §5.1: a server that does not say how long a token lasts should document it, and then nobody here knows.
const unknownLifeMs = 300_000;

/**
 * A source of tokens for `auth.token`. Nothing is asked before the first login. Any number of logins wait for one
 * request; a token is kept until shortly before its end, and asked for anew, once, when the mail server refuses it.
 *
 * `token` rejects with {@link OauthError} `OAUTH_GRANT_REFUSED`, `OAUTH_CLIENT_REFUSED`, `OAUTH_SCOPE_REFUSED`,
 * `OAUTH_CONSENT_DENIED`, `OAUTH_REFUSED`, `OAUTH_UNAVAILABLE`, `OAUTH_TIMEOUT`, `OAUTH_UNREACHABLE`,
 * `OAUTH_REDIRECTED`, `OAUTH_ANSWER_INVALID`, `OAUTH_ANSWER_TOO_LONG`, with `UsageError` `OAUTH_KEY_INVALID`, and with
 * the codes of TLS and of the proxy.
 *
 * @throws {UsageError} `OAUTH_OPTION_INVALID`, `OAUTH_ENDPOINT_INVALID`, `SMTP_PROXY_INVALID`
 * @example
 * ```ts
 * import { smtpTransport } from "@letterwright/smtp";
 * import { google, oauthTokens } from "@letterwright/smtp/oauth";
 *
 * const token = oauthTokens({
 *   provider: google,
 *   client: { id: "app.example.com", secret: () => "client secret" },
 *   grant: { kind: "refresh-token", refreshToken: () => "refresh token" },
 * });
 * const transport = smtpTransport({ host: "smtp.gmail.com", auth: { user: "ana@example.com", token } });
 * await transport.close();
 * ```
 */
export function oauthTokens(options: OauthTokensOptions): TokenSource {
  check(options);
  const { provider, client, grant, renewBeforeMs = 60_000, now = Date.now } = options;
  const route = routeOf(options);
  let kept: { readonly token: Secret; readonly renewAt: number } | undefined;
  let rotated: Secret | undefined;
  let flight: Flight | undefined;

  async function fetched(signal: AbortSignal): Promise<Secret> {
    const parameters = await parametersOf(options, rotated, now());
    const granted = await requestToken(provider, client, parameters, route, signal);
    await keepRefreshToken(granted);
    const lifeMs =
      granted.expiresInSeconds === undefined ? unknownLifeMs : granted.expiresInSeconds * 1000;
    kept = {
      token: granted.accessToken,
      renewAt: now() + lifeMs - Math.min(renewBeforeMs, lifeMs / 2),
    };
    return granted.accessToken;
  }

  /** RFC 6749 §6: the server may give a new one, and may take back the old. */
  async function keepRefreshToken({ refreshToken }: Grant): Promise<void> {
    if (grant.kind !== "refresh-token" || refreshToken === undefined) return;
    if (rotated?.reveal() === refreshToken.reveal()) return;
    rotated = refreshToken;
    await grant.onRefreshToken?.(refreshToken);
  }

  async function token({ refused, signal }: TokenRequest = {}): Promise<Secret> {
    signal?.throwIfAborted();
    if (refused !== undefined && kept?.token.reveal() === refused.reveal()) kept = undefined;
    if (kept !== undefined && now() < kept.renewAt) return kept.token;
    flight ??= takeOff(fetched, (landed) => {
      if (flight === landed) flight = undefined;
    });
    return flight.join(signal);
  }

  return Object.freeze({ token });
}

/** One request, and those who wait for it. */
interface Flight {
  join(signal: AbortSignal | undefined): Promise<Secret>;
}

/** Starts a request that is given up when the last who waits for it does. */
function takeOff(
  work: (signal: AbortSignal) => Promise<Secret>,
  landed: (flight: Flight) => void,
): Flight {
  const stop = new AbortController();
  let waiting = 0;
  const flight: Flight = {
    join(signal) {
      waiting += 1;
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting -= 1;
          if (waiting === 0) {
            stop.abort(signal?.reason);
            landed(flight);
          }
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", leave, { once: true });
        result.finally(() => signal?.removeEventListener("abort", leave)).then(resolve, reject);
      });
    },
  };
  const result = work(stop.signal).finally(() => landed(flight));
  result.catch(() => undefined); // each who waits hears of it; there may be none left
  return flight;
}

async function parametersOf(
  { provider, grant, scope }: OauthTokensOptions,
  rotated: Secret | undefined,
  nowMs: number,
): Promise<Readonly<Record<string, string>>> {
  const userScope = scope ?? provider.scope;
  const appScope = scope ?? provider.appScope ?? provider.scope;
  switch (grant.kind) {
    case "refresh-token":
      // RFC 6749 §6: without a scope it is the one that was consented to.
      return {
        grant_type: "refresh_token",
        refresh_token:
          rotated?.reveal() ?? (await requiredText(grant.refreshToken, "refreshToken")),
        ...(scope === undefined ? {} : { scope }),
      };
    case "client-credentials":
      return {
        grant_type: "client_credentials",
        ...(appScope === undefined ? {} : { scope: appScope }),
      };
    case "service-account":
      return {
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion: signedAssertion(await requiredText(grant.key, "key"), {
          issuer: grant.issuer,
          subject: grant.subject,
          audience: provider.tokenEndpoint,
          scope: userScope,
          keyId: grant.keyId,
          nowMs,
        }),
      };
  }
}

function check({ provider, client, grant, renewBeforeMs = 0 }: OauthTokensOptions): void {
  endpointOf(provider.tokenEndpoint);
  if (!(renewBeforeMs >= 0 && Number.isFinite(renewBeforeMs))) {
    throw optionInvalid(`renewBeforeMs is ${String(renewBeforeMs)}`);
  }
  const kinds: readonly unknown[] = ["refresh-token", "client-credentials", "service-account"];
  if (!kinds.includes(grant.kind)) throw optionInvalid(`${JSON.stringify(grant.kind)} is no grant`);
  if (grant.kind === "service-account") {
    if (grant.issuer === "") throw optionInvalid("issuer is empty");
    return;
  }
  if (client === undefined || typeof client.id !== "string" || client.id === "") {
    throw optionInvalid("client.id is empty");
  }
  if (grant.kind === "client-credentials" && client.secret === undefined) {
    throw optionInvalid("client.secret is missing");
  }
}
