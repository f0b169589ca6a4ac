/**
 * The MIME message as an immutable value.
 *
 * RFC 5322 (fields, addresses, dates), RFC 6532 (UTF-8), RFC 2045 and 2046 (parts), RFC 2183
 * (disposition), RFC 2231 (parameters), RFC 2369 and 8058 (lists), RFC 2387 and 2392 (inline files),
 * RFC 3464 and 6522 (reports), RFC 5321 §2.3.1 and RFC 3461 (envelope).
 */
export { message } from "./compose.ts";
export { attachment, inlineFile } from "./attachment.ts";
export {
  addrSpec,
  formatAddress,
  formatMailbox,
  group,
  mailbox,
  mailboxesOf,
  needsSmtpUtf8,
  sameMailbox,
} from "./address/mailbox.ts";
export { parseAddressList, parseMailbox, readAddressList } from "./address/parser.ts";
export { asciiDomain, unicodeDomain } from "./address/domain.ts";
export { envelope, envelopeOf } from "./envelope.ts";
export { resent } from "./resent.ts";
export { bytesOf, once, readAll } from "./byte-source.ts";
export type { Attachment, AttachmentInit, InlineFile, InlineFileInit } from "./attachment.ts";
export type { CalendarInit, CalendarMethod } from "./calendar.ts";
export type { MailingListInit, ListUris } from "./compose-list.ts";
export type { MessageInit } from "./compose.ts";
export type { AddressInput, MailboxInput, MailboxListInput } from "./address/input.ts";
export type {
  Address,
  AddrSpecOptions,
  Group,
  Mailbox,
  MailboxInit,
  SameMailboxOptions,
} from "./address/mailbox.ts";
export type {
  AddressDefectCode,
  AddressLimits,
  AddressListReading,
  ReadAddressesOptions,
} from "./address/parser.ts";
export type {
  Envelope,
  EnvelopeInit,
  EnvelopeRecipient,
  EnvelopeReports,
  NotifyOccasion,
  RecipientInput,
} from "./envelope.ts";
export type { ResentInit } from "./resent.ts";
export type {
  Base64Stretch,
  ByteSource,
  Content,
  OneShot,
  OpenOptions,
  Stretch,
} from "./byte-source.ts";

// Fields: reading, changing, making.
export {
  appendField,
  field,
  fieldValues,
  findField,
  hasField,
  isNamed,
  prependField,
  removeField,
  replaceField,
  setField,
  typedField,
} from "./holder.ts";
export { fieldOf, textField } from "./field/field.ts";
export { parseField, readField } from "./field/reading.ts";
export { defineField } from "./field/definition.ts";
export { opaque, structured, unstructured } from "./field/unstructured.ts";
export type { FieldHolder, FieldKey } from "./holder.ts";
export type { Field, Fields } from "./field/field.ts";
export type { FieldReading, ReadFieldOptions } from "./field/reading.ts";
export type {
  FieldDefinition,
  FieldDefinitionInit,
  FieldParser,
  SyntaxName,
} from "./field/definition.ts";

// Definitions of the standard fields.
export {
  bcc,
  cc,
  dispositionNotificationTo,
  from,
  replyTo,
  resentBcc,
  resentCc,
  resentFrom,
  resentSender,
  resentTo,
  returnPath,
  sender,
  to,
} from "./field/addresses.ts";
export {
  arcAuthenticationResults,
  arcMessageSignature,
  arcSeal,
  authenticationResults,
  dkimSignature,
} from "./field/authentication.ts";
export {
  contentDescription,
  contentDisposition,
  contentLanguage,
  contentLocation,
  contentMd5,
  contentTransferEncoding,
  contentType,
  mimeVersion,
} from "./field/content.ts";
export { date, resentDate } from "./field/dates.ts";
export {
  contentId,
  inReplyTo,
  messageId,
  references,
  resentMessageId,
} from "./field/identifiers.ts";
export {
  listArchive,
  listHelp,
  listId,
  listOwner,
  listPost,
  listSubscribe,
  listUnsubscribe,
  listUnsubscribePost,
} from "./field/mailing-list.ts";
export {
  autoSubmitted,
  comments,
  importance,
  keywords,
  priority,
  sensitivity,
  subject,
} from "./field/notice.ts";
export { received } from "./field/received.ts";
export { standardField, standardFields } from "./field/standard.ts";
export type { AddressListField, MailboxField, MailboxListField } from "./field/addresses.ts";
export type { AuthenticationResult, AuthenticationResults } from "./field/authentication.ts";
export type { ContentDisposition, ContentType, TransferEncoding } from "./field/content.ts";
export type { ListId } from "./field/mailing-list.ts";
export type { AutoSubmitted } from "./field/notice.ts";
export type { Parameters } from "./field/parameters.ts";
export type { Received, ReceivedInit } from "./field/received.ts";

