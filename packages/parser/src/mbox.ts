/** Mailbox files read: RFC 4155, and the ways programs have found round its one flaw. */
import { octetText } from "@letterwright/base/bytes";
import { LimitError, UsageError } from "@letterwright/base/error";
import { sourceOf, type ByteSource, type OneShot, type OpenOptions } from "@letterwright/message";
import { chunksOf } from "./events.ts";
import { lengthsFieldOf } from "./mbox-length.ts";
import { Needle } from "./scan/needle.ts";
import { Window } from "./scan/window.ts";

/**
 * How a mailbox file tells a line of a message that starts with "From " from the line before the next message.
 * `"mboxo"`: it got a ">" before it, and nobody can tell it from one that had it. `"mboxrd"`: every such line,
 * however many ">" it starts with, got one more, which reading takes away. `"mboxcl2"`: the field
 * Content-Length says how long the body is.
 */
export type MboxFormat = "mboxo" | "mboxrd" | "mboxcl2";

/** One message of a mailbox file. */
export interface MboxMessage {
  /** The message: its quoting undone, without the line before it and the empty line behind it. */
  readonly bytes: Uint8Array;
  /** What stands behind "From ": by RFC 4155 the reverse-path and when it came. */
  readonly envelope: string;
  /** The first word of it. */
  readonly sender: string;
  /** Where its "From " line stands in the file. */
  readonly offset: number;
}

/** Options of {@link readMbox}. */
export interface ReadMboxOptions extends OpenOptions {
  /** Default `"mboxrd"`, whose reading is right for most of what is found as mboxo too. */
  readonly format?: MboxFormat;
  /** The octets of one message. Default 256 MiB. */
  readonly maxMessageBytes?: number;
}

const defaultMost = 256 * 1024 * 1024;
const lf = 0x0a;
const cr = 0x0d;
const greater = 0x3e;

/**
 * The messages of a mailbox file, one after another; no more than one is held. What stands before the first
 * "From " line is passed over if it is empty lines, and an error otherwise.
 *
 * @throws {UsageError} `MBOX_START_MISSING` for what does not start as a mailbox file, `MBOX_OPTION_INVALID`
 * @throws {LimitError} `MBOX_MESSAGE_TOO_LONG`
 * @example
 * ```ts
 * import { parse, readMbox } from "@letterwright/parser";
 * import { field, subject } from "@letterwright/message";
 *
 * const file = new TextEncoder().encode("From a@example.com Fri Nov 27 10:00:00 2026\nSubject: x\n\n>From here\n");
 * const found: string[] = [];
 * for await (const { bytes, sender } of readMbox(file)) {
 *   found.push(`${sender}: ${field(parse(bytes).message, subject)}`);
 * }
 * found[0]; // => "a@example.com: x"
 * ```
 */
export async function* readMbox(
  source: Uint8Array | ByteSource | OneShot,
  options: ReadMboxOptions = {},
): AsyncGenerator<MboxMessage> {
  const splitter = new Splitter(options);
  for await (const chunk of chunksOf(streamOf(source, options))) {
    options.signal?.throwIfAborted();
    yield* splitter.push(chunk);
  }
  yield* splitter.end();
}

function streamOf(source: Uint8Array | ByteSource | OneShot, options: OpenOptions): OneShot {
  if (source instanceof Uint8Array || "open" in source) return sourceOf(source).open(options);
  return source;
}

/** Cuts at "From " lines behind an empty line. */
class Splitter {
  private readonly window = new Window();
  private readonly format: MboxFormat;
  private readonly most: number;
  private readonly line = new Needle(octets("\nFrom "));
  /** Where the next message begins, from which place on its end is looked for, and where it can be at least. */
  private start = 0;
  private searched = 0;
  private isStarted = false;

  constructor({ format = "mboxrd", maxMessageBytes = defaultMost }: ReadMboxOptions) {
    this.format = format;
    this.most = maxMessageBytes;
    const isKnown = format === "mboxo" || format === "mboxrd" || format === "mboxcl2";
    if (isKnown && Number.isSafeInteger(maxMessageBytes) && maxMessageBytes > 0) return;
    throw new UsageError(
      `a mailbox file cannot be read with ${JSON.stringify({ format, maxMessageBytes })}`,
      {
        code: "MBOX_OPTION_INVALID",
        hint: "The format is mboxo, mboxrd or mboxcl2, and the limit a positive integer.",
      },
    );
  }

  push(chunk: Uint8Array): readonly MboxMessage[] {
    const moved = this.window.push(chunk, this.start);
    this.start -= moved;
    this.searched = Math.max(0, this.searched - moved);
    return this.split(false);
  }

  end(): readonly MboxMessage[] {
    return this.split(true);
  }

