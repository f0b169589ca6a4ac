/**
 * The MIME message as an immutable value.
 *
 * RFC 5322 (fields, addresses, dates), RFC 6532 (UTF-8), RFC 2045 and 2046 (parts), RFC 2183
 * (disposition), RFC 2387 and 2392 (inline files), RFC 5321 §2.3.1 (envelope).
 */
export { attachment, inlineFile } from "./attachment.ts";
export { message } from "./compose.ts";
export {
  addrSpec,
  formatAddress,
  formatMailbox,
  group,
  mailbox,
  mailboxesOf,
  needsSmtpUtf8,
} from "./mailbox.ts";
export { parseAddressList, parseMailbox } from "./address-parser.ts";
export { envelope, envelopeOf } from "./envelope.ts";
export {
  appendField,
  field,
  fieldOf,
  findField,
  removeField,
  setField,
  textField,
} from "./field/field.ts";
export {
  bcc,
  cc,
  date,
  from,
  inReplyTo,
  messageId,
  references,
  replyTo,
  sender,
  subject,
  to,
} from "./field/standard.ts";
export { bytesOf, once, readAll } from "./byte-source.ts";
export { bytesPart, multipart, textPart, withFields } from "./part.ts";
export type { Attachment, AttachmentInit, InlineFile, InlineFileInit } from "./attachment.ts";
export type { AddressInput, MailboxInput, MessageInit } from "./compose.ts";
export type { Address, AddrSpecOptions, Group, Mailbox, MailboxInit } from "./mailbox.ts";
export type { Envelope, EnvelopeInit, EnvelopeRecipient } from "./envelope.ts";
export type { Field, Fields } from "./field/field.ts";
export type { ByteSource, OneShot, OpenOptions } from "./byte-source.ts";
export type { Body, BytesBody, Message, MultipartBody, Part, TextBody } from "./part.ts";

// For those who write fields, generators, parsers, signers and transports.
export {
  contentDisposition,
  contentId,
  contentTransferEncoding,
  contentType,
  mimeVersion,
} from "./field/standard.ts";
export { standardField, unstructured } from "./field/standard.ts";
export { defineField } from "./field/definition.ts";
export { tokensOf } from "./field/unit.ts";
export { asciiDomain } from "./domain.ts";
export { formatDate } from "./date.ts";
export { createMessageId, hexOf, platformRandom } from "./message-id.ts";
export { mediaTypeOf } from "./media-type.ts";
export { quoteString } from "./mailbox.ts";
export { rawByteLength, rawChunks } from "./raw-message.ts";
export { bareOffer, offers, sizeLimitOf } from "./server-offer.ts";
export type { ContentDisposition, ContentType, TransferEncoding } from "./field/standard.ts";
export type { FieldDefinition, FieldDefinitionInit } from "./field/definition.ts";
export type { FieldUnit } from "./field/unit.ts";
export type { MessageId, RandomBytes } from "./message-id.ts";
export type { Outgoing, RawField, RawMessage, Requirement } from "./raw-message.ts";
export type { ServerOffer } from "./server-offer.ts";
export type { AcceptedRecipient, RefusedRecipient, Retry, ServerReply } from "./outcome.ts";
