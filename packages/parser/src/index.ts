/**
 * Bytes to a message, whatever they are.
 *
 * RFC 5322 (fields, obsolete syntax), RFC 2045 and 2046 (parts, encodings), RFC 2047 and 2231 (words,
 * parameters), RFC 6532 (UTF-8 fields), RFC 3464, 6522 and 8098 (reports), RFC 4155 (mailbox files).
 */
export { parse } from "./parse.ts";
export type { ParsedMessage, ParseOptions } from "./parse.ts";

// From a stream.
export { parseStream } from "./stream.ts";
export { memorySpool } from "./spool.ts";
export type { ParseStreamOptions, StreamedMessage } from "./stream.ts";
export type { Spool } from "./spool.ts";

// Event by event.
export { createEventParser, parseEvents } from "./events.ts";
export type { EventParser, EventParserOptions, ParseEvent } from "./events.ts";
export type { BodyEncoding, BodyForm, BodyKind, ContentRole, PartRole } from "./scan/sink.ts";

// Reports.
export { readBounce } from "./bounce.ts";
export { readDeliveryStatus, readDispositionNotification } from "./delivery-status.ts";
export type { Bounce } from "./bounce.ts";
export type {
  DeliveryAction,
  DeliveryCode,
  DeliveryStatus,
  DispositionNotification,
  RecipientStatus,
} from "./delivery-status.ts";

// Mailbox files.
export { readMbox } from "./mbox.ts";
export { writeMbox } from "./write-mbox.ts";
export type { MboxFormat, MboxMessage, ReadMboxOptions } from "./mbox.ts";
export type { MboxEntry, WriteMboxOptions } from "./write-mbox.ts";

// What is wrong, and how much is too much.
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
