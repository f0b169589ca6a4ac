/** The date of RFC 5322 §3.3. */
import { UsageError } from "@letterwright/base/error";

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

/**
 * A moment as a `date-time`, in UTC: a local zone would tell the reader where the sender is.
 *
 * @throws {UsageError} `DATE_INVALID` for no date, or a year that four digits cannot say (RFC 5322 §3.3).
 * @example
 * ```ts
 * import { formatDate } from "@letterwright/message";
 *
 * formatDate(new Date(0)); // => "Thu, 1 Jan 1970 00:00:00 +0000"
 * ```
 */
export function formatDate(moment: Date): string {
  const year = moment.getUTCFullYear();
  if (!(year >= 1900 && year <= 9999)) {
    throw new UsageError(`not a date that mail can carry: ${String(moment)}`, {
      code: "DATE_INVALID",
      hint: "Pass a valid Date from 1900 to 9999 (RFC 5322 §3.3).",
    });
  }
  const clock = [moment.getUTCHours(), moment.getUTCMinutes(), moment.getUTCSeconds()]
    .map(twoDigits)
    .join(":");
  return `${days[moment.getUTCDay()]}, ${moment.getUTCDate()} ${months[moment.getUTCMonth()]} ${year} ${clock} +0000`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
