/** What a part holds, as far as finding the ends of parts needs it. */
import { octetText } from "@letterwright/base/bytes";
import { isBoundary } from "@letterwright/base/grammar";
import { contentTransferEncoding, contentType, readField } from "@letterwright/message";
import type { StructureDefectCode } from "../defect.ts";
import type { BodyEncoding, BodyKind } from "./sink.ts";

/** What a Content-Type says about structure. */
export interface ContentKind {
  readonly main: "leaf" | "multipart" | "message";
  readonly subtype: string;
  readonly boundary: string | undefined;
  readonly defects: readonly StructureDefectCode[];
}

/** What nearly every multipart says: its boundary and nothing else. */
const usualForm =
  /^[ \t]*multipart\/([A-Za-z-]+);[ \t\r\n]*boundary=(?:"([^"\\\r\n]+)"|([A-Za-z0-9'+_.-]+))[ \t]*\r?\n?$/i;

const noDefects: readonly StructureDefectCode[] = [];

const leaf: ContentKind = { main: "leaf", subtype: "", boundary: undefined, defects: [] };

/** What the absence of a Content-Type means in multipart/digest (RFC 2046 §5.1.5). */
export const digestKind: ContentKind = {
  main: "message",
  subtype: "rfc822",
  boundary: undefined,
  defects: [],
};

/** Reads the value of a Content-Type. What neither multipart nor message can be is not looked at further. */
export function contentKindOf(octets: Uint8Array, start: number, end: number): ContentKind {
  let at = start;
  while (at < end && isSpace(octets[at] as number)) at++;
  const first = at < end ? (octets[at] as number) | 0x20 : 0;
  const isLetter = first >= 0x61 && first <= 0x7a;
  if (isLetter && first !== 0x6d) return leaf;
  const wire = octetText(octets, start, end);
  const usual = usualForm.exec(wire);
  if (usual !== null) {
    const [, subtype = "", quoted, token = ""] = usual;
    const boundary = quoted ?? token;
    if (isBoundary(boundary)) {
      return { main: "multipart", subtype: subtype.toLowerCase(), boundary, defects: noDefects };
    }
  }
  const type = readField(contentType, wire).value;
  if (type === undefined) return leaf;
  const slash = type.type.indexOf("/");
  const main = type.type.slice(0, slash);
  const subtype = type.type.slice(slash + 1);
  if (main === "message") return { main, subtype, boundary: undefined, defects: [] };
  if (main !== "multipart") return leaf;
  const defects: StructureDefectCode[] = [];
  if (namesTwoBoundaries(wire)) defects.push("BOUNDARY_AMBIGUOUS");
  // RFC 2046 §5.1.1: blanks at its end were added on the way.
  const boundary = withoutBlanksAtEnd(type.parameters["boundary"] ?? "");
  if (boundary === "")
    return { main, subtype, boundary: undefined, defects: [...defects, "BOUNDARY_MISSING"] };
  if (!isBoundary(boundary)) defects.push("BOUNDARY_IRREGULAR");
  return { main, subtype, boundary, defects };
}

/** Whether the parameter stands in two forms, RFC 2231 §4 and plain, or twice in one. */
function namesTwoBoundaries(wire: string): boolean {
  if (wire.toLowerCase().indexOf("boundary") === wire.toLowerCase().lastIndexOf("boundary"))
    return false;
  const names = [...wire.matchAll(/;\s*boundary(\*\d{1,4})?(\*)?\s*=/gi)];
  const sections = names.map(([, section]) => section ?? "");
  return new Set(sections).size < sections.length || (sections.length > 1 && sections.includes(""));
}

function withoutBlanksAtEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === " " || text[end - 1] === "\t")) end--;
  return text.slice(0, end);
}

/** Reads the value of a Content-Transfer-Encoding, RFC 2045 §6.1. What is unknown leaves octets as they are. */
export function encodingOf(octets: Uint8Array, start: number, end: number): BodyEncoding {
  let from = start;
  let to = end;
  while (from < to && isSpace(octets[from] as number)) from++;
  while (to > from && isSpace(octets[to - 1] as number)) to--;
  if (isWord(octets, from, to, "quoted-printable")) return "quoted-printable";
  if (isWord(octets, from, to, "base64")) return "base64";
  if (isWord(octets, from, to, "7bit") || isWord(octets, from, to, "8bit")) return "identity";
  const wire = octetText(octets, start, end);
  const plain = wire.trim().toLowerCase();
  const name = plain.includes("(") ? readField(contentTransferEncoding, wire).value : plain;
  return name === "base64" || name === "quoted-printable" ? name : "identity";
}

/** Whether these octets are the word as most write it, in lower case. */
function isWord(octets: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let at = 0; at < word.length; at++) {
    if (octets[start + at] !== word.charCodeAt(at)) return false;
  }
  return true;
}

function isSpace(octet: number): boolean {
  return octet === 0x20 || octet === 0x09 || octet === 0x0d || octet === 0x0a;
}

const leafBodies: Readonly<Record<string, BodyKind>> = {
  // RFC 2046 §5.2.1, RFC 6532 §3.7, and an old one (RFC 5537 §6.4.1)
  rfc822: "message",
  global: "message",
  news: "message",
  // RFC 3464, RFC 8098, RFC 5965, RFC 6533, RFC 3886
  "delivery-status": "field-groups",
  "disposition-notification": "field-groups",
  "feedback-report": "field-groups",
  "global-delivery-status": "field-groups",
  "global-disposition-notification": "field-groups",
  "tracking-status": "field-groups",
};

/** How the body of a part of this kind is read. */
export function bodyKindOf(kind: ContentKind | undefined, encoding: BodyEncoding): BodyKind {
  if (kind === undefined || kind.main === "leaf") return "leaf";
  if (kind.main === "multipart") return kind.boundary === undefined ? "leaf" : "multipart";
  const body = Object.hasOwn(leafBodies, kind.subtype) ? leafBodies[kind.subtype] : undefined;
  if (body === undefined) return "leaf";
  return body === "message" && encoding !== "identity" ? "encoded-message" : body;
}
