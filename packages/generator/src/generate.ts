/** From the tree of a message to its bytes. */
import { ascii } from "@letterwright/base/bytes";
import type { Defect } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import {
  hasField,
  messageId as messageIdField,
  rawByteLength,
  rawChunks,
  type ByteSource,
  type Message,
  type OpenOptions,
  type RawField,
  type RawHead,
  type RawMessage,
  type Requirement,
  type Stretch,
} from "@letterwright/message";
import { layoutOf } from "./body.ts";
import { identityOf, type Identity } from "./identity.ts";
import {
  assemble,
  assembleInto,
  chunksOf,
  isInMemory,
  Output,
  totalLength,
  type Base64Layout,
  type Piece,
} from "./pieces.ts";
import { smtpPolicy, type GenerationDefectCode, type Policy } from "./policy.ts";
import { writeMessage, type WrittenMessage } from "./root.ts";
import { stretchesOf } from "./stretches.ts";
import { ended, headOf, pushFields, MadeField } from "./written-field.ts";

/** A message as bytes, with what was found on the way. */
export interface GeneratedMessage extends RawMessage {
  /** What is written though it is not as it should be; empty unless origins or endless words are in it. */
  readonly defects: readonly Defect<GenerationDefectCode>[];
}

/**
 * The message as exact bytes under a policy.
 *
 * Synchronous: fields are written and encodings chosen now; content that is not in memory is read when the
 * body is opened, and base64 is made when it is asked for. The message is not changed, and the same
 * message, policy and identity give the same bytes.
 *
 * @throws {UsageError} `ADDRESS_NEEDS_SMTPUTF8`, `BOUNDARY_COLLISION`, `BOUNDARY_INVALID`, `ENCODING_IMPOSSIBLE`,
 * `MESSAGE_PART_NOT_PLAIN`, `MESSAGE_TOO_DEEP`, `MESSAGE_FROM_MISSING`
 * @throws {LimitError} `FIELD_LINE_TOO_LONG`
 * @example
 * ```ts
 * import { generate } from "@letterwright/generator";
 * import { message } from "@letterwright/message";
 *
 * const mail = message({ from: "ana@example.com", to: "bob@example.org", subject: "Hi", text: "Hello" });
 * generate(mail).requires.size; // => 0
 * ```
 */
export function generate(
  mail: Message,
  policy: Policy = smtpPolicy,
  identity: Identity = identityOf(mail, policy),
): GeneratedMessage {
  const written = writeMessage(mail, policy, identity);
  const hasOwnId = written.isPassedOn || hasField(mail, messageIdField);
  return new MadeMessage(written, policy, hasOwnId ? undefined : identity.messageId);
}

/** Its head stands on the prototype, where no copy that is given other fields finds it. */
class MadeMessage implements GeneratedMessage {
  readonly fields: readonly RawField[];
  readonly separator: Uint8Array;
  readonly body: ByteSource;
  readonly requires: ReadonlySet<Requirement>;
  readonly defects: readonly Defect<GenerationDefectCode>[];
  readonly #head: RawHead | undefined;

  constructor(written: WrittenMessage, policy: Policy, messageId: string | undefined) {
    const { fields, separator, isPassedOn, requires } = written;
    const head = headOf(fields, policy, messageId);
    this.fields = Object.freeze(
      head !== undefined
        ? fields.map((one) => new MadeField(one))
        : fields.map((one) => {
            const { name, bytes } = isPassedOn ? one : ended(one, policy);
            return Object.freeze({ name, bytes });
          }),
    );
    this.separator = separator ?? ascii(policy.lineEnd);
    this.body = sourceOf(written.body.pieces, policy);
    this.requires = requires ?? new Set();
    this.defects = written.findings.all;
    this.#head = separator === undefined ? head : undefined;
    Object.freeze(this);
  }

  get head(): RawHead | undefined {
    return #head in this ? this.#head : undefined;
  }
}

