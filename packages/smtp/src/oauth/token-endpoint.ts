/** The token endpoint: RFC 6749 §3.2, §5. */
import { secret, type Secret } from "@letterwright/base/secret";
import { answerInvalid, refusedBy } from "./failure.ts";
import { endpointOf, post, type Route } from "./https-post.ts";
import { requiredText, type OauthClient } from "./options.ts";
import type { OauthProvider } from "./provider.ts";

/** What a token endpoint gives. */
export interface Grant {
  readonly accessToken: Secret;
  readonly refreshToken: Secret | undefined;
  /** Absent when the server does not say. */
  readonly expiresInSeconds: number | undefined;
}

/** Asks for a token. Rejects with `OauthError`. */
export async function requestToken(
  provider: OauthProvider,
  client: OauthClient | undefined,
  parameters: Readonly<Record<string, string>>,
  route: Route,
  signal: AbortSignal,
): Promise<Grant> {
  const url = endpointOf(provider.tokenEndpoint);
  const answer = await ask(url, provider, client, parameters, route, signal);
  const { access_token: token, token_type: type, refresh_token: refresh, expires_in } = answer;
  // RFC 6750 §2.1; a token that is none would be sent to the mail server.
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw answerInvalid(url.host, "there is no access_token in it");
  }
  // RFC 6749 §7.1: a token of a type that is not known is not used.
  if (typeof type !== "string" || type.toLowerCase() !== "bearer") {
    throw answerInvalid(url.host, `its token_type is ${JSON.stringify(type)}, not "Bearer"`);
  }
  const seconds = Number(expires_in);
  return {
    accessToken: secret(token),
    refreshToken: typeof refresh === "string" && refresh !== "" ? secret(refresh) : undefined,
    expiresInSeconds: seconds > 0 && seconds < 1e9 ? seconds : undefined,
  };
}

/** Posts the parameters with the client's credentials, and gives the members of the answer. */
export async function ask(
  url: URL,
  provider: OauthProvider,
  client: OauthClient | undefined,
  parameters: Readonly<Record<string, string>>,
  route: Route,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const form = new URLSearchParams(parameters);
  const headers: Record<string, string> = {};
  const clientSecret =
    client?.secret === undefined ? undefined : await requiredText(client.secret, "client.secret");
  if (client !== undefined) {
    if (clientSecret !== undefined && provider.clientSecretIn !== "body") {
      // RFC 6749 §2.3.1: each is form-urlencoded first.
      const [id = "", shown = ""] = [client.id, clientSecret].map(formEncoded);
      headers["authorization"] = `Basic ${Buffer.from(`${id}:${shown}`).toString("base64")}`;
    } else {
      form.set("client_id", client.id);
      if (clientSecret !== undefined) form.set("client_secret", clientSecret);
    }
  }
  const { status, body } = await post(url, form, headers, route, signal);
  const members = membersOf(body);
  if (status >= 200 && status < 300 && members !== undefined && members["error"] === undefined) {
    return members;
  }
  const isRefusal = members !== undefined || status >= 400;
  if (!isRefusal) throw answerInvalid(url.host, "it is no JSON object", status);
  const error = typeof members?.["error"] === "string" ? members["error"] : undefined;
  // Who got the secrets may give them back, and errors are logged.
  const secrets = [
    clientSecret,
    parameters["refresh_token"],
    parameters["assertion"],
    parameters["device_code"],
  ];
  const said = wordsOf(status, error, members?.["error_description"], secrets);
  throw refusedBy(url.host, status, error?.slice(0, 100), said);
}

function membersOf(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The server's words: shortened, quoted, and without a secret. */
function wordsOf(
  status: number,
  error: string | undefined,
  description: unknown,
  secrets: readonly (string | undefined)[],
): string {
  const parts = [error, typeof description === "string" ? description : undefined];
  let text = parts.filter((part) => part !== undefined).join(": ");
  for (const one of secrets) if (one !== undefined) text = text.replaceAll(one, "***");
  return text === "" ? `status ${status}` : `${status} ${JSON.stringify(text.slice(0, 500))}`;
}

/** `application/x-www-form-urlencoded`, RFC 6749 appendix B. */
function formEncoded(text: string): string {
  return new URLSearchParams({ _: text }).toString().slice(2);
}
