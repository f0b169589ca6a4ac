import { describe, expect, it } from "vitest";
import { message } from "./compose.ts";
import { from, to } from "./field/addresses.ts";
import { contentType } from "./field/content.ts";
import { date } from "./field/dates.ts";
import { defineField } from "./field/definition.ts";
import { fieldOf, textField } from "./field/field.ts";
import { comments, subject } from "./field/notice.ts";
import {
  appendField,
  field,
  fieldValues,
  findField,
  hasField,
  prependField,
  removeField,
  replaceField,
  setField,
  typedField,
} from "./holder.ts";

const one = textField("X-One", "1");
const two = textField("x-one", "2");
const other = textField("X-Other", "3");
const holder = { fields: [one, other, two] };
const names = ({ fields }: typeof holder): string[] => fields.map(({ name }) => name);

describe("fields: ordered, case-preserving, matched without case (RFC 5322 §2.2)", () => {
  it("keeps duplicates and the case of names", () => {
    expect(names(appendField(holder, textField("X-ONE", "4")))).toEqual([
      "X-One",
      "X-Other",
      "x-one",
      "X-ONE",
    ]);
    expect(findField(holder, "X-ONE")).toBe(one);
    expect(hasField(holder, "x-OTHER")).toBe(true);
    expect(hasField(holder, "X-On")).toBe(false);
  });
  it("prepends before all others", () => {
    expect(names(prependField(holder, comments, "first"))[0]).toBe("Comments");
  });
  it("sets in place of the first and drops the others", () => {
    const set = setField(holder, textField("X-ONE", "9"));
    expect(set.fields.map(({ value }) => value)).toEqual(["9", "3"]);
    expect(setField({ fields: [] }, one).fields).toEqual([one]);
  });
  it("replaces or takes out one very field, and leaves its namesakes", () => {
    expect(replaceField(holder, two, other).fields).toEqual([one, other, other]);
    expect(replaceField(holder, one, undefined).fields).toEqual([other, two]);
    expect(() => replaceField(holder, textField("X-One", "1"), one)).toThrow(
      expect.objectContaining({ code: "FIELD_NOT_FOUND" }),
    );
  });
  it("removes all of a name, and gives the same object when there is none", () => {
    expect(removeField(holder, "X-ONE").fields).toEqual([other]);
    expect(removeField(holder, subject)).toBe(holder);
  });
  it("does not change what it was given, and keeps the body the same object", () => {
    const mail = message({ from: "a@x.example", text: "Hi" });
    const changed = setField(mail, subject, "New");
    expect(field(mail, subject)).toBeUndefined();
    expect(changed.body).toBe(mail.body);
    expect(changed.fields[0]).toBe(mail.fields[0]);
    expect(Object.isFrozen(changed) && Object.isFrozen(changed.fields)).toBe(true);
  });
  it("keeps to the counts of RFC 5322 §3.6", () => {
    const mail = message({ from: "a@x.example", subject: "a" });
    for (const add of [appendField, prependField]) {
      expect(() => add(mail, subject, "b")).toThrow(
        expect.objectContaining({ code: "FIELD_TOO_MANY" }),
      );
    }
    expect(
      fieldValues(appendField(appendField(mail, comments, "1"), comments, "2"), comments),
    ).toEqual(["1", "2"]);
  });
  it("gives a value its definition's type", () => {
    const mail = message({ from: "a@example.com", date: new Date(0), to: "b@x.example" });
    const when: number | undefined = field(mail, date)?.epochMs;
    expect(when).toBe(0);
    expect(field(mail, from)?.[0]?.domain).toBe("example.com");
    expect(field(mail, subject)).toBeUndefined();
    expect(() => fieldOf(to, [])).toThrow(expect.objectContaining({ code: "FIELD_EMPTY" }));
  });
  it("reads a field of text under a definition that was made later", () => {
    const retries = defineField("X-Retries", {
      of: (count: number) => count,
      format: (count) => [{ kind: "token", text: String(count) }],
      syntax: (wire) => Number(wire),
    });
    expect(field({ fields: [textField("X-Retries", "4")] }, retries)).toBe(4);
  });
  it("takes another definition of a name for a mistake where the value decides", () => {
    const own = defineField("From", {
      of: (text: string) => text,
      format: (text) => [{ kind: "token", text }],
      syntax: "words",
    });
    const mail = { fields: [fieldOf(own, "ana@example.com")] };
    expect(field(mail, from)?.[0]?.domain).toBe("example.com");
    expect(() => typedField(mail, from)).toThrow(
      expect.objectContaining({ code: "FIELD_UNTYPED", hint: expect.stringContaining("From") }),
    );
    expect(typedField({ fields: [] }, from)).toBeUndefined();
  });
  it("writes a name in the case the caller gives, and no other name", () => {
    expect(fieldOf(subject, "a", "SUBJECT").name).toBe("SUBJECT");
    expect(() => fieldOf(subject, "a", "Topic")).toThrow(
      expect.objectContaining({ code: "FIELD_NAME_INVALID" }),
    );
  });
  it("takes free text for the free text fields only", () => {
    expect(textField("comments", "free").value).toBe("free");
    for (const name of ["From", "date", "Content-Type", "DKIM-Signature", "List-Id"]) {
      expect(() => textField(name, "a"), name).toThrow(
        expect.objectContaining({ code: "FIELD_IS_STRUCTURED" }),
      );
    }
    expect(contentType.maxCount).toBe(1);
  });
});
