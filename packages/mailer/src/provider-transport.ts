/** A transport by the name of a provider. */
import { UsageError } from "@letterwright/base/error";
import type { SecretSource, SmtpOptions, TokenSource } from "@letterwright/smtp";
import type { Provider } from "./providers/provider.ts";
import { providerServer, takesToken } from "./providers/server.ts";
import { providerNamed } from "./providers/table.ts";
import { secretTwice } from "./transport-url.ts";

/** What stands beside the name. */
export interface ProviderLogin {
  /** Who logs in, when it is said. */
  readonly user: string | undefined;
  /** The address of the sender, which most providers take for the user. */
  readonly address: string | undefined;
  readonly secret: SecretSource | undefined;
  readonly token?: SecretSource | TokenSource | undefined;
}

/** Whether this may be the name of a provider: no URL, no host, no port. A region may follow a colon. */
export function isProviderName(text: string): boolean {
  return /^[a-z0-9-]+(?::[a-z0-9-]+)?$/i.test(text) || providerNamed(text) !== undefined;
}

/**
 * The SMTP options of a provider: its first endpoint, and the login it wants.
 *
 * @throws {UsageError} `MAILER_PROVIDER_UNKNOWN`, `MAILER_PROVIDER_REGION`, `MAILER_PROVIDER_WITHOUT_SMTP`,
 * `MAILER_USER_MISSING`, `MAILER_SECRET_MISSING`, `MAILER_SECRET_TWICE`, `MAILER_SECRET_UNUSED`
 */
export function smtpOptionsOfProvider(text: string, login: ProviderLogin): SmtpOptions {
  const { provider, host, endpoint } = providerServer(text);
  const auth = authOf(provider, login);
  return {
    host,
    port: endpoint.port,
    tls: endpoint.tls,
    ...(auth === undefined ? {} : { auth }),
  };
}

function authOf(
  provider: Provider,
  { user, address, secret, token }: ProviderLogin,
): SmtpOptions["auth"] | undefined {
  if (secret !== undefined && token !== undefined) throw secretTwice();
  const isSilent = secret === undefined && token === undefined && user === undefined;
  if (provider.user.kind === "none") {
    if (isSilent) return undefined;
    throw new UsageError(`${provider.name} asks nobody to log in`, {
      code: "MAILER_SECRET_UNUSED",
      hint: "Leave `user` and `secret` out, or name the server by its URL.",
    });
  }
  // A relay may know its own by their network.
  if (provider.kind === "relay" && isSilent) return undefined;
  const name =
    user ??
    (provider.user.kind === "fixed"
      ? provider.user.name
      : provider.user.kind === "address"
        ? address
        : undefined);
  if (name === undefined) {
    const wanted =
      provider.user.kind === "other" ? provider.user.says : "the whole address of the mailbox";
    throw new UsageError(`${provider.name} wants a login, and there is no user`, {
      code: "MAILER_USER_MISSING",
      hint: `Pass \`user\`: ${wanted}.`,
    });
  }
  if (token !== undefined) return { user: name, token };
  if (secret === undefined) {
    throw new UsageError(`${provider.name} wants a login, and there is no secret`, {
      code: "MAILER_SECRET_MISSING",
      hint: `Pass \`secret\`: ${provider.secret}. Is the variable it comes from set?`,
    });
  }
  return { user: name, secret, ...(takesToken(provider) ? { mechanism: "XOAUTH2" as const } : {}) };
}
