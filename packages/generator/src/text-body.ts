/** How a text is written: its charset, its transfer encoding and its line ends. */
import { isAsciiBytes, utf8 } from "@letterwright/base/bytes";
import { encodeBase64, encodeCharset, encodeQuotedPrintable } from "@letterwright/base/codec";
import type { TextBody, TransferEncoding } from "@letterwright/message";
import { hardLineLimit, type Policy } from "./policy.ts";

/** A body as bytes, and what its fields must say about them. */
export interface EncodedText {
  readonly bytes: Uint8Array;
  readonly charset: string;
  readonly encoding: TransferEncoding;
}

/**
 * A text in the plainest encoding that carries it unharmed: as it is when its lines are short and
 * nothing in it is at risk; else quoted-printable or base64, whichever is shorter.
 *
 * CRLF, LF and CR all end a line; written, each is the policy's line end.
 */
export function encodeText(body: TextBody, policy: Policy): EncodedText {
  const isExact = body.lineEnds === "exact" && hasForeignLineEnds(body.text);
  const canonical = isExact ? body.text : withCrlf(body.text);
  const bytes =
    body.charset === undefined ? utf8(canonical) : encodeCharset(canonical, body.charset);
  const ascii = isAsciiBytes(bytes);
  const charset = body.charset ?? (ascii ? "us-ascii" : "utf-8");
  const isSafe = !isExact && isLineSafe(bytes);
  if (isSafe && ascii) return { bytes: withLineEnd(bytes, policy), charset, encoding: "7bit" };
  if (isSafe && policy.transferEncoding === "8bit") {
    return { bytes: withLineEnd(bytes, policy), charset, encoding: "8bit" };
  }
  const lineEnd = utf8(policy.lineEnd);
  const lineLength = policy.limits.bodyLine;
  if (!isExact) {
    const quoted = encodeQuotedPrintable(bytes, { lineLength, lineEnd });
    const inBase64 = Math.ceil(bytes.length / 3) * 4 * (1 + lineEnd.length / lineLength);
    if (quoted.length <= inBase64) return { bytes: quoted, charset, encoding: "quoted-printable" };
  }
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

/** Bytes whose line ends are CRLF with those of the policy. */
function withLineEnd(bytes: Uint8Array, policy: Policy): Uint8Array {
  return policy.lineEnd === "\r\n" ? bytes : bytes.filter((octet) => octet !== 0x0d);
}

/** Whether a CR or LF stands alone, which only an encoding keeps. */
function hasForeignLineEnds(text: string): boolean {
  return text.replaceAll("\r\n", "").search(/[\r\n]/) !== -1;
}

function withCrlf(text: string): string {
  if (!text.includes("\n") && !text.includes("\r")) return text;
  return text.replace(/\r\n|\r|\n/g, "\r\n");
}
