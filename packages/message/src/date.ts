/** The date of RFC 5322 §3.3: a moment, and the zone in which it was said. */
import type { Report } from "@letterwright/base/defect";
import { SyntaxFaultError, UsageError } from "@letterwright/base/error";
import { FieldScanner } from "./field/scanner.ts";

/** A moment as mail says it. */
export interface DateTime {
  /** Milliseconds since 1970 began in UTC; whole seconds. */
  readonly epochMs: number;
  /**
   * Minutes east of UTC of the zone it is said in; `null` for `-0000`: the time is UTC, and nothing is
   * said about the place (RFC 5322 §3.3).
   */
  readonly offsetMinutes: number | null;
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const months = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
] as const;

/** The years that four digits can say, from 1900 on (RFC 5322 §3.3). */
const firstMs: number = /* @__PURE__ */ Date.UTC(1900, 0);
const endMs: number = /* @__PURE__ */ Date.UTC(10_000, 0);

/**
 * A checked moment. A `Date` is said in UTC: a local zone would tell the reader where the sender is.
 *
 * @throws {UsageError} `DATE_INVALID` for no date, a year that four digits cannot say, or a zone a day or
 * more from UTC
 */
export function dateTime(moment: Date | DateTime): DateTime {
  const { epochMs, offsetMinutes } =
    moment instanceof Date ? { epochMs: moment.getTime(), offsetMinutes: 0 } : moment;
  const offset = offsetMinutes ?? 0;
  const local = epochMs + offset * 60_000;
  const isZone = Number.isInteger(offset) && Math.abs(offset) < 24 * 60;
  if (!(local >= firstMs && local < endMs) || !isZone) {
    const year = new Date(local).getUTCFullYear();
    throw new UsageError(
      `not a date that mail can carry: year ${year}, ${offset} minutes from UTC`,
      {
        code: "DATE_INVALID",
        hint: "Pass a valid Date from 1900 to 9999 (RFC 5322 §3.3).",
      },
    );
  }
  return Object.freeze({ epochMs: Math.floor(epochMs / 1000) * 1000, offsetMinutes });
}

/**
 * A moment as a `date-time`; a `Date` in UTC.
 *
 * @throws {UsageError} `DATE_INVALID`
 * @example
 * ```ts
 * import { formatDate } from "@letterwright/message";
 *
 * formatDate(new Date(0)); // => "Thu, 1 Jan 1970 00:00:00 +0000"
 * formatDate({ epochMs: 0, offsetMinutes: 330 }); // => "Thu, 1 Jan 1970 05:30:00 +0530"
 * ```
 */
export function formatDate(moment: Date | DateTime): string {
  const { epochMs, offsetMinutes } = dateTime(moment);
  const said = new Date(epochMs + (offsetMinutes ?? 0) * 60_000);
  const clock = `${two(said.getUTCHours())}:${two(said.getUTCMinutes())}:${two(said.getUTCSeconds())}`;
  const day = `${days[said.getUTCDay()]}, ${said.getUTCDate()} ${months[said.getUTCMonth()]}`;
  return `${day} ${said.getUTCFullYear()} ${clock} ${zone(offsetMinutes)}`;
}

