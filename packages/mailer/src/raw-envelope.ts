/** The envelope that finished mail asks for, where its fields say it without a doubt. */
import { concatBytes, cr } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { envelopeOf, type Envelope, type RawMessage } from "@letterwright/message";
import { parse } from "@letterwright/parser";
import { withCrlf } from "./prepare-raw.ts";

/** Line ends are made one before it leaves; a missing From has an error of its own, and Sender may do. */
const isSettled: ReadonlySet<string> = new Set(["LINE_ENDS_MIXED", "FROM_MISSING"]);
const addressFields: ReadonlySet<string> = new Set(["from", "sender", "to", "cc", "bcc"]);

/**
 * Sender, else From, as reverse-path; every To, Cc and Bcc, or those of the newest Resent block (RFC 5322 §3.6.6).
 *
 * @throws {UsageError} `MAILER_ENVELOPE_UNCLEAR` when one of these fields is not as the standard has it, so that
 * readers could differ about who is meant; `MESSAGE_FROM_MISSING`, `ENVELOPE_RECIPIENTS_MISSING`
 */
export function envelopeOfRaw({ fields }: RawMessage): Envelope {
  const about = fields.filter(({ name }) => {
    const lower = name.toLowerCase();
    return addressFields.has(lower) || lower.startsWith("resent-");
  });
  const { message, defects } = parse(concatBytes(about.map(({ bytes }) => lineEnded(bytes))));
  const doubt = defects.find(
    ({ severity, code }) => severity !== "tolerable" && !isSettled.has(code),
  );
  if (doubt !== undefined) {
    throw new UsageError(`the fields leave a doubt about who gets the message: ${doubt.message}`, {
      code: "MAILER_ENVELOPE_UNCLEAR",
      hint: "Pass `envelope: envelope({ reversePath, recipients })`.",
    });
  }
  return envelopeOf(message);
}

/** A field of a file whose lines end with LF; one that has a CR anywhere is left for the parser to judge. */
function lineEnded(bytes: Uint8Array): Uint8Array {
  return bytes.includes(cr) ? bytes : withCrlf(bytes, () => undefined);
}
