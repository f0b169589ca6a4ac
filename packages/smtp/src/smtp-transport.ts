/** Messages over SMTP: one connection each. */
import { UsageError } from "@letterwright/base/error";
import type { Envelope, Outgoing, ServerOffer } from "@letterwright/message";
import type {
  CloseOptions,
  Protection,
  SendOptions,
  SendReceipt,
  Transport,
} from "@letterwright/transport";
import { leave, type Connection } from "./connection.ts";
import type { Exchange } from "./exchange.ts";
import { openAny } from "./failover.ts";
import { resolveSmtpOptions, type SmtpOptions } from "./options.ts";
import { sendOver } from "./sending.ts";
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
export interface SmtpTransport extends Transport {
  /** Connects, makes TLS, logs in where there are credentials, and leaves. Nothing is sent. */
  verify(options?: { readonly signal?: AbortSignal }): Promise<SmtpVerification>;
}

/**
 * A transport that sends over SMTP, each message over a connection of its own. It connects when it
 * sends.
 *
 * Nothing but greeting, EHLO and STARTTLS travels unencrypted, unless `tls` says otherwise; a password
 * never does, unless a second option says so.
 *
 * `send` rejects with: `DeliveryError` (a recipient was refused), `ReplyError` `SMTP_SENDER_REFUSED`,
 * `SMTP_DATA_REFUSED`, `SMTP_AUTH_REFUSED`, `SmtpError` `SMTP_HOST_NOT_FOUND`, `SMTP_CONNECTION_REFUSED`,
 * `SMTP_TIMEOUT`, `SMTP_CONNECTION_LOST`, `SMTP_NOT_SMTP`, `SMTP_HOSTS_EXHAUSTED`; with what is asked for and not
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
  const underWay = new Set<Promise<unknown>>();
  const exchanges = new Set<Exchange>();
  /** Fires when what is under way has to end. */
  const stop = new AbortController();
  let isClosed = false;

  async function tracked<Result>(work: () => Promise<Result>): Promise<Result> {
    if (isClosed) {
      throw new UsageError("this transport is closed", {
        code: "TRANSPORT_CLOSED",
        hint: "Send before you close it, or make another.",
      });
    }
    const promise = work();
    underWay.add(promise);
    try {
      return await promise;
    } finally {
      underWay.delete(promise);
    }
  }

  /** Opens a connection ready for mail, and ends it with QUIT wherever the line is idle. */
  async function withConnection<Result>(
    given: AbortSignal | undefined,
    use: (connection: Connection) => Promise<Result>,
  ): Promise<Result> {
    const signal = given === undefined ? stop.signal : AbortSignal.any([given, stop.signal]);
    let current: Exchange | undefined;
    const track = (exchange: Exchange): void => {
      if (current !== undefined) exchanges.delete(current);
      current = exchange;
      exchanges.add(exchange);
    };
    try {
      const connection = await openAny(settings, { signal, track });
      try {
        return await use(connection);
      } finally {
        // The answer is known: the goodbye costs its caller no round trip. `close` waits for it.
        current = undefined;
        sayGoodbye(connection.exchange);
      }
    } finally {
      if (current !== undefined) exchanges.delete(current);
    }
  }

  function sayGoodbye(exchange: Exchange): void {
    const leaving = leave(exchange).finally(() => {
      underWay.delete(leaving);
      exchanges.delete(exchange);
    });
    underWay.add(leaving);
  }

  function send(
    outgoing: Outgoing,
    envelope: Envelope,
    given: SendOptions = {},
  ): Promise<SendReceipt> {
    const startedMs = performance.now();
    const { signal } = given;
    const work = (): Promise<SendReceipt> =>
      withConnection(signal, (connection) => {
        const { timings } = connection;
        return sendOver(connection, { outgoing, envelope, options: given, startedMs, timings });
      });
    return tracked(() => traced(work, () => ({ envelope, hosts: settings.targets })));
  }

  async function verify({
    signal,
  }: { readonly signal?: AbortSignal } = {}): Promise<SmtpVerification> {
    return tracked(() =>
      withConnection(signal, async ({ offer, protection, place }) => ({
        offer,
        protection,
        host: place.host,
        loggedIn: settings.auth !== undefined,
      })),
    );
  }

  async function close({ signal }: CloseOptions = {}): Promise<void> {
    isClosed = true;
    const cut = (): void => {
      stop.abort(signal?.reason);
      for (const exchange of exchanges) exchange.fail(signal?.reason);
    };
    if (signal?.aborted === true) cut();
    signal?.addEventListener("abort", cut, { once: true });
    try {
      // Each of them tells its own caller how it went; and then there may be goodbyes to say.
      while (underWay.size > 0) await Promise.allSettled(underWay);
    } finally {
      signal?.removeEventListener("abort", cut);
    }
  }

  return Object.freeze({
    send,
    verify,
    close,
    [Symbol.asyncDispose]: () => close(),
  });
}
