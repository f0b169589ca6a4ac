/**
 * The transfer encodings of MIME: base64 (RFC 4648 §4, RFC 2045 §6.8) and quoted-printable
 * (RFC 2045 §6.7).
 */
export { base64Text, decodeBase64, encodeBase64, encodedBase64Length } from "./codec/base64.ts";
export type { Base64Lines } from "./codec/base64.ts";
export { decodeQuotedPrintable, encodeQuotedPrintable } from "./codec/quoted-printable.ts";
export type { QuotedPrintableOptions } from "./codec/quoted-printable.ts";
