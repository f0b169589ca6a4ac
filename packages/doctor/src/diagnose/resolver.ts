/** Asking DNS. */
import { lookup, Resolver as NodeResolver } from "node:dns/promises";
import { isIP } from "node:net";

/** A mail server of a domain. */
export interface MxRecord {
  readonly exchange: string;
  readonly priority: number;
}

/** A server of a service, RFC 2782. */
export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
}

/**
 * What the doctor asks of DNS. A name or record that is not there rejects with a `code` as Node has it: `ENOTFOUND`
 * (no such name), `ENODATA` (no such record), `ESERVFAIL`, `ETIMEOUT`.
 */
export interface Resolver {
  /** Addresses of one family, as the system finds them. */
  addresses(host: string, family: 4 | 6): Promise<readonly string[]>;
  mx(domain: string): Promise<readonly MxRecord[]>;
  /** Each record's pieces joined. */
  txt(domain: string): Promise<readonly string[]>;
  srv(name: string): Promise<readonly SrvRecord[]>;
  /** Names of an address. */
  reverse(address: string): Promise<readonly string[]>;
}

/** How {@link createResolver} asks. */
export interface ResolverOptions {
  /** Servers, `address` or `address:port`. Default: the system's. With them, addresses are asked of them too. */
  readonly servers?: readonly string[];
  /** For each try. Default 2000. */
  readonly timeoutMs?: number;
}

/**
 * A resolver on Node's.
 *
 * @example
 * ```ts
 * import { createResolver } from "@letterwright/doctor";
 *
 * const resolver = createResolver({ servers: ["192.0.2.53"], timeoutMs: 100 });
 * typeof resolver.mx; // => "function"
 * ```
 */
export function createResolver({ servers, timeoutMs = 2000 }: ResolverOptions = {}): Resolver {
  const resolver = new NodeResolver({ timeout: timeoutMs, tries: 2 });
  if (servers !== undefined) resolver.setServers([...servers]);
  return {
    async addresses(host, family) {
      if (isIP(host) !== 0) return isIP(host) === family ? [host] : [];
      if (servers !== undefined)
        return family === 4 ? resolver.resolve4(host) : resolver.resolve6(host);
      // As programs find it, the hosts file included.
      const found = await lookup(host, { family, all: true });
      return found.map(({ address }) => address);
    },
    mx: (domain) => resolver.resolveMx(domain),
    async txt(domain) {
      const records = await resolver.resolveTxt(domain);
      return records.map((pieces) => pieces.join(""));
    },
    srv: (name) => resolver.resolveSrv(name),
    reverse: (address) => resolver.reverse(address),
  };
}

/** Why DNS gave nothing. */
export type Absence = "no-name" | "no-record" | "failed";

/** What was found, or why nothing was. */
export async function asked<Value>(
  question: Promise<readonly Value[]>,
): Promise<readonly Value[] | Absence> {
  try {
    return await question;
  } catch (error) {
    const code =
      typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
    if (code === "ENOTFOUND" || code === "EAI_NONAME") return "no-name";
    if (code === "ENODATA" || code === "EAI_NODATA" || code === "ENODOMAIN") return "no-record";
    return "failed";
  }
}
