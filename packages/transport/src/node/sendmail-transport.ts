/** A transport through the machine's own sendmail command. */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { UsageError } from "@letterwright/base/error";
import {
  addrSpec,
  bareOffer,
  envelope as envelopeFor,
  type Envelope,
  type Mailbox,
  type Outgoing,
  type RawMessage,
  type ServerOffer,
} from "@letterwright/message";
import { DeliveryError, OutcomeUnknownError } from "../delivery-error.ts";
import { messageIdOf } from "../memory.ts";
import { outgoingChunks } from "../outgoing-chunks.ts";
import { resolveOutgoing } from "../outgoing.ts";
import { createSendings } from "../sending.ts";
import type {
  Progress,
  SendOptions,
  SendReceipt,
  Transport,
  UncertainReceipt,
} from "../transport.ts";
import { refuseReports, unsupported, wishesOf } from "../wishes.ts";
import { SendmailError } from "./sendmail-error.ts";
import { runSendmail, StoppedTooLate, type SendmailRun } from "./sendmail-run.ts";
import { cannotBeKilled, whenSpooled } from "./spool.ts";
import { exitMeaningOf, replyOf } from "./sysexits.ts";

/** Options of {@link sendmailTransport}. Every one may be left out. */
export interface SendmailOptions {
  /** The program. Default `/usr/sbin/sendmail`, where every mail system puts its own. */
  readonly command?: string;
  /** Flags of its own, before ours; each is one argument, and no shell looks at them. */
  readonly args?: readonly string[];
  /** Its environment. Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * What may be handed over. Default: nothing beyond seven bits, which always arrives. With 8BITMIME the flag
   * `-B8BITMIME` goes along where a message needs it.
   */
  readonly offer?: ServerOffer;
  /** Default LF, as programs of Unix write lines; `"\r\n"` for a command that wants them as they travel. */
  readonly lineEnd?: "\n" | "\r\n";
  /** How long it may take from its start to its end, in milliseconds. Default 10 minutes. */
  readonly timeoutMs?: number;
}

/** A transport through a sendmail command. */
export interface SendmailTransport extends Transport {
  /** Is the command there, and may it be run? Rejects with `SENDMAIL_CANNOT_START`. Nothing is run. */
  verify(): Promise<void>;
}

/**
 * A transport that hands each message to the machine's sendmail command: `sendmail -i -f FROM -- TO…`.
 *
 * The command is started with a list of arguments; no shell reads them, and no address can be taken for a
 * flag. When content fails or the signal fires, the command and what it started are killed before their input
 * ends, so that no part of a message is taken for the whole. A set-user-ID command, Exim's for one, cannot be
 * killed by others than its owner: content that is not in memory is then read into a temporary file first.
 *
 * Accepted means that the command ended with 0: the message is in its queue. It says nothing of each recipient.
 *
 * `send` rejects with `DeliveryError` for the statuses of `sysexits.h` (its `reply` has their name and the
 * command's own words); with {@link SendmailError}, `SENDMAIL_CANNOT_START`, `SENDMAIL_FAILED`, `SENDMAIL_TIMEOUT`; and
 * with {@link OutcomeUnknownError}: `SENDMAIL_OUTCOME_UNKNOWN` when the command ended by a signal, or was stopped,
 * after it had the whole message, `SENDMAIL_INPUT_UNREAD` when it ended well without reading all of it.
 *
 * @throws {UsageError} `SENDMAIL_OPTION_INVALID`
 * @example
 * ```ts
 * import { sendmailTransport } from "@letterwright/transport/node";
 *
 * const transport = sendmailTransport(); // /usr/sbin/sendmail
 * await transport.close();
 * ```
 */
export function sendmailTransport(options: SendmailOptions = {}): SendmailTransport {
  const settings = settingsOf(options);
  const sendings = createSendings();
  return Object.freeze({
    send: (outgoing: Outgoing, envelope: Envelope, given: SendOptions = {}) =>
      sendings.run(given.signal, (signal) =>
        handOver(settings, outgoing, envelope, { ...given, signal }),
      ),
    verify: () => verifyCommand(settings.command),
    close: sendings.close,
    [Symbol.asyncDispose]: () => sendings.close(),
  });
}

