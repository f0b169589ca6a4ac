/** What a message may have wrong with it. */
import type { Defect } from "@letterwright/base/defect";
import type {
  Base64DefectCode,
  CharsetDefectCode,
  EncodedWordDefectCode,
  ParameterDefectCode,
  QuotedPrintableDefectCode,
} from "@letterwright/base/codec";
import type { AddressDefectCode } from "@letterwright/message";

/** What the structure of a message may have wrong. */
export type StructureDefectCode =
  | "BOUNDARY_AMBIGUOUS"
  | "BOUNDARY_DUPLICATE"
  | "BOUNDARY_IRREGULAR"
  | "BOUNDARY_MISSING"
  | "BOUNDARY_PREFIX"
  | "CLOSE_DELIMITER_MISSING"
  | "DELIMITER_AFTER_CLOSE"
  | "ENVELOPE_LINE_MISPLACED"
  | "FIELD_LINE_CONTINUES_NOTHING"
  | "FIELD_NAME_BLANK"
  | "FIELD_NAME_MISSING"
  | "MESSAGE_ENCODED"
  | "MULTIPART_ENCODED"
  | "SEPARATOR_MISSING"
  | "START_DELIMITER_MISSING";

/** What the octets of a message may have wrong, wherever they stand. */
export type OctetDefectCode =
  | "BODY_EIGHT_BIT"
  | "CARRIAGE_RETURN_BARE"
  | "LINE_ENDS_MIXED"
  | "LINE_TOO_LONG"
  | "NUL_OCTET";

/** What the fields of a message may have wrong, beside what their syntax says. */
export type FieldDefectCode =
  | "ENCODING_DUPLICATE"
  | "ENCODING_UNKNOWN"
  | "FIELD_DUPLICATE"
  | "FIELD_EIGHT_BIT"
  | "FIELD_EMPTY_VALUE"
  | "FIELD_HAS_CONTROL"
  | "FIELD_SYNTAX"
  | "FILENAME_AMBIGUOUS"
  | "FROM_AMBIGUOUS"
  | "FROM_MISSING"
  | "PARAMETERS_TOO_MANY";

/** Every defect that a parser reports. */
export type MessageDefectCode =
  | StructureDefectCode
  | OctetDefectCode
  | FieldDefectCode
  | AddressDefectCode
  | Base64DefectCode
  | CharsetDefectCode
  | EncodedWordDefectCode
  | ParameterDefectCode
  | QuotedPrintableDefectCode;

/**
 * How bad it is. `"tolerable"`: every reader reads the same. `"damaged"`: something could not be read, or only
 * in part. `"ambiguous"`: readers differ in what they see, so what one checks is not what another shows.
 */
export type DefectSeverity = "tolerable" | "damaged" | "ambiguous";

/** One finding: `index` is the offset, in octets from the beginning of what was read. */
export interface MessageDefect extends Defect<MessageDefectCode> {
  readonly severity: DefectSeverity;
  /** The rule that is broken, `"RFC 2046 §5.1.1"`. */
  readonly section: string;
  /** The part in which it was found, as `walk` and `partAt` count; absent for what concerns the structure. */
  readonly path?: string;
}

type Row = readonly [severity: DefectSeverity, section: string, message: string];

