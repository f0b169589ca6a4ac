/** A transport that keeps what it is given: for tests, and for looking at what would be sent. */
import { concatBytes } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import {
  bareOffer,
  rawChunks,
  type Envelope,
  type Outgoing,
  type RawMessage,
  type ServerOffer,
  type ServerReply,
} from "@letterwright/message";
import { guardLineEnds, resolveOutgoing } from "./outgoing.ts";
import type { SendOptions, SendReceipt, Transport } from "./transport.ts";

/** One message that a {@link MemoryTransport} was given. */
export interface SentMessage {
  readonly envelope: Envelope;
  /** The message as it would have gone out, without dot-stuffing. */
  readonly bytes: Uint8Array;
}

/** A transport that keeps every message in memory, in the order of sending. */
export interface MemoryTransport extends Transport {
  readonly sent: readonly SentMessage[];
}

/** Options of {@link memoryTransport}. */
export interface MemoryTransportOptions {
  /** What the pretended server offers. Default: nothing, so messages are written in 7-bit form. */
  readonly offer?: ServerOffer;
}

/**
 * A transport that sends nothing anywhere.
 *
 * @example
 * ```ts
 * import { memoryTransport } from "@letterwright/transport";
 *
 * const transport = memoryTransport();
 * transport.sent.length; // => 0
 * ```
 */
export function memoryTransport(options: MemoryTransportOptions = {}): MemoryTransport {
  const offer = options.offer ?? bareOffer;
  const sent: SentMessage[] = [];
  const reply: ServerReply = Object.freeze({ code: 250, text: "kept in memory" });
  let closed = false;

  async function send(
    outgoing: Outgoing,
    envelope: Envelope,
    { signal, onProgress }: SendOptions = {},
  ): Promise<SendReceipt> {
    const started = Date.now();
    signal?.throwIfAborted();
    if (closed) throw closedError();
    const raw = await resolveOutgoing(outgoing, offer);
    const chunks: Uint8Array[] = [];
    let sentBytes = 0;
    for await (const chunk of checked(raw, signal)) {
      chunks.push(chunk);
      sentBytes += chunk.length;
      onProgress?.({ sentBytes });
    }
    sent.push(Object.freeze({ envelope, bytes: concatBytes(chunks) }));
    const id = messageIdOf(raw);
    return Object.freeze({
      accepted: envelope.recipients.map(({ mailbox }) => ({ mailbox, reply })),
      refused: [],
      unknown: [],
      acceptedBy: "memory",
      reply,
      protection: { kind: "local" as const },
      byteLength: sentBytes,
      durationMs: Date.now() - started,
      timings: {},
      ...(id === undefined ? {} : { messageId: id }),
    });
  }

  async function close(): Promise<void> {
    closed = true;
  }

  return { sent, send, close, [Symbol.asyncDispose]: close };
}

function checked(raw: RawMessage, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
  const chunks = rawChunks(raw, { signal });
  return raw.requires.has("BINARYMIME") ? chunks : guardLineEnds(chunks);
}

/** The Message-ID of a raw message, for its receipt. */
export function messageIdOf(raw: RawMessage): string | undefined {
  const found = raw.fields.find(({ name }) => name.toLowerCase() === "message-id");
  if (found === undefined) return undefined;
  const text = new TextDecoder().decode(found.bytes);
  return text.slice(text.indexOf(":") + 1).trim();
}

function closedError(): UsageError {
  return new UsageError("this transport is closed", {
    code: "TRANSPORT_CLOSED",
    hint: "Send before you close it, or make another.",
  });
}
