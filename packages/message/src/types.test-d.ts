/** What the compiler has to know, and has to refuse. Checked by the compiler, not run. */
import {
  addAttachment,
  attachment,
  bytesPart,
  contentType,
  defineField,
  field,
  fieldOf,
  fieldValues,
  from,
  message,
  messageId,
  parseField,
  received,
  references,
  returnPath,
  sender,
  setField,
  subject,
  textPart,
  to,
  type Address,
  type ContentType,
  type Field,
  type Mailbox,
  type Message,
  type MessageId,
  type Part,
  type Received,
} from "./index.ts";
import { expectTypeOf } from "vitest";

const mail = message({ from: "ana@example.com" });

// The value of a field has the type of its definition.
expectTypeOf(field(mail, subject)).toEqualTypeOf<string | undefined>();
expectTypeOf(field(mail, from)).toEqualTypeOf<readonly Mailbox[] | undefined>();
expectTypeOf(field(mail, to)).toEqualTypeOf<readonly Address[] | undefined>();
expectTypeOf(field(mail, sender)).toEqualTypeOf<Mailbox | undefined>();
expectTypeOf(field(mail, returnPath)).toEqualTypeOf<Mailbox | null | undefined>();
expectTypeOf(field(mail, contentType)).toEqualTypeOf<ContentType | undefined>();
expectTypeOf(field(mail, messageId)).toEqualTypeOf<MessageId | undefined>();
expectTypeOf(field(mail, references)).toEqualTypeOf<readonly MessageId[] | undefined>();
expectTypeOf(fieldValues(mail, received)).toEqualTypeOf<readonly Received[]>();
expectTypeOf(parseField(from, "")).toEqualTypeOf<readonly Mailbox[]>();

// A definition of one's own is inferred whole.
const retries = defineField("X-Retries", {
  of: (count: number) => count,
  format: (count) => [{ kind: "token", text: String(count) }],
});
expectTypeOf(fieldOf(retries, 1)).toEqualTypeOf<Field<number>>();
expectTypeOf(field(mail, retries)).toEqualTypeOf<number | undefined>();

// A message stays a message, a part a part.
expectTypeOf(setField(mail, subject, "Hi")).toEqualTypeOf<Message>();
expectTypeOf(addAttachment(mail, textPart("a"))).toEqualTypeOf<Message>();
expectTypeOf(bytesPart(new Blob([]))).toEqualTypeOf<Part>();

// @ts-expect-error: a subject is text
fieldOf(subject, 7);
// @ts-expect-error: From takes no group
message({ from: { kind: "group", name: "Team", members: [] } });
// @ts-expect-error: an option that is given cannot be undefined
message({ from: "ana@example.com", subject: undefined });
// @ts-expect-error: no option has this name
message({ from: "ana@example.com", subjet: "Hi" });
// @ts-expect-error: a stream is named with once()
attachment({ name: "a", content: new ReadableStream() });
// @ts-expect-error: a message is a value
mail.fields = [];
// @ts-expect-error: so are its fields
mail.fields.push(fieldOf(subject, "Hi"));
