/** One field more, made over the final bytes: what signs a message. */
import { cr, lf } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import type { RawField, RawMessage } from "@letterwright/message";

/**
 * Gives one field to stand above all others, such as a signature (RFC 6376 §3.5), made over the message as it
 * will leave: after it was fitted to what the server offers, Bcc taken out, CRLF everywhere. It may open the
 * body; content that exists only once (`once`) cannot then be sent any more.
 */
export type Sign = (
  raw: RawMessage,
  options: { readonly signal?: AbortSignal | undefined },
) => RawField | Promise<RawField>;

/**
 * The message with what `sign` gives on top; nothing else of it is touched.
 *
 * Rejects with `MAILER_SIGNATURE_INVALID` when that is not one whole field (RFC 5322 §2.2).
 */
export async function signed(
  raw: RawMessage,
  sign: Sign,
  signal: AbortSignal | undefined,
): Promise<RawMessage> {
  const field = await sign(raw, { signal });
  const fault = faultOf(field, raw.requires.has("SMTPUTF8"));
  if (fault !== undefined) {
    throw new UsageError(`what \`sign\` gave is not one field: ${fault}`, {
      code: "MAILER_SIGNATURE_INVALID",
      hint: "Give { name, bytes }: the name, a colon, the value folded with CRLF and a blank, and a CRLF at the end.",
    });
  }
  return Object.freeze({ ...raw, fields: Object.freeze([field, ...raw.fields]) });
}

function faultOf({ name, bytes }: RawField, mayBeUtf8: boolean): string | undefined {
  if (!/^[!-9;-~]+$/.test(name)) return "it has no name that a field may have";
  const start = new TextDecoder().decode(bytes.subarray(0, name.length + 1));
  if (start !== `${name}:`) return "its bytes do not begin with its name and a colon";
  let lineStart = 0;
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at] ?? 0;
    if (octet === 0) return "it has a NUL";
    if (octet >= 0x80 && !mayBeUtf8) return "it has octets that are not ASCII";
    if (octet !== cr && octet !== lf) continue;
    if (octet === lf || bytes[at + 1] !== lf) return "it has a CR or LF that is no CRLF";
    if (at - lineStart > 998) return "a line of it is longer than 998 octets";
    if (isBlank(bytes.subarray(lineStart, at))) return "a line of it is blank";
    at++;
    lineStart = at + 1;
    if (lineStart === bytes.length) return undefined;
    if (!isWhite(bytes[lineStart])) return "a line of it does not begin with a blank";
  }
  return "it does not end with CRLF";
}

function isBlank(line: Uint8Array): boolean {
  return line.every((octet) => isWhite(octet));
}

function isWhite(octet: number | undefined): boolean {
  return octet === 0x20 || octet === 0x09;
}
