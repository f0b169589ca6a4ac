/** Programs that put a certificate of their own in the place of the server's. */
import type { CertificateReport } from "./certificate.ts";

/** As they write themselves into the issuer of what they make; asOf 2026-11. */
const products: readonly (readonly [pattern: RegExp, product: string])[] = [
  [/\bavast\b/i, "Avast"],
  [/\bAVG\b/, "AVG"],
  [/\bkaspersky\b/i, "Kaspersky"],
  [/\bESET\b/, "ESET"],
  [/\bnorton\b|\bsymantec web\b/i, "Norton"],
  [/\bbitdefender\b/i, "Bitdefender"],
  [/\bdr\.?\s?web\b/i, "Dr.Web"],
  [/\bsophos\b/i, "Sophos"],
  [/\bfortinet\b|\bfortigate\b/i, "Fortinet"],
  [/\bzscaler\b/i, "Zscaler"],
  [/\bnetskope\b/i, "Netskope"],
  [/\bpalo alto networks\b/i, "Palo Alto Networks"],
  [/\bcisco umbrella\b/i, "Cisco Umbrella"],
  [/\bblue\s?coat\b/i, "Blue Coat"],
  [/\bmcafee web gateway\b/i, "McAfee Web Gateway"],
];

/** The product that an issuer of the chain names; only worth asking when nobody trusted vouches for it. */
export function middleboxIn(chain: readonly CertificateReport[]): string | undefined {
  const issuers = chain.map(({ issuer }) => issuer).join("\n");
  return products.find(([pattern]) => pattern.test(issuers))?.[1];
}
