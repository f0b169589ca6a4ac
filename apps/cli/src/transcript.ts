/** The conversation with a server, as it happens. */
import type { SmtpEvent } from "@letterwright/smtp";
import { shownOnOneLine } from "./shown.ts";

/** Prints an event to standard error. Secrets were stars before it came here. */
export function printEvent(event: SmtpEvent): void {
  for (const line of linesOf(event)) console.error(shownOnOneLine(line));
}

function linesOf(event: SmtpEvent): readonly string[] {
  switch (event.kind) {
    case "connected":
      return [`* connected to ${event.address} port ${event.port}`];
    case "secured":
      return [`* ${event.report.protocol}, ${event.report.cipher}`];
    case "command":
      return [`C: ${event.line}`];
    case "reply":
      return event.text.split("\n").map((line) => `S: ${event.code} ${line}`);
    case "content":
      return [`* ${event.byteLength} bytes of content`];
    case "closed":
      return ["* closed"];
  }
}
