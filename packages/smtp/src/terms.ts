/** What a server's offer comes to for the messages of a connection: read once, and not for each of them. */
import { offers, sizeLimitOf, type ServerOffer } from "@letterwright/message";
import { limitsOf, type SessionLimits } from "@letterwright/smtp-protocol";

/** An offer that was read. */
export interface Terms {
  readonly limits: SessionLimits;
  /** The largest message, in octets; `undefined` when there is no fixed limit. */
  readonly sizeLimit: number | undefined;
  readonly hasSize: boolean;
  readonly hasPipelining: boolean;
  readonly hasChunks: boolean;
  readonly hasUtf8: boolean;
}

export function termsOf(offer: ServerOffer): Terms {
  return {
    limits: limitsOf(offer),
    sizeLimit: sizeLimitOf(offer),
    hasSize: offers(offer, "SIZE"),
    hasPipelining: offers(offer, "PIPELINING"),
    hasChunks: offers(offer, "CHUNKING"),
    hasUtf8: offers(offer, "SMTPUTF8"),
  };
}
