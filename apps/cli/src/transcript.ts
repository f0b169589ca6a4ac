/** The conversation with a server, as it happens. */
import { transcriptLines, type SmtpEvent } from "@letterwright/smtp";
import { shownOnOneLine } from "./shown.ts";

/** Prints an event to standard error. Secrets were stars before it came here. */
export function printEvent(event: SmtpEvent): void {
  for (const line of transcriptLines(event)) console.error(shownOnOneLine(line));
}