function zone(offsetMinutes: number | null): string {
  if (offsetMinutes === null) return "-0000";
  const minutes = Math.abs(offsetMinutes);
  return `${offsetMinutes < 0 ? "-" : "+"}${two(Math.trunc(minutes / 60))}${two(minutes % 60)}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

/**
 * The moment that a text says, by the grammar of RFC 5322 §3.3 without its obsolete forms.
 *
 * @throws {SyntaxFaultError} `DATE_SYNTAX` with a caret under the fault
 */
export function parseDate(text: string): DateTime {
  const fault = (index: number, message: string): SyntaxFaultError =>
    new SyntaxFaultError(message, {
      code: "DATE_SYNTAX",
      hint: "A date is written like this: Thu, 1 Jan 1970 00:00:00 +0000 (RFC 5322 §3.3).",
      input: text,
      index,
    });
  const moment = scanDate(text, (_code, index, message) => {
    throw fault(index, message);
  });
  if (moment === undefined) throw fault(0, "this is no date");
  return moment;
}

/** The moment, obsolete forms of RFC 5322 §4.3 included, each reported; `undefined` for no date. */
export function scanDate(text: string, report: Report): DateTime | undefined {
  const scanner = new FieldScanner(text, report);
  scanner.skipBlanks();
  const named = scanDayOfWeek(scanner);
  scanner.skipBlanks();
  const dayAt = scanner.at;
  const day = number(scanner, 1, 2);
  scanner.skipBlanks();
  const month = nameIndex(scanner, months);
  scanner.skipBlanks();
  const year = scanYear(scanner);
  scanner.skipBlanks();
  const time = scanTime(scanner);
  if (day === undefined || month === -1 || year === undefined || time === undefined) {
    scanner.fault("expected a date such as 1 Jan 1970 00:00:00 +0000 (RFC 5322 §3.3)");
    return undefined;
  }
  scanner.skipBlanks();
  const offsetMinutes = scanZone(scanner);
  scanner.end();
  const local = Date.UTC(year, month, day, time.hour, time.minute, time.second);
  const date = new Date(local);
  // A day that the month does not have would move the date into the next month.
  if (date.getUTCMonth() !== month && time.second < 60) {
    scanner.fault("the month has no such day", dayAt);
    return undefined;
  }
  if (named !== -1 && named !== new Date(Date.UTC(year, month, day)).getUTCDay()) {
    scanner.fault("the day of the week is not that of the date (RFC 5322 §3.3)", 0);
  }
  return Object.freeze({ epochMs: local - (offsetMinutes ?? 0) * 60_000, offsetMinutes });
}

/** `[ day-name "," ]`; its place in the week, or -1 when it is left out. */
function scanDayOfWeek(scanner: FieldScanner): number {
  if (!isLetter(scanner.text.charCodeAt(scanner.at))) return -1;
  const index = nameIndex(scanner, days);
  scanner.skipBlanks();
  if (!scanner.take(",")) scanner.fault('expected "," after the day of the week');
  return index;
}

function scanYear(scanner: FieldScanner): number | undefined {
  const start = scanner.at;
  const digits = scanner.run(isDigit);
  if (digits.length < 2 || digits.length > 4) return undefined;
  const year = Number(digits);
  if (digits.length === 4) return year >= 1900 ? year : undefined;
  // RFC 5322 §4.3: 00 to 49 are of this century, 50 to 99 and three digits count from 1900.
  scanner.fault("a year has four digits (RFC 5322 §4.3 knows shorter ones)", start);
  return digits.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

interface Clock {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

function scanTime(scanner: FieldScanner): Clock | undefined {
  const hour = number(scanner, 2, 2);
  scanner.skipBlanks();
  if (hour === undefined || hour > 23 || !scanner.take(":")) return undefined;
  scanner.skipBlanks();
  const minute = number(scanner, 2, 2);
  if (minute === undefined || minute > 59) return undefined;
  scanner.skipBlanks();
  if (!scanner.take(":")) return { hour, minute, second: 0 };
  scanner.skipBlanks();
  const second = number(scanner, 2, 2);
  // 60 is a leap second; it is the moment after.
  return second === undefined || second > 60 ? undefined : { hour, minute, second };
}

/** Zones that old mail names, RFC 5322 §4.3, in hours. */
const namedZones: ReadonlyMap<string, number> = new Map([
  ["UT", 0],
  ["GMT", 0],
  ["UTC", 0],
  ["EST", -5],
  ["EDT", -4],
  ["CST", -6],
  ["CDT", -5],
  ["MST", -7],
  ["MDT", -6],
  ["PST", -8],
  ["PDT", -7],
]);

function scanZone(scanner: FieldScanner): number | null {
  const start = scanner.at;
  const sign = scanner.peek();
  if (sign === "+" || sign === "-") {
    scanner.at++;
    const digits = scanner.run(isDigit);
    const hours = Number(digits.slice(0, 2));
    const minutes = Number(digits.slice(2));
    if (digits.length === 4 && minutes < 60 && hours < 24) {
      if (sign === "-" && digits === "0000") return null;
      const total = hours * 60 + minutes;
      return sign === "-" && total > 0 ? -total : total;
    }
    scanner.fault("a zone is a sign and four digits (RFC 5322 §3.3)", start);
    return null;
  }
  const name = scanner.run(isLetter).toUpperCase();
  scanner.fault("a zone is a sign and four digits (RFC 5322 §4.3 knows some names)", start);
  const hours = namedZones.get(name);
  // RFC 5322 §4.3: any other name says nothing about the place.
  return hours === undefined ? null : hours * 60;
}

function nameIndex(scanner: FieldScanner, names: readonly string[]): number {
  const start = scanner.at;
  const name = scanner.run(isLetter);
  // Nearly every writer has the case of the RFC.
  const index = names.indexOf(name);
  if (index !== -1) return index;
  const lower = name.toLowerCase();
  const inOtherCase = names.findIndex((one) => one.toLowerCase() === lower);
  if (inOtherCase === -1) scanner.at = start;
  return inOtherCase;
}

function number(scanner: FieldScanner, least: number, most: number): number | undefined {
  const digits = scanner.run(isDigit);
  return digits.length < least || digits.length > most ? undefined : Number(digits);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