type Settings = Required<SendmailOptions>;

function settingsOf(options: SendmailOptions): Settings {
  const { command = "/usr/sbin/sendmail", args = [], timeoutMs = 600_000 } = options;
  const wrong =
    command === ""
      ? "`command` is empty"
      : args.includes("--")
        ? '`args` has "--", after which no flag is one'
        : // Timers of Node hold 31 bits.
          !(timeoutMs >= 1 && timeoutMs <= 2_147_483_647)
          ? "`timeoutMs` is no number from 1 to 2147483647"
          : undefined;
  if (wrong !== undefined) {
    throw new UsageError(`sendmail: ${wrong}`, {
      code: "SENDMAIL_OPTION_INVALID",
      hint: "`command` is one program, `args` are its flags, each an argument of its own.",
    });
  }
  return {
    command,
    args,
    env: options.env ?? process.env,
    offer: options.offer ?? bareOffer,
    lineEnd: options.lineEnd ?? "\n",
    timeoutMs,
  };
}

async function handOver(
  settings: Settings,
  outgoing: Outgoing,
  envelope: Envelope,
  given: SendOptions,
): Promise<SendReceipt> {
  const started = Date.now();
  refuseReports(envelope, given); // -N asks one program for reports, and keeps Exim from delivering at all
  const wishes = wishesOf(given, settings.offer);
  if (wishes.requireTls === true) throw unsupported("requireTls");
  if (wishes.mailParameters !== undefined) throw unsupported("mailParameters");
  const raw = await resolveOutgoing(outgoing, settings.offer);
  let byteLength = 0;
  const onProgress = (progress: Progress): void => {
    byteLength = progress.sentBytes;
    given.onProgress?.(progress);
  };
  const content = (signal: AbortSignal | undefined): AsyncIterable<Uint8Array> => {
    const chunks = outgoingChunks(raw, { signal, onProgress });
    return settings.lineEnd === "\n" ? withLf(chunks) : chunks;
  };
  const call = {
    command: settings.command,
    args: [...settings.args, ...argumentsFor(raw, envelope)],
    env: settings.env,
    timeoutMs: settings.timeoutMs,
  };
  const id = messageIdOf(raw);
  const facts = (): Omit<UncertainReceipt, "unknown"> => ({
    accepted: [],
    refused: [],
    acceptedBy: settings.command,
    protection: { kind: "local" as const },
    byteLength,
    durationMs: Date.now() - started,
    timings: {},
    ...(id === undefined ? {} : { messageId: id }),
  });
  let run: SendmailRun;
  try {
    run =
      raw.body.bytes === undefined && (await cannotBeKilled(settings.command))
        ? await whenSpooled(content(given.signal), (chunks) =>
            runSendmail({ ...call, chunks: () => chunks, signal: undefined }),
          )
        : await runSendmail({ ...call, chunks: content, signal: given.signal });
  } catch (error) {
    if (!(error instanceof StoppedTooLate)) throw error;
    throw unknown(`${settings.command} was stopped when it had the whole message`, {
      code: "SENDMAIL_OUTCOME_UNKNOWN",
      hint: "Look into its queue and its log before you send again: it may arrive twice.",
      facts: facts(),
      envelope,
      cause: error.cause,
    });
  }
  if (run.exitStatus !== 0 || !run.readAll) throw failureOf(run, settings, envelope, facts());
  const reply = Object.freeze({ code: 250, text: "taken over by the command" });
  const accepted = envelope.recipients.map(({ mailbox }) => ({ mailbox, reply }));
  return Object.freeze({ ...facts(), accepted, unknown: [], reply });
}

/** What is known, with everybody in doubt. */
function unknown<Code extends string>(
  message: string,
  init: {
    readonly code: Code;
    readonly hint: string;
    readonly facts: Omit<UncertainReceipt, "unknown">;
    readonly envelope: Envelope;
    readonly cause?: unknown;
  },
): OutcomeUnknownError<Code> {
  const { code, hint, facts, envelope, cause } = init;
  const boxes = envelope.recipients.map(({ mailbox }) => mailbox);
  const receipt = Object.freeze({ ...facts, unknown: boxes });
  return new OutcomeUnknownError(message, { code, hint, receipt, cause });
}

