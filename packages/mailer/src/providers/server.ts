/** From what a person calls a provider to the server that takes mail for it. */
import { UsageError } from "@letterwright/base/error";
import type { Provider, ProviderEndpoint } from "./provider.ts";
import { providerNamed, providers } from "./table.ts";

/** Where one provider takes mail. */
export interface ProviderServer {
  readonly provider: Provider;
  readonly host: string;
  /** The first of the provider's endpoints. */
  readonly endpoint: ProviderEndpoint;
}

/**
 * The server of a provider, by `"gmail"`, or by `"ses:eu-west-1"` where each region has a host.
 *
 * @throws {UsageError} `MAILER_PROVIDER_UNKNOWN`, `MAILER_PROVIDER_REGION`, `MAILER_PROVIDER_WITHOUT_SMTP`
 * @example
 * ```ts
 * import { providerServer } from "@letterwright/mailer/providers";
 *
 * providerServer("ses:eu-west-1").host; // => "email-smtp.eu-west-1.amazonaws.com"
 * ```
 */
export function providerServer(text: string): ProviderServer {
  const { provider, region } = found(text);
  const [endpoint] = provider.endpoints;
  if (provider.host === undefined || endpoint === undefined) {
    throw new UsageError(`${provider.name} takes no mail over SMTP`, {
      code: "MAILER_PROVIDER_WITHOUT_SMTP",
      hint: `${provider.note ?? "Send through another provider."} (As of ${provider.asOf}.)`,
    });
  }
  return { provider, host: hostOf(provider, provider.host, region), endpoint };
}

/** Whether the secret is a token that only XOAUTH2 takes to the server. */
export function takesToken({ secret }: Provider): boolean {
  return secret === "OAuth2 token";
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
