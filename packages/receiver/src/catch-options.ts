/** Options of the receiver, and what they come to. */
import { UsageError } from "@letterwright/base/error";
import type { CaughtMessage } from "./caught-message.ts";

/** A certificate for the server to show, and the authority that vouches for it. */
export interface ReceiverIdentity {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /** PEM: what clients have to trust. */
  readonly authority: string;
}

/** Options of `catchMail`. */
export interface CatchOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default `"implicit"`. */
  readonly tls?: "implicit" | "starttls" | "none";
  /** Default: a throw-away authority, and a certificate of it for this machine. */
  readonly identity?: ReceiverIdentity;
  /**
   * Who may log in: anyone with any password (default), nobody (AUTH is not offered), or one user.
   */
  readonly auth?: "any" | "none" | { readonly user: string; readonly password: string };
  /** Refuses mail from those who have not logged in. Default `false`. */
  readonly requireAuth?: boolean;
  /** A folder for the messages, one `.eml` each. Default: memory only. */
  readonly store?: string;
  /** Messages kept in memory; the oldest go first. Default 500. */
  readonly maxMessages?: number;
  /** Larger messages are refused (RFC 1870). Default 100 MiB. */
  readonly maxMessageBytes?: number;
  /** Addresses that are refused with 550 5.1.1. */
  readonly refuse?: readonly string[];
  readonly onMessage?: (message: CaughtMessage) => void;
  /** Listens on an address that other machines can reach. Default `false`. */
  readonly dangerouslyListenBeyondLoopback?: boolean;
}

/** Options, filled and checked. */
export type CatchSettings = Required<
  Omit<CatchOptions, "identity" | "store" | "dangerouslyListenBeyondLoopback">
> &
  Pick<CatchOptions, "identity" | "store">;

/**
 * @throws {UsageError} `RECEIVER_HOST_NOT_LOOPBACK`, `RECEIVER_OPTION_INVALID`
 */
export function resolveCatchOptions(options: CatchOptions): CatchSettings {
  const host = options.host ?? "127.0.0.1";
  if (!isLoopback(host) && options.dangerouslyListenBeyondLoopback !== true) {
    throw new UsageError(`${JSON.stringify(host)} is not an address of this machine alone`, {
      code: "RECEIVER_HOST_NOT_LOOPBACK",
      hint: "Listen on 127.0.0.1, ::1 or localhost; other machines could read and send mail here.",
    });
  }
  return {
    host,
    port: whole("port", options.port ?? 0, 0, 65_535),
    tls: options.tls ?? "implicit",
    auth: options.auth ?? "any",
    requireAuth: options.requireAuth ?? false,
    maxMessages: whole("maxMessages", options.maxMessages ?? 500, 1, 1_000_000),
    maxMessageBytes: whole(
      "maxMessageBytes",
      options.maxMessageBytes ?? 100 * 1024 * 1024,
      1,
      2 ** 31,
    ),
    refuse: options.refuse ?? [],
    onMessage: options.onMessage ?? (() => undefined),
    ...(options.identity === undefined ? {} : { identity: options.identity }),
    ...(options.store === undefined ? {} : { store: options.store }),
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function whole(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`${name} must be a whole number from ${least} to ${most}, found ${value}`, {
    code: "RECEIVER_OPTION_INVALID",
    hint: "Leave it out for the default.",
  });
}
