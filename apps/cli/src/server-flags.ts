/** The flags that say where to send. */
import { isIPv6 } from "node:net";
import { isAscii } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { providerNamed, providerServer, type Provider } from "@letterwright/mailer/providers";
import { addrSpec, asciiDomain, type Envelope } from "@letterwright/message";
import type { TlsMode } from "@letterwright/tls";

/** Where to send. */
export interface ServerPlan {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  /** The provider that was named, when one was. */
  readonly provider?: Provider;
}

/**
 * @throws {UsageError} `CLI_SERVER_MISSING`, `CLI_SERVER_INVALID`, `CLI_TLS_INVALID`, `SMTP_TLS_MODE_MISSING`,
 * `CLI_PASSWORD_UNENCRYPTED`, `CLI_USER_MISSING`, `MAILER_PROVIDER_REGION`, `MAILER_PROVIDER_WITHOUT_SMTP`
 */
export function serverPlanOf(flags: {
  readonly server?: string;
  readonly tls?: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly passwordCommand?: string;
}): ServerPlan {
  if (flags.server === undefined || flags.server.trim() === "") {
    throw new UsageError("there is no server", {
      code: "CLI_SERVER_MISSING",
      hint: "Add --server smtp.example.com, the submission server of your provider, or the provider's name: --server gmail.",
    });
  }
  const plan = providerPlan(flags.server, flags.tls) ?? hostPlan(flags.server, flags.tls);
  const { tls } = plan;
  if (flags.user !== undefined && (tls === "none" || tls === "opportunistic")) {
    throw new UsageError(`with --tls ${tls} the password could travel unencrypted`, {
      code: "CLI_PASSWORD_UNENCRYPTED",
      hint: "Use --tls implicit or --tls starttls, or leave --user out.",
    });
  }
  if (
    flags.user === undefined &&
    plan.provider === undefined &&
    (flags.passwordFile !== undefined || flags.passwordCommand !== undefined)
  ) {
    throw new UsageError("there is a password, and no user whose it is", {
      code: "CLI_USER_MISSING",
      hint: "Add --user, often the whole address: --user ana@example.com.",
    });
  }
  return plan;
}

/** A host, as people write it. */
function hostPlan(server: string, tls: string | undefined): ServerPlan {
  const { host, port } = hostAndPort(server);
  return { host, port, tls: modeOf(tls, port) };
}

/** The server of a provider that is known by this name; a port or a region may follow. */
function providerPlan(server: string, tls: string | undefined): ServerPlan | undefined {
  const [name = "", after] = server.split(":");
  if (providerNamed(name) === undefined) return undefined;
  const port = after !== undefined && /^[0-9]+$/.test(after) ? Number(after) : undefined;
  const { provider, host, endpoint } = providerServer(port === undefined ? server : name);
  const fitting = provider.endpoints.find(
    (one) => one.port === (port ?? one.port) && one.tls === (tls ?? one.tls),
  );
  if (port === undefined && tls === undefined) return { host, ...endpoint, provider };
  if (fitting !== undefined) return { host, ...fitting, provider };
  const served = provider.endpoints.map((one) => `${one.port} (${one.tls})`).join(", ");
  throw new UsageError(`${provider.name} is not known to take mail that way`, {
    code: "CLI_SERVER_INVALID",
    hint: `It listens on ${served}, as of ${provider.asOf}. The host itself can be named as well: --server ${host}.`,
  });
}

/** What stands before and behind the colon; 465 where nothing does. */
export function hostAndPort(server: string): { readonly host: string; readonly port: number } {
  const bracket = server.startsWith("[") ? server.indexOf("]") : -1;
  const colon = server.indexOf(":", Math.max(bracket, 0));
  const isBareIpv6 = bracket === -1 && server.indexOf(":") !== server.lastIndexOf(":");
  const hostText = colon === -1 || isBareIpv6 ? server : server.slice(0, colon);
  const portText = colon === -1 || isBareIpv6 ? "465" : server.slice(colon + 1);
  const port = /^[0-9]{1,5}$/.test(portText) ? Number(portText) : 0;
  const host = bracket === -1 ? hostText : hostText.slice(1, -1);
  const isHost = host !== "" && !/[\s/@[\]]/.test(host) && (!host.includes(":") || isIPv6(host));
  if (port < 1 || port > 65_535 || !isHost) {
    throw new UsageError(`${JSON.stringify(server)} is not a server`, {
      code: "CLI_SERVER_INVALID",
      hint: "Write smtp.example.com or smtp.example.com:587; an IPv6 address stands in brackets.",
    });
  }
  // What is ASCII stays: a name in a private network may have characters that no domain of mail has.
  return { host: isAscii(host) ? host : asciiDomain(host), port };
}

/**
 * Who logs in: `--user`; at a provider the word it gives everybody, else the sender's whole address, where it takes
 * that. Nobody where no login was asked for.
 *
 * @throws {UsageError} `CLI_USER_MISSING`
 */
export function userOf(
  { provider }: ServerPlan,
  flags: {
    readonly user?: string;
    readonly passwordFile?: string;
    readonly passwordCommand?: string;
  },
  { reversePath }: Envelope,
): string | undefined {
  if (flags.user !== undefined || provider === undefined) return flags.user;
  const kind = provider.user;
  const hasPassword = flags.passwordFile !== undefined || flags.passwordCommand !== undefined;
  // A relay may know its own by their network, and a catcher asks nobody.
  if ((kind.kind === "none" || provider.kind === "relay") && !hasPassword) return undefined;
  if (kind.kind === "fixed") return kind.name;
  if (kind.kind === "address" && reversePath !== null) return addrSpec(reversePath);
  throw new UsageError(`${provider.name}: there is no user to log in`, {
    code: "CLI_USER_MISSING",
    hint:
      kind.kind === "none"
        ? "It asks nobody to log in: leave the password out."
        : `Add --user: ${kind.kind === "other" ? kind.says : "the whole address"}.`,
  });
}

function modeOf(given: string | undefined, port: number): TlsMode {
  switch (given) {
    case "implicit":
    case "starttls":
    case "opportunistic":
    case "none":
      return given;
    case undefined:
      if (port === 465) return "implicit";
      if (port === 587) return "starttls";
      throw new UsageError(`when TLS begins on port ${port} has to be said`, {
        code: "SMTP_TLS_MODE_MISSING",
        hint: "Add --tls implicit or --tls starttls; only 465 and 587 have a meaning of their own.",
      });
    default:
      throw new UsageError(`--tls ${JSON.stringify(given)} is unknown`, {
        code: "CLI_TLS_INVALID",
        hint: "Choose implicit, starttls, opportunistic or none.",
      });
  }
}
