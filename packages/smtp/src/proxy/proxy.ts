/** A proxy between this machine and the mail server: HTTP CONNECT (RFC 9110 §9.3.6) or SOCKS5 (RFC 1928). */
import { lookup } from "node:dns/promises";
import { domainToASCII } from "node:url";
import { UsageError } from "@letterwright/base/error";
import { connectTls, createTlsContext, type TlsContext } from "@letterwright/tls";
import { SmtpError } from "../failure.ts";
import { secretText, type SecretSource } from "../secret-source.ts";
import { dial } from "./dial.ts";
import { proxyUnreachable } from "./failure.ts";
import { tunnelThroughHttp } from "./http-connect.ts";
import { tunnelThroughSocks } from "./socks.ts";
import type { Tunnel, TunnelTarget } from "./tunnel.ts";

/** A proxy with what does not fit into its URL. */
export interface SmtpProxy {
  /**
   * `socks5://`, `http://` or `https://`, host and port; a user and a password where the proxy wants them. Without
   * a port it is 1080, 80 or 443. To an `http:` or `socks5:` proxy the password travels unencrypted.
   */
  readonly url: string;
  /** The password for the proxy, in place of one in the URL. */
  readonly secret?: SecretSource;
  /**
   * Who looks up the name of the mail server. `"proxy"` (default): only the proxy learns it. `"local"`: this machine,
   * and the proxy is given an address.
   */
  readonly resolve?: "proxy" | "local";
  /** Whom to trust as an `https:` proxy. Default: the system's certificate authorities. */
  readonly tlsContext?: TlsContext;
}

/**
 * A way through the proxy. What it gives is a connection to the mail server: TLS is made over it, and the
 * certificate has to bear the mail server's name.
 *
 * It rejects with {@link SmtpError} `SMTP_PROXY_UNREACHABLE`, `SMTP_PROXY_AUTH_REFUSED`, `SMTP_PROXY_REFUSED`,
 * `SMTP_PROXY_MALFORMED`.
 *
 * @throws {UsageError} `SMTP_PROXY_INVALID`
 */
export function throughProxy(given: string | SmtpProxy): Tunnel {
  const proxy = typeof given === "string" ? { url: given } : given;
  const { scheme, host, port, user, password } = parsedProxyUrl(proxy.url);
  const { secret, resolve = "proxy", tlsContext = createTlsContext() } = proxy;
  if (resolve !== "proxy" && resolve !== "local") {
    throw invalid(`\`resolve\` is ${JSON.stringify(resolve)}`);
  }
  if (secret !== undefined && password !== "") throw invalid("there are two passwords for it");
  if (secret !== undefined && user === "")
    throw invalid("there is a password, and no user in its URL");

  return async (request) => {
    const { signal } = request;
    signal.throwIfAborted();
    const target: TunnelTarget = {
      host:
        resolve === "proxy"
          ? wireName(request.host)
          : await unlessAborted(addressOf(request.host), signal),
      port: request.port ?? 465,
      user,
      password: secret === undefined ? password : await unlessAborted(passwordOf(secret), signal),
    };
    const plain = await dial(host, port, signal, request.localAddress).catch((error: unknown) => {
      throw error === signal.reason ? error : proxyUnreachable(error, host, port);
    });
    if (scheme === "socks5") return tunnelThroughSocks(plain, target, signal);
    const socket =
      scheme === "http"
        ? plain
        : await connectTls(tlsContext, { socket: plain, host, port, signal });
    return tunnelThroughHttp(socket, target, signal);
  };
}

interface ProxyUrl {
  readonly scheme: "http" | "https" | "socks5";
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const ports = { http: 80, https: 443, socks5: 1080 } as const;

function parsedProxyUrl(text: string): ProxyUrl {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid("it cannot be read as a URL"); // it may hold a password, so it is not shown
  }
  // socks5h is what some programs call the SOCKS5 that looks names up at the proxy, as this one does.
  const scheme = url.protocol === "socks5h:" ? "socks5" : url.protocol.slice(0, -1);
  if (scheme !== "http" && scheme !== "https" && scheme !== "socks5") {
    throw invalid(`its scheme is ${JSON.stringify(url.protocol)}`);
  }
  if (url.hostname === "") throw invalid("it names no host");
  if ((url.pathname !== "" && url.pathname !== "/") || url.search !== "" || url.hash !== "") {
    throw invalid("it has more than host and port; in a password / ? # are written %2F %3F %23");
  }
  const user = decoded(url.username);
  const password = decoded(url.password);
  // RFC 1929 §2: a length is one octet; RFC 7617 §2: a colon ends the user.
  const isTooLong = [user, password].some((one) => Buffer.byteLength(one) > 255);
  if (isTooLong || (scheme !== "socks5" && user.includes(":"))) {
    throw invalid("its user or password cannot be sent: too long, or a colon in the user");
  }
  return {
    scheme,
    host: url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname,
    port: url.port === "" ? ports[scheme] : Number(url.port),
    user,
    password,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('a "%" in it is not followed by two hexadecimal digits');
  }
}

/** The name as it travels: ASCII, of a length that both protocols can say. */
function wireName(host: string): string {
  const name = host.includes(":") ? host : domainToASCII(host);
  if (name !== "" && name.length <= 255) return name;
  throw noHost(host, undefined);
}

async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (cause) {
    throw noHost(host, cause);
  }
}

function noHost(host: string, cause: unknown): SmtpError {
  return new SmtpError(`there is no host ${JSON.stringify(host)}`, {
    code: "SMTP_HOST_NOT_FOUND",
    hint: "Check the spelling of the host, and that this machine's name resolution works.",
    stage: "connect",
    retry: "no",
    cause,
  });
}

async function passwordOf(source: SecretSource): Promise<string> {
  const text = await secretText(source);
  if (text !== "" && Buffer.byteLength(text) <= 255) return text;
  throw invalid("its password is empty or longer than 255 octets");
}

/** Neither a resolver nor a store of passwords is waited for when nobody needs the connection any more. */
function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work.finally(() => signal.removeEventListener("abort", abort)).then(resolve, reject);
  });
}

function invalid(why: string): UsageError {
  return new UsageError(`this is no proxy that can be used: ${why}`, {
    code: "SMTP_PROXY_INVALID",
    hint: "Write socks5://host:1080 or http://user@host:3128, with the password as `secret`.",
  });
}
