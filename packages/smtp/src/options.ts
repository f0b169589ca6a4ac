/** Options of the SMTP transport, and what they come to. */
import { UsageError } from "@letterwright/base/error";
import type { Mechanism, MechanismName } from "@letterwright/smtp-protocol";
import { createTlsContext, type TlsContext, type TlsMode } from "@letterwright/tls";
import type { SmtpEvent } from "./event.ts";
import { throughProxy, type SmtpProxy } from "./proxy/proxy.ts";
import type { Tunnel } from "./proxy/tunnel.ts";
import type { SecretSource } from "./secret-source.ts";
import type { TokenSource } from "./token-source.ts";

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

/** Options of `smtpTransport`. Only `host` has to be given. */
export interface SmtpOptions {
  /** Name or address. There is no default. */
  readonly host: string;
  /** Default 465. */
  readonly port?: number;
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
  readonly timeouts?: SmtpTimeouts;
  /**
   * Told what is going on; secrets are stars before they get here. What it throws becomes a warning of the
   * process, once: who watches a message being sent does not decide what becomes of it.
   */
  readonly onEvent?: (event: SmtpEvent) => void;
}

/** Options, filled and checked. */
export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  readonly tlsContext: TlsContext;
  readonly tunnel: Tunnel | undefined;
  readonly auth: SmtpAuth | undefined;
  readonly allowPlaintextAuth: boolean;
  readonly clientName: string | undefined;
  readonly recipients: "each" | "all";
  readonly pipelining: boolean;
  readonly timeouts: Required<SmtpTimeouts>;
  readonly onEvent: (event: SmtpEvent) => void;
}

/**
 * @throws {UsageError} `SMTP_HOST_MISSING`, `SMTP_PORT_INVALID`, `SMTP_TLS_MODE_MISSING`, `SMTP_TIMEOUT_INVALID`,
 * `SMTP_CREDENTIALS_INVALID`, `SMTP_PROXY_INVALID`
 */
export function resolveSmtpOptions(options: SmtpOptions): SmtpSettings {
  // An unset variable arrives as undefined, "" or the text of it, and would mean this very machine.
  if (
    typeof options.host !== "string" ||
    options.host.trim() === "" ||
    options.host === "undefined"
  ) {
    throw new UsageError("no host was given", {
      code: "SMTP_HOST_MISSING",
      hint: "Name the provider's submission server. Is the variable set that it comes from?",
    });
  }
  const port = options.port ?? 465;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UsageError(`${JSON.stringify(port)} is not a port`, {
      code: "SMTP_PORT_INVALID",
      hint: "A port is a whole number from 1 to 65535; 465 is usual.",
    });
  }
  return {
    host: options.host,
    port,
    tls: modeOf(options.tls, port),
    tlsContext: options.tlsContext ?? createTlsContext(),
    tunnel: options.proxy === undefined ? undefined : throughProxy(options.proxy),
    auth: authOf(options.auth),
    allowPlaintextAuth: options.dangerouslyAllowPlaintextAuth === true,
    clientName: options.clientName,
    recipients: options.recipients ?? "each",
    pipelining: options.pipelining ?? true,
    timeouts: timeoutsOf(options.timeouts ?? {}),
    onEvent: watcherOf(options.onEvent),
  };
}

function watcherOf(onEvent: SmtpOptions["onEvent"]): (event: SmtpEvent) => void {
  let hasWarned = false;
  return (event) => {
    try {
      onEvent?.(event);
    } catch (error) {
      if (hasWarned) return;
      hasWarned = true;
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  };
}

function authOf(auth: SmtpAuth | undefined): SmtpAuth | undefined {
  if (auth?.secret === undefined || auth.token === undefined) return auth;
  throw new UsageError("there are two secrets, a password and a token", {
    code: "SMTP_CREDENTIALS_INVALID",
    hint: "Give `secret` or `token`, not both.",
  });
}

function modeOf(given: TlsMode | undefined, port: number): TlsMode {
  const modes: readonly unknown[] = ["implicit", "starttls", "opportunistic", "none"];
  if (given !== undefined && modes.includes(given)) return given;
  if (given === undefined && port === 465) return "implicit";
  if (given === undefined && port === 587) return "starttls";
  throw new UsageError(
    given === undefined
      ? `when TLS begins on port ${port} has to be said`
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
