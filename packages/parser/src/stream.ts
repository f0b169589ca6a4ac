/** A message read from a stream: its structure and fields in memory, its contents where they are. */
import { concatBytes, emptyBytes, isAsciiBytes } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { unreported } from "@letterwright/base/defect";
import {
  bytesOf,
  sliceOf,
  type ByteSource,
  type Framing,
  type Message,
  type OneShot,
  type OpenOptions,
  type RawMessage,
} from "@letterwright/message";
import { DecodingBudget } from "./budget.ts";
import { decoderOf } from "./content.ts";
import type { MessageDefect } from "./defect.ts";
import { streamDefectsOf } from "./defects.ts";
import { chunksOf } from "./events.ts";
import { closeOf, type FramingInit } from "./framing.ts";
import { LayoutSink, type PartLayout } from "./layout.ts";
import { OctetLook } from "./octets.ts";
import { refuseDefects, type ParseOptions } from "./parse.ts";
import { rawFrom } from "./raw.ts";
import { resolveLimits } from "./scan/limits.ts";
import { Scanner } from "./scan/scanner.ts";
import type { BodyEncoding, BodyForm, ContentRole } from "./scan/sink.ts";
import type { Spool } from "./spool.ts";
import { treeFrom, type Held } from "./tree.ts";

/** Options of {@link parseStream}. */
export interface ParseStreamOptions extends ParseOptions, OpenOptions {
  /** Where a stream that can be read only once is kept: `memorySpool()`, `fileSpool(path)`, or one of your own. */
  readonly spool?: Spool;
}

/** What {@link parseStream} gives. */
export interface StreamedMessage {
  /** The message as a value. Its contents are read from the source each time they are opened. */
  readonly message: Message;
  readonly raw: RawMessage;
  /** What is wrong with structure, octets and fields. What decoding a content finds is not among it. */
  readonly defects: readonly MessageDefect[];
}

/** What stands between parts is held up to so much for each stretch. */
const mostBetween = 64 * 1024;
/** Reports are held up to so much, since their fields are part of the tree. */
const mostGroups = 1024 * 1024;

/**
 * Reads a message whose contents are not to be held in memory: from a source that can be opened again, a file for
 * example, of which each content is then a slice; or from a stream, which is kept in `spool` while it is read.
 *
 * What is read is what {@link parse} reads, but for an encoded message inside the message, which stays octets.
 * `readText(part)` gives the text of a part.
 *
 * @throws {LimitError} `PARSE_LIMIT`; with `limits.decodedBytes` when a content is read
 * @throws {UsageError} `PARSE_SPOOL_MISSING` for a stream without a spool, `PARSE_LIMIT_INVALID`; with `strict`
 * `MESSAGE_DEFECTIVE`
 * @example
 * ```ts
 * import { bytesOf, field, readText, subject } from "@letterwright/message";
 * import { parseStream } from "@letterwright/parser";
 *
 * const { message } = await parseStream(bytesOf("Subject: x\r\n\r\nHello\r\n"));
 * field(message, subject); // => "x"
 * await readText(message); // => "Hello\r\n"
 * ```
 */
export async function parseStream(
  source: ByteSource | OneShot,
  options: ParseStreamOptions = {},
): Promise<StreamedMessage> {
  const limits = resolveLimits(options.limits);
  const sink = new HeldSink();
  const scanner = new Scanner(sink, limits);
  sink.scanner = scanner;
  const look = new OctetLook(limits.lineBytes);
  const { spool } = options;
  const stream = "open" in source ? source.open(options) : source;
  if (spool === undefined && !("open" in source)) {
    throw new UsageError("a stream can be read only once, and there is no spool to keep it", {
      code: "PARSE_SPOOL_MISSING",
      hint: "Pass spool: memorySpool(), or fileSpool(path) of @letterwright/parser/node; or a source that can be opened again.",
    });
  }
  let length = 0;
  let isEightBit = false;
  for await (const chunk of chunksOf(stream)) {
    options.signal?.throwIfAborted();
    await spool?.write(chunk);
    scanner.push(chunk);
    look.push(chunk);
    length += chunk.length;
    isEightBit ||= !isAsciiBytes(chunk);
  }
  scanner.end();
  const whole = spool === undefined ? (source as ByteSource) : await spool.end();
  const { charsets } = options;
  const budget = new DecodingBudget(limits);
  const held = new Shelf(sink, whole, budget);
  const message = treeFrom(sink, held, { budget, charsets });
  const findings = look.end();
  const defects = streamDefectsOf(sink, message, limits, findings);
  if (options.strict === true) refuseDefects(defects);
  const [root] = sink.parts as [PartLayout];
  const body = sliceOf(whole, root.bodyStart, length);
  return Object.freeze({
    message,
    raw: rawFrom(sink, held.head(root).source, body, findings, isEightBit),
    defects,
  });
}

