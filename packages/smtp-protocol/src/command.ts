/**
 * Commands: RFC 5321 §4.1.1. The one place that makes command bytes.
 *
 * Arguments are typed, so that nothing a caller passes can become a second command.
 */
import { assertWellFormed, utf8, utf8Length } from "@letterwright/base/bytes";
import { LimitError, UsageError } from "@letterwright/base/error";
import { addrSpec, mailbox as checked, needsSmtpUtf8, type Mailbox } from "@letterwright/message";
import {
  mailParameters,
  rcptParameters,
  wholeNumber,
  type MailParameters,
  type RcptParameters,
} from "./parameters.ts";

/** A command of the client. */
export type Command =
  | { readonly verb: "EHLO"; readonly name: string }
  | { readonly verb: "HELO"; readonly name: string }
  /** EHLO of LMTP (RFC 2033 §4.1). */
  | { readonly verb: "LHLO"; readonly name: string }
  | { readonly verb: "STARTTLS" }
  | {
      readonly verb: "AUTH";
      readonly mechanism: string;
      /** Base64. */
      readonly initialResponse?: string;
      /** The secret of this login: it is not sent, and where a later reply repeats it there are stars. */
      readonly conceal?: string;
    }
  /** The answer to a 334 challenge, base64; `"*"` gives up (RFC 4954 §4). */
  | { readonly verb: "RESPONSE"; readonly text: string }
  | {
      readonly verb: "MAIL";
      readonly reversePath: Mailbox | null;
      readonly parameters?: MailParameters | undefined;
    }
  | {
      readonly verb: "RCPT";
      readonly mailbox: Mailbox;
      readonly smtpUtf8?: boolean;
      readonly parameters?: RcptParameters | undefined;
    }
  | { readonly verb: "DATA" }
  /** So many octets of content follow the command at once, and more chunks after them (RFC 3030 §2). */
  | { readonly verb: "BDAT"; readonly size: number }
  /** The last chunk: with its last octet the message is the server's. */
  | { readonly verb: "BDAT LAST"; readonly size: number }
  /** The lone dot that ends DATA, after content that is sent beside the commands. */
  | { readonly verb: "END" }
  | { readonly verb: "RSET" }
  | { readonly verb: "NOOP" }
  | { readonly verb: "QUIT" };

/** The verb of a command; RESPONSE and END are lines that have none on the wire, LAST is a word of BDAT. */
export type Verb = Command["verb"];

// RFC 5321 §4.5.3.1.4 has 512 octets, more with extensions; RFC 4954 §4 has 12288 for AUTH.
const maxCommandBytes = 1024;
const maxAuthBytes = 12_288;

/**
 * The command as bytes, CRLF included.
 *
 * @throws {UsageError} `SMTP_COMMAND_INVALID` for a character that no command may hold,
 * `SMTP_PARAMETER_INVALID`, `ADDRESS_NEEDS_SMTPUTF8`, and what `mailbox` throws for a mailbox that was not made by it
 * @throws {LimitError} `SMTP_COMMAND_TOO_LONG`
 */
export function encodeCommand(command: Command): Uint8Array {
  return utf8(commandLine(command));
}

/**
 * The same as text: it becomes bytes as UTF-8, and is ASCII but where SMTPUTF8 was said.
 *
 * @throws what {@link encodeCommand} throws
 */
export function commandLine(command: Command): string {
  switch (command.verb) {
    // Of these nothing comes from a caller but a number.
    case "BDAT":
    case "BDAT LAST":
    case "DATA":
    case "END":
    case "RSET":
      return `${lineOf(command)}\r\n`;
    default:
      return looked(command, lineOf(command));
  }
}

/** The line with its end, if it is one: printable, and not longer than a command may be. */
function looked(command: Command, line: string): string {
  let isAscii = true;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code >= 0x20 && code < 0x7f) continue;
    if (code < 0xa0 || !mayBeUtf8(command)) throw unspeakable(command.verb, code);
    isAscii = false;
  }
  const length = (isAscii ? line.length : utf8Length(line)) + 2;
  const limit =
    command.verb === "AUTH" || command.verb === "RESPONSE" ? maxAuthBytes : maxCommandBytes;
  if (length > limit) {
    throw new LimitError(`${command.verb} would have ${length} octets`, {
      code: "SMTP_COMMAND_TOO_LONG",
      limit,
      hint: "RFC 5321 §4.5.3.1.4 bounds the length of a command.",
    });
  }
  if (!isAscii) assertWellFormed(line);
  return `${line}\r\n`;
}

function mayBeUtf8(command: Command): boolean {
  return (
    (command.verb === "MAIL" && command.parameters?.smtpUtf8 === true) ||
    (command.verb === "RCPT" && command.smtpUtf8 === true)
  );
}

function unspeakable(verb: Verb, code: number): UsageError {
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return new UsageError(`${verb} cannot hold the character ${name}`, {
    code: "SMTP_COMMAND_INVALID",
    hint: "A command is one line of printable ASCII (RFC 5321 §4.1.2).",
  });
}

