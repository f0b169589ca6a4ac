/** Message identifiers, RFC 5322 §3.6.4; a Content-ID has the same form (RFC 2045 §7). */
import { UsageError } from "@letterwright/base/error";
import { isDotAtom } from "@letterwright/base/grammar";
import { isAscii } from "@letterwright/base/bytes";
import { asciiDomain } from "./domain.ts";

/** `<left@right>`, angle brackets included. */
export type MessageId = `<${string}@${string}>`;

/** 16 random bytes; the default takes them from the platform's cryptographic source. */
export type RandomBytes = (length: number) => Uint8Array;

/** Random bytes of the platform, `crypto.getRandomValues`. */
export const platformRandom: RandomBytes = (length) =>
  crypto.getRandomValues(new Uint8Array(length));

/**
 * A new identifier: 128 random bits, and the domain that vouches for its being unique. Neither time,
 * process nor host name is in it.
 *
 * @throws {UsageError} `ADDRESS_DOMAIN_INVALID`
 */
export function createMessageId(domain: string, random: RandomBytes = platformRandom): MessageId {
  const right = domain.startsWith("[") ? domain : asciiDomain(domain);
  return `<${hexOf(random(16))}@${right}>`;
}

/**
 * The text, when it is one identifier in angle brackets.
 *
 * @throws {UsageError} `MESSAGE_ID_INVALID`
 */
export function assertMessageId(text: string, where: string): MessageId {
  if (isMessageId(text)) return text;
  throw new UsageError(`${where}: ${JSON.stringify(text)} is not a message identifier`, {
    code: "MESSAGE_ID_INVALID",
    hint: "Write it as <left@right> with the angle brackets, without blanks (RFC 5322 §3.6.4).",
  });
}

function isMessageId(text: string): text is MessageId {
  if (!text.startsWith("<") || !text.endsWith(">") || text.length > 990 || !isAscii(text))
    return false;
  const at = text.lastIndexOf("@");
  const left = text.slice(1, at);
  const right = text.slice(at + 1, -1);
  if (at === -1 || !isDotAtom(left)) return false;
  return (
    isDotAtom(right) ||
    (right.startsWith("[") && right.endsWith("]") && isLiteralText(right.slice(1, -1)))
  );
}

/** RFC 5322 §3.6.4 `no-fold-literal`: printable US-ASCII but brackets and backslash. */
function isLiteralText(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 33 || code > 126 || (code >= 0x5b && code <= 0x5d)) return false;
  }
  return true;
}

/** Bytes as lower-case hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const octet of bytes) text += octet.toString(16).padStart(2, "0");
  return text;
}
