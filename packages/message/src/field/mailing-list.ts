/** What a mailing list says of itself: RFC 2369, RFC 2919, RFC 8058. */
import type { Report } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import { isAscii } from "@letterwright/base/bytes";
import { isDotAtom } from "@letterwright/base/grammar";
import { decodeWords, type CharsetDecoder } from "@letterwright/base/codec";
import { defineField, type FieldDefinition } from "./definition.ts";
import { keyword } from "./keyword.ts";
import { FieldScanner } from "./scanner.ts";
import { fieldText } from "./text.ts";
import { trimBlanks } from "./unstructured.ts";
import type { FieldUnit } from "./unit.ts";

/** The identity of a list, RFC 2919 §2. */
export interface ListId {
  /** `"news.example.com"`, without angle brackets. */
  readonly id: string;
  /** What people call the list. */
  readonly name?: string;
}

export const listId: FieldDefinition<ListId, ListId | string> = /* @__PURE__ */ defineField<
  ListId,
  ListId | string
>("List-Id", {
  of: (input: ListId | string) => {
    const { id, name } = typeof input === "string" ? { id: input, name: undefined } : input;
    if (!isDotAtom(id) || !isAscii(id) || !id.includes(".") || id.length > 255) {
      throw new UsageError(`${JSON.stringify(id)} does not identify a list`, {
        code: "LIST_ID_INVALID",
        hint: "It looks like a domain, news.example.com for example, of at most 255 octets (RFC 2919 §2).",
      });
    }
    if (name === undefined) return Object.freeze({ id });
    return Object.freeze({ id, name: fieldText(name, "List-Id") });
  },
  format: ({ id, name }) => [
    ...(name === undefined ? [] : [{ kind: "phrase", text: name } as const]),
    { kind: "token", text: `<${id}>` },
  ],
  syntax: "list-id",
});

export const listHelp: FieldDefinition<readonly string[]> = /* @__PURE__ */ uris("List-Help");
export const listUnsubscribe: FieldDefinition<readonly string[]> =
  /* @__PURE__ */ uris("List-Unsubscribe");
export const listSubscribe: FieldDefinition<readonly string[]> =
  /* @__PURE__ */ uris("List-Subscribe");
export const listOwner: FieldDefinition<readonly string[]> = /* @__PURE__ */ uris("List-Owner");
export const listArchive: FieldDefinition<readonly string[]> = /* @__PURE__ */ uris("List-Archive");
/** Where to post; an empty list says that nobody may, `NO` (RFC 2369 §3.4). */
export const listPost: FieldDefinition<readonly string[]> = /* @__PURE__ */ uris("List-Post", "NO");

/** That an unsubscription needs no more than a POST to the https address of List-Unsubscribe (RFC 8058 §3.1). */
export const listUnsubscribePost: FieldDefinition<"List-Unsubscribe=One-Click"> = keyword(
  "List-Unsubscribe-Post",
  ["List-Unsubscribe=One-Click"],
);

/** URIs in angle brackets, in order of preference, with commas between (RFC 2369 §2). */
function uris(name: string, none?: "NO"): FieldDefinition<readonly string[]> {
  return defineField<readonly string[]>(name, {
    of: (addresses: readonly string[]) => {
      if (addresses.length === 0 && none === undefined) throw invalidUri("", name);
      for (const address of addresses) if (!isListUri(address)) throw invalidUri(address, name);
      return Object.freeze([...addresses]);
    },
    format: (addresses) => {
      if (addresses.length === 0) return [{ kind: "token", text: none ?? "" }];
      return addresses.flatMap((address, at): readonly FieldUnit[] => [
        ...(at === 0 ? [] : [{ kind: "token", text: ",", glued: true } as const]),
        { kind: "token", text: `<${address}>` },
      ]);
    },
    syntax: none === undefined ? "uris" : "uris-or-no",
  });
}

export function readListId(
  wire: string,
  report: Report,
  charsets?: CharsetDecoder,
): ListId | undefined {
  const open = wire.lastIndexOf("<");
  const close = wire.indexOf(">", open);
  if (open === -1 || close === -1 || trimBlanks(wire.slice(close + 1)) !== "") {
    report("FIELD_SYNTAX", 0, "expected an identifier in angle brackets at the end (RFC 2919 §3)");
    return undefined;
  }
  const id = trimBlanks(wire.slice(open + 1, close));
  const name = phraseText(trimBlanks(wire.slice(0, open)));
  return Object.freeze(name === "" ? { id } : { id, name: decodeWords(name, report, charsets) });
}

/** RFC 2369 §3.4: `NO` stands for no URI at all. */
export function readUrisOrNo(wire: string, report: Report): readonly string[] {
  const scanner = new FieldScanner(wire, report);
  scanner.skipBlanks();
  if (wire.slice(scanner.at, scanner.at + 2).toUpperCase() !== "NO") return readUris(wire, report);
  scanner.at += 2;
  scanner.end();
  return Object.freeze([]);
}

export function readUris(wire: string, report: Report): readonly string[] {
  const scanner = new FieldScanner(wire, report);
  const found: string[] = [];
  do {
    scanner.skipBlanks();
    if (!scanner.take("<")) {
      // RFC 2369 §2: what is not understood ends the reading.
      scanner.fault('expected "<" and a URI (RFC 2369 §2)');
      break;
    }
    const address = scanner.run((code) => code !== 0x3e);
    if (!scanner.take(">")) scanner.fault('this "<" is not closed');
    // RFC 2369 §2: blanks inside are folding and are taken out.
    const uri = address.split(/[ \t\r\n]/).join("");
    if (isListUri(uri)) found.push(uri);
    else scanner.fault("this is no URI (RFC 3986 §3)");
    scanner.skipBlanks();
  } while (scanner.take(","));
  scanner.end();
  return Object.freeze(found);
}

/** A scheme, and nothing that would end the angle brackets or the line. */
function isListUri(text: string): boolean {
  if (text.length > 990 || !/^[!-+\--;=?-~]*$/.test(text)) return false;
  const colon = text.indexOf(":");
  return colon > 0 && colon < text.length - 1 && URL.canParse(text);
}

function invalidUri(found: string, name: string): UsageError {
  return new UsageError(`${name}: ${JSON.stringify(found)} is not an absolute URI`, {
    code: "LIST_URI_INVALID",
    hint: "Write https://… or mailto:…; a comma or an angle bracket in it has to be percent-encoded (RFC 2369 §2).",
  });
}

/** A phrase without its quotes. */
function phraseText(phrase: string): string {
  if (!phrase.startsWith('"')) return phrase;
  return new FieldScanner(phrase, () => undefined).quotedString();
}
