/** The port through which a finished message leaves, whatever carries it. */
import type {
  AcceptedRecipient,
  Envelope,
  ExtensionParameters,
  Mailbox,
  Outgoing,
  RefusedRecipient,
  ServerOffer,
  ServerReply,
} from "@letterwright/message";

/**
 * Options of {@link Transport.send}. A transport that cannot keep one of them says so by a typed error; none
 * is passed over.
 */
export interface SendOptions {
  /** Ends the sending; it rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Called as bytes of the message leave. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Whether one refused recipient voids the sending. Default: what the transport was made with, `"each"`. */
  readonly recipients?: "each" | "all" | undefined;
  /**
   * What happens when the envelope asks for reports in some way, and the server does not offer DSN (RFC 3461).
   * Default `"required"`: an error, before anything is sent. `"ifOffered"` sends without the wish.
   */
  readonly dsn?: "required" | "ifOffered" | undefined;
  /**
   * `true` asks every hop of the way for verified TLS (REQUIRETLS, RFC 8689): where it cannot be had, the message
   * comes back rather than travel without. An error when this hop cannot. Default `false`.
   */
  readonly requireTls?: boolean | undefined;
  /**
   * Parameters of MAIL that belong to extensions this family does not know, made for what the server offers:
   * `(offer) => offers(offer, "MT-PRIORITY") ? { "MT-PRIORITY": "3" } : {}` (RFC 6710).
   */
  readonly mailParameters?: ((offer: ServerOffer) => ExtensionParameters) | undefined;
}

/** How much of a message has left. */
export interface Progress {
  readonly sentBytes: number;
  /** Known when every part knows its length beforehand. */
  readonly totalBytes?: number;
}

/** Options of {@link Transport.close}. */
export interface CloseOptions {
  readonly signal?: AbortSignal | undefined;
}

/** How the way to the server was protected. */
export type Protection =
  /** Nothing was encrypted: anyone on the path could read and change it. */
  | { readonly kind: "none" }
  | {
      readonly kind: "tls";
      /** `"TLSv1.3"` */
      readonly protocol: string;
      readonly cipher: string;
      /** The name that the certificate was checked against; absent when it was not checked. */
      readonly verifiedName?: string;
      /**
       * Who vouched for the server: the system's store, Mozilla's, an authority that was given, a pin alone; or
       * nobody, because any certificate was accepted.
       */
      readonly trustSource: "system" | "mozilla" | "given" | "pin" | "nobody";
    }
  /** It never left this process or machine. */
  | { readonly kind: "local" };

/**
 * How long each phase took, in milliseconds. A phase that did not happen in this sending is absent: a connection
 * that was open already has neither the first nor the second.
 */
export interface SendTimings {
  /** Looking the name up and connecting. */
  readonly connectMs?: number;
  /** The TLS handshake. */
  readonly tlsMs?: number;
  /** From the connection to the offer: greeting and EHLO, and STARTTLS without its handshake. */
  readonly greetingMs?: number;
  readonly loginMs?: number;
  /** From the first byte of the envelope until it is answered, or the content may follow. */
  readonly envelopeMs?: number;
  /** From there to the final reply. */
  readonly contentMs?: number;
}

/** What became of a message that was accepted for at least one recipient. */
export interface SendReceipt {
  readonly accepted: readonly AcceptedRecipient[];
  readonly refused: readonly RefusedRecipient[];
  /**
   * Recipients of whom nobody knows whether they have it. Empty in a receipt that `send` resolves with; an
   * {@link OutcomeUnknownError} has a receipt with some.
   */
  readonly unknown: readonly Mailbox[];
  /** The Message-ID that was sent, when the message has one. */
  readonly messageId?: string;
  /** What the server calls the message in its log, when its final reply says so in a form that is known. */
  readonly queueId?: string;
  /** Who took it: `"smtp.example.com:465"`, or a folder. */
  readonly acceptedBy: string;
  /** The server's final reply. "250" means accepted, not delivered. */
  readonly reply: ServerReply;
  readonly protection: Protection;
  /** Bytes of the message that were sent, before any dot-stuffing. */
  readonly byteLength: number;
  readonly durationMs: number;
  readonly timings: SendTimings;
}

/** What is known of a message whose end may have left and was not answered for all: the final reply may lack. */
export type UncertainReceipt = Omit<SendReceipt, "reply"> & { readonly reply?: ServerReply };

/** Something that can carry finished messages. */
export interface Transport extends AsyncDisposable {
  /**
   * Sends one message to one envelope.
   *
   * Rejects with a {@link DeliveryError} when a recipient was refused; those who were accepted stand
   * in its receipt and have been served. Rejects with an {@link OutcomeUnknownError} when the message may have
   * been taken, and nobody said so.
   */
  send(message: Outgoing, envelope: Envelope, options?: SendOptions): Promise<SendReceipt>;
  /** Lets what is under way end, and gives back what is held. May be called twice. */
  close(options?: CloseOptions): Promise<void>;
}
