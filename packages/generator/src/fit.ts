/** Fitting a policy to what a server offers. */
import { needsUtf8Fields, offers, type Message, type ServerOffer } from "@letterwright/message";
import type { Policy } from "./policy.ts";

/** A policy for one server, and why it is so. */
export interface FittedPolicy {
  readonly policy: Policy;
  /** One sentence a decision. */
  readonly reasons: readonly string[];
}

/**
 * The policy for this message and this offer: eight bits where the server takes them (RFC 6152), binary where the
 * policy asks for it and the server offers BINARYMIME with CHUNKING (RFC 3030 §3), UTF-8 fields only where
 * an address needs them and the server takes them (RFC 6531 §3.1), CRLF always. Seven bits are what remains, and
 * are always valid.
 *
 * @example
 * ```ts
 * import { fit, smtpPolicy } from "@letterwright/generator";
 * import { bareOffer, message } from "@letterwright/message";
 *
 * const { reasons } = fit(smtpPolicy, bareOffer, message({ from: "ana@example.com" }));
 * reasons; // => ["7-bit text: the server does not offer 8BITMIME"]
 * ```
 */
export function fit(policy: Policy, offer: ServerOffer, mail: Message): FittedPolicy {
  const reasons: string[] = [];
  const hasEightBit = offers(offer, "8BITMIME");
  const hasBinary = offers(offer, "BINARYMIME") && offers(offer, "CHUNKING");
  const transferEncoding =
    policy.transferEncoding === "binary" && hasBinary ? "binary" : hasEightBit ? "8bit" : "7bit";
  if (policy.transferEncoding === "binary") {
    reasons.push(
      hasBinary
        ? "binary content: the server offers BINARYMIME and CHUNKING"
        : "no binary content: the server does not offer both BINARYMIME and CHUNKING",
    );
  }
  if (transferEncoding !== "binary") {
    reasons.push(
      hasEightBit
        ? "8-bit text: the server offers 8BITMIME"
        : "7-bit text: the server does not offer 8BITMIME",
    );
  }
  const needsUtf8 = needsUtf8Fields(mail);
  const utf8Fields = needsUtf8 && offers(offer, "SMTPUTF8");
  if (needsUtf8) {
    reasons.push(
      utf8Fields
        ? "UTF-8 fields: an address needs them and the server offers SMTPUTF8"
        : "ASCII fields, though an address needs UTF-8: the server does not offer SMTPUTF8",
    );
  } else if (policy.utf8Fields) {
    reasons.push("ASCII fields: no address needs UTF-8, and not every server further on takes it");
  }
  if (policy.lineEnd !== "\r\n") {
    reasons.push("lines end with CRLF: SMTP has no other line end (RFC 5321 §2.3.8)");
  }
  return {
    policy: policy.with({ lineEnd: "\r\n", transferEncoding, utf8Fields }),
    reasons: Object.freeze(reasons),
  };
}