// Reading a tree.
export { partAt, typeOf, walk } from "./read/walk.ts";
export { attachmentsOf, bodyOf, htmlOf, readText, textOf } from "./read/body.ts";
export { contentSource } from "./read/content-source.ts";
export { filenameOf, safeFilename } from "./read/filename.ts";
export { renderPlain, structure } from "./read/plain.ts";
export { toJson } from "./read/json.ts";
export type { WalkOptions, WalkStep } from "./read/walk.ts";
export type { AttachedPart, AttachmentsOptions, BodyPreference } from "./read/body.ts";
export type { SafeFilenameOptions } from "./read/filename.ts";
export type { Json, JsonOptions } from "./read/json.ts";

// Changing a tree, and making one message from another.
export { addAlternative, addAttachment, addRelated } from "./edit/add.ts";
export { contentOf, withContent } from "./edit/content.ts";
export { removePart, replacePart } from "./edit/replace.ts";
export { reply, replyAll } from "./reply.ts";
export { forward } from "./forward.ts";
export type { ReplyInit } from "./reply.ts";
export type { ForwardInit } from "./forward.ts";

// Trees by hand.
export { bytesPart, textPart, withBody, withFields } from "./part.ts";
export {
  alternative,
  digest,
  encrypted,
  formData,
  mixed,
  multipart,
  related,
  report,
  signed,
} from "./multipart.ts";
export { fieldGroupsPart, messagePart, partialPart } from "./nested.ts";
export type {
  Body,
  BytesBody,
  FieldGroupsBody,
  Framing,
  Message,
  MessageBody,
  MultipartBody,
  Part,
  PartOptions,
  TextBody,
  TextPartOptions,
} from "./part.ts";
export type { FormEntry, MultipartOptions } from "./multipart.ts";
export type { PartialInit } from "./nested.ts";

// For those who write fields, generators, parsers, signers and transports.
export { tokensOf } from "./field/unit.ts";
export { quoteString } from "./address/mailbox.ts";
export { sliceOf, sourceOf } from "./byte-source.ts";
export { dateTime, formatDate, parseDate } from "./date.ts";
export { hexOf } from "@letterwright/base/bytes";
export { createMessageId, parseMessageIds, platformRandom } from "./message-id.ts";
export { mediaTypeOf } from "./media-type.ts";
export { assertOriginator } from "./originator.ts";
export { bodyOriginOf, originOf, separatorOf, withOrigin } from "./origin.ts";
export { fieldDefects, parsedBody, parsedField, parsedPart } from "./parsed.ts";
export { headBytes, rawByteLength, rawChunks, writeHeadInto } from "./raw-message.ts";
export { bareOffer, offers, sizeLimitOf } from "./server-offer.ts";
export { needsUtf8Fields } from "./utf8-need.ts";
export type { DateTime } from "./date.ts";
export type { FieldUnit } from "./field/unit.ts";
export type { MessageId, RandomBytes } from "./message-id.ts";
export type { BodyOrigin, ParsedHead } from "./origin.ts";
export type { ParsedFieldInit } from "./parsed.ts";
export type { Outgoing, RawField, RawHead, RawMessage, Requirement } from "./raw-message.ts";
export type { ExtensionParameters, ServerOffer } from "./server-offer.ts";
export type { AcceptedRecipient, RefusedRecipient, Retry, ServerReply } from "./outcome.ts";
