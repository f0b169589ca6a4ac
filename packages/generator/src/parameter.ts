/** Parameters of MIME fields: RFC 2045 §5.1, RFC 2231 for what does not fit there. */
import { assertWellFormed, isAscii, utf8Length } from "@letterwright/base/bytes";
import { isToken } from "@letterwright/base/grammar";
import { quoteString } from "@letterwright/message";
import { clusterStart } from "./encoded-word.ts";

// Readers need these whole to read anything else; RFC 2231 would split them out of their sight.
const neverSplit: ReadonlySet<string> = new Set([
  "boundary",
  "charset",
  "type",
  "start",
  "protocol",
  "micalg",
  "method",
]);

/**
 * A parameter as one or more `name=value` pieces, without the ";" between. A character, or the three
 * octets of a percent-encoding, are never split (RFC 2231 §3, §4).
 */
export function writeParameter(
  name: string,
  value: string,
  rules: { readonly utf8: boolean; readonly room: number },
): readonly string[] {
  const isWhole = neverSplit.has(name) && isAscii(value);
  if (isWhole || isPlain(value, rules.utf8)) {
    const plain = `${name}=${isBare(value) ? value : quoteString(value)}`;
    if (isWhole || utf8Length(plain) <= rules.room) return [plain];
    return sections(name, value, rules.room, false);
  }
  const extended = `${name}*=utf-8''${percentEncode(value)}`;
  return extended.length <= rules.room ? [extended] : sections(name, value, rules.room, true);
}

/** Whether a quoted-string can carry it: ASCII, and nothing that a reader takes for an encoded-word. */
function isPlain(value: string, utf8Allowed: boolean): boolean {
  return (utf8Allowed || isAscii(value)) && !value.includes("=?");
}

/** A token; but some readers see RFC 2231 in "*", "'" and "%", and the quotes cost nothing. */
function isBare(value: string): boolean {
  return isToken(value) && !/[*'%]/.test(value);
}

/** RFC 2231 §3 and §4: sections that are quoted, or percent-encoded, in which case the first says the charset. */
function sections(
  name: string,
  value: string,
  room: number,
  isEncoded: boolean,
): readonly string[] {
  const write = isEncoded ? percentEncode : quoteString;
  const quotes = isEncoded ? 0 : 2;
  const mark = isEncoded ? "*" : "";
  const pieces: string[] = [];
  for (let at = 0; at < value.length;) {
    const head = `${name}*${pieces.length}${mark}=${isEncoded && at === 0 ? "utf-8''" : ""}`;
    let next = at;
    for (let left = room - head.length - quotes; next < value.length;) {
      const pair = value.charCodeAt(next) >> 10 === 0x36 ? 2 : 1;
      left -= utf8Length(write(value.slice(next, next + pair))) - quotes;
      if (left < 0 && next > at) break;
      next += pair;
    }
    if (next < value.length) next = clusterStart(value, at, next);
    pieces.push(head + write(value.slice(at, next)));
    at = next;
  }
  return pieces;
}

/** RFC 2231 §7: what is no `attribute-char` is encoded; "*", "'" and "%" are none. */
function percentEncode(text: string): string {
  assertWellFormed(text);
  return text.replaceAll(/[^\w!#$&+.^`{|}~-]/gu, (character) =>
    // Four that stand for themselves in a URI.
    "*'()".includes(character)
      ? `%${character.charCodeAt(0).toString(16).toUpperCase()}`
      : encodeURIComponent(character),
  );
}
