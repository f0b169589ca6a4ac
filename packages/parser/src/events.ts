/** A message as events, while its octets come in. */
import { UsageError } from "@letterwright/base/error";
import { octetText } from "@letterwright/base/bytes";
import type { OneShot, OpenOptions } from "@letterwright/message";
import { defectOf, type MessageDefect, type StructureDefectCode } from "./defect.ts";
import { resolveLimits, type ParseLimits } from "./scan/limits.ts";
import { Scanner } from "./scan/scanner.ts";
import type { BodyForm, ContentRole, PartRole, Sink } from "./scan/sink.ts";

/**
 * What an event parser tells, in the order of the octets. The `bytes` of all events, one after another, are the
 * message; `offset` counts from its beginning.
 */
export type ParseEvent =
  /** A message, a part of a multipart, or a message inside begins: its fields come next. */
  | { readonly type: "part-start"; readonly role: PartRole; readonly offset: number }
  /** One field with its folds and its line end. `name` is empty for a line that is no field. */
  | {
      readonly type: "field";
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly offset: number;
    }
  /** The fields are over: `bytes` is the empty line, or nothing where there is none. `body` says what comes. */
  | {
      readonly type: "separator";
      readonly bytes: Uint8Array;
      readonly offset: number;
      readonly body: BodyForm;
    }
  /** Content, still in its transfer encoding. One body may come in several. */
  | {
      readonly type: "content";
      readonly role: ContentRole;
      readonly bytes: Uint8Array;
      readonly offset: number;
    }
  /** A delimiter line, with the line end before it (RFC 2046 §5.1.1). */
  | {
      readonly type: "delimiter";
      readonly isClose: boolean;
      readonly bytes: Uint8Array;
      readonly offset: number;
    }
  | { readonly type: "part-end"; readonly offset: number }
  | { readonly type: "defect"; readonly offset: number; readonly defect: MessageDefect };

/** Options of {@link createEventParser}. */
export interface EventParserOptions {
  /** Default: see {@link ParseLimits}. */
  readonly limits?: Partial<ParseLimits>;
}

/**
 * Takes octets, cut anywhere, and gives events. However they are cut, the events are the same, but for how content
 * is cut and where beside it a defect is told.
 */
export interface EventParser {
  /**
   * What the chunk completes. Content is given as views of the chunk, so the chunk is not to be written over
   * while they are in use; no more is held back than a field or a line.
   *
   * @throws {LimitError} `PARSE_LIMIT`
   * @throws {UsageError} `PARSER_ENDED` after {@link EventParser.end}, or after an error
   */
  push(chunk: Uint8Array): readonly ParseEvent[];
  /** What is left. @throws {UsageError} `PARSER_ENDED` when it was called before */
  end(): readonly ParseEvent[];
}

/**
 * An incremental parser: fields, parts and contents as they come, with their offsets, and nothing kept.
 *
 * @throws {UsageError} `PARSE_LIMIT_INVALID`
 * @example
 * ```ts
 * import { createEventParser } from "@letterwright/parser";
 *
 * const parser = createEventParser();
 * const bytes = new TextEncoder().encode("Subject: x\r\n\r\nHello");
 * const events = [...parser.push(bytes), ...parser.end()];
 * events.map(({ type }) => type); // => ["part-start", "field", "separator", "content", "part-end"]
 * ```
 */
export function createEventParser(options: EventParserOptions = {}): EventParser {
  const sink = new EventSink();
  const scanner = new Scanner(sink, resolveLimits(options.limits));
  sink.scanner = scanner;
  let isEnded = false;
  const run = (deed: () => void): readonly ParseEvent[] => {
    if (isEnded) {
      throw new UsageError("this parser has come to its end", {
        code: "PARSER_ENDED",
        hint: "Make another with createEventParser for another message.",
      });
    }
    isEnded = true; // what throws is over
    deed();
    isEnded = false;
    return sink.take();
  };
  return Object.freeze({
    push: (chunk: Uint8Array) => run(() => scanner.push(chunk)),
    end: () => {
      const events = run(() => scanner.end());
      isEnded = true;
      return events;
    },
  });
}

/**
 * The events of a stream, a Web stream or any async iterable of bytes.
 *
 * @throws {LimitError} `PARSE_LIMIT`
 */
export async function* parseEvents(
  stream: OneShot,
  options: EventParserOptions & OpenOptions = {},
): AsyncGenerator<ParseEvent> {
  const parser = createEventParser(options);
  for await (const chunk of chunksOf(stream)) {
    options.signal?.throwIfAborted();
    yield* parser.push(chunk);
  }
  yield* parser.end();
}

/** A Web stream is not async-iterable in every runtime, so its reader is used. */
export async function* chunksOf(stream: OneShot): AsyncGenerator<Uint8Array> {
  if (Symbol.asyncIterator in stream) {
    yield* stream;
    return;
  }
  const reader = (stream as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

class EventSink implements Sink {
  scanner: Scanner | undefined;
  private events: ParseEvent[] = [{ type: "part-start", role: "message", offset: 0 }];

  take(): readonly ParseEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }

  partStart(role: PartRole, offset: number): void {
    // The first is told before there is a scanner to ask.
    if (this.scanner !== undefined) this.events.push({ type: "part-start", role, offset });
  }

  field(start: number, nameEnd: number, end: number): void {
    const bytes = this.octets(start, end);
    const name = octetText(bytes.subarray(0, nameEnd - start));
    this.events.push({ type: "field", name, bytes, offset: start });
  }

  separator(start: number, end: number, body: BodyForm): void {
    this.events.push({ type: "separator", bytes: this.octets(start, end), offset: start, body });
  }

  content(role: ContentRole, start: number, end: number): void {
    this.events.push({ type: "content", role, bytes: this.octets(start, end), offset: start });
  }

  delimiter(lead: number, _start: number, end: number, isClose: boolean): void {
    this.events.push({ type: "delimiter", isClose, bytes: this.octets(lead, end), offset: lead });
  }

  partEnd(offset: number): void {
    this.events.push({ type: "part-end", offset });
  }

  defect(code: StructureDefectCode, offset: number): void {
    this.events.push({ type: "defect", offset, defect: defectOf(code, offset) });
  }

  private octets(start: number, end: number): Uint8Array {
    return (this.scanner as Scanner).octetsOf(start, end);
  }
}
