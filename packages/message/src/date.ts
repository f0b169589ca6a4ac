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
  const said = new Date(epochMs + (offsetMinutes ?? 0) * 60_000).toUTCString();
  // RFC 5322 §3.3 takes a day of two digits, as ECMAScript writes it; one that needs no zero goes without.
  return said.replace(", 0", ", ").replace("GMT", zone(offsetMinutes));
}

function zone(offsetMinutes: number | null): string {
  if (offsetMinutes === null) return "-0000";
  const minutes = Math.abs(offsetMinutes);
  const digits = Math.trunc(minutes / 60) * 100 + (minutes % 60);
  return (offsetMinutes < 0 ? "-" : "+") + String(digits).padStart(4, "0");
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
  return restAsDate(new FieldScanner(text, report));
}

/** The same of what is left of a field. */
export function restAsDate(scanner: FieldScanner): DateTime | undefined {
  const start = scanner.at;
  scanner.skipBlanks();
  const named = scanDayOfWeek(scanner);
  scanner.skipBlanks();
  const dayAt = scanner.at;
  const day = scanner.number(1, 2);
  scanner.skipBlanks();
  const month = nameIndex(scanner, monthKeys);
  scanner.skipBlanks();
  const year = scanYear(scanner);
  scanner.skipBlanks();
  const second = scanTime(scanner);
  if (day === -1 || month === -1 || year === -1 || second === -1) {
    scanner.fault("expected a date such as 1 Jan 1970 00:00:00 +0000 (RFC 5322 §3.3)");
    return undefined;
  }
  scanner.skipBlanks();
  const offsetMinutes = scanZone(scanner);
  scanner.end();
  if (day === 0 || day > lengthOf(month, year)) {
    scanner.fault("the month has no such day", dayAt);
    return undefined;
  }
  const today = daysSince1970(year, month, day);
  // 1 January 1970 was a Thursday; 1900 is less than 4000 weeks before it.
  if (named !== -1 && named !== (today + 4 + 7 * 4000) % 7) {
    scanner.fault("the day of the week is not that of the date (RFC 5322 §3.3)", start);
  }
  const local = (today * 86_400 + second) * 1000;
  return Object.freeze({ epochMs: local - (offsetMinutes ?? 0) * 60_000, offsetMinutes });
}

/** The days of a month of the Gregorian calendar. */
function lengthOf(month: number, year: number): number {
  if (month !== 1) return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** Days from 1 January 1970 to a date of the Gregorian calendar; years that begin in March end in the leap day. */
function daysSince1970(year: number, month: number, day: number): number {
  const years = month < 2 ? year - 1 : year;
  const leapDays = (years >> 2) - Math.floor(years / 100) + Math.floor(years / 400);
  // From March on, five months have 153 days.
  const ofYear = Math.floor((153 * ((month + 10) % 12) + 2) / 5) + day - 1;
  return years * 365 + leapDays + ofYear - 719_468;
}

/** `[ day-name "," ]`; its place in the week, or -1 when it is left out. */
function scanDayOfWeek(scanner: FieldScanner): number {
  if (scanner.isAtEnd || !isLetter(scanner.text.charCodeAt(scanner.at))) return -1;
  const index = nameIndex(scanner, dayKeys);
  scanner.skipBlanks();
  if (!scanner.take(",")) scanner.fault('expected "," after the day of the week');
  return index;
}

/** The year; -1 for none. */
function scanYear(scanner: FieldScanner): number {
  const start = scanner.at;
  const year = scanner.number(2, 4);
  if (year === -1) return -1;
  const digits = scanner.at - start;
  if (digits === 4) return year >= 1900 ? year : -1;
  // RFC 5322 §4.3: 00 to 49 are of this century, 50 to 99 and three digits count from 1900.
  scanner.fault("a year has four digits (RFC 5322 §4.3 knows shorter ones)", start);
  return digits === 2 && year < 50 ? 2000 + year : 1900 + year;
}

/** The second of the day; -1 for none. */
function scanTime(scanner: FieldScanner): number {
  const hour = scanner.number(2, 2);
  scanner.skipBlanks();
  if (hour === -1 || hour > 23 || !scanner.take(":")) return -1;
  scanner.skipBlanks();
  const minute = scanner.number(2, 2);
  if (minute === -1 || minute > 59) return -1;
  scanner.skipBlanks();
  const ofMinute = hour * 3600 + minute * 60;
  if (!scanner.take(":")) return ofMinute;
  scanner.skipBlanks();
  const second = scanner.number(2, 2);
  // 60 is a leap second; it is the moment after.
  return second === -1 || second > 60 ? -1 : ofMinute + second;
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
  const isWest = scanner.take("-");
  if (isWest || scanner.take("+")) {
    const digits = scanner.number(4, 4);
    const minutes = digits % 100;
    if (digits !== -1 && minutes < 60 && digits < 2400) {
      if (isWest && digits === 0) return null;
      const total = ((digits / 100) | 0) * 60 + minutes;
      return isWest ? -total : total;
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

const dayKeys: readonly number[] = /* @__PURE__ */ days.map(keyOf);
const monthKeys: readonly number[] = /* @__PURE__ */ months.map(keyOf);

/** The three letters of a name in one number, in lower case. */
function keyOf(name: string): number {
  let key = 0;
  for (let at = 0; at < name.length; at++) key = (key << 8) | name.charCodeAt(at) | 0x20;
  return key;
}

/** Which of the names stands here, in whatever case; -1 for none, and nothing is taken. */
function nameIndex(scanner: FieldScanner, keys: readonly number[]): number {
  const { text, at: start } = scanner;
  let at = start;
  let key = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isLetter(code)) break;
    key = (key << 8) | code | 0x20;
  }
  const index = at - start === 3 ? keys.indexOf(key) : -1;
  if (index !== -1) scanner.at = at;
  return index;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
