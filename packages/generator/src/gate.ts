/**
 * The last look at the bytes before they leave, always on.
 *
 * Whatever a caller put in, the bytes hold the fields that were meant and no others, the policy's line
 * ends and no others, and no line over the limit. A violation is a fault of this package.
 */
import { cr, lf } from "@letterwright/base/bytes";
import { LetterwrightError } from "@letterwright/base/error";
import { hardLineLimit, type Policy } from "./policy.ts";

/** Checks one header field: a line, and continuation lines that start with a blank (RFC 5322 §2.2.3). */
export function checkField(bytes: Uint8Array, policy: Policy): void {
  const found = faultInLines(bytes, policy, policy.utf8Fields);
  if (found !== undefined) throw fault(`${found} in a field`);
  const lastEnd = bytes.length - policy.lineEnd.length;
  for (let feed = bytes.indexOf(lf); feed !== -1; feed = bytes.indexOf(lf, feed + 1)) {
    if (feed === bytes.length - 1) break;
    const next = bytes[feed + 1];
    if (next !== 0x20 && next !== 0x09) throw fault("a field that would be read as two");
  }
  if (lastEnd < 0 || bytes[bytes.length - 1] !== lf) throw fault("a field without a line end");
}

/** Checks body bytes that were written here. */
export function checkBody(bytes: Uint8Array, policy: Policy): void {
  const found = faultInLines(bytes, policy, policy.transferEncoding === "8bit");
  if (found !== undefined) throw fault(`${found} in a body`);
}

/** What about these lines breaks the policy; `undefined` when nothing does. */
export function faultInLines(
  bytes: Uint8Array,
  policy: Policy,
  eightBit: boolean,
): string | undefined {
  const usesCr = policy.lineEnd === "\r\n";
  let lineStart = 0;
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at] as number;
    if (octet > 0x7f) {
      if (!eightBit) return "an octet above 127";
    } else if (octet === cr) {
      if (!usesCr || bytes[at + 1] !== lf) return "a bare CR";
    } else if (octet === lf) {
      if (usesCr && bytes[at - 1] !== cr) return "a bare LF";
      if (at - (usesCr ? 1 : 0) - lineStart > hardLineLimit) return "a line over 998 octets";
      lineStart = at + 1;
    } else if (octet === 0) return "a NUL";
  }
  return bytes.length - lineStart > hardLineLimit ? "a line over 998 octets" : undefined;
}

function fault(what: string): LetterwrightError {
  return new LetterwrightError(`the generator was about to write ${what}`, {
    code: "GENERATOR_FAULT",
    hint: "Nothing was sent. This is a fault of the generator: please report it with the message that shows it.",
  });
}
