/** The tree of a message: parts with fields and a body (RFC 2045 §2.3 to §2.6). */
import { assertWellFormed } from "@letterwright/base/bytes";
import { assertCharset, type CharsetDecoder } from "@letterwright/base/codec";
import { sourceOf, type ByteSource, type Content } from "./byte-source.ts";
import { fieldOf, type Field, type Fields } from "./field/field.ts";
import { contentType } from "./field/content.ts";

/** Text; its transfer encoding is chosen when it is written. */
export interface TextBody {
  readonly kind: "text";
  readonly text: string;
  /** How characters become octets. Without it US-ASCII when that is enough, else UTF-8. */
  readonly charset?: string;
  /**
   * `"normalised"`, the default: CRLF, LF and CR each end a line, and a line ends as the policy has it.
   * `"exact"`: every CR and LF arrives as it is, which takes an encoding.
   */
  readonly lineEnds?: "exact";
}

/** Octets that must arrive exactly as they are. */
export interface BytesBody {
  readonly kind: "bytes";
  readonly source: ByteSource;
  /** How to read it as text where the platform does not know its charset. */
  readonly charsets?: CharsetDecoder;
}

/**
 * How the parts of a multipart stood apart in the bytes it was read from. Bytes of the preamble, delimiters and
 * epilogue, in turns with those of the parts, are the whole body.
 */
export interface Framing {
  readonly boundary: string;
  /** The parts as they were read. */
  readonly parts: readonly Part[];
  /** What stands before each of them: the delimiter line with the line end before it (RFC 2046 §5.1.1). */
  readonly delimiters: readonly Uint8Array[];
  /** The closing delimiter with the line ends around it; empty when there was none. */
  readonly close: Uint8Array;
  readonly preamble: Uint8Array | undefined;
  readonly epilogue: Uint8Array | undefined;
}

/** Parts in order, RFC 2046 §5.1. The boundary is chosen when they are written. */
export interface MultipartBody {
  readonly kind: "multipart";
  readonly parts: readonly Part[];
  /** What stands before the first boundary; readers of MIME show it to nobody. */
  readonly preamble?: Uint8Array;
  /** What stands after the last boundary. */
  readonly epilogue?: Uint8Array;
  /** How it was read; a generator that keeps origins sets what is left of the parts apart in the same way. */
  readonly framing?: Framing;
}

/** A message inside a message, RFC 2046 §5.2.1: written with the policy of the whole. */
export interface MessageBody {
  readonly kind: "message";
  readonly message: Message;
}

/**
 * Groups of fields, with empty lines between them: a delivery status has one group about the message
 * and one for each recipient (RFC 3464 §2.1), a disposition notification a single one (RFC 8098 §3.1).
 */
export interface FieldGroupsBody {
  readonly kind: "field-groups";
  readonly groups: readonly Fields[];
}

/** What a part holds. */
export type Body = TextBody | BytesBody | MultipartBody | MessageBody | FieldGroupsBody;

/** One node of the tree. Plain, frozen data. */
export interface Part {
  readonly fields: Fields;
  readonly body: Body;
}

/** A whole message: the root of a tree. The generator adds MIME-Version to it, and to nothing else. */
export type Message = Part;

/** Options of {@link textPart}. */
export interface TextPartOptions {
  /** Default `text/plain`. */
  readonly type?: string;
  /** Parameters of Content-Type but `charset`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Further fields of the part. */
  readonly fields?: readonly Field[];
  /**
   * Default: US-ASCII when that is enough, else UTF-8. Otherwise UTF-8, US-ASCII or a single-byte
   * charset that the platform's `TextDecoder` knows, `"iso-8859-2"` for example.
   */
  readonly charset?: string;
  /** Default `"normalised"`; see {@link TextBody.lineEnds}. */
  readonly lineEnds?: "normalised" | "exact";
}

/**
 * A text part, `text/plain` unless said otherwise.
 *
 * @throws {UsageError} `TEXT_LONE_SURROGATE`, `CHARSET_UNSUPPORTED`, or `CHARSET_CANNOT_ENCODE` when the
 * charset lacks a character of the text.
 */
export function textPart(text: string, options: TextPartOptions = {}): Part {
  const { charset, lineEnds } = options;
  if (charset === undefined) assertWellFormed(text);
  else assertCharset(text, charset);
  const type = options.type ?? "text/plain";
  if (charset === undefined && lineEnds !== "exact")
    return partOf(type, options, { kind: "text", text });
  return partOf(type, options, {
    kind: "text",
    text,
    ...(charset === undefined ? {} : { charset: charset.toLowerCase() }),
    ...(lineEnds === "exact" ? { lineEnds } : {}),
  });
}

/** Options of most parts. */
export interface PartOptions {
  /** Parameters of Content-Type. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Further fields of the part. */
  readonly fields?: readonly Field[];
}

/**
 * A part of octets, `application/octet-stream` unless said otherwise.
 *
 * @throws {UsageError} `SOURCE_NOT_NAMED`, `SOURCE_INVALID`, `CONTENT_TYPE_INVALID`
 */
export function bytesPart(
  content: Content,
  options: PartOptions & { readonly type?: string } = {},
): Part {
  return partOf(options.type ?? "application/octet-stream", options, {
    kind: "bytes",
    source: sourceOf(content),
  });
}

/** The same part with another body; its fields stay the same objects. */
export function withBody(part: Part, body: Body): Part {
  return Object.freeze({ fields: part.fields, body: Object.freeze(body) });
}

/** The same message with other fields; its body stays the same object. */
export function withFields(mail: Message, fields: Fields): Message {
  return Object.freeze({ fields: Object.freeze([...fields]), body: mail.body });
}

/** A part of this media type: Content-Type first, then the fields given. */
export function partOf(type: string, options: PartOptions, body: Body): Part {
  const { parameters, fields } = options;
  return Object.freeze({
    fields:
      parameters === undefined && fields === undefined
        ? typeAlone(type)
        : Object.freeze([
            fieldOf(contentType, { type, parameters: parameters ?? {} }),
            ...(fields ?? []),
          ]),
    body: Object.freeze(body),
  });
}

const typesAlone = new Map<string, Fields>();
const mostTypesAlone = 100;

/** Most parts say their type and nothing else, and share the field that says it. */
function typeAlone(type: string): Fields {
  const known = typesAlone.get(type);
  if (known !== undefined) return known;
  const fields = Object.freeze([fieldOf(contentType, { type, parameters: {} })]);
  if (typesAlone.size < mostTypesAlone) typesAlone.set(type, fields);
  return fields;
}
