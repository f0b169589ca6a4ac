/** What has to hold of user and secret before a word of them is said. */
import { UsageError } from "@letterwright/base/error";

/**
 * That `text` is there, is Unicode, and has none of the characters in `forbidden`: a mechanism takes those
 * for the end of a field. The text itself never enters the error.
 *
 * @throws {UsageError} `SMTP_CREDENTIALS_INVALID`
 */
export function assertCredential(
  text: unknown,
  what: "user" | "secret" | "authorizationIdentity",
  forbidden: string = "\0",
): void {
  // An unset variable is no string at all, whatever the types say.
  if (typeof text !== "string" || text === "") throw invalid(`${what} is empty`);
  // A lone surrogate would become U+FFFD on the wire: another password than the one given.
  if (/\p{Cs}/u.test(text)) throw invalid(`${what} is no Unicode text`);
  for (const character of forbidden) {
    if (text.includes(character)) throw invalid(`${what} holds a character that cannot be sent`);
  }
}

/**
 * RFC 6750 §2.1: a token is printable and has no blanks.
 *
 * @throws {UsageError} `SMTP_CREDENTIALS_INVALID`
 */
export function assertToken(text: unknown): void {
  assertCredential(text, "secret");
  if (/[^\x21-\x7e]/.test(String(text)))
    throw invalid("the token holds a blank or what is not ASCII");
}

function invalid(found: string): UsageError {
  return new UsageError(found, {
    code: "SMTP_CREDENTIALS_INVALID",
    hint: "Is the variable set that it comes from? Does a line end hang on a secret that was read from a file?",
  });
}
