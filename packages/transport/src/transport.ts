/** The port through which a finished message leaves, whatever carries it. */
import type {
  AcceptedRecipient,
  Envelope,
  Outgoing,
  RefusedRecipient,
  ServerReply,
} from "@letterwright/message";

/** Options of {@link Transport.send}. */
export interface SendOptions {
  /** Ends the sending; it rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Called as bytes of the message leave. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
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

/** What became of a message that was accepted for at least one recipient. */
export interface SendReceipt {
  readonly accepted: readonly AcceptedRecipient[];
  readonly refused: readonly RefusedRecipient[];
  /** The Message-ID that was sent, when the message has one. */
  readonly messageId?: string;
  /** Who took it: `"smtp.example.com:465"`, or a folder. */
  readonly acceptedBy: string;
  /** The server's final reply. "250" means accepted, not delivered. */
  readonly reply: ServerReply;
  readonly protection: Protection;
  /** Bytes of the message that were sent, before any dot-stuffing. */
  readonly byteLength: number;
  readonly durationMs: number;
}

/** Something that can carry finished messages. */
export interface Transport extends AsyncDisposable {
  /**
   * Sends one message to one envelope.
   *
   * Rejects with a {@link DeliveryError} when a recipient was refused; those who were accepted stand
   * in its receipt and have been served.
   */
  send(message: Outgoing, envelope: Envelope, options?: SendOptions): Promise<SendReceipt>;
  /** Lets what is under way end, and gives back what is held. May be called twice. */
  close(options?: CloseOptions): Promise<void>;
}
