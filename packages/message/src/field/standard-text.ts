/**
 * Names of standard fields, without their definitions: who only composes does not carry what reads a
 * Received or an Authentication-Results. A test compares this with `standard.ts`.
 */
import { contentDescription } from "./content.ts";
import type { FieldDefinition } from "./definition.ts";
import { comments, subject } from "./notice.ts";

/** Standard fields whose value is free text. */
const texts: readonly FieldDefinition<string>[] = [subject, comments, contentDescription];

/** The others, as one text with commas round each, which costs less than a list of texts. */
const structured =
  ",return-path,received,arc-seal,arc-message-signature,arc-authentication-results,dkim-signature," +
  "authentication-results,resent-date,resent-from,resent-sender,resent-to,resent-cc,resent-bcc," +
  "resent-message-id,date,from,sender,reply-to,to,cc,bcc,message-id,in-reply-to,references,keywords," +
  "importance,priority,sensitivity,auto-submitted,disposition-notification-to,list-id,list-help," +
  "list-unsubscribe,list-unsubscribe-post,list-subscribe,list-post,list-owner,list-archive,mime-version," +
  "content-type,content-transfer-encoding,content-disposition,content-id,content-language," +
  "content-location,content-md5,";

/** The definition of a standard field of free text; `"structured"` for the other standard fields. */
export function standardText(name: string): FieldDefinition<string> | "structured" | undefined {
  const lower = name.toLowerCase();
  const text = texts.find((one) => one.name.toLowerCase() === lower);
  if (text !== undefined) return text;
  return !lower.includes(",") && structured.includes(`,${lower},`) ? "structured" : undefined;
}
