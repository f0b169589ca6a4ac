/** From the tree of a message to its bytes. */
import { ascii, isAscii, utf8 } from "@letterwright/base/bytes";
import type { Defect } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import {
  assertOriginator,
  formatDate,
  rawByteLength,
  rawChunks,
  type ByteSource,
  type DateTime,
  type Message,
  type OpenOptions,
  type RawField,
  type RawMessage,
} from "@letterwright/message";
import { layoutOf } from "./body.ts";
import { Findings } from "./findings.ts";
import { identityOf, lazyIdentity, type Identity } from "./identity.ts";
import { assemble, chunksOf, isInMemory, Output, totalLength, type Piece } from "./pieces.ts";
import { smtpPolicy, type GenerationDefectCode, type Policy } from "./policy.ts";
import { hiddenNames, TreeWriter } from "./tree.ts";
import { ownField, type WrittenField } from "./written-field.ts";

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
  const written = write(mail, policy, identity);
  return Object.freeze({
    fields: Object.freeze(written.fields.map(rawField)),
    separator: written.separator,
    body: sourceOf(written.body.pieces, policy),
    requires: written.requires,
    defects: Object.freeze(written.findings.list),
  });
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
  identity: Identity = lazyIdentity(mail, policy),
): Uint8Array {
  const written = write(mail, policy, identity);
  const output = new Output();
  for (const { text, origin } of written.fields) {
    if (origin !== undefined) output.add({ kind: "bytes", bytes: origin });
    else output.text(text, !policy.utf8Fields || isAscii(text));
  }
  if (written.separator.length > 0) output.add({ kind: "bytes", bytes: written.separator });
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

interface Written {
  readonly fields: readonly WrittenField[];
  readonly separator: Uint8Array;
  readonly body: Output;
  readonly requires: RawMessage["requires"];
  readonly findings: Findings;
}

function write(mail: Message, policy: Policy, identity: Identity): Written {
  const findings = new Findings(policy.defects);
  const writer = new TreeWriter(policy, identity, findings);
  const { requires } = writer;
  // What is passed on is not completed, put in order or judged: only what was edited is other than it was.
  if (policy.pieces?.isPassedOn(mail) === true) {
    const { fields, body, separator = ascii(policy.lineEnd) } = writer.part(mail);
    return { fields, separator, body, requires, findings };
  }
  assertOriginator(mail);
  const { fields: all, body } = writer.part(mail);
  const fields = policy.writeBcc ? all : all.filter(({ lower }) => !hiddenNames.has(lower));
  endLine(body, policy);
  return {
    fields: inOrder(withMissing(fields, policy, identity), policy),
    separator: ascii(policy.lineEnd),
    body,
    requires,
    findings,
  };
}

/** RFC 5322 §3.6: a message has a date; it should have an identifier. Fields about the body stand last. */
function withMissing(
  written: readonly WrittenField[],
  policy: Policy,
  identity: Identity,
): readonly WrittenField[] {
  const head: WrittenField[] = [];
  const content: WrittenField[] = [];
  let hasDate = false;
  let hasId = false;
  let hasVersion = false;
  for (const one of written) {
    const { lower } = one;
    if (lower === "date") hasDate = true;
    else if (lower === "message-id") hasId = true;
    else if (lower === "mime-version") hasVersion = true;
    if (lower.startsWith("content-")) content.push(one);
    else head.push(one);
  }
  if (!hasDate) head.push(ownField("Date", dateText(identity.date), policy));
  if (!hasId) head.push(ownField("Message-ID", identity.messageId, policy));
  if (!hasVersion) head.push(ownField("MIME-Version", "1.0", policy));
  if (content.length === 0) return head;
  for (const one of content) head.push(one);
  return head;
}

/** Names that the policy puts first, in its order; the others in theirs. */
function inOrder(fields: readonly WrittenField[], policy: Policy): readonly WrittenField[] {
  const { fieldOrder } = policy;
  if (fieldOrder.length === 0) return fields;
  const rank = ({ name }: WrittenField): number => {
    const index = fieldOrder.indexOf(name.toLowerCase());
    return index === -1 ? fieldOrder.length : index;
  };
  return fields.toSorted((one, other) => rank(one) - rank(other));
}

let lastDate: DateTime | undefined;
let lastDateText = "";

/** Many messages are dated within one second. */
function dateText(moment: DateTime): string {
  if (lastDate !== moment) {
    lastDateText = formatDate(moment);
    lastDate = moment;
  }
  return lastDateText;
}

/** RFC 5321 §4.1.1.4: the last line of what is sent has its line end. */
function endLine(body: Output, policy: Policy): void {
  const last = body.pieces.at(-1);
  if (last === undefined) return;
  const isEnded =
    last.kind === "bytes"
      ? last.bytes.length === 0 || last.bytes.at(-1) === 0x0a
      : last.kind === "lines"
        ? last.lines.isEnded
        : (last.kind === "ascii" || last.kind === "utf8") &&
          (last.text === "" || last.text.endsWith("\n"));
  const isBinary = last.kind === "source" && last.encoding === "identity";
  if (!isEnded && !isBinary) body.ascii(policy.lineEnd);
}

function rawField({ name, text, origin }: WrittenField): RawField {
  return Object.freeze({ name, bytes: origin ?? utf8(text) });
}

/** The body: made once when it is asked for as a whole, or piece by piece. */
function sourceOf(pieces: readonly Piece[], policy: Policy): ByteSource {
  const layout = layoutOf(policy);
  const byteLength = totalLength(pieces, layout);
  const known = byteLength === undefined ? {} : { byteLength };
  const open = (options: OpenOptions = {}): AsyncGenerator<Uint8Array> =>
    chunksOf(pieces, layout, options);
  if (!isInMemory(pieces)) return Object.freeze({ ...known, open });
  let bytes: Uint8Array | undefined;
  return Object.freeze({
    ...known,
    get bytes() {
      return (bytes ??= assemble(pieces, layout));
    },
    open,
  });
}
