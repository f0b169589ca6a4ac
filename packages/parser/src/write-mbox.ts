/** Mailbox files written: RFC 4155. */
import { concatBytes, octetText, utf8 } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { rawChunks, type RawMessage } from "@letterwright/message";
import type { MboxFormat } from "./mbox.ts";
import { Needle } from "./scan/needle.ts";

/** One message for a mailbox file. */
export interface MboxEntry {
  readonly message: Uint8Array | RawMessage;
  /** The reverse-path. Default `"MAILER-DAEMON"`, which mailbox files have for the empty one. */
  readonly sender?: string;
  /** When it came. Default: now. */
  readonly date?: Date;
}

/** Options of {@link writeMbox}. */
export interface WriteMboxOptions {
  /** Default `"mboxrd"`: the one whose quoting can be undone. */
  readonly format?: MboxFormat;
  /** Ends the writing; the iteration rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

const lf = 0x0a;
const cr = 0x0d;
const greater = 0x3e;
const from = new Needle(utf8("From "));

/**
 * The octets of a mailbox file with these messages, one after another. Line ends stay as they are; a message whose
 * last line has none gets one, and with `"mboxcl2"` every message its Content-Length in place of any it had.
 *
 * @throws {UsageError} `MBOX_SENDER_INVALID`
 * @example
 * ```ts
 * import { writeMbox } from "@letterwright/parser";
 *
 * const message = new TextEncoder().encode("Subject: x\n\nFrom here on\n");
 * let file = "";
 * for await (const chunk of writeMbox([{ message, sender: "a@example.com", date: new Date(0) }])) {
 *   file += new TextDecoder().decode(chunk);
 * }
 * file; // => "From a@example.com Thu Jan  1 00:00:00 1970\nSubject: x\n\n>From here on\n\n"
 * ```
 */
export async function* writeMbox(
  messages: Iterable<MboxEntry> | AsyncIterable<MboxEntry>,
  options: WriteMboxOptions = {},
): AsyncGenerator<Uint8Array> {
  const { format = "mboxrd", signal } = options;
  for await (const { message, sender = "MAILER-DAEMON", date = new Date() } of messages) {
    signal?.throwIfAborted();
    assertSender(sender);
    const bytes = message instanceof Uint8Array ? message : await octetsOf(message, signal);
    const ended = bytes.at(-1) === lf ? bytes : concatBytes([bytes, Uint8Array.of(lf)]);
    yield utf8(`From ${sender} ${ctime(date)}\n`);
    yield format === "mboxcl2" ? measured(ended) : quoted(ended, format);
    yield Uint8Array.of(lf);
  }
}

async function octetsOf(raw: RawMessage, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of rawChunks(raw, { signal })) chunks.push(chunk);
  return concatBytes(chunks);
}

/** RFC 4155 §A: an address without blanks, then the time as `ctime` has it, in UTC. */
function assertSender(sender: string): void {
  if (/^[\u0021-\u007e\u00a0-\uffff]+$/.test(sender)) return;
  throw new UsageError(`${JSON.stringify(sender)} cannot stand in the line before a message`, {
    code: "MBOX_SENDER_INVALID",
    hint: "Give an address without blanks, or leave it out.",
  });
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function ctime(date: Date): string {
  const two = (value: number, fill = "0"): string => String(value).padStart(2, fill);
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const day = `${days[date.getUTCDay()] ?? ""} ${months[date.getUTCMonth()] ?? ""}`;
  return `${day} ${two(date.getUTCDate(), " ")} ${time} ${date.getUTCFullYear()}`;
}

/** A ">" before every line that would be taken for the beginning of another message. */
function quoted(bytes: Uint8Array, format: "mboxo" | "mboxrd"): Uint8Array {
  const places: number[] = [];
  for (let at = 0; ;) {
    const hit = from.indexIn(bytes, at, bytes.length);
    if (hit === -1) break;
    let start = hit;
    if (format === "mboxrd") while (start > at && bytes[start - 1] === greater) start--;
    if (start === 0 || bytes[start - 1] === lf) places.push(start);
    at = hit + 1;
  }
  if (places.length === 0) return bytes;
  const pieces: Uint8Array[] = [];
  let done = 0;
  for (const place of places) {
    pieces.push(bytes.subarray(done, place), Uint8Array.of(greater));
    done = place;
  }
  pieces.push(bytes.subarray(done));
  return concatBytes(pieces);
}

/** With its Content-Length, of the body, as its last field. */
function measured(bytes: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let at = 0;
  let isDropped = false;
  while (at < bytes.length) {
    const feed = bytes.indexOf(lf, at);
    const end = feed === -1 ? bytes.length : feed + 1;
    const line = bytes.subarray(at, end);
    if (line[0] === lf || (line[0] === cr && line[1] === lf)) break;
    const isFolded = line[0] === 0x20 || line[0] === 0x09;
    if (!isFolded) isDropped = /^content-length[ \t]*:/i.test(octetText(line.subarray(0, 30)));
    if (!isDropped) kept.push(line);
    at = end;
  }
  const separator = bytes.indexOf(lf, at);
  const bodyStart = separator === -1 ? bytes.length : separator + 1;
  const lineEnd = bytes[separator - 1] === cr ? "\r\n" : "\n";
  const length = utf8(`Content-Length: ${bytes.length - bodyStart}${lineEnd}`);
  return concatBytes([...kept, length, bytes.subarray(at)]);
}
