/** What token sources and the device flow have in common, and what it comes to. */
import { UsageError } from "@letterwright/base/error";
import { createTlsContext, type TlsContext } from "@letterwright/tls";
import { secretText, type SecretSource } from "../secret-source.ts";
import { throughProxy, type SmtpProxy } from "../proxy/proxy.ts";
import type { Route } from "./https-post.ts";
import type { OauthProvider } from "./provider.ts";

/** The program, as it is registered at the provider. */
export interface OauthClient {
  readonly id: string;
  /** Absent for a public client, such as a program on people's machines (RFC 6749 §2.1). */
  readonly secret?: SecretSource;
}

/** How the provider is reached. */
export interface OauthOptions {
  readonly provider: OauthProvider;
  readonly client?: OauthClient;
  /** In place of the provider's. */
  readonly scope?: string;
  /** Whom to trust as the provider. Default: the system's certificate authorities. */
  readonly tlsContext?: TlsContext;
  /** A proxy to the provider. */
  readonly proxy?: string | SmtpProxy;
  /** For each request, from the first byte to the last. Default 30 s. */
  readonly timeoutMs?: number;
}

/** @throws {UsageError} `OAUTH_OPTION_INVALID`, `SMTP_PROXY_INVALID` */
export function routeOf({ tlsContext, proxy, timeoutMs = 30_000 }: OauthOptions): Route {
  // Timers of Node hold 31 bits; more would fire at once.
  if (typeof timeoutMs !== "number" || !(timeoutMs >= 1 && timeoutMs <= 2_147_483_647)) {
    throw optionInvalid(`timeoutMs is ${String(timeoutMs)}, not from 1 to 2147483647`);
  }
  return {
    tlsContext: tlsContext ?? createTlsContext(),
    tunnel: proxy === undefined ? undefined : throughProxy(proxy),
    timeoutMs,
  };
}

export function optionInvalid(why: string): UsageError {
  return new UsageError(`no token can be asked for: ${why}`, {
    code: "OAUTH_OPTION_INVALID",
    hint: "Is the variable set that it comes from?",
  });
}

/**
 * The text of a secret; it has to be there.
 *
 * @throws {UsageError} `OAUTH_OPTION_INVALID`
 */
export async function requiredText(source: SecretSource, what: string): Promise<string> {
  const text = await secretText(source);
  if (text !== "") return text;
  throw optionInvalid(`${what} is empty`);
}
