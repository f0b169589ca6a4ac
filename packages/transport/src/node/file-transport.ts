/** A transport that writes each message into a file: for drop folders, and for tests. */
import { constants, type Stats } from "node:fs";
import { access, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { utf8 } from "@letterwright/base/bytes";
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import {
  addrSpec,
  hexOf,
  platformRandom,
  type Envelope,
  type Outgoing,
  type RandomBytes,
  type RawMessage,
  type ServerOffer,
} from "@letterwright/message";
import { messageIdOf } from "../memory.ts";
import { outgoingChunks } from "../outgoing-chunks.ts";
import { resolveOutgoing } from "../outgoing.ts";
import { createSendings } from "../sending.ts";
import type { SendOptions, SendReceipt, Transport } from "../transport.ts";
import { refuseReports, unsupported, wishesOf, type MailWishes } from "../wishes.ts";
import { writeWholeFile } from "./whole-file.ts";

/** Options of {@link fileTransport}. */
export interface FileTransportOptions {
  /** Where the files go. It has to exist. */
  readonly folder: string;
  /**
   * `"json"` writes the envelope beside each message, under the same name with `.json`. Default `"none"`: Bcc
   * recipients and the reverse-path are then nowhere, and wishes for reports are refused.
   */
  readonly envelope?: "none" | "json";
  /** What the bytes may be. Default: eight bits and UTF-8 fields, which every file holds. */
  readonly offer?: ServerOffer;
  /** Who may read the files. Default `0o600`: mail is private. */
  readonly mode?: number;
  /** The clock for names. */
  readonly now?: () => Date;
  /** The source of what makes names differ. */
  readonly random?: RandomBytes;
}

/** A receipt that says where the message is. */
export interface FileReceipt extends SendReceipt {
  readonly path: string;
  /** Where the envelope is, when it was asked for. */
  readonly envelopePath?: string;
}

/** A transport into a folder. */
export interface FileTransport extends Transport {
  send(message: Outgoing, envelope: Envelope, options?: SendOptions): Promise<FileReceipt>;
  /** Is the folder there, and may files be made in it? Rejects with `TRANSPORT_FOLDER_UNWRITABLE`. */
  verify(): Promise<void>;
}

const everything: ServerOffer = Object.freeze({
  keywords: new Map<string, readonly string[]>([
    ["8BITMIME", []],
    ["SMTPUTF8", []],
  ]),
});

/**
 * A transport that writes each message as an `.eml` file: exact bytes, CRLF, as they would travel.
 *
 * A file is there as a whole or not at all: it is written under a name with a dot, brought to the disk, and
 * renamed; the envelope, where asked for, is there before the message. Names are made of the time and random
 * digits, never of anything in the mail.
 *
 * `send` rejects with `TRANSPORT_FOLDER_UNWRITABLE` when the disk does not take it, and leaves nothing.
 *
 * @throws {UsageError} `TRANSPORT_FOLDER_MISSING` when no folder is named
 * @example
 * ```ts
 * import { mkdtempSync } from "node:fs";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { generate } from "@letterwright/generator";
 * import { envelopeOf, message } from "@letterwright/message";
 * import { fileTransport } from "@letterwright/transport/node";
 *
 * const folder = mkdtempSync(join(tmpdir(), "outgoing-"));
 * const mail = message({ from: "ana@example.com", to: "bob@example.org", text: "Hello" });
 * const receipt = await fileTransport({ folder }).send(generate(mail), envelopeOf(mail));
 * receipt.path.startsWith(folder); // => true
 * ```
 */
export function fileTransport(options: FileTransportOptions): FileTransport {
  if (typeof options.folder !== "string" || options.folder === "") {
    throw new UsageError("no folder was given", {
      code: "TRANSPORT_FOLDER_MISSING",
      hint: "Name the folder that messages go to. Is the variable set that it comes from?",
    });
  }
  const settings = {
    folder: resolve(options.folder),
    envelope: options.envelope ?? "none",
    offer: options.offer ?? everything,
    mode: options.mode ?? 0o600,
    now: options.now ?? (() => new Date()),
    random: options.random ?? platformRandom,
  };
  const sendings = createSendings();
  return Object.freeze({
    send: (outgoing: Outgoing, envelope: Envelope, given: SendOptions = {}) =>
      sendings.run(given.signal, (signal) =>
        store(settings, outgoing, envelope, { ...given, signal }),
      ),
    verify: () => verifyFolder(settings.folder),
    close: sendings.close,
    [Symbol.asyncDispose]: () => sendings.close(),
  });
}

type Settings = Required<FileTransportOptions>;

async function store(
  { folder, envelope: form, offer, mode, now, random }: Settings,
  outgoing: Outgoing,
  envelope: Envelope,
  given: SendOptions,
): Promise<FileReceipt> {
  const started = Date.now();
  const wishes = wishesOf(given, offer);
  if (form === "none") {
    refuseReports(envelope, given);
    if (wishes.mailParameters !== undefined) throw unsupported("mailParameters");
    if (wishes.requireTls === true) throw unsupported("requireTls");
  }
  const raw = await resolveOutgoing(outgoing, offer);
  const name = nameOf(now(), random);
  const path = join(folder, `${name}.eml`);
  const envelopePath = form === "json" ? join(folder, `${name}.json`) : undefined;
  let byteLength = 0;
  const chunks = outgoingChunks(raw, {
    ...given,
    onProgress: (progress) => {
      byteLength = progress.sentBytes;
      given.onProgress?.(progress);
    },
  });
  if (envelopePath !== undefined) {
    await onDisk(folder, () =>
      writeWholeFile(envelopePath, once(envelopeText(envelope, wishes, raw)), mode),
    );
  }
  try {
    const source = watched(chunks);
    await onDisk(folder, () => writeWholeFile(path, source.chunks, mode), source);
  } catch (error) {
    if (envelopePath !== undefined) await rm(envelopePath, { force: true });
    throw error;
  }
  const reply = Object.freeze({ code: 250, text: `written to ${name}.eml` });
  const id = messageIdOf(raw);
  return Object.freeze({
    accepted: envelope.recipients.map(({ mailbox }) => ({ mailbox, reply })),
    refused: [],
    unknown: [],
    acceptedBy: folder,
    reply,
    protection: { kind: "local" as const },
    byteLength,
    durationMs: Date.now() - started,
    timings: {},
    ...(id === undefined ? {} : { messageId: id }),
    path,
    ...(envelopePath === undefined ? {} : { envelopePath }),
  });
}

/** `20261123T101500123Z-` and 32 random digits: in the order of time, and no two alike. */
function nameOf(now: Date, random: RandomBytes): string {
  const time = now.toISOString().replaceAll(/[-:.]/g, "");
  return `${time}-${hexOf(random(16))}`;
}

function envelopeText(
  { reversePath, recipients, reports }: Envelope,
  wishes: MailWishes,
  raw: RawMessage,
): Uint8Array {
  const text = JSON.stringify(
    {
      schema: "letterwright.envelope/1",
      reversePath: reversePath === null ? null : addrSpec(reversePath),
      recipients: recipients.map(({ mailbox, ...wishes }) => ({
        address: addrSpec(mailbox),
        ...wishes,
      })),
      reports,
      requires: [...raw.requires],
      ...wishes,
    },
    undefined,
    2,
  );
  return utf8(`${text}\n`);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function verifyFolder(folder: string): Promise<void> {
  const found = await onDisk(folder, async (): Promise<Stats> => {
    await access(folder, constants.W_OK | constants.X_OK);
    return stat(folder);
  });
  if (!found.isDirectory()) throw unwritable(folder, new Error("it is not a folder"));
}

/** Content that remembers what it threw. */
interface Watched {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly threw: (error: unknown) => boolean;
}

function watched(chunks: AsyncIterable<Uint8Array>): Watched {
  const thrown: unknown[] = [];
  async function* passed(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
    } catch (error) {
      thrown.push(error);
      throw error;
    }
  }
  return { chunks: passed(), threw: (error) => thrown.includes(error) };
}

/** An error of this file system is told as ours; what the content threw passes, be it a file that is gone. */
async function onDisk<Result>(
  folder: string,
  work: () => Promise<Result>,
  source?: Watched,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || source?.threw(error) === true) throw error;
    if (!("syscall" in error) || !("errno" in error)) throw error;
    throw unwritable(folder, error);
  }
}

function unwritable(folder: string, cause: Error): LetterwrightError {
  return new LetterwrightError(`cannot write into ${JSON.stringify(folder)}: ${cause.message}`, {
    code: "TRANSPORT_FOLDER_UNWRITABLE",
    hint: "The folder has to exist, this process has to be let in, and the disk needs room. Nothing was left there.",
    cause,
  });
}