/** The command as one may show it: what could be a secret is replaced by stars, by its place. */
export function describeCommand(command: Command): string {
  if (command.verb === "RESPONSE") return command.text === "*" ? "*" : "***";
  if (command.verb === "AUTH") {
    return `AUTH ${command.mechanism}${command.initialResponse === undefined ? "" : " ***"}`;
  }
  return lineOf(command);
}

function lineOf(command: Command): string {
  switch (command.verb) {
    case "EHLO":
    case "HELO":
    case "LHLO":
      return `${command.verb} ${word(command.name, command.verb)}`;
    case "AUTH": {
      const { mechanism, initialResponse } = command;
      // RFC 4954 §4: an empty initial response is written "=".
      const initial =
        initialResponse === undefined
          ? ""
          : ` ${initialResponse === "" ? "=" : base64(initialResponse, "AUTH")}`;
      return `AUTH ${word(mechanism, "AUTH")}${initial}`;
    }
    case "RESPONSE":
      return command.text === "*" ? "*" : base64(command.text, "RESPONSE");
    case "MAIL":
      return `MAIL FROM:${path(command.reversePath, command.parameters?.smtpUtf8)}${command.parameters === undefined ? "" : mailParameters(command.parameters)}`;
    case "RCPT":
      return `RCPT TO:${path(command.mailbox, command.smtpUtf8)}${command.parameters === undefined ? "" : rcptParameters(command.parameters)}`;
    case "BDAT":
      return `BDAT ${wholeNumber(command.size, "BDAT")}`;
    case "BDAT LAST":
      return `BDAT ${wholeNumber(command.size, "BDAT")} LAST`;
    case "END":
      return ".";
    default:
      return command.verb;
  }
}

/** RFC 5321 §4.1.2 `Reverse-path` and `Forward-path`, without source routes. */
function path(given: Mailbox | null, smtpUtf8: boolean | undefined): string {
  if (given === null) return "<>";
  if (isPlain(given.localPart, given.domain)) return `<${given.localPart}@${given.domain}>`;
  // Whoever wrote the object by hand could close the path in its domain, and go on with a parameter.
  const mailbox = checked({ localPart: given.localPart, domain: given.domain });
  if (needsSmtpUtf8(mailbox) && smtpUtf8 !== true) {
    throw new UsageError(`${JSON.stringify(addrSpec(mailbox))} can only be sent with SMTPUTF8`, {
      code: "ADDRESS_NEEDS_SMTPUTF8",
      hint: "Its local-part is not ASCII (RFC 6531 §3.2). Use an ASCII address of the same person, or a server that offers SMTPUTF8.",
    });
  }
  return `<${addrSpec(mailbox, { domain: "ascii" })}>`;
}

/**
 * Whether a path can be written of the two as they are, whoever made them: ASCII, `Dot-string` and `Domain` of RFC 5321
 * §4.1.2 within their lengths, as nearly all are. One look at each character; what it does not know is looked at by
 * those who do.
 */
function isPlain(localPart: string, domain: string): boolean {
  if (localPart.length > 64 || domain.length > 255) return false;
  return isDotted(localPart, 64, isPlainAtext) && isDotted(domain, 63, isLetterOrDigit);
}

/** Parts of so many characters at most, a dot between them; a hyphen stands inside a part. */
function isDotted(text: string, longest: number, isOfPart: (code: number) => boolean): boolean {
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x2e || code === 0x2d) {
      const next = text.charCodeAt(at + 1);
      if (at === start || at + 1 === text.length || (code === 0x2d && next === 0x2e)) return false;
      if (code === 0x2e) start = at + 1;
    } else if (!isOfPart(code)) return false;
    if (at - start >= longest) return false;
  }
  return start < text.length;
}

function isLetterOrDigit(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a)
  );
}

/** Of `atext` those that addresses have. */
function isPlainAtext(code: number): boolean {
  return isLetterOrDigit(code) || code === 0x5f || code === 0x2b;
}

/** RFC 4954 §4: what travels in a login is base64, and so holds nothing that means anything else. */
function base64(text: string, verb: Verb): string {
  for (let at = 0; at < text.length; at++) {
    if (base64Characters.has(text.charAt(at))) continue;
    throw new UsageError(`${verb} takes base64, and found something else`, {
      code: "SMTP_COMMAND_INVALID",
      hint: "Encode the response first (RFC 4954 §4).",
    });
  }
  return text;
}

const base64Characters: ReadonlySet<string> = new Set(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=",
);

function word(text: string, verb: Verb): string {
  if (text !== "" && !text.includes(" ")) return text;
  throw new UsageError(`${verb} needs one word, found ${JSON.stringify(text)}`, {
    code: "SMTP_COMMAND_INVALID",
    hint: "A name or mechanism is neither empty nor has blanks.",
  });
}
