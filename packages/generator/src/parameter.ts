/** Parameters of MIME fields: RFC 2045 §5.1, RFC 2231 for what does not fit there. */
import { isAscii, utf8, utf8Length } from "@letterwright/base/bytes";
import { isToken } from "@letterwright/base/grammar";
import { quoteString } from "@letterwright/message";
import { charactersOf } from "./encoded-word.ts";

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
    const plain = `${name}=${isToken(value) ? value : quoteString(value)}`;
    if (isWhole || utf8Length(plain) <= rules.room) return [plain];
    return continuations(name, value, rules.room);
  }
  const extended = `${name}*=utf-8''${percentEncode(value)}`;
  return extended.length <= rules.room
    ? [extended]
    : extendedContinuations(name, value, rules.room);
}

/** Whether a quoted-string can carry it: ASCII, and nothing that a reader takes for an encoded-word. */
function isPlain(value: string, utf8Allowed: boolean): boolean {
  return (utf8Allowed || isAscii(value)) && !value.includes("=?");
}

function continuations(name: string, value: string, room: number): readonly string[] {
  const pieces: string[] = [];
  let part = "";
  const flush = (): void => {
    pieces.push(`${name}*${pieces.length}=${quoteString(part)}`);
    part = "";
  };
  for (const character of value) {
    const index = String(pieces.length);
    if (
      part !== "" &&
      utf8Length(quoteString(part + character)) + name.length + index.length + 2 > room
    )
      flush();
    part += character;
  }
  flush();
  return pieces;
}

function extendedContinuations(name: string, value: string, room: number): readonly string[] {
  const pieces: string[] = [];
  let part = "utf-8''"; // the charset stands in section 0 only
  let holdsCharacter = false;
  const flush = (): void => {
    pieces.push(`${name}*${pieces.length}*=${part}`);
    part = "";
    holdsCharacter = false;
  };
  for (const character of charactersOf(value, 12)) {
    const encoded = percentEncode(character);
    const head = `${name}*${pieces.length}*=`.length;
    if (holdsCharacter && head + part.length + encoded.length > room) flush();
    part += encoded;
    holdsCharacter = true;
  }
  flush();
  return pieces;
}

/** RFC 2231 §7 `attribute-char` stands for itself; "*", "'" and "%" never do. */
function percentEncode(text: string): string {
  let encoded = "";
  for (const octet of utf8(text)) {
    const character = String.fromCharCode(octet);
    if (octet < 128 && isToken(character) && !"*'%".includes(character)) encoded += character;
    else encoded += `%${octet.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}
