/** A transport by the name of a provider. */
import { UsageError } from "@letterwright/base/error";
import type { SecretSource, SmtpOptions } from "@letterwright/smtp";
import { providerNamed, providers } from "./providers/table.ts";
import type { Provider } from "./providers/provider.ts";

/** What stands beside the name. */
export interface ProviderLogin {
  /** Who logs in, when it is said. */
  readonly user: string | undefined;
  /** The address of the sender, which most providers take for the user. */
  readonly address: string | undefined;
  readonly secret: SecretSource | undefined;
}

/** Whether this may be the name of a provider: no URL, no host, no port. A region may follow a colon. */
export function isProviderName(text: string): boolean {
  return /^[a-z0-9-]+(?::[a-z0-9-]+)?$/i.test(text) || providerNamed(text) !== undefined;
}

/**
 * The SMTP options of a provider: its first endpoint, and the login it wants.
 *
 * @throws {UsageError} `MAILER_PROVIDER_UNKNOWN`, `MAILER_PROVIDER_REGION`, `MAILER_PROVIDER_WITHOUT_SMTP`,
 * `MAILER_USER_MISSING`, `MAILER_SECRET_MISSING`, `MAILER_SECRET_UNUSED`
 */
export function smtpOptionsOfProvider(text: string, login: ProviderLogin): SmtpOptions {
  const { provider, region } = found(text);
  const [endpoint] = provider.endpoints;
  if (provider.host === undefined || endpoint === undefined) {
    throw new UsageError(`${provider.name} takes no mail over SMTP`, {
      code: "MAILER_PROVIDER_WITHOUT_SMTP",
      hint: `${provider.note ?? "Send through another provider."} (As of ${provider.asOf}.)`,
    });
  }
  const auth = authOf(provider, login);
  return {
    host: hostOf(provider, provider.host, region),
    port: endpoint.port,
    tls: endpoint.tls,
    ...(auth === undefined ? {} : { auth }),
  };
}

function found(text: string): { readonly provider: Provider; readonly region: string | undefined } {
  const whole = providerNamed(text);
  if (whole !== undefined) return { provider: whole, region: undefined };
  const [name = "", region] = text.split(":");
  const provider = providerNamed(name);
  if (provider !== undefined) return { provider, region };
  const near = nearest(name);
  throw new UsageError(`no provider is known by the name ${JSON.stringify(name)}`, {
    code: "MAILER_PROVIDER_UNKNOWN",
    hint: `${near === undefined ? "" : `Is it ${JSON.stringify(near)}? `}Any server can be named by its URL: smtps://user@host. The names stand in providers of @letterwright/mailer/providers.`,
  });
}

function hostOf(provider: Provider, host: string, region: string | undefined): string {
  const wantsRegion = host.includes("{region}");
  if (wantsRegion === (region !== undefined)) return host.replace("{region}", region ?? "");
  throw new UsageError(
    wantsRegion
      ? `${provider.name} has a host for each region, and none was said`
      : `${provider.name} has no regions`,
    {
      code: "MAILER_PROVIDER_REGION",
      hint: wantsRegion
        ? `Write the region behind a colon: ${JSON.stringify(`${provider.id}:eu-west-1`)}.`
        : `Write ${JSON.stringify(provider.id)} alone.`,
    },
  );
}

function authOf(
  provider: Provider,
  { user, address, secret }: ProviderLogin,
): SmtpOptions["auth"] | undefined {
  if (provider.user.kind === "none") {
    if (secret === undefined && user === undefined) return undefined;
    throw new UsageError(`${provider.name} asks nobody to log in`, {
      code: "MAILER_SECRET_UNUSED",
      hint: "Leave `user` and `secret` out, or name the server by its URL.",
    });
  }
  // A relay may know its own by their network.
  if (provider.kind === "relay" && user === undefined && secret === undefined) return undefined;
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
  if (secret === undefined) {
    throw new UsageError(`${provider.name} wants a login, and there is no secret`, {
      code: "MAILER_SECRET_MISSING",
      hint: `Pass \`secret\`: ${provider.secret}. Is the variable it comes from set?`,
    });
  }
  const takesToken = provider.secret === "OAuth2 token";
  return { user: name, secret, ...(takesToken ? { mechanism: "XOAUTH2" as const } : {}) };
}

/** A name that differs in little, when there is one. */
function nearest(name: string): string | undefined {
  const wanted = name.toLowerCase();
  return providers
    .map(({ id }) => ({ id, distance: distanceOf(wanted, id) }))
    .filter(({ distance }) => distance <= 2)
    .toSorted((one, other) => one.distance - other.distance)[0]?.id;
}

/** How many letters have to be changed, added or taken out. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const kept = (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1);
      next.push(Math.min(kept, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
