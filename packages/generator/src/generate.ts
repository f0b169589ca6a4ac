/** From the tree of a message to its bytes. */
import { concatBytes, isAsciiBytes, utf8 } from "@letterwright/base/bytes";
import { encodeBase64, encodedBase64Length } from "@letterwright/base/codec";
import { UsageError } from "@letterwright/base/error";
import {
  assertOriginator,
  bytesOf,
  contentTransferEncoding,
  contentType,
  date,
  field,
  fieldOf,
  hasField,
  messageId,
  mimeVersion,
  rawChunks,
  setField,
  type ByteSource,
  type BytesBody,
  type Field,
  type FieldGroupsBody,
  type Fields,
  type Message,
  type MessageBody,
  type MultipartBody,
  type OpenOptions,
  type Part,
  type RawField,
  type RawMessage,
  type Requirement,
  type TextBody,
  type TransferEncoding,
} from "@letterwright/message";
import { base64Chunks } from "./base64-stream.ts";
import { checkBody, checkField, faultInLines } from "./gate.ts";
import { identityOf, type Identity } from "./identity.ts";
import { writeField } from "./field-writer.ts";
import { smtpPolicy, type Policy } from "./policy.ts";
import { encodeText } from "./text-body.ts";

/**
 * The message as exact bytes under a policy.
 *
 * Synchronous: fields and texts are written now; content that is not in memory is read when the body
 * is opened. The message is not changed, and the same message, policy and identity give the same bytes.
 *
 * @throws {UsageError} `ADDRESS_NEEDS_SMTPUTF8`, `BOUNDARY_COLLISION`, `MESSAGE_PART_NOT_PLAIN`
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
): RawMessage {
  assertOriginator(mail);
  const generation = new Generation(policy, identity);
  const written = generation.part(mail);
  const fields = generation.fields(rootFields(mail, written.fields, policy, identity));
  // RFC 5321 §4.1.1.4: the last line of what is sent has its line end.
  const body = sourceOf(endedByLine(written.content, policy), policy);
  return Object.freeze({
    fields: Object.freeze(fields),
    separator: utf8(policy.lineEnd),
    body,
    requires: generation.requires,
  });
}

/**
 * The whole message as one array. All its content has to be in memory.
 *
 * @throws {UsageError} `CONTENT_NOT_IN_MEMORY`
 */
export function toBytes(
  mail: Message,
  policy: Policy = smtpPolicy,
  identity?: Identity,
): Uint8Array {
  const raw = generate(mail, policy, identity);
  if (raw.body.bytes === undefined) {
    throw new UsageError("some content of the message is not in memory", {
      code: "CONTENT_NOT_IN_MEMORY",
      hint: "Use toChunks, which reads it as it goes.",
    });
  }
  return concatBytes([...raw.fields.map(({ bytes }) => bytes), raw.separator, raw.body.bytes]);
}

/** The whole message, chunk by chunk, whatever its content comes from. */
export async function* toChunks(
  mail: Message,
  policy: Policy = smtpPolicy,
  identity?: Identity,
  options: OpenOptions = {},
): AsyncGenerator<Uint8Array> {
  yield* rawChunks(generate(mail, policy, identity), options);
}

/** Bytes in memory, or a source to encode as base64 while it is read. */
type Content = Uint8Array | ByteSource;

interface WrittenPart {
  readonly fields: Fields;
  readonly content: readonly Content[];
}

class Generation {
  readonly requires = new Set<Requirement>();
  readonly #policy: Policy;
  readonly #identity: Identity;
  readonly #lineEnd: Uint8Array;
  #boundaries = 0;

  constructor(policy: Policy, identity: Identity) {
    this.#policy = policy;
    this.#identity = identity;
    this.#lineEnd = utf8(policy.lineEnd);
  }

