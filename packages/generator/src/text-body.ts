/** How a text is written: its charset, its transfer encoding and its line ends. */
import { isAscii, utf8 } from "@letterwright/base/bytes";
import { encodeBase64, encodeQuotedPrintable } from "@letterwright/base/codec";
import type { TransferEncoding } from "@letterwright/message";
import { hardLineLimit, type Policy } from "./policy.ts";

/** A body as bytes, and what its fields must say about them. */
export interface EncodedText {
  readonly bytes: Uint8Array;
  readonly charset: "us-ascii" | "utf-8";
  readonly encoding: TransferEncoding;
}

/**
 * A text in the plainest encoding that carries it unharmed: as it is when its lines are short and
 * nothing in it is at risk; else quoted-printable or base64, whichever is shorter.
 *
 * CRLF, LF and CR all end a line; written, each is the policy's line end.
 */
export function encodeText(text: string, policy: Policy): EncodedText {
  const canonical = withCrlf(text);
  const bytes = utf8(canonical);
  const ascii = bytes.length === canonical.length && isAscii(canonical);
  const charset = ascii ? "us-ascii" : "utf-8";
  const isSafe = isLineSafe(bytes);
  if (isSafe && ascii)
    return { bytes: withLineEnd(bytes, canonical, policy), charset, encoding: "7bit" };
  if (isSafe && policy.transferEncoding === "8bit") {
    return { bytes: withLineEnd(bytes, canonical, policy), charset, encoding: "8bit" };
  }
  const lineEnd = utf8(policy.lineEnd);
  const lineLength = policy.limits.bodyLine;
  const quoted = encodeQuotedPrintable(bytes, { lineLength, lineEnd });
  const inBase64 = Math.ceil(bytes.length / 3) * 4 * (1 + lineEnd.length / lineLength);
  if (quoted.length <= inBase64) return { bytes: quoted, charset, encoding: "quoted-printable" };
  // RFC 2045 §6.8: the text is made canonical, with CRLF, before it is encoded.
  const encoded = encodeBase64(bytes, { lineLength: lineLength - (lineLength % 4), lineEnd });
  return { bytes: encoded, charset, encoding: "base64" };
}

/**
 * Whether the bytes can travel as they are: no line over 998 octets, no control character but tab,
 * CR and LF, and no line that starts with "From ", which mbox files alter.
 */
function isLineSafe(bytes: Uint8Array): boolean {
  let lineStart = 0;
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at] as number;
    if (octet === 0x0a) {
      if (at - 1 - lineStart > hardLineLimit) return false;
      lineStart = at + 1;
    } else if (octet < 0x20 && octet !== 0x09 && octet !== 0x0d) return false;
    else if (octet === 0x7f) return false;
    else if (octet === 0x46 && at === lineStart && startsWithFrom(bytes, at)) return false;
  }
  return bytes.length - lineStart <= hardLineLimit;
}

function startsWithFrom(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at + 1] === 0x72 &&
    bytes[at + 2] === 0x6f &&
    bytes[at + 3] === 0x6d &&
    bytes[at + 4] === 0x20
  );
}

function withLineEnd(bytes: Uint8Array, canonical: string, policy: Policy): Uint8Array {
  return policy.lineEnd === "\r\n" ? bytes : utf8(canonical.replaceAll("\r\n", policy.lineEnd));
}

function withCrlf(text: string): string {
  if (!text.includes("\n") && !text.includes("\r")) return text;
  return text.replace(/\r\n|\r|\n/g, "\r\n");
}
