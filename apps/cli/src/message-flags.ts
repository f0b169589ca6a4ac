/** The flags that say what a message is: the same for `send` and `compose`. */
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import {
  message,
  parseAddressList,
  parseMailbox,
  textField,
  type Address,
  type Field,
  type Message,
} from "@letterwright/message";
import { openFile, openInlineFile } from "@letterwright/message/node";
import type { Command } from "commander";
import { isStandardInput, readContent } from "./read-content.ts";

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
    .option("-t, --to <list>", "recipients, with commas between; may be repeated", repeated, [])
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
 * The message that the flags describe. Everything is checked before the first byte of a file is read.
 *
 * @throws {UsageError} `CLI_FROM_MISSING`, `CLI_HEADER_INVALID`, `CLI_STDIN_TWICE`, `CLI_TEXT_NOT_UTF8`,
 * and what composing throws
 * @throws {LetterwrightError} `FILE_UNREADABLE`
 */
export async function messageOf(flags: MessageFlags): Promise<Message> {
  const { from, subject, text, html } = flags;
  if (from === undefined) {
    throw new UsageError("there is no author", {
      code: "CLI_FROM_MISSING",
      hint: "Add --from ana@example.com.",
    });
  }
  if (isStandardInput(text) && isStandardInput(html)) {
    throw new UsageError("--text and --html both want standard input, and it is there once", {
      code: "CLI_STDIN_TWICE",
      hint: "Give one of them as @file.",
    });
  }
  return message({
    from: inFlag("--from", () => parseMailbox(from)),
    to: addresses("--to", flags.to),
    cc: addresses("--cc", flags.cc),
    bcc: addresses("--bcc", flags.bcc),
    replyTo: addresses("--reply-to", flags.replyTo),
    ...(subject === undefined ? {} : { subject }),
    attachments: flags.attach.map((path) => openFile(path)),
    inline: flags.inline.map((path) => openInlineFile(path)),
    headers: flags.header.map((line) => inFlag("--header", () => fieldIn(line))),
    ...(text === undefined ? {} : { text: await readContent("--text", text) }),
    ...(html === undefined ? {} : { html: await readContent("--html", html) }),
  });
}

function addresses(flag: string, lists: readonly string[]): readonly Address[] {
  return lists.flatMap((list) => inFlag(flag, () => parseAddressList(list)));
}

function fieldIn(line: string): Field {
  const colon = line.indexOf(":");
  if (colon < 1) {
    throw new UsageError(`${JSON.stringify(line)} is not a header field`, {
      code: "CLI_HEADER_INVALID",
      hint: "Write --header 'Name: text'.",
    });
  }
  return textField(line.slice(0, colon), line.slice(colon + 1).trim());
}

/** Says in front of a fault in which flag it is. */
function inFlag<Value>(flag: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    if (!LetterwrightError.is(cause)) throw cause;
    const { code, hint, message: fault } = cause;
    throw new UsageError(`${flag}: ${fault}`, { code, hint, cause });
  }
}
