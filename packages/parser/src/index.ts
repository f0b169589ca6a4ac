/**
 * Bytes to a message, whatever they are.
 *
 * RFC 5322 (fields, obsolete syntax), RFC 2045 and 2046 (parts, encodings), RFC 2047 and 2231 (words,
 * parameters), RFC 6532 (UTF-8 fields), RFC 3464, 6522 and 8098 (reports), RFC 4155 (mailbox files).
 */
export { parse } from "./parse.ts";
export type { ParsedMessage, ParseOptions } from "./parse.ts";
export type {
  DefectSeverity,
  FieldDefectCode,
  MessageDefect,
  MessageDefectCode,
  OctetDefectCode,
  StructureDefectCode,
} from "./defect.ts";
export { defaultLimits } from "./scan/limits.ts";
export type { ParseLimits } from "./scan/limits.ts";
