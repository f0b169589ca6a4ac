/** Fields that hold message identifiers: RFC 5322 §3.6.4, and Content-ID of RFC 2045 §7. */
import type { Report } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import { assertMessageId, scanMessageIds, type MessageId } from "../message-id.ts";
import { defineField, type FieldDefinition } from "./definition.ts";

export const messageId: FieldDefinition<MessageId, string> = /* @__PURE__ */ oneIdentifier(
  "Message-ID",
  1,
);
export const resentMessageId: FieldDefinition<MessageId, string> = /* @__PURE__ */ oneIdentifier(
  "Resent-Message-ID",
  Infinity,
);
export const contentId: FieldDefinition<MessageId, string> = /* @__PURE__ */ oneIdentifier(
  "Content-ID",
  1,
);
export const inReplyTo: FieldDefinition<readonly MessageId[], readonly string[]> =
  /* @__PURE__ */ identifiers("In-Reply-To");
export const references: FieldDefinition<readonly MessageId[], readonly string[]> =
  /* @__PURE__ */ identifiers("References");

function oneIdentifier(name: string, maxCount: number): FieldDefinition<MessageId, string> {
  return defineField<MessageId, string>(name, {
    maxCount,
    of: (id: string) => assertMessageId(id, name),
    format: (id) => [{ kind: "token", text: id }],
    syntax: "msg-id",
  });
}

function identifiers(name: string): FieldDefinition<readonly MessageId[], readonly string[]> {
  return defineField<readonly MessageId[], readonly string[]>(name, {
    of: (ids: readonly string[]) => {
      if (ids.length === 0) {
        throw new UsageError(`${name} is empty`, {
          code: "FIELD_EMPTY",
          hint: `Leave ${name} out, or put at least one identifier into it (RFC 5322 §3.6.4).`,
        });
      }
      return Object.freeze(ids.map((id) => assertMessageId(id, name)));
    },
    format: (ids) => ids.map((id) => ({ kind: "token", text: id })),
    syntax: "msg-ids",
  });
}

export function readIdentifier(wire: string, report: Report): MessageId | undefined {
  const ids = scanMessageIds(wire, report);
  if (ids.length !== 1) report("FIELD_SYNTAX", 0, "one identifier in angle brackets is expected");
  return ids[0];
}

export function readIdentifiers(wire: string, report: Report): readonly MessageId[] {
  const ids = scanMessageIds(wire, report);
  if (ids.length === 0) report("FIELD_SYNTAX", 0, "no identifier stands here");
  return Object.freeze(ids);
}
