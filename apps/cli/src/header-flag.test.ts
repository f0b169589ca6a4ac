import { addrSpec, field, message } from "@letterwright/message";
import * as fields from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { headerField } from "./header-flag.ts";

describe("headerField", () => {
  const valueOf = <Value>(line: string, definition: fields.FieldDefinition<Value, never>): Value =>
    field(message({ from: "ana@example.com", headers: [headerField(line)] }), definition) as Value;

  it("takes free text under any name of one's own, colons included", () => {
    expect(headerField("X-Campaign: früh: ling")).toMatchObject({
      name: "X-Campaign",
      value: "früh: ling",
    });
  });

  it("reads the structured fields that have no flag (RFC 5322 §3.6)", () => {
    expect(valueOf("In-Reply-To: <1@example.com>", fields.inReplyTo)).toEqual(["<1@example.com>"]);
    expect(valueOf("references: <1@a.example>  <2@a.example>", fields.references)).toHaveLength(2);
    expect(valueOf("Message-ID: <3@example.com>", fields.messageId)).toBe("<3@example.com>");
    expect(valueOf("Date: 2026-11-23T10:00:00Z", fields.date)).toEqual({
      epochMs: Date.parse("2026-11-23T10:00:00Z"),
      offsetMinutes: 0,
    });
    expect(addrSpec(valueOf("Sender: Bo <bo@example.com>", fields.sender))).toBe("bo@example.com");
  });

  it.each([
    ["Auto-Submitted: auto-generated", fields.autoSubmitted],
    ["Importance: high", fields.importance],
    ["List-Unsubscribe: <https://example.com/leave>", fields.listUnsubscribe],
    ["List-Id: News <news.example.com>", fields.listId],
    ["Keywords: one, two", fields.keywords],
  ])("reads %j as the standard has it", (line, definition) => {
    expect(headerField(line).definition).toBe(definition);
  });

  const faults: readonly [line: string, code: string][] = [
    ["no colon", "CLI_HEADER_INVALID"],
    [": text", "CLI_HEADER_INVALID"],
    ["a name: text", "FIELD_NAME_INVALID"],
    ["To: bob@example.org", "FIELD_IS_STRUCTURED"],
    ["Content-Type: text/html", "FIELD_IS_STRUCTURED"],
    ["Date: soon", "DATE_INVALID"],
    ["Importance: very", "FIELD_SYNTAX"],
    ["List-Unsubscribe: leave", "FIELD_SYNTAX"],
    ["MIME-Version: 1.0", "FIELD_IS_STRUCTURED"],
    ["In-Reply-To: 1@example.com", "MESSAGE_ID_INVALID"],
    ["Sender: bo", "ADDRESS_SYNTAX"],
    ["X-A: b\r\nBcc: eve@example.net", "FIELD_CONTROL_CHARACTER"],
  ];
  it.each(faults)("refuses %j: %s", (line, code) => {
    expect(() => headerField(line)).toThrow(expect.objectContaining({ code }));
  });
});
