/** What is to be looked at, filled and checked. */
import { isIP } from "node:net";
import { UsageError } from "@letterwright/base/error";
import { revealed, type Secret } from "@letterwright/base/secret";
import type { MechanismName } from "@letterwright/smtp-protocol";
import type { TlsMode } from "@letterwright/tls";
import { providerOfHost } from "../providers.ts";

/** What is to be looked at: settings as a program has them, whole or not. */
export interface DiagnoseTarget {
  /** Name or address, as the user wrote it: `undefined` and `""` are findings, not mistakes of the caller. */
  readonly host?: string | undefined;
  /** Default: what the provider's documentation says, else 465. */
  readonly port?: number | undefined;
  /** Default: as the port says; on other ports it is found out. */
  readonly tls?: TlsMode | undefined;
  readonly user?: string | undefined;
  /** Only its shape is looked at, unless `login` is set. */
  readonly secret?: Secret | string | undefined;
  readonly mechanism?: MechanismName | undefined;
  /** Log in, once. Default `false`: nothing secret is sent. */
  readonly login?: boolean;
  /** The sender's address, of the envelope: SPF is looked at for its domain. */
  readonly from?: string | undefined;
  /** Recipients to ask the server about. RCPT is sent and taken back by RSET; no message is sent. */
  readonly to?: readonly string[] | undefined;
  /** The domain of the From field, default that of `from`. Without a host only what DNS says of it: MX, SRV, SPF, DMARC. */
  readonly domain?: string | undefined;
  /** The DKIM selector to look for in the sender's domain. */
  readonly dkimSelector?: string | undefined;
  /** The address that the world sees of this machine, for SPF. */
  readonly publicAddress?: string | undefined;
}

/** A target with a host. */
export interface Goal {
  readonly host: string;
  readonly port: number;
  /** `undefined`: to be found out. */
  readonly tls: TlsMode | undefined;
  readonly isLoopback: boolean;
  /** `host:port`, as it is written. */
  readonly server: string;
}

/** Where the probes go; `undefined` where no host was given. */
export function goalOf(target: DiagnoseTarget): Goal | undefined {
  const host = (target.host ?? "").trim().replace(/\.$/, "");
  if (host === "" || host === "undefined" || host === "null") return undefined;
  const provider = providerOfHost(host);
  const port = target.port ?? provider?.endpoints[0]?.port ?? 465;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`${JSON.stringify(port)} is not a port`, {
      code: "DOCTOR_TARGET_INVALID",
      hint: "A port is a whole number from 1 to 65535; 465 is usual.",
    });
  }
  const byPort = port === 465 ? "implicit" : port === 587 || port === 25 ? "starttls" : undefined;
  return {
    host,
    port,
    tls: target.tls ?? provider?.endpoints.find((one) => one.port === port)?.tls ?? byPort,
    isLoopback: isLoopback(host),
    server: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
  };
}

/** Whether the host is this very machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "::1" ||
    (isIP(name) === 4 && name.startsWith("127."))
  );
}

/** The secret, for its one use. */
export function secretText(target: DiagnoseTarget): string | undefined {
  return target.secret === undefined ? undefined : revealed(target.secret);
}

/** What is behind the @. */
export function domainOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const at = address.lastIndexOf("@");
  const domain =
    at === -1
      ? ""
      : address
          .slice(at + 1)
          .replace(/>$/, "")
          .trim()
          .toLowerCase();
  return domain === "" ? undefined : domain;
}
