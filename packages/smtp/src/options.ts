/** Options of the SMTP transport, and what they come to. */
import { UsageError } from "@letterwright/base/error";
import type { Mechanism, MechanismName } from "@letterwright/smtp-protocol";
import { createTlsContext, type TlsContext, type TlsMode } from "@letterwright/tls";
import type { ConnectHook } from "./connect-hook.ts";
import type { SmtpEvent } from "./event.ts";
import type { SmtpTarget } from "./place.ts";
import { resolvePoolOptions, type PoolOptions, type PoolSettings } from "./pool/pool-options.ts";
import { throughProxy, type SmtpProxy } from "./proxy/proxy.ts";
import type { SecretSource } from "./secret-source.ts";
import type { TokenSource } from "./token-source.ts";
import { watchOf, type Watch } from "./watch.ts";

/** Who logs in. */
export interface SmtpAuth {
  /** May be left out for EXTERNAL, where a client certificate says who this is. */
  readonly user?: string;
  /** The password. Also the token, where `mechanism` says OAUTHBEARER or XOAUTH2. */
  readonly secret?: SecretSource;
  /**
   * An OAuth access token, in place of `secret`. A {@link TokenSource} is asked for another, once, when the
   * server refuses the first.
   */
  readonly token?: SecretSource | TokenSource;
  /** Whom to act as, where the server lets this user act as another. LOGIN, CRAM-MD5 and XOAUTH2 cannot say it. */
  readonly authorizationIdentity?: string;
  /**
   * What may be used, the best first: names, or mechanisms of one's own. Default: the strongest that the server
   * offers. With `secret` these are SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, SCRAM-SHA-256, SCRAM-SHA-1, PLAIN,
   * LOGIN, CRAM-MD5; with `token`, OAUTHBEARER and XOAUTH2. After a refusal no other is tried.
   */
  readonly mechanism?: MechanismName | Mechanism | readonly (MechanismName | Mechanism)[];
}

/** How long each phase may take at most, from its first byte to its last, in milliseconds. */
export interface SmtpTimeouts {
  /** Default 30 s. */
  readonly connectMs?: number;
  /** Default 30 s. */
  readonly tlsMs?: number;
  /** Default 5 min (RFC 5321 §4.5.3.2.1). */
  readonly greetingMs?: number;
  /** For each command but DATA and its end. Default 5 min (§4.5.3.2.2, §4.5.3.2.3). */
  readonly commandMs?: number;
  /** From DATA to its 354. Default 2 min (§4.5.3.2.4). */
  readonly dataMs?: number;
  /** For each block of the content. Default 3 min (§4.5.3.2.5). */
  readonly blockMs?: number;
  /** From the final dot to its reply. Default 10 min (§4.5.3.2.6). */
  readonly endMs?: number;
}

/** One host of several. */
export interface SmtpHost {
  readonly host: string;
  /** Default: the port of the transport. */
  readonly port?: number;
}

/** Options of `smtpTransport`. `host` has to be given, or `socketPath`. */
export interface SmtpOptions extends PoolOptions {
  /**
   * Name or address; there is no default. Of several, the first is asked, and the next only when that one cannot be
   * reached, will not talk or cannot be trusted: before anything of a message was said. A login that was refused
   * for good is not tried elsewhere.
   */
  readonly host?: string | readonly (string | SmtpHost)[];
  /** Default 465. */
  readonly port?: number;
  /** The path of a Unix socket, in place of a host. `tls` is then `"none"` by default. */
  readonly socketPath?: string;
  /** The address of this machine from which connections are made. Default: what the system chooses. */
  readonly localAddress?: string;
  /**
   * Makes each connection, in place of a socket to host and port: a proxy, a tunnel, a socket that is at hand, a
   * pair of Web streams. TLS is put around it as `tls` says, whatever it is by itself.
   */
  readonly connect?: ConnectHook;
  /** `"lmtp"` hands mail to the last server, which answers for each recipient (RFC 2033). Default `"smtp"`. */
  readonly protocol?: "smtp" | "lmtp";
  /** Default: `"implicit"` for port 465, `"starttls"` for 587 (RFC 8314 §3.3); any other port needs it said. */
  readonly tls?: TlsMode;
  /** Whom to trust. Default: the system's certificate authorities. */
  readonly tlsContext?: TlsContext;
  /**
   * A proxy to connect through: `socks5://`, `http://` or `https://`. It looks the host up, and sees no more of the
   * mail than anybody on the path: TLS is made with the mail server, by its own name.
   */
  readonly proxy?: string | SmtpProxy;
  readonly auth?: SmtpAuth;
  /**
   * Lets user and secret travel unencrypted, where everyone on the path can read them. Default `false`.
   */
  readonly dangerouslyAllowPlaintextAuth?: boolean;
  /** The name for EHLO. Default: the full host name, else the connected socket's address in brackets. */
  readonly clientName?: string;
  /** Whether one refused recipient voids the transaction. Default `"each"`: the others are served. */
  readonly recipients?: "each" | "all";
  /** `false` waits for each reply even where the server offers PIPELINING. Default `true`. */
  readonly pipelining?: boolean;
  /**
   * Whether content goes in chunks (BDAT) where the server offers CHUNKING (RFC 3030): `true` (default) where that
   * spares a round trip or the content needs it, `"prefer"` always, `false` never.
   */
  readonly chunking?: boolean | "prefer";
  /**
   * `"eager"` sends the content with the envelope, in one flight, where the server offers PIPELINING and CHUNKING.
   * Some servers take the content of a transaction that they refused for commands: only for a server that is known.
   * Default `"grouped"`.
   */
  readonly flight?: "grouped" | "eager";
  readonly timeouts?: SmtpTimeouts;
  /**
   * Told what is going on; secrets are stars before they get here. What it throws becomes a warning of the
   * process, once: who watches a message being sent does not decide what becomes of it.
   */
  readonly onEvent?: (event: SmtpEvent) => void;
}

