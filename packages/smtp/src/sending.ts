/** One message over a connection that is ready for it: looked at first, and then sent. */
import { concatBytes } from "@letterwright/base/bytes";
import {
  offers,
  rawByteLength,
  rawChunks,
  sizeLimitOf,
  type Envelope,
  type Outgoing,
  type RawMessage,
} from "@letterwright/message";
import {
  transaction,
  type TransactionOptions,
  type TransactionResult,
} from "@letterwright/smtp-protocol";
import {
  checkedOutgoing,
  guardLineEnds,
  messageIdOf,
  type SendOptions,
  type SendReceipt,
} from "@letterwright/transport";
import type { Connection, Timings } from "./connection.ts";
import type { Content } from "./content.ts";
import { lengthMismatch, measured } from "./measured.ts";
import { parametersOf, type Said } from "./parameters.ts";
import { receiptOf } from "./receipt.ts";
import type { Run } from "./run.ts";
import { harmless } from "./watch.ts";

/** A send that may have begun before there was a connection. */
export interface Sending {
  readonly outgoing: Outgoing;
  readonly envelope: Envelope;
  readonly options: SendOptions;
  /** On the clock of `performance.now()`. */
  readonly startedMs: number;
}

/** A message that was written for a connection's offer, and that nothing stands in the way of. */
export interface Prepared {
  readonly raw: RawMessage;
  /** All of it, when it is in memory. */
  readonly pieces: readonly Uint8Array[] | undefined;
  readonly totalBytes: number | undefined;
  readonly said: Said;
}

/** How a transaction goes over the line. */
export interface Way {
  /** MAIL, RCPTs and DATA together; `false` waits for each reply. */
  readonly pipelining: boolean;
  /** Whether the content goes along with the envelope, where it can. */
  readonly flight: "grouped" | "eager";
  /** `false` where chunks are not wanted, though they are offered; content that is no lines needs them. */
  readonly chunking: boolean | "prefer";
  /** Whether a transaction may have been left open before it (RFC 5321 §4.1.1.5). */
  readonly reset: boolean;
}

/** What is told of a sending, in the turn in which it is known. */
export interface SendingWatch {
  /** The end of its content is written: another may follow it. */
  readonly ended: () => void;
  readonly accepted: (receipt: SendReceipt) => void;
  readonly failed: (reason: unknown) => void;
}

/**
 * Writes the message for the offer and looks at it. At once, unless the message is given by a promise.
 *
 * Throws, or rejects with, what `checkedOutgoing` and `parametersOf` say.
 */
export function prepare(connection: Connection, sending: Sending): Prepared | Promise<Prepared> {
  const { outgoing, options } = sending;
  const made = typeof outgoing === "function" ? outgoing(connection.offer) : outgoing;
  if (!(made instanceof Promise)) return looked(connection, sending, made);
  return connection.exchange.whileOpen(
    () => made.then((raw) => looked(connection, sending, raw)),
    "envelope",
    options.signal,
  );
}

function looked(connection: Connection, sending: Sending, raw: RawMessage): Prepared {
  checkedOutgoing(raw, connection.offer);
  const pieces = piecesOf(raw);
  const totalBytes = pieces === undefined ? rawByteLength(raw) : lengthOf(pieces);
  const { envelope, options } = sending;
  const said = parametersOf(raw, envelope, connection, { ...options, totalBytes });
  return { raw, pieces, totalBytes, said };
}

/** Sends what was prepared for this connection; the connection stays open. */
export function begin(
  connection: Connection,
  sending: Sending,
  { raw, pieces, totalBytes, said }: Prepared,
  way: Way,
  timings: Timings,
  watch: SendingWatch,
): Readonly<Run> {
  const { exchange, settings, offer, place, protection } = connection;
  const { envelope, options } = sending;
  const onProgress = harmless(options.onProgress);
  const beganMs = performance.now();
  let contentMs: number | undefined;
  let sentBytes = 0;
  const isBinary = raw.requires.has("BINARYMIME");
  const { signal } = options;
  const content: Content = {
    ...(pieces === undefined
      ? { chunks: checkedChunks(raw, { isBinary, signal, totalBytes, limit: sizeLimitOf(offer) }) }
      : { pieces }),
    isBinary,
    isWatched: onProgress !== undefined,
    onBytes(count) {
      contentMs ??= performance.now();
      sentBytes = count;
      onProgress?.({ sentBytes, ...(totalBytes === undefined ? {} : { totalBytes }) });
    },
  };
  const recipients = options.recipients ?? settings.recipients;
  const isLmtp = settings.protocol === "lmtp";
  const dialog = transaction({
    envelope,
    parameters: said.parameters,
    dsn: said.dsn,
    pipelining: way.pipelining,
    recipients,
    content: formOf(way, {
      isBinary,
      hasChunks: offers(offer, "CHUNKING"),
      isAll: recipients === "all" && envelope.recipients.length > 1 && !isLmtp,
    }),
    flight: way.flight,
    lmtp: isLmtp,
    reset: way.reset,
  });
  const resolve = (result: TransactionResult): void => {
    const endedMs = performance.now();
    timings.envelopeMs = (contentMs ?? endedMs) - beganMs;
    if (contentMs !== undefined) timings.contentMs = endedMs - contentMs;
    const messageId = messageIdOf(raw);
    let receipt: SendReceipt;
    try {
      receipt = receiptOf(result, envelope, {
        ...(messageId === undefined ? {} : { messageId }),
        acceptedBy: place.label,
        protection,
        byteLength: sentBytes,
        durationMs: endedMs - sending.startedMs,
        timings: Object.freeze(timings),
      });
    } catch (error) {
      watch.failed(error);
      return;
    }
    watch.accepted(receipt);
  };
  const run = { stage: "envelope", content, signal, ended: watch.ended } as const;
  return exchange.start(dialog, run, { resolve, reject: watch.failed });
}

/** The message when all of it is in memory. `checkedOutgoing` has looked at it. */
function piecesOf({ fields, separator, body }: RawMessage): readonly Uint8Array[] | undefined {
  if (body.bytes === undefined) return undefined;
  if (body.byteLength !== undefined && body.byteLength !== body.bytes.length) {
    throw lengthMismatch(body.byteLength, body.bytes.length);
  }
  const head = concatBytes([...fields.map(({ bytes }) => bytes), separator]);
  return [head, body.bytes];
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
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
  { chunking, pipelining, flight }: Way,
  message: {
    readonly isBinary: boolean;
    readonly hasChunks: boolean;
    /** Whether DATA would have to wait until each of several recipients is accepted. */
    readonly isAll: boolean;
  },
): NonNullable<TransactionOptions["content"]> {
  if (message.isBinary) return "chunks"; // RFC 3030 §3
  if (!message.hasChunks || chunking === false) return "lines";
  if (chunking === "prefer") return "chunks";
  if (!pipelining) return "lines";
  return flight === "eager" || message.isAll ? "chunks" : "lines";
}
