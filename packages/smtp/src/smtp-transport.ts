/** Messages over SMTP: one connection each. */
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import { revealed } from "@letterwright/base/secret";
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
  authenticate,
  describeReply,
  greet,
  offersStartTls,
  quit,
  startTls,
  transaction,
  type MailParameters,
  type TransactionResult,
} from "@letterwright/smtp-protocol";
import { verifiedNameOf, type TlsReport } from "@letterwright/tls";
import {
  DeliveryError,
  guardLineEnds,
  messageIdOf,
  resolveOutgoing,
  type Protection,
  type SendOptions,
  type SendReceipt,
  type Transport,
} from "@letterwright/transport";
import { defaultClientName } from "./client-name.ts";
import { openConnection, type Connection } from "./connection.ts";
import { OutcomeUnknownError } from "./failure.ts";
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
  const underWay = new Set<Promise<unknown>>();
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

  async function close(): Promise<void> {
    isClosed = true;
    await Promise.allSettled(underWay); // each of them tells its own caller how it went
  }

  return Object.freeze({
    send: (message: Outgoing, envelope: Envelope, given: SendOptions = {}) =>
      tracked(() => sendOne(settings, message, envelope, given)),
    verify: (given: { readonly signal?: AbortSignal } = {}) =>
      tracked(() => verifyOne(settings, given.signal)),
    close,
    [Symbol.asyncDispose]: close,
  });
}

async function verifyOne(
  settings: SmtpSettings,
  signal: AbortSignal | undefined,
): Promise<SmtpVerification> {
  return withSession(settings, signal, async (connection, offer) => ({
    offer,
    protection: protectionOf(connection.security, settings),
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
    const raw = await resolveOutgoing(outgoing, offer);
    const totalBytes = rawByteLength(raw);
    let sentBytes = 0;
    const content = {
      chunks: guardLineEnds(rawChunks(raw, { signal })),
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
    let result: TransactionResult;
    try {
      result = await connection.run(dialog, "envelope", content);
    } catch (cause) {
      if (!connection.endMayHaveLeft) throw cause;
      const unknown = envelope.recipients.map(({ mailbox }) => mailbox);
      throw new OutcomeUnknownError({ unknown, messageId, cause });
    }
    return receiptOf(result, envelope, {
      acceptedBy: `${settings.host}:${settings.port}`,
      protection: protectionOf(connection.security, settings),
      byteLength: sentBytes,
      durationMs: Date.now() - started,
      ...(messageId === undefined ? {} : { messageId }),
    });
  });
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
    await login(connection, offer, settings);
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

async function login(
  connection: Connection,
  offer: ServerOffer,
  settings: SmtpSettings,
): Promise<void> {
  const { auth } = settings;
  if (auth === undefined) return;
  if (connection.security === undefined && !settings.allowPlaintextAuth) {
    throw new UsageError("user and secret would travel unencrypted", {
      code: "SMTP_AUTH_WOULD_BE_PLAINTEXT",
      hint: 'Choose "implicit" or "starttls" for `tls`. Everyone on the path could read the password.',
    });
  }
  const secret = revealed(typeof auth.secret === "function" ? await auth.secret() : auth.secret);
  const { user, mechanism } = auth;
  await connection.run(
    authenticate({ user, secret, ...(mechanism === undefined ? {} : { mechanism }) }, offer),
    "login",
  );
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
  if (limit !== undefined && totalBytes !== undefined && totalBytes > limit) {
    throw new LetterwrightError(
      `the message has ${totalBytes} bytes and the server takes ${limit}`,
      {
        code: "SMTP_MESSAGE_TOO_LARGE",
        hint: "Nothing was uploaded. Send a link in place of the attachment, or use a server with a larger limit.",
      },
    );
  }
  return {
    ...(offers(offer, "SIZE") && totalBytes !== undefined ? { size: totalBytes } : {}),
    ...(raw.requires.has("8BITMIME") ? { body: "8BITMIME" as const } : {}),
    ...(needsUtf8 || raw.requires.has("SMTPUTF8") ? { smtpUtf8: true } : {}),
  };
}

function receiptOf(
  { accepted, refused, reply }: TransactionResult,
  { reversePath }: Envelope,
  facts: Pick<SendReceipt, "acceptedBy" | "protection" | "byteLength" | "durationMs" | "messageId">,
): SendReceipt {
  const receipt =
    reply === undefined ? undefined : Object.freeze({ ...facts, accepted, refused, reply });
  if (receipt !== undefined && refused.length === 0) return receipt;
  const remaining = envelopeFor({ reversePath, recipients: refused.map(({ mailbox }) => mailbox) });
  const [first] = refused;
  const words = first === undefined ? "" : `: ${describeReply(first.reply)}`;
  throw new DeliveryError(
    receipt === undefined
      ? `the server refused ${refused.length === 1 ? "the recipient" : `all ${refused.length} recipients`}${words}`
      : `the server refused ${refused.length} of ${refused.length + accepted.length} recipients${words}`,
    {
      hint: "`refused` has the server's words for each. A 550 usually means that the address does not exist.",
      refused,
      remaining,
      receipt,
    },
  );
}

function protectionOf(
  report: TlsReport | undefined,
  { host, tlsContext }: SmtpSettings,
): Protection {
  if (report === undefined) return { kind: "none" };
  const { protocol, cipher, verified } = report;
  return {
    kind: "tls",
    protocol,
    cipher,
    ...(verified ? { verifiedName: verifiedNameOf(tlsContext, host) } : {}),
  };
}
