/** Every field that has a definition here, found by its name. */
import * as addresses from "./addresses.ts";
import * as authentication from "./authentication.ts";
import * as content from "./content.ts";
import * as dates from "./dates.ts";
import type { FieldDefinition } from "./definition.ts";
import * as identifiers from "./identifiers.ts";
import * as mailingList from "./mailing-list.ts";
import * as notice from "./notice.ts";
import { received } from "./received.ts";

/** In the order in which a writer of a new message would put them. */
export const standardFields: readonly FieldDefinition[] = Object.freeze([
  addresses.returnPath,
  received,
  authentication.arcSeal,
  authentication.arcMessageSignature,
  authentication.arcAuthenticationResults,
  authentication.dkimSignature,
  authentication.authenticationResults,
  dates.resentDate,
  addresses.resentFrom,
  addresses.resentSender,
  addresses.resentTo,
  addresses.resentCc,
  addresses.resentBcc,
  identifiers.resentMessageId,
  dates.date,
  addresses.from,
  addresses.sender,
  addresses.replyTo,
  addresses.to,
  addresses.cc,
  addresses.bcc,
  identifiers.messageId,
  identifiers.inReplyTo,
  identifiers.references,
  notice.subject,
  notice.comments,
  notice.keywords,
  notice.importance,
  notice.priority,
  notice.sensitivity,
  notice.autoSubmitted,
  addresses.dispositionNotificationTo,
  mailingList.listId,
  mailingList.listHelp,
  mailingList.listUnsubscribe,
  mailingList.listUnsubscribePost,
  mailingList.listSubscribe,
  mailingList.listPost,
  mailingList.listOwner,
  mailingList.listArchive,
  content.mimeVersion,
  content.contentType,
  content.contentTransferEncoding,
  content.contentDisposition,
  identifiers.contentId,
  content.contentDescription,
  content.contentLanguage,
  content.contentLocation,
  content.contentMd5,
]);

const byName: ReadonlyMap<string, FieldDefinition> = new Map(
  standardFields.map((definition) => [definition.name.toLowerCase(), definition]),
);

/** The standard definition of a name, matched without case; `undefined` when it has none here. */
export function standardField(name: string): FieldDefinition | undefined {
  return byName.get(name.toLowerCase());
}