/** Every code with its severity, its rule and what it means. */
export const defectTable: Readonly<Record<MessageDefectCode, Row>> = {
  // Structure
  BOUNDARY_AMBIGUOUS: ["ambiguous", "RFC 2046 §5.1.1", "a multipart names two boundaries"],
  BOUNDARY_DUPLICATE: [
    "ambiguous",
    "RFC 2046 §5.1.2",
    "a multipart has the boundary of one around it",
  ],
  BOUNDARY_IRREGULAR: [
    "tolerable",
    "RFC 2046 §5.1.1",
    "a boundary is longer than 70 or has characters that none may have",
  ],
  BOUNDARY_MISSING: [
    "damaged",
    "RFC 2046 §5.1.1",
    "a multipart names no boundary, so its parts cannot be told",
  ],
  BOUNDARY_PREFIX: [
    "ambiguous",
    "RFC 2046 §5.1.1",
    "a line begins as a delimiter and goes on as something else",
  ],
  CLOSE_DELIMITER_MISSING: [
    "damaged",
    "RFC 2046 §5.1.1",
    "a multipart is not closed; the message may have been cut here",
  ],
  DELIMITER_AFTER_CLOSE: [
    "ambiguous",
    "RFC 2046 §5.1.1",
    "a delimiter stands behind the closing one",
  ],
  ENVELOPE_LINE_MISPLACED: [
    "tolerable",
    "RFC 4155 §A",
    'a "From " line of a mailbox file stands among the fields',
  ],
  FIELD_LINE_CONTINUES_NOTHING: [
    "ambiguous",
    "RFC 5322 §2.2.3",
    "the first line starts with a blank and continues no field",
  ],
  FIELD_NAME_BLANK: ["tolerable", "RFC 5322 §4.5", "a blank stands before the colon of a field"],
  FIELD_NAME_MISSING: [
    "tolerable",
    "RFC 5322 §2.2",
    "a line starts with the colon of a field that has no name",
  ],
  MESSAGE_ENCODED: ["ambiguous", "RFC 2046 §5.2.1", "a message inside the message is encoded"],
  MULTIPART_ENCODED: [
    "ambiguous",
    "RFC 2045 §6.4",
    "a multipart names an encoding; its parts are read as if it did not",
  ],
  SEPARATOR_MISSING: [
    "ambiguous",
    "RFC 5322 §2.1",
    "the body begins without an empty line before it",
  ],
  START_DELIMITER_MISSING: [
    "damaged",
    "RFC 2046 §5.1.1",
    "a multipart has no part: its boundary stands nowhere",
  ],
  // Octets
  BODY_EIGHT_BIT: [
    "tolerable",
    "RFC 2045 §2.7",
    "a body that is declared as 7bit has octets above 127",
  ],
  CARRIAGE_RETURN_BARE: [
    "ambiguous",
    "RFC 5322 §2.3",
    "a CR stands without LF; it ends no line here, and one elsewhere",
  ],
  LINE_ENDS_MIXED: [
    "ambiguous",
    "RFC 5322 §2.3",
    "some lines end with CRLF and some with LF alone",
  ],
  LINE_TOO_LONG: ["tolerable", "RFC 5322 §2.1.1", "a line is longer than the limit"],
  NUL_OCTET: ["ambiguous", "RFC 5322 §4.1", "an octet is NUL, where some readers stop"],
  // Fields
  ENCODING_DUPLICATE: [
    "ambiguous",
    "RFC 2045 §6.1",
    "a part names two transfer encodings; the first counts",
  ],
  ENCODING_UNKNOWN: [
    "damaged",
    "RFC 2045 §6.4",
    "a transfer encoding is unknown; the octets stay as they are",
  ],
  FIELD_DUPLICATE: [
    "ambiguous",
    "RFC 5322 §3.6",
    "a field stands more often than it may; the first counts",
  ],
  FIELD_EIGHT_BIT: ["damaged", "RFC 6532 §3.2", "a field has octets that are no UTF-8"],
  FIELD_EMPTY_VALUE: ["damaged", "RFC 5322 §3.6", "a field that has to say something is empty"],
  FIELD_HAS_CONTROL: ["tolerable", "RFC 5322 §2.2", "a field has a control character"],
  FIELD_SYNTAX: ["damaged", "RFC 5322 §3", "a field is not as its syntax has it"],
  FILENAME_AMBIGUOUS: ["ambiguous", "RFC 2183 §2.3", "a part has two file names that differ"],
  FROM_AMBIGUOUS: [
    "ambiguous",
    "RFC 5322 §3.6.2",
    "readers differ in whom they take for the author",
  ],
  FROM_MISSING: ["damaged", "RFC 5322 §3.6", "the message names no author"],
  PARAMETERS_TOO_MANY: [
    "damaged",
    "RFC 2045 §5.1",
    "a field has more parameters than the limit; the rest was not read",
  ],
  // Addresses
  ADDRESS_OBSOLETE: ["tolerable", "RFC 5322 §4.4", "an address is written in obsolete syntax"],
  ADDRESS_SYNTAX: ["damaged", "RFC 5322 §3.4", "an address cannot be read"],
  // Transfer encodings
  BASE64_BITS_LOST: ["tolerable", "RFC 4648 §3.5", "bits stand after the last octet"],
  BASE64_DATA_AFTER_PADDING: ["ambiguous", "RFC 4648 §3.3", "base64 goes on after its padding"],
  BASE64_FOREIGN_CHARACTER: ["damaged", "RFC 2045 §6.8", "a character in base64 is no digit"],
  BASE64_LENGTH_WRONG: ["damaged", "RFC 4648 §4", "one base64 digit is left alone"],
  BASE64_PADDING_MISPLACED: ["damaged", "RFC 4648 §3.3", '"=" stands where base64 has none due'],
  BASE64_PADDING_MISSING: ["damaged", "RFC 4648 §3.2", 'base64 ends before its "="'],
  QUOTED_PRINTABLE_ESCAPE_MALFORMED: ["damaged", "RFC 2045 §6.7", '"=" begins no escape'],
  QUOTED_PRINTABLE_LINE_TOO_LONG: [
    "tolerable",
    "RFC 2045 §6.7",
    "a line of quoted-printable exceeds 76",
  ],
  QUOTED_PRINTABLE_LOWER_CASE: ["tolerable", "RFC 2045 §6.7", "an escape has lower-case digits"],
  QUOTED_PRINTABLE_RAW_OCTET: [
    "damaged",
    "RFC 2045 §6.7",
    "quoted-printable has an octet that has to be encoded",
  ],
  QUOTED_PRINTABLE_TRAILING_BLANK: [
    "tolerable",
    "RFC 2045 §6.7",
    "a blank stands before a line end",
  ],
  // Text
  CHARSET_OCTETS_INVALID: ["damaged", "RFC 2045 §5.2", "some octets are none of the charset"],
  CHARSET_UNKNOWN: ["damaged", "RFC 2045 §5.2", "nobody here knows the charset"],
  ENCODED_WORD_HAS_CONTROL: [
    "ambiguous",
    "RFC 2047 §5",
    "an encoded-word hides a control character",
  ],
  ENCODED_WORD_MALFORMED: ["damaged", "RFC 2047 §2", '"=?" begins no encoded-word'],
  ENCODED_WORD_NOT_SEPARATED: ["ambiguous", "RFC 2047 §5", "an encoded-word touches other text"],
  ENCODED_WORD_QUOTED: ["ambiguous", "RFC 2047 §5", "an encoded-word stands inside quotes"],
  ENCODED_WORD_SPLIT_CHARACTER: [
    "tolerable",
    "RFC 2047 §5",
    "a character is split between two encoded-words",
  ],
  // Parameters
  PARAMETER_DUPLICATE: ["ambiguous", "RFC 2045 §5.1", "a parameter stands twice; the first counts"],
  PARAMETER_ENCODED_WORD: ["ambiguous", "RFC 2047 §5", "a parameter holds an encoded-word"],
  PARAMETER_HAS_CONTROL: ["ambiguous", "RFC 2231 §4", "a parameter hides a control character"],
  PARAMETER_PERCENT_MALFORMED: ["damaged", "RFC 2231 §4", '"%" begins no octet'],
  PARAMETER_SECTION_MISSING: ["damaged", "RFC 2231 §3", "a section of a parameter is missing"],
};

/** One finding, in the words of the table unless there are better ones. */
export function defectOf(
  code: MessageDefectCode,
  index: number,
  message?: string,
  path?: string,
): MessageDefect {
  const [severity, section, usual] = defectTable[code];
  return Object.freeze({
    code,
    index,
    message: message ?? usual,
    severity,
    section,
    ...(path === undefined ? {} : { path }),
  });
}
