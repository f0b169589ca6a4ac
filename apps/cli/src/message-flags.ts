/** The flags that say what a message is: the same for `send` and `compose`. */
import { readFileSync } from "node:fs";
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import {
  message,
  parseAddressList,
  parseMailbox,
  textField,
  type Address,
  type Message,
} from "@letterwright/message";
import { openFile, openInlineFile } from "@letterwright/message/node";
import type { Command } from "commander";

/** The flags as they were given. */
export interface MessageFlags {
  readonly from?: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly replyTo: readonly string[];
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
  readonly attach: readonly string[];
  readonly inline: readonly string[];
  readonly header: readonly string[];
}

/** Adds the flags to a command. */
export function addMessageFlags(command: Command): Command {
  return command
    .option("-f, --from <mailbox>", 'the author: ana@example.com or "Ana <ana@example.com>"')
    .option("-t, --to <list>", "recipients; may be repeated", repeated, [])
    .option("--cc <list>", "recipients of a copy; may be repeated", repeated, [])
    .option("--bcc <list>", "recipients whom nobody sees; may be repeated", repeated, [])
    .option("--reply-to <list>", "who gets the answers; may be repeated", repeated, [])
    .option("-s, --subject <text>", "the subject")
    .option("-b, --text <text|@file|->", "the text; @file reads a file, - standard input")
    .option("--html <text|@file|->", "the same as HTML")
    .option("-a, --attach <file>", "attach a file; may be repeated", repeated, [])
    .option(
      "--inline <file>",
      "a file that the HTML shows as cid:NAME; may be repeated",
      repeated,
      [],
    )
    .option("--header <name: text>", "another field; may be repeated", repeated, []);
}

/** Gathers the values of a flag that may be repeated. */
export function repeated(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/**
 * The message that the flags describe.
 *
 * @throws {UsageError} `CLI_FROM_MISSING`, `CLI_HEADER_INVALID`, `CLI_STDIN_TWICE`, and what composing throws
 * @throws {LetterwrightError} `FILE_UNREADABLE`
 */
export function messageOf(flags: MessageFlags): Message {
  if (flags.from === undefined) {
    throw new UsageError("there is no author", {
      code: "CLI_FROM_MISSING",
      hint: "Add --from ana@example.com.",
    });
  }
  if (flags.text === "-" && flags.html === "-") {
    throw new UsageError("standard input can be read only once", {
      code: "CLI_STDIN_TWICE",
      hint: "Give --text or --html as @file.",
    });
  }
  return message({
    from: parseMailbox(flags.from),
    to: addresses(flags.to),
    cc: addresses(flags.cc),
    bcc: addresses(flags.bcc),
    replyTo: addresses(flags.replyTo),
    ...(flags.subject === undefined ? {} : { subject: flags.subject }),
    ...(flags.text === undefined ? {} : { text: content(flags.text) }),
    ...(flags.html === undefined ? {} : { html: content(flags.html) }),
    attachments: flags.attach.map((path) => openFile(path)),
    inline: flags.inline.map((path) => openInlineFile(path)),
    headers: flags.header.map((line) => {
      const colon = line.indexOf(":");
      if (colon < 1) {
        throw new UsageError(`${JSON.stringify(line)} is not a header field`, {
          code: "CLI_HEADER_INVALID",
          hint: "Write --header 'Name: text'.",
        });
      }
      return textField(line.slice(0, colon), line.slice(colon + 1).trim());
    }),
  });
}

function addresses(lists: readonly string[]): readonly Address[] {
  return lists.flatMap((list) => parseAddressList(list));
}

/** `@file`, `-`, or the text itself; `@@` is an "@" at the start of a text. */
function content(given: string): string {
  if (given.startsWith("@@")) return given.slice(1);
  if (given !== "-" && !given.startsWith("@")) return given;
  const path = given === "-" ? 0 : given.slice(1);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LetterwrightError(
      `cannot read ${given === "-" ? "standard input" : JSON.stringify(path)}: ${why}`,
      {
        code: "FILE_UNREADABLE",
        hint: "Check the path and that you may read the file.",
        cause,
      },
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(
      `${given === "-" ? "standard input" : JSON.stringify(path)} is not UTF-8 text`,
      {
        code: "CLI_TEXT_NOT_UTF8",
        hint: "Convert it to UTF-8, or attach it with --attach.",
        cause,
      },
    );
  }
}
