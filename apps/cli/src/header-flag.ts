/** What `--header 'Name: text'` means. */
import { UsageError } from "@letterwright/base/error";
import {
  date,
  fieldOf,
  inReplyTo,
  messageId,
  parseField,
  parseMailbox,
  references,
  sender,
  standardField,
  textField,
  type Field,
} from "@letterwright/message";

/** Fields that are said more freely here than they stand in mail. */
const structured: ReadonlyMap<string, (text: string) => Field> = new Map([
  ["sender", (text: string): Field => fieldOf(sender, parseMailbox(text))],
  ["date", (text: string): Field => fieldOf(date, new Date(text))],
  ["message-id", (text: string): Field => fieldOf(messageId, text)],
  ["in-reply-to", (text: string): Field => fieldOf(inReplyTo, words(text))],
  ["references", (text: string): Field => fieldOf(references, words(text))],
]);

/**
 * The field that the flag's value describes: free text under a name of one's own, or one of the standard
 * fields for which there is no flag, read as it stands in mail.
 *
 * @throws {UsageError} `CLI_HEADER_INVALID`, `FIELD_IS_STRUCTURED`, `FIELD_NAME_INVALID`, `FIELD_SYNTAX`,
 * `ADDRESS_SYNTAX`, `DATE_INVALID`, `MESSAGE_ID_INVALID`
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
  const free = structured.get(name.toLowerCase());
  if (free !== undefined) return free(text);
  const standard = standardField(name);
  if (standard === undefined || standard.isText || isSaidOtherwise(name)) {
    return textField(name, text);
  }
  return fieldOf(standard, parseField(standard, text), name);
}

/** Whether another flag says it, or the content does. */
function isSaidOtherwise(name: string): boolean {
  const lower = name.toLowerCase();
  return withFlag.has(lower) || lower === "mime-version" || lower.startsWith("content-");
}

const withFlag: ReadonlySet<string> = new Set(["from", "to", "cc", "bcc", "reply-to"]);

function words(text: string): readonly string[] {
  return text.split(/[ \t]+/).filter((word) => word !== "");
}
