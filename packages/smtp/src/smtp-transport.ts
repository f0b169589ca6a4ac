/** Messages over SMTP: one connection each. */
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import {
  envelope as envelopeFor,
  needsSmtpUtf8,
  offers,
  rawByteLength,
  rawChunks,
  sizeLimitOf,
  type Envelope,
  type Outgoing,
  type RawMessage,
  type ServerOffer,
} from "@letterwright/message";
import {
  describeReply,
  greet,
  offersStartTls,
  quit,
  startTls,
  transaction,
  type MailParameters,
  type TransactionResult,
} from "@letterwright/smtp-protocol";
import type { TlsReport } from "@letterwright/tls";
import {
  DeliveryError,
  guardLineEnds,
  messageIdOf,
  OutcomeUnknownError,
  resolveOutgoing,
  type Protection,
  type CloseOptions,
  type SendOptions,
  type SendReceipt,
  type Transport,
} from "@letterwright/transport";
import { defaultClientName } from "./client-name.ts";
import { openConnection, type Connection } from "./connection.ts";
import { login } from "./login.ts";
import { measured, tooLarge } from "./measured.ts";
import { resolveSmtpOptions, type SmtpOptions, type SmtpSettings } from "./options.ts";

/** What {@link SmtpTransport.verify} found. */
export interface SmtpVerification {
  readonly offer: ServerOffer;
  readonly protection: Protection;
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
 * `SMTP_TIMEOUT`, `SMTP_CONNECTION_LOST`, `SMTP_NOT_SMTP`, and {@link OutcomeUnknownError}.
 *
 * @throws {UsageError} `SMTP_HOST_MISSING`, `SMTP_PORT_INVALID`, `SMTP_TLS_MODE_MISSING`, `SMTP_TIMEOUT_INVALID`
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
  const underWay = new Map<Promise<unknown>, AbortController>();
  let isClosed = false;

  async function tracked<Result>(
    given: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    if (isClosed) {
      throw new UsageError("this transport is closed", {
        code: "TRANSPORT_CLOSED",
        hint: "Send before you close it, or make another.",
      });
    }
    const stop = new AbortController();
    const signal = given === undefined ? stop.signal : AbortSignal.any([given, stop.signal]);
    const promise = work(signal);
    underWay.set(promise, stop);
    try {
      return await promise;
    } finally {
      underWay.delete(promise);
    }
  }

  async function close({ signal }: CloseOptions = {}): Promise<void> {
    isClosed = true;
    const cut = (): void => {
      for (const stop of underWay.values()) stop.abort(signal?.reason);
    };
    if (signal?.aborted === true) cut();
    signal?.addEventListener("abort", cut, { once: true });
    try {
      await Promise.allSettled(underWay.keys()); // each of them tells its own caller how it went
    } finally {
      signal?.removeEventListener("abort", cut);
    }
  }

  return Object.freeze({
    send: (message: Outgoing, envelope: Envelope, given: SendOptions = {}) =>
      tracked(given.signal, (signal) => sendOne(settings, message, envelope, { ...given, signal })),
    verify: (given: { readonly signal?: AbortSignal } = {}) =>
      tracked(given.signal, (signal) => verifyOne(settings, signal)),
    close,
    [Symbol.asyncDispose]: () => close(),
  });
}

async function verifyOne(
  settings: SmtpSettings,
  signal: AbortSignal | undefined,
): Promise<SmtpVerification> {
  return withSession(settings, signal, async (connection, offer) => ({
    offer,
    protection: protectionOf(connection.security),
    loggedIn: settings.auth !== undefined,
  }));
}

async function sendOne(
  settings: SmtpSettings,
  outgoing: Outgoing,
  envelope: Envelope,
  { signal, onProgress }: SendOptions,
): Promise<SendReceipt> {
  const started = Date.now();
  return withSession(settings, signal, async (connection, offer) => {
    const raw = await connection.whileOpen(
      () => resolveOutgoing(outgoing, usable(offer)),
      "envelope",
    );
    const totalBytes = rawByteLength(raw);
    let sentBytes = 0;
    const content = {
      chunks: measured(guardLineEnds(rawChunks(raw, { signal })), {
        declaredBytes: totalBytes,
        limitBytes: sizeLimitOf(offer),
      }),
      onBytes: (count: number) => {
        sentBytes = count;
        onProgress?.({ sentBytes, ...(totalBytes === undefined ? {} : { totalBytes }) });
      },
    };
    const dialog = transaction({
      envelope,
      parameters: parametersOf(raw, envelope, offer, totalBytes),
      pipelining: settings.pipelining && offers(offer, "PIPELINING"),
      recipients: settings.recipients,
    });
    const messageId = messageIdOf(raw);
    const facts = () => ({
      unknown: [],
      acceptedBy: `${settings.host}:${settings.port}`,
      protection: protectionOf(connection.security),
      byteLength: sentBytes,
      durationMs: Date.now() - started,
      timings: {},
      ...(messageId === undefined ? {} : { messageId }),
    });
    let result: TransactionResult;
    try {
      result = await connection.run(dialog, "envelope", content);
    } catch (cause) {
      if (!connection.endMayHaveLeft) throw cause;
      const unknown = envelope.recipients.map(({ mailbox }) => mailbox);
      throw new OutcomeUnknownError(
        "the connection broke before the server said whether it took the message",
        {
          code: "SMTP_OUTCOME_UNKNOWN",
          hint: "Look for the Message-ID in the server's log or at the recipient before you send again: it may arrive twice.",
          receipt: Object.freeze({ ...facts(), accepted: [], refused: [], unknown }),
          cause,
        },
      );
    }
    return receiptOf(result, envelope, facts());
  });
}

