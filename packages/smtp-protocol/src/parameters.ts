/** What stands behind the path in MAIL and RCPT: RFC 5321 §4.1.2 and the extensions that add to it. */
import { isAscii } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import type { EnvelopeRecipient, ExtensionParameters } from "@letterwright/message";

/** Parameters of MAIL, each an extension of its own. */
export interface MailParameters {
  /** Octets of the message (RFC 1870 §6). */
  readonly size?: number | undefined;
  /** `BODY=` (RFC 6152 §2, RFC 3030 §3). */
  readonly body?: "7BIT" | "8BITMIME" | "BINARYMIME" | undefined;
  /** `SMTPUTF8` (RFC 6531 §3.4). */
  readonly smtpUtf8?: boolean | undefined;
  /** `REQUIRETLS` (RFC 8689 §2). */
  readonly requireTls?: boolean | undefined;
  /** `RET=` (RFC 3461 §4.3). */
  readonly return?: "full" | "headers" | undefined;
  /** `ENVID=`, before it is encoded (RFC 3461 §4.4). */
  readonly envelopeId?: string | undefined;
  /** Of any other extension; what stands above cannot stand here again. */
  readonly others?: ExtensionParameters | undefined;
}

/** Parameters of RCPT (RFC 3461 §4.1, §4.2). */
export type RcptParameters = Omit<EnvelopeRecipient, "mailbox">;

/**
 * The parameters of MAIL, each with a blank before it.
 *
 * @throws {UsageError} `SMTP_COMMAND_INVALID`, `SMTP_PARAMETER_INVALID`
 */
export function mailParameters(parameters: MailParameters): string {
  const { size, body, smtpUtf8, requireTls, envelopeId, others } = parameters;
  let text = "";
  if (size !== undefined) text += ` SIZE=${wholeNumber(size, "SIZE")}`;
  if (body !== undefined) text += ` BODY=${body}`;
  if (smtpUtf8 === true) text += " SMTPUTF8";
  if (requireTls === true) text += " REQUIRETLS";
  if (parameters.return !== undefined) {
    text += parameters.return === "full" ? " RET=FULL" : " RET=HDRS";
  }
  if (envelopeId !== undefined) text += ` ENVID=${xtext(envelopeId)}`;
  return others === undefined ? text : text + otherParameters(others);
}

/** The parameters of RCPT, each with a blank before it. */
export function rcptParameters({ notify, originalRecipient }: RcptParameters): string {
  let text = "";
  if (notify !== undefined) {
    text += ` NOTIFY=${notify === "never" ? "NEVER" : notify.join(",").toUpperCase()}`;
  }
  if (originalRecipient !== undefined) {
    const { type, address } = originalRecipient;
    // RFC 6533 §3: the form in ASCII is good with and without SMTPUTF8.
    const isUtf8 = type.toLowerCase() === "utf-8";
    text += ` ORCPT=${xtext(type)};${isUtf8 ? utf8Xtext(address) : xtext(address)}`;
  }
  return text;
}

/** A number that can stand in a command. */
export function wholeNumber(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new UsageError(`${what} must be a whole number, found ${value}`, {
    code: "SMTP_COMMAND_INVALID",
    hint: "It is a number of octets (RFC 1870 §6, RFC 3030 §2).",
  });
}

/** `xtext` (RFC 3461 §4): what is not printable, "+" and "=" become "+" and two hexadecimal digits. */
function xtext(text: string): string {
  let encoded = "";
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isPlain = code > 0x20 && code < 0x7f && code !== 0x2b && code !== 0x3d;
    encoded += isPlain
      ? text.charAt(at)
      : code < 0x80
        ? `+${hex(code)}`
        : // Not of ASCII: left as it is, for the look that every command gets.
          text.charAt(at);
  }
  return encoded;
}

/** `utf-8-addr-xtext` (RFC 6533 §3): what xtext could not hold becomes `\x{…}`. */
function utf8Xtext(text: string): string {
  let encoded = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const isPlain =
      code > 0x20 && code < 0x7f && character !== "\\" && character !== "+" && character !== "=";
    encoded += isPlain ? character : `\\x{${hex(code)}}`;
  }
  return encoded;
}

function hex(code: number): string {
  return code.toString(16).toUpperCase().padStart(2, "0");
}

/** What this file writes itself. */
const ours: ReadonlySet<string> = new Set([
  "SIZE",
  "BODY",
  "SMTPUTF8",
  "REQUIRETLS",
  "RET",
  "ENVID",
  "AUTH",
]);

function otherParameters(others: ExtensionParameters): string {
  let text = "";
  for (const [keyword, value] of Object.entries(others)) {
    const name = keyword.toUpperCase();
    if (!isKeyword(keyword)) throw invalid(`${JSON.stringify(keyword)} is no keyword`);
    if (ours.has(name)) throw invalid(`${name} has an option of its own`);
    if (value !== true && (typeof value !== "string" || !isValue(value))) {
      throw invalid(`${name} cannot have the value ${JSON.stringify(value)}`);
    }
    text += value === true ? ` ${name}` : ` ${name}=${value}`;
  }
  return text;
}

function invalid(why: string): UsageError {
  return new UsageError(`these parameters cannot be sent: ${why}`, {
    code: "SMTP_PARAMETER_INVALID",
    hint: 'A keyword has letters, digits and "-"; a value printable ASCII characters without blank and "=" (RFC 5321 §4.1.2).',
  });
}

/** `esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-")` */
function isKeyword(text: string): boolean {
  if (text === "" || text.startsWith("-")) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at) | 0x20;
    const isLetter = code >= 0x61 && code <= 0x7a;
    const isDigit = text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39;
    if (!isLetter && !isDigit && text.charAt(at) !== "-") return false;
  }
  return true;
}

/** `esmtp-value = 1*(%d33-60 / %d62-126)` */
function isValue(text: string): boolean {
  if (text === "" || !isAscii(text)) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x21 || code === 0x3d || code > 0x7e) return false;
  }
  return true;
}
