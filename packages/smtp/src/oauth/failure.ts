/** What an authorization server refuses, and why, in words: RFC 6749 §5.2, RFC 8628 §3.5. */
import { LetterwrightError, type LetterwrightErrorInit } from "@letterwright/base/error";
import type { Retry } from "@letterwright/message";

/** What an {@link OauthError} is made from. */
export interface OauthErrorInit<Code extends string = string> extends LetterwrightErrorInit<Code> {
  readonly retry: Retry;
  readonly status?: number | undefined;
  readonly error?: string | undefined;
}

/** No token was given. */
export class OauthError<Code extends string = string> extends LetterwrightError<Code> {
  override readonly name: string = "OauthError";
  readonly retry: Retry;
  /** The HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** The server's own code, `"invalid_grant"` for example (RFC 6749 §5.2). */
  readonly error: string | undefined;

  constructor(message: string, init: OauthErrorInit<Code>) {
    super(message, init);
    this.retry = init.retry;
    this.status = init.status;
    this.error = init.error;
  }
}

type Explained = readonly [code: string, what: string, hint: string];

const grant: Explained = [
  "OAUTH_GRANT_REFUSED",
  "the grant is not valid, or not any more",
  "A refresh token ends when the user takes the consent back, changes the password, or does not use it for long; one of an app in testing after days. Have the user consent again. For a service account check clock, issuer and subject.",
];
const client: Explained = [
  "OAUTH_CLIENT_REFUSED",
  "the client is not known, its secret is wrong, or it may not do this",
  "Check `client.id` and `client.secret`: secrets expire. The app's registration has to allow this kind of grant.",
];

const explanations: Readonly<Record<string, Explained>> = {
  invalid_grant: grant,
  invalid_client: client,
  unauthorized_client: client,
  unsupported_grant_type: client,
  invalid_scope: [
    "OAUTH_SCOPE_REFUSED",
    "the scope is not known, or was not consented to",
    "Take the scope from the provider's documentation for SMTP; one for its web interface does not do.",
  ],
  access_denied: [
    "OAUTH_CONSENT_DENIED",
    "the user, or an administrator, said no",
    "Ask again, or have the administrator allow the app.",
  ],
  expired_token: [
    "OAUTH_CODE_EXPIRED",
    "nobody entered the code in time",
    "Start again, and enter the new code.",
  ],
};

/** A refusal that says which. `said` is untrusted. */
export function refusedBy(
  host: string,
  status: number,
  error: string | undefined,
  said: string,
): OauthError {
  const isBusy = status >= 500 || status === 429 || error === "temporarily_unavailable";
  if (isBusy) {
    return new OauthError(`${host} gives no tokens at the moment: ${said}`, {
      code: "OAUTH_UNAVAILABLE",
      hint: "Try again later.",
      retry: "later",
      status,
      error,
    });
  }
  const [code, what, hint] = explanations[error ?? ""] ?? [
    "OAUTH_REFUSED",
    "the request was refused",
    "Its words say why. Is this the token endpoint of the provider's documentation?",
  ];
  return new OauthError(`${host} gives no token: ${what}: ${said}`, {
    code,
    hint,
    retry: "no",
    status,
    error,
  });
}

/** What answers does not answer as an authorization server does. */
export function answerInvalid(host: string, why: string, status?: number): OauthError {
  return new OauthError(`the answer of ${host} is none of a token endpoint: ${why}`, {
    code: "OAUTH_ANSWER_INVALID",
    hint: "Check the address of the endpoint: RFC 6749 §5.1 has the form of its answers.",
    retry: "no",
    status,
  });
}