/** What is offered, without what is only of use with CHUNKING, which this transport does not speak (RFC 3030 §3). */
function usable(offer: ServerOffer): ServerOffer {
  if (!offers(offer, "BINARYMIME")) return offer;
  return { keywords: new Map([...offer.keywords].filter(([keyword]) => keyword !== "BINARYMIME")) };
}

/** Opens a session ready for mail, and ends it with QUIT wherever the line is idle. */
async function withSession<Result>(
  settings: SmtpSettings,
  signal: AbortSignal | undefined,
  use: (connection: Connection, offer: ServerOffer) => Promise<Result>,
): Promise<Result> {
  const connection = await openConnection(settings, signal);
  try {
    const name = settings.clientName ?? defaultClientName(connection.localAddress);
    let offer = await connection.run(greet(name), "greeting");
    offer = await secured(connection, offer, name, settings);
    await login(connection, offer, settings, signal);
    return await use(connection, offer);
  } finally {
    await leave(connection);
  }
}

async function secured(
  connection: Connection,
  offer: ServerOffer,
  name: string,
  settings: SmtpSettings,
): Promise<ServerOffer> {
  if (settings.tls !== "starttls" && settings.tls !== "opportunistic") return offer;
  if (offersStartTls(offer)) return connection.run(startTls(name), "tls");
  if (settings.tls === "opportunistic") return offer;
  throw new LetterwrightError(`${settings.host}:${settings.port} does not offer STARTTLS`, {
    code: "SMTP_STARTTLS_NOT_OFFERED",
    hint: "Use implicit TLS on port 465. If the server did offer it yesterday, somebody on the path may have taken it away.",
  });
}

/** RFC 5321 §4.1.1.10: a client says goodbye. How that is answered changes nothing any more. */
async function leave(connection: Connection): Promise<void> {
  const { state, awaited } = connection.session;
  const isIdle =
    awaited === 0 &&
    state !== "closed" &&
    state !== "content" &&
    state !== "tls" &&
    state !== "auth";
  if (isIdle)
    await Promise.race([connection.run(quit(), "quit").catch(() => undefined), patience()]);
  connection.destroy();
}

/** A message that was accepted does not wait for a server that is slow to say goodbye. */
function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2000).unref());
}

function parametersOf(
  raw: RawMessage,
  envelope: Envelope,
  offer: ServerOffer,
  totalBytes: number | undefined,
): MailParameters {
  const boxes = envelope.recipients.map(({ mailbox }) => mailbox);
  const needsUtf8 = [
    ...boxes,
    ...(envelope.reversePath === null ? [] : [envelope.reversePath]),
  ].some(needsSmtpUtf8);
  if (needsUtf8 && !offers(offer, "SMTPUTF8")) {
    throw new LetterwrightError("an address needs SMTPUTF8, and the server does not offer it", {
      code: "SMTP_SMTPUTF8_NOT_OFFERED",
      hint: "Its local-part is not ASCII (RFC 6531 §3.2). Use an ASCII address of the same person, or another server.",
    });
  }
  const limit = sizeLimitOf(offer);
  if (limit !== undefined && totalBytes !== undefined && totalBytes > limit)
    throw tooLarge(totalBytes, limit);
  return {
    ...(offers(offer, "SIZE") && totalBytes !== undefined ? { size: totalBytes } : {}),
    ...(raw.requires.has("8BITMIME") ? { body: "8BITMIME" as const } : {}),
    ...(needsUtf8 || raw.requires.has("SMTPUTF8") ? { smtpUtf8: true } : {}),
  };
}

function receiptOf(
  { accepted, refused, reply }: TransactionResult,
  { reversePath, recipients }: Envelope,
  facts: Omit<SendReceipt, "accepted" | "refused" | "reply">,
): SendReceipt {
  const receipt =
    reply === undefined ? undefined : Object.freeze({ ...facts, accepted, refused, reply });
  if (receipt !== undefined && refused.length === 0) return receipt;
  // With recipients "all" there are some who were not refused, and have nothing all the same.
  const served = new Set(accepted.map(({ mailbox }) => mailbox));
  const remaining = envelopeFor({
    reversePath,
    recipients: recipients.map(({ mailbox }) => mailbox).filter((one) => !served.has(one)),
  });
  const [first] = refused;
  const words = first === undefined ? "" : `: ${describeReply(first.reply)}`;
  const whom =
    refused.length < recipients.length
      ? `${refused.length} of ${recipients.length} recipients`
      : refused.length === 1
        ? "the recipient"
        : `all ${refused.length} recipients`;
  throw new DeliveryError(
    `the server refused ${whom}${receipt === undefined && refused.length < recipients.length ? ", so nobody got the message" : ""}${words}`,
    {
      hint:
        first?.reply.code === 530
          ? "The server wants a login first (RFC 4954 §6): give user and secret."
          : "`refused` has the server's words for each. A 550 usually means that the address does not exist, or that this client would have to log in.",
      refused,
      remaining,
      receipt,
    },
  );
}

function protectionOf(report: TlsReport | undefined): Protection {
  if (report === undefined) return { kind: "none" };
  const { protocol, cipher, trustSource, verifiedName } = report;
  const named = verifiedName === undefined ? {} : { verifiedName };
  return { kind: "tls", protocol, cipher, trustSource, ...named };
}