  private split(isEnd: boolean): readonly MboxMessage[] {
    const { octets } = this.window;
    const found: MboxMessage[] = [];
    if (!this.isStarted && !this.begin(isEnd)) return found;
    while (this.start < octets.length) {
      const next = this.nextStart(isEnd);
      if (next === undefined) break;
      found.push(this.messageUpTo(next));
      this.start = this.searched = next;
    }
    if (octets.length - this.start > this.most) throw tooLong(this.most);
    return found;
  }

  /** Passes over empty lines before the first message. */
  private begin(isEnd: boolean): boolean {
    const { octets } = this.window;
    let at = this.start;
    while (octets[at] === lf || octets[at] === cr) at++;
    this.start = this.searched = at;
    const length = Math.min(octets.length - at, 5);
    if (length < 5 && !isEnd) return false;
    if (length === 0) return true;
    if (octetText(octets.subarray(at, at + 5)) !== "From ") {
      throw new UsageError("this does not start as a mailbox file", {
        code: "MBOX_START_MISSING",
        hint: 'A mailbox file starts with a "From " line (RFC 4155); one message alone is read by parse.',
      });
    }
    this.isStarted = true;
    return true;
  }

  /** Where the message after this one starts; `undefined` when that is not known yet. */
  private nextStart(isEnd: boolean): number | undefined {
    const { octets } = this.window;
    if (this.format === "mboxcl2") {
      const end = this.endByLength(isEnd);
      if (end === "unknown") return undefined;
      if (end !== undefined) return end;
    }
    for (let at = this.searched; ;) {
      const hit = this.line.indexIn(octets, at, octets.length);
      if (hit === -1) break;
      const before = octets[hit - 1] === cr ? hit - 2 : hit - 1;
      if (octets[before] === lf && before > this.start) return hit + 1;
      at = hit + 1;
    }
    // What is at the end may be the beginning of one.
    this.searched = Math.max(this.searched, octets.length - 8);
    return isEnd ? octets.length : undefined;
  }

  /** By Content-Length, where that leads to the end or to another "From " line. */
  private endByLength(isEnd: boolean): number | "unknown" | undefined {
    const { octets } = this.window;
    const length = lengthsFieldOf(octets, this.start);
    if (length === "unknown") return isEnd ? undefined : "unknown";
    if (length === undefined) return undefined;
    let at = length.bodyStart + length.bytes;
    if (length.bytes > this.most) return undefined;
    if (at + 7 > octets.length && !isEnd) return "unknown";
    if (at > octets.length) return undefined;
    if (octets[at] === cr) at++;
    if (octets[at] === lf) at++;
    const isNext = octetText(octets.subarray(at, at + 5)) === "From ";
    return isNext || at === octets.length ? at : undefined;
  }

  private messageUpTo(next: number): MboxMessage {
    const { octets, base, isOwn } = this.window;
    if (next - this.start > this.most) throw tooLong(this.most);
    const feed = octets.indexOf(lf, this.start);
    const lineEnd = feed === -1 || feed >= next ? next : feed;
    const envelope = octetText(octets.subarray(this.start + 5, lineEnd)).trim();
    const start = Math.min(lineEnd + 1, next);
    let end = next;
    // The empty line behind a message is the file's own.
    if (octets[end - 1] === lf && end - 1 >= start) {
      const empty = octets[end - 2] === cr && end - 2 >= start ? end - 2 : end - 1;
      if (empty === start || octets[empty - 1] === lf) end = empty;
    }
    const plain = octets.subarray(start, end);
    const bytes = this.format === "mboxrd" ? unquoted(plain) : plain;
    const [sender = ""] = envelope.split(" ");
    return Object.freeze({
      bytes: isOwn && bytes === plain ? bytes.slice() : bytes,
      envelope,
      sender,
      offset: base + this.start,
    });
  }
}

const quotedFrom = new Needle(octets(">From "));

/** Every line of ">" and "From " loses one of them; the same array when there is none. */
function unquoted(bytes: Uint8Array): Uint8Array {
  const dropped: number[] = [];
  for (let at = 0; ;) {
    const hit = quotedFrom.indexIn(bytes, at, bytes.length);
    if (hit === -1) break;
    let start = hit;
    while (start > at && bytes[start - 1] === greater) start--;
    if (start === 0 || bytes[start - 1] === lf) dropped.push(hit);
    at = hit + 1;
  }
  if (dropped.length === 0) return bytes;
  const result = new Uint8Array(bytes.length - dropped.length);
  let from = 0;
  let to = 0;
  for (const place of [...dropped, bytes.length]) {
    result.set(bytes.subarray(from, place), to);
    to += place - from;
    from = place + 1;
  }
  return result;
}

function tooLong(limit: number): LimitError {
  return new LimitError(`a message of the mailbox file has more than ${limit} octets`, {
    code: "MBOX_MESSAGE_TOO_LONG",
    hint: "Allow more with maxMessageBytes, where there is the memory for it.",
    limit,
    option: "maxMessageBytes",
  });
}

function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
