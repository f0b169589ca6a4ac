import { unreported } from "@letterwright/base/defect";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateTime, formatDate, parseDate, scanDate } from "./date.ts";

const read = (text: string): [string | undefined, number] => {
  let defects = 0;
  const moment = scanDate(text, () => defects++);
  return [moment && formatDate(moment), defects];
};

const monthNames = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

describe("parseDate (RFC 5322 §3.3)", () => {
  it.each([
    ["Fri, 21 Nov 1997 09:55:06 -0600", 880127706000, -360],
    ["21 Nov 1997 09:55:06 -0600", 880127706000, -360],
    ["Thu, 1 Jan 1970 00:00:00 +0000", 0, 0],
    ["Thu, 01 Jan 1970 05:30 +0530", 0, 330],
    ["Thu, 1 Jan 1970 00:00:00 -0000", 0, null],
    [" Thu,\r\n 1\tJan 1970 00:00:00 +0000 (a comment (nested))", 0, 0],
    ["Fri, 30 Jun 1972 23:59:60 +0000", 78796800000, 0],
    ["Thu, 29 Feb 2024 00:00:00 +0000", 1709164800000, 0],
  ])("reads %j", (text, epochMs, offsetMinutes) => {
    expect(parseDate(text)).toEqual({ epochMs, offsetMinutes });
  });

  it.each([
    ["", 0],
    ["yesterday", 0],
    ["Thu 1 Jan 1970 00:00:00 +0000", 4],
    ["Fri, 1 Jan 1970 00:00:00 +0000", 0],
    ["Thu, 1 Jan 70 00:00:00 +0000", 11],
    ["Thu, 1 Jan 1970 00:00:00 GMT", 25],
    ["Thu, 1 Jan 1970 00:00:00 +00", 25],
    ["Thu, 1 Jan 1970 00:00:00 +0000 x", 31],
    ["Thu, 31 Feb 2024 00:00:00 +0000", 5],
    ["Thu, 1 Jan 1970 24:00:00 +0000", 18],
    ["Thu, 1 Jan 1970 00:00:00 +0000\r\nBcc: x@y.example", 32],
  ])("refuses %j and points at the fault", (text, index) => {
    expect(() => parseDate(text)).toThrow(expect.objectContaining({ code: "DATE_SYNTAX", index }));
  });

  it.each([
    ["1 Jan 70 00:00 GMT", "Thu, 1 Jan 1970 00:00:00 +0000", 2],
    ["Thu, 1 Jan 49 00:00:00 EST", "Fri, 1 Jan 2049 00:00:00 -0500", 3],
    ["Sat, 1 Jan 100 00:00:00 Z", "Sat, 1 Jan 2000 00:00:00 -0000", 2],
    ["Thu, 1 Jan 1970 00:00:00", "Thu, 1 Jan 1970 00:00:00 -0000", 1],
    ["2024-01-01T00:00:00Z", undefined, 1],
  ])("reads the obsolete %j and says so (RFC 5322 §4.3)", (text, formatted, defects) => {
    expect(read(text)).toEqual([formatted, defects]);
  });

  it("gives back what formatDate wrote", () => {
    const moment = fc.record({
      epochMs: fc.integer({ min: -2_000_000_000, max: 250_000_000_000 }).map((s) => s * 1000),
      offsetMinutes: fc.option(fc.integer({ min: -1439, max: 1439 })),
    });
    fc.assert(
      fc.property(moment, (value) => {
        expect(parseDate(formatDate(value))).toEqual(value);
      }),
    );
  });

  it("knows the days of each month, in a leap second too, and the day of the week of each", () => {
    const written = fc.record({
      year: fc.integer({ min: 1900, max: 9999 }),
      month: fc.integer({ min: 0, max: 11 }),
      day: fc.integer({ min: 0, max: 32 }),
      second: fc.constantFrom(0, 59, 60),
    });
    fc.assert(
      fc.property(written, ({ year, month, day, second }) => {
        const midnight = new Date(Date.UTC(year, month, day));
        const [name] = formatDate(
          dateTime({ epochMs: midnight.getTime(), offsetMinutes: 0 }),
        ).split(",");
        const clock = `23:59:${String(second).padStart(2, "0")}`;
        const found = scanDate(
          `${name}, ${day} ${monthNames[month]} ${year} ${clock} +0000`,
          unreported,
        );
        const isDay = midnight.getUTCMonth() === month && day > 0;
        expect(found?.epochMs).toBe(isDay ? Date.UTC(year, month, day, 23, 59, second) : undefined);
      }),
    );
  });

  it("never throws when it reads leniently", () => {
    const piece = fc.constantFrom(
      "Thu",
      ",",
      " ",
      "1",
      "Jan",
      "1970",
      ":",
      "00",
      "+0000",
      "(",
      ")",
      "é",
      "\\",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        read(pieces.join(""));
      }),
    );
  });
});

describe("dateTime", () => {
  it.each([new Date(Number.NaN), new Date("1899-12-31"), new Date(8.64e15)])(
    "refuses %s",
    (moment) => {
      expect(() => dateTime(moment)).toThrow(expect.objectContaining({ code: "DATE_INVALID" }));
    },
  );
  it("says a Date in UTC, in whole seconds", () => {
    expect(dateTime(new Date(1999))).toEqual({ epochMs: 1000, offsetMinutes: 0 });
  });
});
