/**
 * The transfer encodings of MIME: base64 (RFC 4648 §4, RFC 2045 §6.8) and quoted-printable
 * (RFC 2045 §6.7).
 */
export { base64Text, encodeBase64, encodeBase64Into, encodedBase64Length } from "./codec/base64.ts";
export type { Base64Lines } from "./codec/base64.ts";
export { base64Decoder, decodeBase64, recoverBase64 } from "./codec/base64-decoder.ts";
export type { Base64DefectCode } from "./codec/base64-decoder.ts";
export {
  encodeQuotedPrintable,
  encodeQuotedPrintableInto,
  quotedPrintableLength,
} from "./codec/quoted-printable.ts";
export type { QuotedPrintableOptions } from "./codec/quoted-printable.ts";
export {
  decodeQuotedPrintable,
  quotedPrintableDecoder,
  recoverQuotedPrintable,
} from "./codec/quoted-printable-decoder.ts";
export type { QuotedPrintableDefectCode } from "./codec/quoted-printable-decoder.ts";
export { CodecFaultError } from "./codec/fault.ts";
export type { Recovered, TransferDecoder } from "./codec/fault.ts";
export { assertCharset, decodeCharset, decodeUnlabelled, encodeCharset } from "./codec/charset.ts";
export type { CharsetDecoder, CharsetDefectCode } from "./codec/charset.ts";
export { decodeWords } from "./codec/encoded-word.ts";
export type { EncodedWordDefectCode } from "./codec/encoded-word.ts";
export { decodeParameters } from "./codec/parameter.ts";
export type { ParameterDefectCode, ReadParameter } from "./codec/parameter.ts";
export { areLines, canonicalText, textLines } from "./codec/lines.ts";
export type { TextLines } from "./codec/lines.ts";
