/** One message over a connection that is ready for it: looked at first, and then sent. */
import {
  headBytes,
  rawByteLength,
  rawChunks,
  writeHeadInto,
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
  type Progress,
  type SendOptions,
  type SendReceipt,
  type SendTimings,
} from "@letterwright/transport";
import type { Connection, Timings } from "./connection.ts";
import { wholeBytes } from "./content-writer.ts";
import type { Content } from "./content.ts";
import { lengthMismatch, measured } from "./measured.ts";
import { parametersOf, type Said } from "./parameters.ts";
import { receiptOf } from "./receipt.ts";
import type { Run, Settling } from "./run.ts";
import { stretchedOf, type Stretched } from "./stretched.ts";
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
  /** The same where some of it is made as it leaves. */
  readonly stretched: Stretched | undefined;
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
  ended(): void;
  accepted(receipt: SendReceipt): void;
  failed(reason: unknown): void;
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
  let pieces: readonly Uint8Array[] | undefined;
  let totalBytes: number | undefined;
  const unmade = (raw.body.byteLength ?? 0) > smallBytes ? stretchedOf(raw) : undefined;
  if (unmade === undefined) {
    const written = writtenInto(connection, raw);
    checkedOutgoing(raw, connection.offer, written);
    pieces = written === undefined ? piecesOf(raw) : [written];
    totalBytes = pieces === undefined ? rawByteLength(raw) : lengthOf(pieces);
  } else {
    checkedOutgoing(raw, connection.offer, unmade.looked);
    totalBytes = unmade.content.byteLength;
  }
  const said = parametersOf(raw, sending.envelope, connection, sending.options, totalBytes);
  return { raw, pieces, stretched: unmade?.content, totalBytes, said };
}

/**
 * Sends what was prepared for this connection; the connection stays open. `timings` are those of the connection, for
 * the first message over it.
 */
export function begin(
  connection: Connection,
  sending: Sending,
  prepared: Prepared,
  way: Way,
  timings: Timings | undefined,
  watch: SendingWatch,
): Readonly<Run> {
  const { exchange, settings, terms } = connection;
  const { envelope, options } = sending;
  const isBinary = prepared.raw.requires.has("BINARYMIME");
  const recipients = options.recipients ?? settings.recipients;
  const isLmtp = settings.protocol === "lmtp";
  const isAll = recipients === "all" && envelope.recipients.length > 1 && !isLmtp;
  const dialog = transaction({
    envelope,
    parameters: prepared.said.parameters,
    dsn: prepared.said.dsn,
    pipelining: way.pipelining,
    recipients,
    content: formOf(way, isBinary, terms.hasChunks, isAll),
    flight: way.flight,
    lmtp: isLmtp,
    reset: way.reset,
  });
  const delivery = new Delivery(connection, sending, prepared, isBinary, timings, watch);
  const run = { stage: "envelope", content: delivery, signal: options.signal } as const;
  return exchange.start(dialog, run, delivery);
}

/** A message on its way over a connection: what is written of it, and what its result becomes. */
class Delivery implements Content, Settling<TransactionResult> {
  /** Gone when they are written: many wait for their answers at once. */
  pieces: readonly Uint8Array[] | undefined;
  stretched: Stretched | undefined;
  readonly chunks: AsyncIterable<Uint8Array> | undefined;
  readonly isBinary: boolean;
  readonly isWatched: boolean;
  readonly #connection: Connection;
  readonly #sending: Sending;
  readonly #messageId: string | undefined;
  readonly #totalBytes: number | undefined;
  readonly #timings: Timings | undefined;
  readonly #watch: SendingWatch;
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #beganMs: number = performance.now();
  #contentMs: number | undefined = undefined;
  #sentBytes: number = 0;

  constructor(
    connection: Connection,
    sending: Sending,
    prepared: Prepared,
    isBinary: boolean,
    timings: Timings | undefined,
    watch: SendingWatch,
  ) {
    this.pieces = prepared.pieces;
    this.stretched = prepared.stretched;
    this.chunks =
      prepared.pieces === undefined && prepared.stretched === undefined
        ? checkedChunks(prepared, isBinary, sending.options.signal, connection.terms.sizeLimit)
        : undefined;
    this.isBinary = isBinary;
    this.#onProgress = harmless(sending.options.onProgress);
    this.isWatched = this.#onProgress !== undefined;
    this.#connection = connection;
    this.#sending = sending;
    this.#messageId = messageIdOf(prepared.raw);
    this.#totalBytes = prepared.totalBytes;
    this.#timings = timings;
    this.#watch = watch;
  }

