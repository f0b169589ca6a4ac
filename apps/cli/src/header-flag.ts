/** What `--header 'Name: text'` means. */
import { UsageError } from "@letterwright/base/error";
import {
  date,
  fieldOf,
  inReplyTo,
  messageId,
  parseMailbox,
  references,
  sender,
  textField,
  type Field,
} from "@letterwright/message";

/** The structured fields that have no flag of their own; each with what reads it. */
const structured: ReadonlyMap<string, (text: string) => Field> = new Map([
  ["sender", (text: string): Field => fieldOf(sender, parseMailbox(text))],
  ["date", (text: string): Field => fieldOf(date, new Date(text))],
  ["message-id", (text: string): Field => fieldOf(messageId, text)],
  ["in-reply-to", (text: string): Field => fieldOf(inReplyTo, words(text))],
  ["references", (text: string): Field => fieldOf(references, words(text))],
]);

/**
 * The field that the flag's value describes: free text under a name of one's own, or one of the
 * structured fields for which there is no flag.
 *
 * @throws {UsageError} `CLI_HEADER_INVALID`, `FIELD_IS_STRUCTURED`, `FIELD_NAME_INVALID`, `ADDRESS_SYNTAX`,
 * `DATE_INVALID`, `MESSAGE_ID_INVALID`
 */
export function headerField(line: string): Field {
  const colon = line.indexOf(":");
  if (colon < 1) {
    throw new UsageError(`${JSON.stringify(line)} is not a header field`, {
      code: "CLI_HEADER_INVALID",
      hint: "Write --header 'Name: text'.",
    });
  }
  const name = line.slice(0, colon);
  const text = line.slice(colon + 1).trim();
  return structured.get(name.toLowerCase())?.(text) ?? textField(name, text);
}

function words(text: string): readonly string[] {
  return text.split(/[ \t]+/).filter((word) => word !== "");
}
