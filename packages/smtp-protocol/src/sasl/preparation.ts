/**
 * SASLprep, as far as a client needs it: RFC 4013, a profile of RFC 3454.
 *
 * What is mapped, normalised and prohibited is as the RFC has it, but that NFKC is that of the platform's Unicode
 * and not of Unicode 3.2, and that directions (RFC 3454 §6) and unassigned code points are not looked at: what a
 * server could not have stored it will refuse by itself. RFC 8265, which replaces SASLprep, prepares most
 * passwords alike; SCRAM names SASLprep (RFC 5802 §2.2), so that is what is done here.
 */
import { UsageError } from "@letterwright/base/error";
import { isAscii } from "@letterwright/base/bytes";

// RFC 3454 C.1.2
const spaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
// RFC 3454 B.1; U+200B stands in both tables, and is a space by RFC 4013 §2.1
const nothing =
  /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;
// RFC 4013 §2.3: RFC 3454 C.1.2, C.2.1, C.2.2, C.3 to C.9
const prohibited =
  /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u0340\u0341\u06dd\u070f\u180e\u200e\u200f\u2028-\u202e\u2061-\u2063\u206a-\u206f\u2ff0-\u2ffb\ufff9-\ufffd\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;

/**
 * The form of `text` that both ends compute with.
 *
 * @throws {UsageError} `SMTP_CREDENTIALS_INVALID` for a character that SASLprep prohibits
 */
export function prepared(text: string, what: "user" | "secret"): string {
  const mapped = isAscii(text)
    ? text
    : text.replaceAll(spaces, " ").replaceAll(nothing, "").normalize("NFKC");
  if (mapped !== "" && !prohibited.test(mapped)) return mapped;
  throw new UsageError(`${what} holds a character that SCRAM forbids`, {
    code: "SMTP_CREDENTIALS_INVALID",
    hint: "Control characters and the like are prohibited (RFC 4013 §2.3). Does a line end hang on a secret that was read from a file?",
  });
}
