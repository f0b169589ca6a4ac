/** What a message says, apart from what is said about it: its content fields and body. */
import type { Field } from "../field/field.ts";
import type { Message, Part } from "../part.ts";

/**
 * The content of a message as a part: its Content- fields and its body, without From, Subject and the
 * other fields of the message.
 */
export function contentOf(mail: Message): Part {
  return Object.freeze({
    fields: Object.freeze(mail.fields.filter(isContentField)),
    body: mail.body,
  });
}

/** The same message with another content; its own fields stay the same objects. */
export function withContent(mail: Message, content: Part): Message {
  const own = mail.fields.filter((one) => !isContentField(one));
  return Object.freeze({
    fields: Object.freeze([...own, ...content.fields]),
    body: content.body,
  });
}

/** RFC 2045 §3: the fields that describe a body all start so. */
function isContentField({ name }: Field): boolean {
  return name.toLowerCase().startsWith("content-");
}
