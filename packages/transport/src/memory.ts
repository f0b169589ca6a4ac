/** A transport that keeps what it is given: for tests, and for looking at what would be sent. */
import { concatBytes, utf8Text } from "@letterwright/base/bytes";
import {
  bareOffer,
  isNamed,
  type Envelope,
  type Outgoing,
  type RawField,
  type RawMessage,
  type ServerOffer,
  type ServerReply,
} from "@letterwright/message";
import { outgoingChunks } from "./outgoing-chunks.ts";
import { resolveOutgoing } from "./outgoing.ts";
import { createSendings } from "./sending.ts";
import type { SendOptions, SendReceipt, Transport } from "./transport.ts";
import { wishesOf, type MailWishes } from "./wishes.ts";

/** One message that a {@link MemoryTransport} was given, with what MAIL would have said beyond the envelope. */
export interface SentMessage extends MailWishes {
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
  const sendings = createSendings();

  async function keep(
    outgoing: Outgoing,
    envelope: Envelope,
    given: SendOptions,
  ): Promise<SendReceipt> {
    const started = Date.now();
    const wishes = wishesOf(given, offer);
    const raw = await resolveOutgoing(outgoing, offer);
    const chunks: Uint8Array[] = [];
    for await (const chunk of outgoingChunks(raw, given)) chunks.push(chunk);
    const bytes = concatBytes(chunks);
    sent.push(Object.freeze({ envelope, bytes, ...wishes }));
    const id = messageIdOf(raw);
    return Object.freeze({
      accepted: envelope.recipients.map(({ mailbox }) => ({ mailbox, reply })),
      refused: [],
      unknown: [],
      acceptedBy: "memory",
      reply,
      protection: { kind: "local" as const },
      byteLength: bytes.length,
      durationMs: Date.now() - started,
      timings: {},
      ...(id === undefined ? {} : { messageId: id }),
    });
  }

  return {
    sent,
    send: (outgoing, envelope, given = {}) =>
      sendings.run(given.signal, (signal) => keep(outgoing, envelope, { ...given, signal })),
    close: sendings.close,
    [Symbol.asyncDispose]: () => sendings.close(),
  };
}

/** The Message-ID of a raw message, for its receipt. */
export function messageIdOf(raw: RawMessage): string | undefined {
  const { fields, head } = raw;
  if (head?.messageId !== undefined) return head.messageId;
  for (let at = 0; at < fields.length; at++) {
    const one = fields[at] as RawField;
    if (!isNamed(one, "Message-ID")) continue;
    const text = utf8Text(one.bytes);
    return text.slice(text.indexOf(":") + 1).trim();
  }
  return undefined;
}
