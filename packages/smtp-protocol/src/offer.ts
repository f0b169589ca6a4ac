/** What an EHLO reply offers: RFC 5321 §4.1.1.1. */
import type { ServerOffer, ServerReply } from "@letterwright/message";

/**
 * The extensions of an EHLO reply. Its first line greets and offers nothing, whatever words it holds.
 */
export function offerOf(reply: ServerReply): ServerOffer {
  const keywords = new Map<string, readonly string[]>();
  for (const line of reply.text.split("\n").slice(1)) {
    const [first = "", ...parameters] = line.split(" ").filter((word) => word !== "");
    // QUIRK: "AUTH=LOGIN PLAIN" stands for "AUTH LOGIN PLAIN" in servers from before RFC 2554.
    const isOldAuth = first.toUpperCase().startsWith("AUTH=");
    const keyword = isOldAuth ? "AUTH" : first.toUpperCase();
    if (!isKeyword(keyword)) continue;
    const given = isOldAuth ? [first.slice("AUTH=".length), ...parameters] : parameters;
    keywords.set(keyword, Object.freeze([...(keywords.get(keyword) ?? []), ...given]));
  }
  return Object.freeze({ keywords });
}

/** The SASL mechanisms of the offer in upper case, each once, in the server's order. */
export function mechanismsOf(offer: ServerOffer): readonly string[] {
  return [...new Set((offer.keywords.get("AUTH") ?? []).map((name) => name.toUpperCase()))];
}

/** `ehlo-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")` */
function isKeyword(text: string): boolean {
  if (text === "" || text.startsWith("-")) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isFit = (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x2d;
    if (!isFit) return false;
  }
  return true;
}
