/** Invitations and answers to them: iCalendar in mail, RFC 6047 §2. */
import { UsageError } from "@letterwright/base/error";
import { attachment, type Attachment } from "./attachment.ts";
import { textPart, type Part } from "./part.ts";

/** The methods of RFC 5546 §1.4. */
export type CalendarMethod =
  | "PUBLISH"
  | "REQUEST"
  | "REPLY"
  | "ADD"
  | "CANCEL"
  | "REFRESH"
  | "COUNTER"
  | "DECLINECOUNTER";

/** A calendar object that a message carries. */
export interface CalendarInit {
  /** The same as the METHOD property of the content; readers want both to agree (RFC 6047 §2.4). */
  readonly method: CalendarMethod;
  /** The iCalendar text, `BEGIN:VCALENDAR` and so on. */
  readonly content: string;
  /** The name of the file that is attached too. Default `"invite.ics"`. */
  readonly name?: string;
}

/**
 * The version of the text that programs with a calendar take, for a `multipart/alternative`.
 *
 * @throws {UsageError} `CALENDAR_METHOD_MISMATCH`
 */
export function calendarPart(init: CalendarInit): Part {
  assertMethod(init);
  return textPart(init.content, {
    type: "text/calendar",
    parameters: { method: init.method },
    charset: "utf-8",
  });
}

/** The same as a file, for programs that look there. */
export function calendarAttachment({ content, name = "invite.ics" }: CalendarInit): Attachment {
  return attachment({ name, type: "application/ics", content });
}

function assertMethod({ method, content }: CalendarInit): void {
  const found = methodIn(content);
  if (found === method) return;
  throw new UsageError(
    `the calendar's METHOD is ${found === undefined ? "missing" : JSON.stringify(found)}, and the method given is ${JSON.stringify(method)}`,
    {
      code: "CALENDAR_METHOD_MISMATCH",
      hint: "Give the same in both places: readers that see two methods show no invitation (RFC 6047 §2.4).",
    },
  );
}

/** The value of the METHOD property, upper case. A line of iCalendar starts with its name (RFC 5545 §3.1). */
function methodIn(content: string): string | undefined {
  for (const line of content.split("\n")) {
    if (line.slice(0, 7).toUpperCase() === "METHOD:") return line.slice(7).trim().toUpperCase();
  }
  return undefined;
}