/** Options, filled and checked. */
export interface SmtpSettings {
  readonly targets: readonly SmtpTarget[];
  readonly localAddress: string | undefined;
  readonly connect: ConnectHook | undefined;
  readonly protocol: "smtp" | "lmtp";
  readonly tls: TlsMode;
  readonly tlsContext: TlsContext;
  readonly auth: SmtpAuth | undefined;
  readonly allowPlaintextAuth: boolean;
  readonly clientName: string | undefined;
  readonly recipients: "each" | "all";
  readonly pipelining: boolean;
  readonly chunking: boolean | "prefer";
  readonly flight: "grouped" | "eager";
  readonly timeouts: Required<SmtpTimeouts>;
  readonly pool: PoolSettings;
  readonly watch: Watch;
}

/**
 * @throws {UsageError} `SMTP_HOST_MISSING`, `SMTP_PORT_INVALID`, `SMTP_TLS_MODE_MISSING`, `SMTP_TIMEOUT_INVALID`,
 * `SMTP_OPTION_INVALID`, `SMTP_CREDENTIALS_INVALID`, `SMTP_PROXY_INVALID`
 */
export function resolveSmtpOptions(options: SmtpOptions): SmtpSettings {
  const targets = targetsOf(options);
  const settings: SmtpSettings = {
    targets,
    localAddress: options.localAddress,
    connect: connectOf(options),
    protocol: choice("protocol", options.protocol, ["smtp", "lmtp"]),
    tls: options.socketPath === undefined ? modeOf(options.tls, targets) : (options.tls ?? "none"),
    tlsContext: options.tlsContext ?? createTlsContext(),
    auth: authOf(options.auth),
    allowPlaintextAuth: options.dangerouslyAllowPlaintextAuth === true,
    clientName: options.clientName,
    recipients: choice("recipients", options.recipients, ["each", "all"]),
    pipelining: choice("pipelining", options.pipelining, [true, false]),
    chunking: choice("chunking", options.chunking, [true, false, "prefer"]),
    flight: choice("flight", options.flight, ["grouped", "eager"]),
    timeouts: timeoutsOf(options.timeouts ?? {}),
    pool: resolvePoolOptions(options),
    watch: watchOf(options.onEvent),
  };
  if (settings.flight === "eager" && (!settings.pipelining || settings.chunking === false)) {
    throw invalid('`flight: "eager"` needs `pipelining` and `chunking`, and one of them is off');
  }
  return settings;
}

/** Who makes connections, when it is not a plain socket: one of them. */
function connectOf({
  connect,
  proxy,
  socketPath,
  localAddress,
}: SmtpOptions): ConnectHook | undefined {
  const ways = [connect, proxy, socketPath].filter((way) => way !== undefined);
  if (ways.length > 1) throw invalid("`connect`, `proxy` and `socketPath` exclude each other");
  if (proxy === undefined) return connect;
  const tunnel = throughProxy(proxy);
  return ({ host, port = 0, signal }) => tunnel({ host, port, signal, localAddress });
}

