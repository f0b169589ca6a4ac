/** Consent on another device: RFC 8628. */
import { setTimeout as pause } from "node:timers/promises";
import type { Secret } from "@letterwright/base/secret";
import { answerInvalid, OauthError, refusedBy } from "./failure.ts";
import { endpointOf } from "./https-post.ts";
import { optionInvalid, routeOf, type OauthOptions } from "./options.ts";
import { ask, requestToken, type Grant } from "./token-endpoint.ts";

/** What the user is to do. */
export interface DevicePrompt {
  /** To be entered at the address. */
  readonly userCode: string;
  /** https. */
  readonly verificationUri: string;
  /** The address with the code in it, for a link or a QR code; not every server gives one. */
  readonly verificationUriComplete: string | undefined;
  readonly expiresInSeconds: number;
}

/** Options of {@link authorizeDevice}. */
export interface DeviceOptions extends OauthOptions {
  /** Shows the user what to do. */
  readonly onPrompt: (prompt: DevicePrompt) => void | Promise<void>;
  readonly signal?: AbortSignal;
  /** Waits between questions. Default: a timer. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** What the user's consent gives. */
export interface DeviceConsent {
  readonly accessToken: Secret;
  /** To be stored, and given to `oauthTokens`. Absent when the scope does not ask for one. */
  readonly refreshToken: Secret | undefined;
}

/**
 * Has a user consent in a browser, on whatever device: shows a code and an address, and asks the provider until the
 * user is done. For a program without a browser, once; what is kept is the refresh token.
 *
 * Rejects as the `token` of `oauthTokens` does, with `OAUTH_CONSENT_DENIED` or `OAUTH_CODE_EXPIRED` where the user
 * says no or nothing, and with `signal.reason`.
 *
 * @throws {UsageError} `OAUTH_OPTION_INVALID`, `OAUTH_ENDPOINT_INVALID`, `SMTP_PROXY_INVALID`
 */
export async function authorizeDevice(options: DeviceOptions): Promise<DeviceConsent> {
  const { provider, client, onPrompt, wait = timer } = options;
  const signal = options.signal ?? new AbortController().signal;
  if (client === undefined || client.id === "") throw optionInvalid("client.id is empty");
  if (provider.deviceEndpoint === undefined) {
    throw optionInvalid("the provider has no deviceEndpoint");
  }
  const url = endpointOf(provider.deviceEndpoint);
  const route = routeOf(options);
  const scope = options.scope ?? provider.scope;
  const asked = scope === undefined ? {} : { scope };
  // RFC 8628 §3.1: the client names itself in the form, whether or not it has a secret.
  const named = { client_id: client.id, ...asked };
  const { prompt, deviceCode, intervalSeconds } = promptOf(
    await ask(url, { ...provider, clientSecretIn: "body" }, client, named, route, signal),
    url.host,
  );
  await onPrompt(prompt);

  let interval = intervalSeconds;
  for (let waited = 0; waited < prompt.expiresInSeconds; waited += interval) {
    await wait(interval * 1000, signal);
    signal.throwIfAborted();
    try {
      const form = {
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: deviceCode,
        client_id: client.id,
      };
      const granted: Grant = await requestToken(provider, client, form, route, signal);
      return Object.freeze({
        accessToken: granted.accessToken,
        refreshToken: granted.refreshToken,
      });
    } catch (error) {
      if (!(error instanceof OauthError)) throw error;
      // RFC 8628 §3.5
      if (error.error === "slow_down") interval += 5;
      else if (error.error !== "authorization_pending" && error.retry !== "later") throw error;
    }
  }
  throw refusedBy(url.host, 400, "expired_token", "nobody entered it");
}

function promptOf(answer: Readonly<Record<string, unknown>>, host: string) {
  const { device_code, user_code, verification_uri_complete, expires_in, interval } = answer;
  // QUIRK: Google says verification_url.
  const uri = answer["verification_uri"] ?? answer["verification_url"];
  if (typeof device_code !== "string" || device_code === "") {
    throw answerInvalid(host, "there is no device_code in it");
  }
  // Both are shown to a person, at a terminal perhaps.
  if (typeof user_code !== "string" || !/^[\x21-\x7e][\x20-\x7e]{0,63}$/.test(user_code)) {
    throw answerInvalid(host, "there is no user_code in it that can be shown");
  }
  if (!isHttps(uri)) throw answerInvalid(host, "its verification_uri is no https address");
  const seconds = Number(expires_in);
  const pace = Number(interval ?? 5);
  const prompt: DevicePrompt = Object.freeze({
    userCode: user_code,
    verificationUri: uri,
    verificationUriComplete: isHttps(verification_uri_complete)
      ? verification_uri_complete
      : undefined,
    expiresInSeconds: seconds > 0 && seconds <= 3600 ? seconds : 900,
  });
  // RFC 8628 §3.2: 5 seconds where nothing is said.
  return { prompt, deviceCode: device_code, intervalSeconds: pace >= 1 && pace <= 60 ? pace : 5 };
}

function isHttps(text: unknown): text is string {
  return typeof text === "string" && /^https:\/\/[\x21-\x7e]+$/.test(text) && URL.canParse(text);
}

async function timer(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(milliseconds, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
