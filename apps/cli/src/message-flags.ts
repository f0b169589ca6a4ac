/** The flags that say what a message is: the same for `send` and `compose`. */
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import {
  message,
  parseAddressList,
  parseMailbox,
  type Address,
  type Message,
} from "@letterwright/message";
import { openFile, openInlineFile } from "@letterwright/message/node";
import { Option, type Command } from "commander";
import { headerField } from "./header-flag.ts";
import { isStandardInput, readContent } from "./read-content.ts";

/** The flags as they were given. */
export interface MessageFlags {
  readonly from?: string;
  readonly to?: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly replyTo?: readonly string[];
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
  readonly attach?: readonly string[];
  readonly inline?: readonly string[];
  readonly header?: readonly string[];
}

/** Adds the flags to a command. */
export function addMessageFlags(command: Command): Command {
  return command
    .option("-f, --from <mailbox>", 'the author: ana@example.com or "Ana <ana@example.com>"')
    .addOption(repeatable("-t, --to <list>", "recipients, with commas between"))
    .addOption(repeatable("--cc <list>", "recipients of a copy"))
    .addOption(repeatable("--bcc <list>", "recipients whom nobody sees"))
    .addOption(repeatable("--reply-to <list>", "who gets the answers"))
    .option("-s, --subject <text>", "the subject")
    .option("-b, --text <text|@file|->", "the text; @file reads a file, - standard input")
    .option("--html <text|@file|->", "the same as HTML")
    .addOption(repeatable("-a, --attach <file>", "attach a file"))
    .addOption(repeatable("--inline <file>", "a file that the HTML shows as cid:NAME"))
    .addOption(repeatable("--header <name: text>", "another field"));
}

/** A flag whose values are gathered. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; may be repeated`).argParser(
    (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
  );
}

/**
 * The message that the flags describe. Everything is checked before the first byte of a file is read.
 *
 * @throws {UsageError} `CLI_FROM_MISSING`, `CLI_HEADER_INVALID`, `CLI_STDIN_TWICE`, `CLI_TEXT_NOT_UTF8`,
 * and what composing throws
 * @throws {LetterwrightError} `FILE_UNREADABLE`
 */
export async function messageOf(flags: MessageFlags): Promise<Message> {
  const { from, subject, text, html, attach = [], inline = [], header = [] } = flags;
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
    attachments: attach.map((path) => openFile(path)),
    inline: inline.map((path) => openInlineFile(path)),
    headers: header.map((line) => inFlag("--header", () => headerField(line))),
    ...(text === undefined ? {} : { text: await readContent("--text", text) }),
    ...(html === undefined ? {} : { html: await readContent("--html", html) }),
  });
}

function addresses(flag: string, lists: readonly string[] = []): readonly Address[] {
  return lists.flatMap((list) => inFlag(flag, () => parseAddressList(list)));
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
