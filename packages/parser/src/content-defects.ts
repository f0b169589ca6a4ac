/** What is wrong with the content of a leaf. */
import { isAsciiBytes } from "@letterwright/base/bytes";
import { decodeCharset } from "@letterwright/base/codec";
import {
  contentTransferEncoding,
  contentType,
  field,
  findField,
  typeOf,
} from "@letterwright/message";
import type { PartContent } from "./content.ts";
import { defectOf, type MessageDefect, type MessageDefectCode } from "./defect.ts";
import type { PlacedPart } from "./placed-part.ts";

export function contentDefects({
  part,
  layout,
  path,
  offsetOf,
}: PlacedPart): readonly MessageDefect[] {
  const { body } = part;
  if (body.kind !== "bytes") return [];
  const found: MessageDefect[] = [];
  const start = layout.bodyStart;
  const source = body.source as PartContent;
  for (const { code, index, message } of source.defects) {
    found.push(defectOf(code as MessageDefectCode, offsetOf(start + index), message, path));
  }
  if (isAsciiBytes(source.bytes)) return found;
  const encoding = findField(part, contentTransferEncoding);
  const declared = encoding === undefined ? "7bit" : field(part, contentTransferEncoding);
  if (declared === "7bit") {
    const at = source.bytes.findIndex((octet) => octet > 127);
    found.push(defectOf("BODY_EIGHT_BIT", offsetOf(start + at), undefined, path));
  }
  const charset = field(part, contentType)?.parameters["charset"];
  if (charset === undefined || !typeOf(part).startsWith("text/")) return found;
  decodeCharset(
    source.bytes,
    charset,
    (code, _index, message) => found.push(defectOf(code, offsetOf(start), message, path)),
    body.charsets,
  );
  return found;
}