  onBytes(count: number): void {
    this.#contentMs ??= performance.now();
    this.#sentBytes = count;
    if (this.#onProgress === undefined) return;
    const totalBytes = this.#totalBytes;
    this.#onProgress(
      totalBytes === undefined ? { sentBytes: count } : { sentBytes: count, totalBytes },
    );
  }

  ended(): void {
    this.pieces = undefined;
    this.stretched = undefined;
    this.#watch.ended();
  }

  resolve(result: TransactionResult): void {
    const { place, protection } = this.#connection;
    const { envelope, startedMs } = this.#sending;
    const endedMs = performance.now();
    let receipt: SendReceipt;
    try {
      receipt = receiptOf(result, envelope, {
        messageId: this.#messageId,
        acceptedBy: place.label,
        protection,
        byteLength: this.#sentBytes,
        durationMs: endedMs - startedMs,
        timings: this.#timed(endedMs),
      });
    } catch (error) {
      this.#watch.failed(error);
      return;
    }
    this.#watch.accepted(receipt);
  }

  reject(reason: unknown): void {
    this.#watch.failed(reason);
  }

  #timed(endedMs: number): SendTimings {
    const contentMs = this.#contentMs === undefined ? undefined : endedMs - this.#contentMs;
    const envelopeMs = (this.#contentMs ?? endedMs) - this.#beganMs;
    if (this.#timings === undefined && contentMs !== undefined) {
      return Object.freeze({ envelopeMs, contentMs });
    }
    const timings: Timings = { ...this.#timings, envelopeMs };
    if (contentMs !== undefined) timings.contentMs = contentMs;
    return Object.freeze(timings);
  }
}

/** Up to so much shares its memory with other messages. */
const smallBytes = 16_384;
/** From here on it is worth memory of its own, which the connection keeps. */
const largeBytes = 65_536;

/** A message whose octets are not made yet: into memory of the connection, so that no other is needed. */
function writtenInto({ exchange }: Connection, raw: RawMessage): Uint8Array | undefined {
  const { body } = raw;
  if (body.writeInto === undefined) return undefined;
  const totalBytes = rawByteLength(raw);
  if (totalBytes === undefined || totalBytes > wholeBytes) return undefined;
  const isSmall = totalBytes <= smallBytes;
  if (!isSmall && totalBytes < largeBytes) return undefined;
  const whole = isSmall ? exchange.slab.take(totalBytes) : exchange.memoryFor(totalBytes);
  const end = body.writeInto(whole, writeHeadInto(whole, 0, raw));
  if (end !== totalBytes) throw lengthMismatch(totalBytes, end);
  return whole;
}

/** The message when all of it is in memory. `checkedOutgoing` has looked at it. */
function piecesOf(raw: RawMessage): readonly Uint8Array[] | undefined {
  const { body } = raw;
  if (body.bytes === undefined) return undefined;
  if (body.byteLength !== undefined && body.byteLength !== body.bytes.length) {
    throw lengthMismatch(body.byteLength, body.bytes.length);
  }
  return [headBytes(raw), body.bytes];
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

function checkedChunks(
  { raw, totalBytes }: Prepared,
  isBinary: boolean,
  signal: AbortSignal | undefined,
  limitBytes: number | undefined,
): AsyncIterable<Uint8Array> {
  const chunks = rawChunks(raw, { signal });
  return measured(isBinary ? chunks : guardLineEnds(chunks), {
    declaredBytes: totalBytes,
    limitBytes,
  });
}

/**
 * Lines, which every server takes, unless chunks are needed, wanted, or spare a round trip. `isAll`: DATA would have
 * to wait until each of several recipients is accepted.
 */
function formOf(
  { chunking, pipelining, flight }: Way,
  isBinary: boolean,
  hasChunks: boolean,
  isAll: boolean,
): NonNullable<TransactionOptions["content"]> {
  if (isBinary) return "chunks"; // RFC 3030 §3
  if (!hasChunks || chunking === false) return "lines";
  if (chunking === "prefer") return "chunks";
  if (!pipelining) return "lines";
  return flight === "eager" || isAll ? "chunks" : "lines";
}
