/** The flags that say where to send. */
import { isIPv6 } from "node:net";
import { isAscii } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { asciiDomain } from "@letterwright/message";
import type { TlsMode } from "@letterwright/tls";

/** Where to send. */
export interface ServerPlan {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
}

/**
 * @throws {UsageError} `CLI_SERVER_MISSING`, `CLI_SERVER_INVALID`, `CLI_TLS_INVALID`, `SMTP_TLS_MODE_MISSING`,
 * `CLI_PASSWORD_UNENCRYPTED`, `CLI_USER_MISSING`
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
      hint: "Add --server smtp.example.com, the submission server of your provider.",
    });
  }
  const { host, port } = hostAndPort(flags.server);
  const tls = modeOf(flags.tls, port);
  if (flags.user !== undefined && (tls === "none" || tls === "opportunistic")) {
    throw new UsageError(`with --tls ${tls} the password could travel unencrypted`, {
      code: "CLI_PASSWORD_UNENCRYPTED",
      hint: "Use --tls implicit or --tls starttls, or leave --user out.",
    });
  }
  if (
    flags.user === undefined &&
    (flags.passwordFile !== undefined || flags.passwordCommand !== undefined)
  ) {
    throw new UsageError("there is a password, and no user whose it is", {
      code: "CLI_USER_MISSING",
      hint: "Add --user, often the whole address: --user ana@example.com.",
    });
  }
  return { host, port, tls };
}

function hostAndPort(server: string): { readonly host: string; readonly port: number } {
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
