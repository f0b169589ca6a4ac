/** The field Content-Length of a message in a mailbox file of the form mboxcl2. */
import { octetText } from "@letterwright/base/bytes";

const lf = 0x0a;
const cr = 0x0d;

/** Fields are looked at no further. */
const mostHead = 2 * 1024 * 1024;

/**
 * Where the body of the message behind the "From " line at `start` begins, and how long it is said to be.
 * `"unknown"` when its fields are not all there, `undefined` when none says it.
 */
export function lengthsFieldOf(
  octets: Uint8Array,
  start: number,
): { readonly bodyStart: number; readonly bytes: number } | "unknown" | undefined {
  let bytes: number | undefined;
  let feed = octets.indexOf(lf, start);
  if (feed === -1) return "unknown";
  for (let at = feed + 1; at - start < mostHead; at = feed + 1) {
    feed = octets.indexOf(lf, at);
    if (feed === -1) return "unknown";
    if (feed === at || (feed === at + 1 && octets[at] === cr)) {
      return bytes === undefined ? undefined : { bodyStart: feed + 1, bytes };
    }
    const first = (octets[at] as number) | 0x20;
    if (first !== 0x63 || feed - at > 100) continue;
    const match = /^content-length:[ \t]*(\d{1,15})[ \t\r]*$/i.exec(
      octetText(octets.subarray(at, feed)),
    );
    if (match !== null) bytes ??= Number(match[1]);
  }
  return undefined;
}
