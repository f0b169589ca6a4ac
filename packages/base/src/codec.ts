/**
 * The transfer encodings of MIME: base64 (RFC 4648 §4, RFC 2045 §6.8) and quoted-printable
 * (RFC 2045 §6.7).
 */
export { base64Text, decodeBase64, encodeBase64, encodedBase64Length } from "./codec/base64.ts";
export type { Base64Lines } from "./codec/base64.ts";
export { decodeQuotedPrintable, encodeQuotedPrintable } from "./codec/quoted-printable.ts";
export type { QuotedPrintableOptions } from "./codec/quoted-printable.ts";
export { assertCharset, decodeCharset, decodeUnlabelled, encodeCharset } from "./codec/charset.ts";
export type { CharsetDecoder, CharsetDefectCode } from "./codec/charset.ts";
export { decodeWords } from "./codec/encoded-word.ts";
export type { EncodedWordDefectCode } from "./codec/encoded-word.ts";
export { decodeParameters } from "./codec/parameter.ts";
export type { ParameterDefectCode, ReadParameter } from "./codec/parameter.ts";
