/** Fields that hold a moment: RFC 5322 §3.6.1 and §3.6.6. */
import { dateTime, formatDate, type DateTime } from "../date.ts";
import { defineField, type FieldDefinition } from "./definition.ts";
import { tokensOf } from "./unit.ts";

export const date: FieldDefinition<DateTime, Date | DateTime> = /* @__PURE__ */ moment("Date", 1);
export const resentDate: FieldDefinition<DateTime, Date | DateTime> = /* @__PURE__ */ moment(
  "Resent-Date",
  Infinity,
);

function moment(name: string, maxCount: number): FieldDefinition<DateTime, Date | DateTime> {
  return defineField<DateTime, Date | DateTime>(name, {
    maxCount,
    of: dateTime,
    format: (value) => tokensOf(formatDate(value)),
    syntax: "date-time",
  });
}
