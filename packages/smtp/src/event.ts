/** What a transport does, told as it happens; already free of secrets. */
import type { TlsReport } from "@letterwright/tls";

/** One thing that happened. */
export type SmtpEvent = {
  /** Which connection: numbers of this process, from 1 on. */
  readonly connection: number;
} & (
  | {
      readonly kind: "connected";
      readonly host: string;
      /** Absent for a Unix socket. */
      readonly port: number | undefined;
      /** The address that answered, or the path of the socket. */
      readonly address: string;
    }
  | { readonly kind: "secured"; readonly report: TlsReport }
  /** A command, as it was sent; secrets are stars. */
  | { readonly kind: "command"; readonly line: string }
  /** A reply; the text is untrusted. */
  | {
      readonly kind: "reply";
      readonly code: number;
      readonly enhancedStatus?: string;
      readonly text: string;
    }
  /** The content of a message went out. */
  | { readonly kind: "content"; readonly byteLength: number }
  /** This host of several could not be used; the next is tried. */
  | { readonly kind: "passed over"; readonly host: string; readonly code: string }
  | { readonly kind: "closed" }
);

/**
 * The lines of an event in a transcript: `C: ` for the client, `S: ` for the server, `* ` for what is said by nobody.
 * Texts of the server are as they came: escape them before a terminal.
 *
 * @example
 * ```ts
 * import { transcriptLines } from "@letterwright/smtp";
 *
 * transcriptLines({ connection: 1, kind: "reply", code: 250, enhancedStatus: "2.1.0", text: "Ok" }); // => ["S: 250 2.1.0 Ok"]
 * ```
 */
export function transcriptLines(event: SmtpEvent): readonly string[] {
  switch (event.kind) {
    case "connected":
      return [
        `* connected to ${event.address}${event.port === undefined ? "" : ` port ${event.port}`}`,
      ];
    case "secured":
      return [`* ${event.report.protocol}, ${event.report.cipher}`];
    case "command":
      return [`C: ${event.line}`];
    case "reply": {
      const { code, enhancedStatus, text } = event;
      const status = enhancedStatus === undefined ? "" : `${enhancedStatus} `;
      const lines = text.split("\n");
      return lines.map(
        (line, index) => `S: ${code}${index < lines.length - 1 ? "-" : " "}${status}${line}`,
      );
    }
    case "content":
      return [`* ${event.byteLength} bytes of content`];
    case "passed over":
      return [`* ${event.host} is passed over: ${event.code}`];
    case "closed":
      return ["* closed"];
  }
}
