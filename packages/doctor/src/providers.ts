/** What the table of providers says of a server: whose it is, whether it only receives, and what a login takes there. */
import { providerOf, providers, type Provider } from "@letterwright/mailer/providers";

/** How the keys of a provider begin. */
const secretPrefixes: Readonly<Record<string, string>> = {
  sendgrid: "SG.",
  resend: "re_",
  brevo: "xsmtpsib-",
};

/** Servers that receive, besides those of the table: they are many, and their names follow a rule. */
const moreInbound: readonly (readonly [pattern: string, provider: string])[] = [
  ["*.l.google.com", "gmail"],
  ["mxa.mailgun.org", "mailgun"],
  ["mxb.mailgun.org", "mailgun"],
];

/** Hosts that send for a provider, besides the one in the table: those of other regions or organisations. */
const moreHosts: readonly (readonly [pattern: string, provider: string])[] = [
  ["*.office365.com", "microsoft365"],
  ["*.sendgrid.net", "sendgrid"],
  ["smtp.eu.mailgun.org", "mailgun"],
  ["*.postmarkapp.com", "postmark"],
  ["smtp.zoho.eu", "zoho"],
  ["smtp.zoho.in", "zoho"],
  ["smtppro.zoho.com", "zoho"],
];

/** What listens on this machine may be a catcher, and may be a mail server like another. */
const localCatcher = "local-catcher";

/** The provider whose submission server this is. */
export function providerOfHost(host: string): Provider | undefined {
  const name = plain(host);
  return (
    providers.find(
      (one) => one.host !== undefined && matchesHost(one.host, name) && one.id !== localCatcher,
    ) ?? byPattern(moreHosts, name)
  );
}

/** The provider for whom this server only receives mail. */
export function providerOfInbound(host: string): Provider | undefined {
  const name = plain(host);
  return (
    providers.find(({ inbound }) => inbound.some((one) => matchesHost(one, name))) ??
    byPattern(moreInbound, name)
  );
}

/** The provider of an address. */
export function providerOfAddress(address: string): Provider | undefined {
  return providerOf(address.slice(address.lastIndexOf("@") + 1));
}

/** The hosts of the table that are names. */
export function submissionHosts(): readonly string[] {
  return providers.flatMap(({ host, kind }) =>
    host === undefined || host.includes("{") || kind === "catcher" ? [] : [host],
  );
}

/** The ports of a provider where TLS begins so. */
export function portsOf({ endpoints }: Provider, tls: "implicit" | "starttls"): readonly number[] {
  return endpoints.filter((one) => one.tls === tls).map(({ port }) => port);
}

/** What a login takes there. */
export function loginAdviceOf({ user, secret, note, name, asOf }: Provider): readonly string[] {
  const who =
    user.kind === "fixed"
      ? `the user is the word ${user.name}`
      : user.kind === "other"
        ? `the user is ${user.says}`
        : "the user is the whole address";
  return [
    `${name}: ${who}, the secret: ${secret} (as of ${asOf}).`,
    ...(note === undefined ? [] : [note]),
  ];
}

/** How a secret begins there. */
export function secretPrefixOf({ id }: Provider): string | undefined {
  return secretPrefixes[id];
}

function byPattern(
  table: readonly (readonly [pattern: string, provider: string])[],
  host: string,
): Provider | undefined {
  const found = table.find(([pattern]) => matchesHost(pattern, host));
  return found === undefined ? undefined : providers.find(({ id }) => id === found[1]);
}

function plain(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}

/** `*.` at the start: any labels; `{region}`: one label. */
function matchesHost(pattern: string, host: string): boolean {
  if (pattern.startsWith("*.")) return host.endsWith(pattern.slice(1));
  const [before = "", after] = pattern.split("{region}");
  if (after === undefined) return pattern === host;
  const isLong = host.length > before.length + after.length;
  const region = host.slice(before.length, host.length - after.length);
  return isLong && host.startsWith(before) && host.endsWith(after) && !region.includes(".");
}
