/** How many connections there may be, how long they live, and how fast they are used. */
import { UsageError } from "@letterwright/base/error";
import type { SendRate } from "@letterwright/transport";

/** Options of the pool. */
export interface PoolOptions {
  /** Connections at once, over all hosts. Default 5. */
  readonly maxConnections?: number;
  /**
   * Messages over one connection, before another takes its place. Default 1000, which is where Exim ends a
   * connection if nobody configured it. What the server announces (RFC 9422 MAILMAX) goes first.
   */
  readonly maxMessagesPerConnection?: number;
  /** How long a connection is kept that nobody uses. 0 keeps none. Default 30 s: servers wait longer. */
  readonly maxIdleMs?: number;
  /** How old a connection gets before another takes its place. Default 10 min. */
  readonly maxLifetimeMs?: number;
  /**
   * A connection that was idle for longer is asked with NOOP whether it still stands, before mail is sent over it.
   * Default 10 s.
   */
  readonly probeAfterMs?: number;
  /** Calls of `send` that may wait for a connection; the next is refused with `SMTP_POOL_FULL`. Default 10000. */
  readonly maxWaiting?: number;
  /** The most messages in a time, over all connections. Default: no limit. */
  readonly rate?: SendRate;
}

/** Options of the pool, filled and checked. */
export interface PoolSettings extends Required<Omit<PoolOptions, "rate">> {
  readonly rate: SendRate | undefined;
}

// Timers of Node hold 31 bits; more would fire at once.
const longestMs = 2_147_483_647;

/** @throws {UsageError} `SMTP_OPTION_INVALID` */
export function resolvePoolOptions(options: PoolOptions): PoolSettings {
  const settings: PoolSettings = {
    maxConnections: options.maxConnections ?? 5,
    maxMessagesPerConnection: options.maxMessagesPerConnection ?? 1000,
    maxIdleMs: options.maxIdleMs ?? 30_000,
    maxLifetimeMs: options.maxLifetimeMs ?? 600_000,
    probeAfterMs: options.probeAfterMs ?? 10_000,
    maxWaiting: options.maxWaiting ?? 10_000,
    rate: options.rate,
  };
  checkCount("maxConnections", settings.maxConnections);
  checkCount("maxMessagesPerConnection", settings.maxMessagesPerConnection);
  checkCount("maxWaiting", settings.maxWaiting);
  checkTime("maxIdleMs", settings.maxIdleMs, 0);
  checkTime("maxLifetimeMs", settings.maxLifetimeMs, 1);
  checkTime("probeAfterMs", settings.probeAfterMs, 0);
  if (settings.rate !== undefined) checkRate(settings.rate);
  return settings;
}

/** A whole number from 1 on; `Infinity` is a number of which there is no end. */
export function checkCount(name: string, value: number): void {
  if (value === Infinity || (Number.isSafeInteger(value) && value >= 1)) return;
  throw invalid(name, "a whole number from 1 on", value);
}

/** @throws {UsageError} `SMTP_OPTION_INVALID` */
export function checkRate({ messages, perMs = 1000, burst = 1 }: SendRate): void {
  const isNumber = (value: number): boolean =>
    typeof value === "number" && value > 0 && Number.isFinite(value);
  if (!isNumber(messages)) throw invalid("rate.messages", "a number above 0", messages);
  if (!isNumber(perMs)) throw invalid("rate.perMs", "a number above 0", perMs);
  if (!isNumber(burst) || burst < 1) throw invalid("rate.burst", "a number from 1 on", burst);
}

function checkTime(name: string, value: number, least: number): void {
  if (typeof value === "number" && value >= least && value <= longestMs) return;
  throw invalid(name, `milliseconds from ${least} to ${longestMs}`, value);
}

function invalid(name: string, wanted: string, found: unknown): UsageError {
  return new UsageError(`\`${name}\` must be ${wanted}, found ${String(found)}`, {
    code: "SMTP_OPTION_INVALID",
    hint: "Leave it out for the default.",
  });
}
