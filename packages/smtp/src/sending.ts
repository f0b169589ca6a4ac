/** One message over a connection that is ready for it. */
import {
  offers,
  rawByteLength,
  rawChunks,
  sizeLimitOf,
  type Envelope,
  type Outgoing,
  type RawMessage,
} from "@letterwright/message";
import { transaction, type TransactionOptions } from "@letterwright/smtp-protocol";
import {
  guardLineEnds,
  messageIdOf,
  resolveOutgoing,
  type SendOptions,
  type SendReceipt,
} from "@letterwright/transport";
import type { Connection, Timings } from "./connection.ts";
import type { Content } from "./content.ts";
import { lengthMismatch, measured } from "./measured.ts";
import { parametersOf } from "./parameters.ts";
import { labelOf } from "./place.ts";
import { receiptOf } from "./receipt.ts";
import { harmless } from "./watch.ts";

/** A send that may have begun before there was a connection. */
export interface Sending {
  readonly outgoing: Outgoing;
  readonly envelope: Envelope;
  readonly options: SendOptions;
  /** On the clock of `performance.now()`. */
  readonly startedMs: number;
  /** Phases that belong to this sending besides the transaction itself. */
  readonly timings: Timings;
}

/**
 * Sends one message; the connection stays open.
 *
 * Rejects with what `parametersOf`, `transaction` and `receiptOf` throw, with what broke the connection when nobody
 * can have the message, and with the signal's reason.
 */
export async function sendOver(connection: Connection, sending: Sending): Promise<SendReceipt> {
  const { exchange, settings, offer, place, protection } = connection;
  const { outgoing, envelope, options } = sending;
  const { signal } = options;
  const raw = await exchange.whileOpen(() => resolveOutgoing(outgoing, offer), "envelope", signal);
  const pieces = piecesOf(raw);
  const totalBytes =
    pieces === undefined ? rawByteLength(raw) : pieces.reduce((sum, { length }) => sum + length, 0);
  const { parameters, dsn } = parametersOf(raw, envelope, connection, { ...options, totalBytes });
  const timings: Timings = { ...sending.timings };
  const onProgress = harmless(options.onProgress);
  const beganMs = performance.now();
  let contentMs: number | undefined;
  let sentBytes = 0;
  const isBinary = raw.requires.has("BINARYMIME");
  const content: Content = {
    ...(pieces === undefined
      ? { chunks: checkedChunks(raw, { isBinary, signal, totalBytes, limit: sizeLimitOf(offer) }) }
      : { pieces }),
    isBinary,
    onBytes(count) {
      contentMs ??= performance.now();
      sentBytes = count;
      onProgress?.({ sentBytes, ...(totalBytes === undefined ? {} : { totalBytes }) });
    },
  };
  const pipelining = settings.pipelining && offers(offer, "PIPELINING");
  const recipients = options.recipients ?? settings.recipients;
  const dialog = transaction({
    envelope,
    parameters,
    dsn,
    pipelining,
    recipients,
    content: formOf(connection, {
      isBinary,
      pipelining,
      count: envelope.recipients.length,
      recipients,
    }),
    flight: settings.flight,
    lmtp: settings.protocol === "lmtp",
    // What an earlier transaction left open has to be closed first (RFC 5321 §4.1.1.5).
    reset: exchange.session.planned !== "ready",
  });
  const result = await exchange.run(dialog, { stage: "envelope", content, signal });
  const endedMs = performance.now();
  timings.envelopeMs = (contentMs ?? endedMs) - beganMs;
  if (contentMs !== undefined) timings.contentMs = endedMs - contentMs;
  const messageId = messageIdOf(raw);
  return receiptOf(result, envelope, {
    ...(messageId === undefined ? {} : { messageId }),
    acceptedBy: labelOf(place),
    protection,
    byteLength: sentBytes,
    durationMs: endedMs - sending.startedMs,
    timings: Object.freeze(timings),
  });
}

/** The message when all of it is in memory. `resolveOutgoing` has looked at it. */
function piecesOf({ fields, separator, body }: RawMessage): readonly Uint8Array[] | undefined {
  if (body.bytes === undefined) return undefined;
  if (body.byteLength !== undefined && body.byteLength !== body.bytes.length) {
    throw lengthMismatch(body.byteLength, body.bytes.length);
  }
  return [...fields.map(({ bytes }) => bytes), separator, body.bytes];
}

function checkedChunks(
  raw: RawMessage,
  options: {
    readonly isBinary: boolean;
    readonly signal: AbortSignal | undefined;
    readonly totalBytes: number | undefined;
    readonly limit: number | undefined;
  },
): AsyncIterable<Uint8Array> {
  const { isBinary, signal, totalBytes, limit } = options;
  const chunks = rawChunks(raw, { signal });
  return measured(isBinary ? chunks : guardLineEnds(chunks), {
    declaredBytes: totalBytes,
    limitBytes: limit,
  });
}

/** Lines, which every server takes, unless chunks are needed, wanted, or spare a round trip. */
function formOf(
  { settings, offer }: Connection,
  message: {
    readonly isBinary: boolean;
    readonly pipelining: boolean;
    readonly recipients: "each" | "all";
    readonly count: number;
  },
): NonNullable<TransactionOptions["content"]> {
  if (message.isBinary) return "chunks"; // RFC 3030 §3
  if (!offers(offer, "CHUNKING")) return "lines";
  if (settings.chunking === "prefer") return "chunks";
  if (!message.pipelining) return "lines";
  if (settings.flight === "eager") return "chunks";
  const isAll = message.recipients === "all" && message.count > 1;
  return isAll && settings.protocol !== "lmtp" ? "chunks" : "lines";
}