/** Notes where everything stands, and keeps what is not content. */
class HeldSink extends LayoutSink {
  scanner: Scanner | undefined;
  /** By the offset at which they start. */
  readonly kept = new Map<number, Uint8Array[]>();
  private size = 0;

  override field(start: number, nameEnd: number, end: number): void {
    super.field(start, nameEnd, end);
    this.keep((this.open.at(-1) as PartLayout).start, start, end);
  }

  override separator(start: number, end: number, form: BodyForm): void {
    super.separator(start, end, form);
    this.keep((this.open.at(-1) as PartLayout).start, start, end);
    this.size = 0;
  }

  override delimiter(lead: number, start: number, end: number, isClose: boolean): void {
    super.delimiter(lead, start, end, isClose);
    this.keep(-1 - lead, lead, end);
    this.size = 0;
  }

  override content(role: ContentRole, start: number, end: number): void {
    const part = this.open.at(-1) as PartLayout;
    const isReport = part.form.kind === "field-groups";
    if (role === "body" && !isReport) return;
    this.size += end - start;
    const from = role === "epilogue" ? (part.delimiters.at(-1) as number) : part.bodyStart;
    const key = -1 - from;
    if (this.size <= (isReport ? mostGroups : mostBetween)) this.keep(key, start, end);
    else this.kept.delete(key);
  }

  /** The octets that start there, when they are as many. */
  octets(key: number, length: number): Uint8Array | undefined {
    if (length === 0) return emptyBytes;
    const octets = concatBytes(this.kept.get(key) ?? []);
    return octets.length === length ? octets : undefined;
  }

  private keep(key: number, start: number, end: number): void {
    const pieces = this.kept.get(key);
    // A copy: the chunk belongs to whoever made it.
    const octets = (this.scanner as Scanner).octetsOf(start, end).slice();
    if (pieces === undefined) this.kept.set(key, [octets]);
    else pieces.push(octets);
  }
}

/** What was kept, and the source for the rest. */
class Shelf implements Held {
  private readonly sink: HeldSink;
  private readonly whole: ByteSource;
  private readonly budget: DecodingBudget;

  constructor(sink: HeldSink, whole: ByteSource, budget: DecodingBudget) {
    this.sink = sink;
    this.whole = whole;
    this.budget = budget;
  }

  head(part: PartLayout): { readonly source: Uint8Array; readonly base: number } {
    return { source: concatBytes(this.sink.kept.get(part.start) ?? []), base: part.start };
  }

  between(start: number, end: number): Uint8Array | undefined {
    return this.sink.octets(-1 - start, end - start);
  }

  framing({ part, parts, preamble, epilogue }: Omit<FramingInit, "octets">): Framing | undefined {
    const { form, delimiters, bodyStart, end } = part;
    const [closeStart, closeEnd] = closeOf(part);
    const lines = parts.map((_, index) =>
      this.between(delimiters[index * 3] as number, delimiters[index * 3 + 2] as number),
    );
    const close = this.between(closeStart, closeEnd);
    const areKept =
      (preamble !== undefined || bodyStart >= (delimiters[0] as number)) &&
      (epilogue !== undefined || closeEnd >= end);
    if (!areKept || close === undefined || lines.includes(undefined)) return undefined;
    return Object.freeze({
      boundary: form.boundary as string,
      parts,
      delimiters: Object.freeze(lines as Uint8Array[]),
      close,
      preamble,
      epilogue,
    });
  }

  content({ form, bodyStart, end }: PartLayout, encoding: BodyEncoding): ByteSource {
    const kept = form.kind === "field-groups" ? this.between(bodyStart, end) : undefined;
    const octets = kept === undefined ? sliceOf(this.whole, bodyStart, end) : bytesOf(kept);
    return encoding === "identity" ? octets : decodedSource(octets, encoding, this.budget);
  }

  bodyEnd({ bodyStart, end }: PartLayout): ByteSource {
    return sliceOf(this.whole, bodyStart, end);
  }
}

/** Decoded each time it is opened. */
function decodedSource(
  octets: ByteSource,
  encoding: Exclude<BodyEncoding, "identity">,
  budget: DecodingBudget,
): ByteSource {
  return Object.freeze({
    async *open(options: OpenOptions = {}): AsyncGenerator<Uint8Array> {
      const decoder = decoderOf(encoding, unreported);
      for await (const chunk of octets.open(options)) {
        const decoded = decoder.decode(chunk);
        budget.take(decoded.length);
        if (decoded.length > 0) yield decoded;
      }
      const rest = decoder.end();
      budget.take(rest.length);
      if (rest.length > 0) yield rest;
    },
  });
}