/**
 * The whole message as one array: its length is known ahead, so that it is allocated once and every octet
 * is written into its place. All content has to be in memory.
 *
 * @throws {UsageError} `CONTENT_NOT_IN_MEMORY`, and what {@link generate} throws
 */
export function toBytes(
  mail: Message,
  policy: Policy = smtpPolicy,
  identity: Identity = identityOf(mail, policy),
): Uint8Array {
  const written = writeMessage(mail, policy, identity);
  const output = new Output();
  const { fields, separator } = written;
  pushFields(output, fields, policy, separator ?? policy.lineEnd, !written.isPassedOn);
  output.append(written.body);
  if (isInMemory(output.pieces)) return assemble(output.pieces, layoutOf(policy));
  throw new UsageError("some content of the message is not in memory", {
    code: "CONTENT_NOT_IN_MEMORY",
    hint: "Use toStream, which reads it as it goes.",
  });
}

/** A message as a stream: iterate it, or take `readable` where a Web stream is wanted. Once, either way. */
export interface MessageStream extends AsyncIterable<Uint8Array> {
  /** How many bytes will come, when every source knows how many it has. */
  readonly byteLength: number | undefined;
  /** A Web stream of the bytes. Nothing is read before it is pulled. */
  readonly readable: ReadableStream<Uint8Array>;
}

/**
 * The whole message, chunk by chunk, whatever its content comes from: base64 comes at most 40 KB at a time, and
 * none is made before the one before was taken.
 *
 * @throws what {@link generate} throws, at once; reading rejects with `SOURCE_LENGTH_WRONG` or
 * `CONTENT_NEEDS_ENCODING`, and never ends as if it were complete
 * @example
 * ```ts
 * import { toStream } from "@letterwright/generator";
 * import { message } from "@letterwright/message";
 *
 * const stream = toStream(message({ from: "ana@example.com", text: "Hello" }));
 * let length = 0;
 * for await (const chunk of stream) length += chunk.length;
 * length === stream.byteLength; // => true
 * ```
 */
export function toStream(
  mail: Message,
  policy: Policy = smtpPolicy,
  identity?: Identity,
  options: OpenOptions = {},
): MessageStream {
  const raw = generate(mail, policy, identity);
  const iterate = (): AsyncGenerator<Uint8Array> => rawChunks(raw, options);
  return {
    byteLength: rawByteLength(raw),
    [Symbol.asyncIterator]: iterate,
    get readable() {
      return webStream(iterate());
    },
  };
}

function webStream(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The body: made once when it is asked for as a whole, or piece by piece. */
function sourceOf(pieces: readonly Piece[], policy: Policy): ByteSource {
  const layout = layoutOf(policy);
  const byteLength = totalLength(pieces, layout);
  if (isInMemory(pieces)) return new BodyInMemory(pieces, layout, byteLength ?? 0);
  const open = (options: OpenOptions = {}): AsyncGenerator<Uint8Array> =>
    chunksOf(pieces, layout, options);
  return Object.freeze(byteLength === undefined ? { open } : { byteLength, open });
}

/**
 * A class, and no literal with an accessor: the engine gives each of those a shape of its own, which holds on to the
 * message until the old generation is collected.
 */
class BodyInMemory implements ByteSource {
  readonly #pieces: readonly Piece[];
  readonly #layout: Base64Layout;
  readonly #byteLength: number;
  #bytes: Uint8Array | undefined = undefined;

  constructor(pieces: readonly Piece[], layout: Base64Layout, byteLength: number) {
    this.#pieces = pieces;
    this.#layout = layout;
    this.#byteLength = byteLength;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= assemble(this.#pieces, this.#layout));
  }

  writeInto(target: Uint8Array, offset: number): number {
    return assembleInto(target, offset, this.#pieces, this.#layout);
  }

  stretches(): readonly Stretch[] | undefined {
    return stretchesOf(this.#pieces, this.#layout);
  }

  open(options: OpenOptions = {}): AsyncGenerator<Uint8Array> {
    return chunksOf(this.#pieces, this.#layout, options);
  }
}