  fields(fields: Fields): readonly RawField[] {
    return fields.map((one) => {
      const bytes = utf8(writeField(one, this.#policy));
      checkField(bytes, this.#policy);
      if (bytes.some((octet) => octet > 0x7f)) this.requires.add("SMTPUTF8");
      return Object.freeze({ name: one.name, bytes });
    });
  }

  part(part: Part): WrittenPart {
    switch (part.body.kind) {
      case "text":
        return this.#text(part, part.body);
      case "bytes":
        return this.#bytes(part, part.body);
      case "multipart":
        return this.#multipart(part, part.body);
      case "message":
        return this.#message(part, part.body);
      case "field-groups":
        return this.#fieldGroups(part, part.body);
    }
  }

  /** RFC 2046 §5.2.1: a message inside a message is written as it is, by the policy of the whole. */
  #message(part: Part, { message }: MessageBody): WrittenPart {
    const written = this.part(message);
    const fields = withVersion(withoutBcc(written.fields, this.#policy));
    const content = [...this.fields(fields).map(({ bytes }) => bytes), this.#lineEnd];
    return { fields: part.fields, content: [...content, ...written.content] };
  }

  #fieldGroups(part: Part, { groups }: FieldGroupsBody): WrittenPart {
    const content: Content[] = groups.flatMap((fields, index) => [
      ...(index === 0 ? [] : [this.#lineEnd]),
      ...this.fields(fields).map(({ bytes }) => bytes),
    ]);
    return { fields: part.fields, content };
  }

  #text(part: Part, body: TextBody): WrittenPart {
    const { bytes, charset, encoding } = encodeText(body, this.#policy);
    return {
      fields: this.#described(part, encoding, { charset }),
      content: [this.#checked(bytes, encoding)],
    };
  }

  #bytes(part: Part, body: BytesBody): WrittenPart {
    const { source } = body;
    if (typeOf(part).startsWith("message/")) return this.#plain(part, source);
    const lines = this.#lines();
    const content = source.bytes === undefined ? source : encodeBase64(source.bytes, lines);
    return { fields: this.#described(part, "base64", {}), content: [content] };
  }

  /** RFC 2046 §5.2.1: a message inside a message is never encoded. */
  #plain(part: Part, source: ByteSource): WrittenPart {
    const bytes = source.bytes;
    const isAscii = bytes !== undefined && bytes.every((octet) => octet < 0x80);
    const eightBit = this.#policy.transferEncoding === "8bit";
    const encoding: TransferEncoding = isAscii ? "7bit" : "8bit";
    if (bytes === undefined || faultInLines(bytes, this.#policy, eightBit) !== undefined) {
      throw new UsageError(`a part of type ${typeOf(part)} cannot be written as it is`, {
        code: "MESSAGE_PART_NOT_PLAIN",
        hint: "A message inside a message may not be encoded (RFC 2046 §5.2.1): it has to be in memory, with CRLF lines of at most 998 octets, in ASCII. Or attach it as application/octet-stream.",
      });
    }
    return {
      fields: this.#described(part, encoding, {}),
      content: [this.#checked(bytes, encoding)],
    };
  }

  #multipart(part: Part, body: MultipartBody): WrittenPart {
    const given = field(part, contentType)?.parameters["boundary"];
    // The number stands before the digits: no boundary is the beginning of another. "=_" can stand in
    // neither base64 nor quoted-printable.
    const boundary = given ?? `=_${this.#boundaries++}_${this.#identity.boundarySeed}`;
    const parts = body.parts.map((child) => this.part(child));
    if (given !== undefined) refuseCollision(given, parts);
    const content: Content[] = [];
    const { preamble, epilogue } = body;
    if (preamble !== undefined) content.push(this.#plainText(preamble));
    parts.forEach((child, index) => {
      const lead = index === 0 && preamble === undefined ? "" : this.#policy.lineEnd;
      content.push(utf8(`${lead}--${boundary}${this.#policy.lineEnd}`));
      content.push(
        ...this.fields(child.fields).map(({ bytes }) => bytes),
        this.#lineEnd,
        ...child.content,
      );
    });
    content.push(utf8(`${this.#policy.lineEnd}--${boundary}--${this.#policy.lineEnd}`));
    if (epilogue !== undefined) content.push(this.#plainText(epilogue));
    return { fields: this.#described(part, undefined, { boundary }), content };
  }

  /** Text around the parts, which nothing encodes (RFC 2046 §5.1.1). */
  #plainText(bytes: Uint8Array): Uint8Array {
    if (faultInLines(bytes, this.#policy, this.#policy.transferEncoding === "8bit") === undefined) {
      return this.#checked(bytes, isAsciiBytes(bytes) ? "7bit" : "8bit");
    }
    throw new UsageError("a preamble or epilogue cannot be written as it is", {
      code: "PREAMBLE_NOT_PLAIN",
      hint: "Lines of at most 998 ASCII characters that end with CRLF: nothing encodes it (RFC 2046 §5.1.1).",
    });
  }

  /** The part's fields with what was decided about its body. */
  #described(
    part: Part,
    encoding: TransferEncoding | undefined,
    parameters: Readonly<Record<string, string>>,
  ): Fields {
    const type = field(part, contentType);
    if (type === undefined) return part.fields;
    const described = setField(part, contentType, {
      type: type.type,
      parameters: { ...type.parameters, ...parameters },
    });
    // RFC 2045 §6.1: 7bit is what the absence of the field means.
    if (encoding === undefined || encoding === "7bit") return described.fields;
    return setField(described, contentTransferEncoding, encoding).fields;
  }

  #checked(bytes: Uint8Array, encoding: TransferEncoding): Uint8Array {
    checkBody(bytes, this.#policy);
    if (encoding === "8bit") this.requires.add("8BITMIME");
    return bytes;
  }

  #lines(): { readonly lineLength: number; readonly lineEnd: Uint8Array } {
    return linesOf(this.#policy);
  }
}

/** Fields about the message first, in the order given; then those about its body. */
function rootFields(mail: Message, described: Fields, policy: Policy, identity: Identity): Fields {
  const isAboutBody = ({ name }: Field): boolean => name.toLowerCase().startsWith("content-");
  const head = withoutBcc(described, policy).filter((one) => !isAboutBody(one));
  const missing: Field[] = [];
  // RFC 5322 §3.6: a message has a date; it should have an identifier.
  if (!hasField(mail, date)) missing.push(fieldOf(date, identity.date));
  if (!hasField(mail, messageId)) missing.push(fieldOf(messageId, identity.messageId));
  if (!hasField(mail, mimeVersion)) missing.push(fieldOf(mimeVersion, "1.0"));
  return [...head, ...missing, ...described.filter(isAboutBody)];
}

/** Bcc and Resent-Bcc are for the envelope: whoever can read the message could read them. */
function withoutBcc(fields: Fields, policy: Policy): Fields {
  if (policy.writeBcc) return fields;
  return fields.filter(({ name }) => !hiddenNames.has(name.toLowerCase()));
}

const hiddenNames: ReadonlySet<string> = new Set(["bcc", "resent-bcc"]);

function withVersion(fields: Fields): Fields {
  return hasField({ fields }, mimeVersion) ? fields : [fieldOf(mimeVersion, "1.0"), ...fields];
}

/** A boundary of the caller's own may not occur in what it separates, even as a beginning (RFC 2046 §5.1.1). */
function refuseCollision(boundary: string, parts: readonly WrittenPart[]): void {
  const delimiter = utf8(`--${boundary}`);
  for (const { content } of parts) {
    for (const bytes of content) {
      if (!(bytes instanceof Uint8Array) || !hasLineStartingWith(bytes, delimiter)) continue;
      throw new UsageError(`the boundary ${JSON.stringify(boundary)} occurs in a part`, {
        code: "BOUNDARY_COLLISION",
        hint: "Leave the boundary out: a random one is chosen.",
      });
    }
  }
}

function hasLineStartingWith(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let line = 0; line < bytes.length;) {
    let at = 0;
    while (at < start.length && bytes[line + at] === start[at]) at++;
    if (at === start.length) return true;
    const feed = bytes.indexOf(0x0a, line);
    if (feed === -1) return false;
    line = feed + 1;
  }
  return false;
}

function sourceOf(content: readonly Content[], policy: Policy): ByteSource {
  if (content.every((one) => one instanceof Uint8Array)) return bytesOf(concatBytes(content));
  const lines = linesOf(policy);
  let byteLength: number | undefined = 0;
  for (const one of content) {
    if (byteLength === undefined) break;
    if (one instanceof Uint8Array) byteLength += one.length;
    else if (one.byteLength === undefined) byteLength = undefined;
    else byteLength += encodedBase64Length(one.byteLength, lines);
  }
  return Object.freeze({
    ...(byteLength === undefined ? {} : { byteLength }),
    async *open(options: OpenOptions = {}): AsyncGenerator<Uint8Array> {
      for (const one of content) {
        options.signal?.throwIfAborted();
        if (one instanceof Uint8Array) yield one;
        else yield* base64Chunks(one, lines, options);
      }
    },
  });
}

function endedByLine(content: readonly Content[], policy: Policy): readonly Content[] {
  const last = content.at(-1);
  const isEnded =
    last === undefined ||
    (last instanceof Uint8Array && (last.length === 0 || last.at(-1) === 0x0a));
  return isEnded ? content : [...content, utf8(policy.lineEnd)];
}

function linesOf(policy: Policy): { readonly lineLength: number; readonly lineEnd: Uint8Array } {
  const { bodyLine } = policy.limits;
  return { lineLength: bodyLine - (bodyLine % 4), lineEnd: utf8(policy.lineEnd) };
}

function typeOf(part: Part): string {
  return field(part, contentType)?.type ?? "text/plain";
}
