/** Messages over SMTP. */
import type { Envelope, Outgoing, ServerOffer } from "@letterwright/message";
import {
  bulkRun,
  checkBulkOptions,
  type BulkItem,
  type BulkOptions,
  type BulkResults,
  type BulkSend,
  type BulkSending,
  type BulkTransport,
  type CloseOptions,
  type Protection,
  type SendOptions,
  type SendReceipt,
} from "@letterwright/transport";
import { leave } from "./connection.ts";
import type { Exchange } from "./exchange.ts";
import { openAny } from "./failover.ts";
import { resolveSmtpOptions, type SmtpOptions, type SmtpSettings } from "./options.ts";
import type { Job } from "./pool/job.ts";
import { Pool } from "./pool/pool.ts";
import type { PoolState } from "./pool/pool-state.ts";
import { traced } from "./watch.ts";

/** What {@link SmtpTransport.verify} found. */
export interface SmtpVerification {
  readonly offer: ServerOffer;
  readonly protection: Protection;
  /** Where it was found: one of several hosts, perhaps. */
  readonly host: string;
  /** Whether a login was made. */
  readonly loggedIn: boolean;
}

/** A transport over SMTP. */
export interface SmtpTransport extends BulkTransport {
  /**
   * Sends many messages, as fast as they leave, and gives a result for each: a receipt, or what `send` would have
   * rejected with. One that fails touches no other. Messages share round trips where the server offers PIPELINING;
   * with `window`, and CHUNKING, they need less than one each.
   *
   * Over one connection they leave in their order. Over several there is none: a connection with nothing to do takes
   * whatever waits, also what was to leave behind others over a connection that is slower.
   *
   * @throws {UsageError} `BULK_OPTION_INVALID`, `TRANSPORT_CLOSED`
   */
  sendAll(items: Iterable<BulkItem> | AsyncIterable<BulkItem>, options?: BulkOptions): BulkResults;
  /** Connects, makes TLS, logs in where there are credentials, and leaves. Nothing is sent. */
  verify(options?: { readonly signal?: AbortSignal }): Promise<SmtpVerification>;
  /** What its pool of connections holds at this moment. */
  readonly state: PoolState;
}

/**
 * A transport that sends over SMTP. It connects when it sends, and keeps its connections for a while: a message
 * that follows needs no new handshake. Where more is sent at once than there are connections, messages wait in
 * their order, and share round trips where the server offers PIPELINING. `close` sends what waits and says goodbye; an
 * idle transport does not keep the process alive.
 *
 * Nothing but greeting, EHLO and STARTTLS travels unencrypted, unless `tls` says otherwise; a password
 * never does, unless a second option says so.
 *
 * `send` rejects with: `DeliveryError` (a recipient was refused), `ReplyError` `SMTP_SENDER_REFUSED`,
 * `SMTP_DATA_REFUSED`, `SMTP_AUTH_REFUSED`, `SmtpError` `SMTP_HOST_NOT_FOUND`, `SMTP_CONNECTION_REFUSED`,
 * `SMTP_TIMEOUT`, `SMTP_CONNECTION_LOST`, `SMTP_NOT_SMTP`, `SMTP_HOSTS_EXHAUSTED`; `LimitError` `SMTP_POOL_FULL`; with what is asked for and not
 * offered (`SMTP_DSN_NOT_OFFERED` and the like); and with an `OutcomeUnknownError`.
 *
 * @throws {UsageError} `SMTP_HOST_MISSING`, `SMTP_PORT_INVALID`, `SMTP_TLS_MODE_MISSING`, `SMTP_TIMEOUT_INVALID`,
 * `SMTP_OPTION_INVALID`
 * @example
 * ```ts
 * import { smtpTransport } from "@letterwright/smtp";
 *
 * const transport = smtpTransport({ host: "smtp.example.com", auth: { user: "ana", secret: "app password" } });
 * await transport.close();
 * ```
 */