function authOf(auth: SmtpAuth | undefined): SmtpAuth | undefined {
  if (auth?.secret === undefined || auth.token === undefined) return auth;
  throw new UsageError("there are two secrets, a password and a token", {
    code: "SMTP_CREDENTIALS_INVALID",
    hint: "Give `secret` or `token`, not both.",
  });
}

/** One of the values that the types allow; the first is the default. A program without types may give anything. */
function choice<Value extends string | boolean>(
  name: string,
  given: Value | undefined,
  allowed: readonly [Value, ...(readonly Value[])],
): Value {
  if (given === undefined) return allowed[0];
  if (allowed.includes(given)) return given;
  throw invalid(
    `\`${name}\` cannot be ${JSON.stringify(given)}; it is one of ${allowed.map((one) => JSON.stringify(one)).join(", ")}`,
  );
}

function invalid(why: string): UsageError {
  return new UsageError(why, {
    code: "SMTP_OPTION_INVALID",
    hint: "Leave it out for the default.",
  });
}

function targetsOf({ host, port = 465, socketPath }: SmtpOptions): readonly SmtpTarget[] {
  if (socketPath !== undefined) {
    if (typeof socketPath !== "string" || socketPath === "" || socketPath.includes("\0")) {
      throw invalid("`socketPath` is no path");
    }
    const [name = "localhost"] = Array.isArray(host) ? [] : [host as string | undefined];
    return [{ host: name, port: undefined, socketPath }];
  }
  const listed = Array.isArray(host) ? (host as readonly (string | SmtpHost)[]) : [host as string];
  if (listed.length === 0) throw hostMissing();
  return listed.map((one) => {
    const target = typeof one === "object" && one !== null ? one : { host: one };
    return {
      host: checkedHost(target.host),
      port: checkedPort(target.port ?? port),
      socketPath: undefined,
    };
  });
}

/** An unset variable arrives as undefined, "" or the text of it, and would mean this very machine. */
function checkedHost(host: unknown): string {
  if (typeof host === "string" && host.trim() !== "" && host !== "undefined") return host;
  throw hostMissing();
}

function hostMissing(): UsageError {
  return new UsageError("no host was given", {
    code: "SMTP_HOST_MISSING",
    hint: "Name the provider's submission server. Is the variable set that it comes from?",
  });
}

function checkedPort(port: number): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`${JSON.stringify(port)} is not a port`, {
    code: "SMTP_PORT_INVALID",
    hint: "A port is a whole number from 1 to 65535; 465 is usual.",
  });
}

/** RFC 8314 §3.3: 465 and 587 have a meaning of their own. Of several hosts all have to have the same. */
function modeOf(given: TlsMode | undefined, targets: readonly SmtpTarget[]): TlsMode {
  const modes: readonly unknown[] = ["implicit", "starttls", "opportunistic", "none"];
  if (given !== undefined && modes.includes(given)) return given;
  const isOn = (port: number): boolean => targets.every((target) => target.port === port);
  if (given === undefined && isOn(465)) return "implicit";
  if (given === undefined && isOn(587)) return "starttls";
  const ports = [...new Set(targets.map(({ port }) => port))].join(", ");
  throw new UsageError(
    given === undefined
      ? `when TLS begins on port ${ports} has to be said`
      : `${JSON.stringify(given)} is no way to begin TLS`,
    {
      code: "SMTP_TLS_MODE_MISSING",
      hint: 'Give `tls`: "implicit", "starttls", "opportunistic" or "none". Only 465 and 587 have a meaning of their own.',
    },
  );
}

const minute = 60_000;

function timeoutsOf(given: SmtpTimeouts): Required<SmtpTimeouts> {
  const timeouts = {
    connectMs: given.connectMs ?? minute / 2,
    tlsMs: given.tlsMs ?? minute / 2,
    greetingMs: given.greetingMs ?? 5 * minute,
    commandMs: given.commandMs ?? 5 * minute,
    dataMs: given.dataMs ?? 2 * minute,
    blockMs: given.blockMs ?? 3 * minute,
    endMs: given.endMs ?? 10 * minute,
  };
  for (const [name, value] of Object.entries(timeouts)) {
    // Timers of Node hold 31 bits; more would fire at once.
    if (typeof value === "number" && value >= 1 && value <= 2_147_483_647) continue;
    throw new UsageError(
      `timeouts.${name} must be milliseconds from 1 to 2147483647, found ${String(value)}`,
      {
        code: "SMTP_TIMEOUT_INVALID",
        hint: "Leave it out for the default; a deadline cannot be switched off.",
      },
    );
  }
  return timeouts;
}