/**
 * `-i`: a lone dot ends nothing. `-f`: the reverse-path, an argument of its own. After `--` nothing is a flag; an
 * address that begins with a hyphen stands in angle brackets all the same, for wrappers that lose the `--`.
 */
function argumentsFor(raw: RawMessage, { reversePath, recipients }: Envelope): readonly string[] {
  return [
    "-i",
    ...(raw.requires.has("8BITMIME") ? ["-B8BITMIME"] : []),
    "-f",
    reversePath === null ? "<>" : argumentOf(reversePath, raw),
    "--",
    ...recipients.map(({ mailbox }) => argumentOf(mailbox, raw)),
  ];
}

function argumentOf(mailbox: Mailbox, raw: RawMessage): string {
  const address = addrSpec(mailbox, {
    domain: raw.requires.has("SMTPUTF8") ? "as-given" : "ascii",
  });
  return address.startsWith("-") ? `<${address}>` : address;
}

/** The chunks were guarded: every CR in them belongs to a CRLF. */
async function* withLf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (!chunk.includes(0x0d)) yield chunk;
    else yield chunk.filter((octet) => octet !== 0x0d);
  }
}

function failureOf(
  { exitStatus, exitSignal, readAll, words }: SendmailRun,
  { command }: Settings,
  envelope: Envelope,
  facts: Omit<UncertainReceipt, "unknown">,
): Error {
  const said = words === "" ? "" : `: ${words}`;
  const inDoubt = { facts, envelope };
  if (exitStatus === 0) {
    return unknown(`${command} ended well, and did not read the whole message${said}`, {
      ...inDoubt,
      code: "SENDMAIL_INPUT_UNREAD",
      hint: "Is it a mail program? It may have taken a part of the message for the whole.",
    });
  }
  if (exitStatus === undefined) {
    const message = `${command} was ended by ${exitSignal ?? "somebody"}${said}`;
    if (!readAll) {
      return new SendmailError(message, {
        code: "SENDMAIL_FAILED",
        hint: "It did not have the whole message, and took nothing.",
        words,
      });
    }
    return unknown(message, {
      ...inDoubt,
      code: "SENDMAIL_OUTCOME_UNKNOWN",
      hint: "It had the whole message: look into its queue and its log before you send again.",
    });
  }
  const meaning = exitMeaningOf(exitStatus);
  const { recipients } = envelope;
  if (meaning.isAboutOne && recipients.length > 1 && readAll) {
    return unknown(
      `${command} refused one of ${recipients.length} recipients and does not say which (${meaning.name})${said}`,
      {
        ...inDoubt,
        code: "SENDMAIL_OUTCOME_UNKNOWN",
        hint: "The others may have the message. Send to one recipient at a time, or over SMTP, which says it of each.",
      },
    );
  }
  const reply = replyOf(meaning, words);
  return new DeliveryError(`${command} refused the message: ${reply.text}`, {
    hint: hints.get(exitStatus) ?? "The words after the status are the command's own.",
    refused: recipients.map(({ mailbox }) => ({ mailbox, reply, retry: meaning.retry })),
    remaining: envelopeFor(envelope),
  });
}

const hints: ReadonlyMap<number, string> = new Map([
  [64, "The command does not know one of its flags: look at `args`."],
  [67, "The command does not know the recipient."],
  [68, "The command does not know the recipient's host."],
  [75, "Nothing was sent; trying again later is safe."],
  [77, "This user may not send, or not with this reverse-path."],
  [78, "The command is not set up: run it by hand and see what it says."],
]);

async function verifyCommand(command: string): Promise<void> {
  // A name without a slash is looked for when it is started.
  if (!command.includes("/")) return;
  try {
    await access(command, constants.X_OK);
  } catch (cause) {
    throw new SendmailError(`cannot run ${command}: ${(cause as Error).message}`, {
      code: "SENDMAIL_CANNOT_START",
      hint: "Is a mail system installed on this machine? Name its program with `command`.",
      cause,
    });
  }
}
