/** What a server limits itself to: RFC 9422. */
import type { ServerOffer } from "@letterwright/message";

/** Limits of a session. What the server does not say, or says in a way that cannot be read, is absent. */
export interface SessionLimits {
  /** Transactions in one connection (§4.1). */
  readonly mails?: number;
  /** Recipients in one transaction (§4.2). */
  readonly recipients?: number;
  /** Different domains among the recipients of one connection (§4.3). */
  readonly recipientDomains?: number;
}

const names: Readonly<Record<string, keyof SessionLimits>> = {
  MAILMAX: "mails",
  RCPTMAX: "recipients",
  RCPTDOMAINMAX: "recipientDomains",
};

/**
 * The limits of the offer. A limit that is unknown, or whose value is no number from 1 to 999999, is passed over
 * (RFC 9422 §3).
 */
export function limitsOf(offer: ServerOffer): SessionLimits {
  const limits: { -readonly [Key in keyof SessionLimits]: SessionLimits[Key] } = {};
  for (const word of offer.keywords.get("LIMITS") ?? []) {
    const equals = word.indexOf("=");
    const name = names[word.slice(0, Math.max(0, equals)).toUpperCase()];
    const digits = word.slice(equals + 1);
    if (name !== undefined && /^[1-9][0-9]{0,5}$/.test(digits)) limits[name] = Number(digits);
  }
  return Object.freeze(limits);
}
