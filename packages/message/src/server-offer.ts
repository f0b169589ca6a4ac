/** What a server said in its EHLO reply, RFC 5321 §4.1.1.1. */

/** The offer of one session, after TLS when there is TLS. */
export interface ServerOffer {
  /** EHLO keywords in upper case, each with its parameters as given. Empty after HELO. */
  readonly keywords: ReadonlyMap<string, readonly string[]>;
}

/** An offer of no extension at all: what is left when nothing is known. */
export const bareOffer: ServerOffer = Object.freeze({
  keywords: new Map<string, readonly string[]>(),
});

/** Whether the server offers the extension; whole keywords only, in any case. */
export function offers(offer: ServerOffer, keyword: string): boolean {
  return offer.keywords.has(keyword.toUpperCase());
}

/**
 * The largest message the server takes, in octets (RFC 1870 §4). `undefined` when it does not say, or
 * says 0: no fixed limit.
 */
export function sizeLimitOf(offer: ServerOffer): number | undefined {
  const digits = offer.keywords.get("SIZE")?.[0];
  if (digits === undefined || !/^[0-9]{1,20}$/.test(digits)) return undefined;
  const limit = Number(digits);
  return limit > 0 ? limit : undefined;
}

/** Parameters of a command (RFC 5321 §4.1.2): keyword to value, `true` for a keyword that stands alone. */
export type ExtensionParameters = Readonly<Record<string, string | true>>;