export function smtpTransport(options: SmtpOptions): SmtpTransport {
  const settings = resolveSmtpOptions(options);
  const pool = new Pool(settings, settings.pool);
  const line = pool.openLine(Infinity);
  const verifications = new Set<Promise<unknown>>();
  /** Fires when verifications have to end. */
  const stop = new AbortController();

  function send(
    outgoing: Outgoing,
    envelope: Envelope,
    given: SendOptions = noOptions,
  ): Promise<SendReceipt> {
    const startedMs = performance.now();
    const sending = { outgoing, envelope, options: given, startedMs };
    const work = (): Promise<SendReceipt> =>
      new Promise((accepted, failed) => {
        pool.add(sending, line, 1, { accepted, failed }, settings.pool.maxWaiting);
      });
    return traced(work, () => ({ envelope, hosts: settings.targets }));
  }

  function sendAll(
    items: Iterable<BulkItem> | AsyncIterable<BulkItem>,
    given: BulkOptions = {},
  ): BulkResults {
    pool.throwIfClosed();
    checkBulkOptions(given);
    const { maxConnections } = settings.pool;
    const { window = 1, concurrency = maxConnections } = given;
    const lanes = Math.min(concurrency, maxConnections);
    const ownLine = pool.openLine(lanes);
    const send: BulkSend = ({ message, envelope, options = noOptions }, told) => {
      const sending = { outgoing: message, envelope, options, startedMs: performance.now() };
      return new Pooled(pool, pool.add(sending, ownLine, window, told));
    };
    // Those on their way, those written in advance, and a few that wait.
    const limit = Math.min(lanes, 1000) * (window > 1 ? 2 * window + 2 : 4);
    return bulkRun(items, send, { ...given, limit, ended: () => pool.closeLine(ownLine) });
  }

  async function verify({
    signal: given,
  }: { readonly signal?: AbortSignal } = {}): Promise<SmtpVerification> {
    pool.throwIfClosed();
    const signal = given === undefined ? stop.signal : AbortSignal.any([given, stop.signal]);
    const work = verified(settings, signal);
    verifications.add(work);
    try {
      return await work;
    } finally {
      verifications.delete(work);
    }
  }

  async function close({ signal }: CloseOptions = {}): Promise<void> {
    const cut = (): void => stop.abort(signal?.reason);
    if (signal?.aborted === true) cut();
    signal?.addEventListener("abort", cut, { once: true });
    try {
      const closed = pool.close(signal);
      await Promise.allSettled(verifications); // each of them tells its own caller how it went
      await closed;
    } finally {
      signal?.removeEventListener("abort", cut);
    }
  }

  return Object.freeze({
    send,
    sendAll,
    verify,
    close,
    get state() {
      return pool.state;
    },
    [Symbol.asyncDispose]: () => close(),
  });
}

const noOptions: SendOptions = {};

/** A message of many, as the pool has it. */
class Pooled implements BulkSending {
  readonly #pool: Pool;
  readonly #job: Job | undefined;

  constructor(pool: Pool, job: Job | undefined) {
    this.#pool = pool;
    this.#job = job;
  }

  withdraw(): boolean {
    return this.#job !== undefined && this.#pool.withdraw(this.#job);
  }

  abort(reason: unknown): void {
    if (this.#job !== undefined) this.#pool.abort(this.#job, reason);
  }
}

/** A connection of its own, which leaves when it has seen enough. */
async function verified(settings: SmtpSettings, signal: AbortSignal): Promise<SmtpVerification> {
  let current: Exchange | undefined;
  const cut = (): void => current?.fail(signal.reason, true);
  signal.addEventListener("abort", cut, { once: true });
  try {
    const { exchange, offer, protection, place } = await openAny(settings, {
      signal,
      track: (exchange) => (current = exchange),
    });
    await leave(exchange);
    return { offer, protection, host: place.host, loggedIn: settings.auth !== undefined };
  } finally {
    signal.removeEventListener("abort", cut);
  }
}
