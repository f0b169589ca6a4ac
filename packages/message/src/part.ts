/** The tree of a message: parts with fields and a body (RFC 2045 §2.3 to §2.6). */
import { UsageError } from "@letterwright/base/error";
import { isBoundary } from "@letterwright/base/grammar";
import { assertWellFormed } from "@letterwright/base/bytes";
import type { ByteSource } from "./byte-source.ts";
import { fieldOf, type Field, type Fields } from "./field/field.ts";
import { contentType } from "./field/standard.ts";

/** Text; its charset and encoding are chosen when it is written. */
export interface TextBody {
  readonly kind: "text";
  readonly text: string;
}

/** Octets that must arrive exactly as they are. */
export interface BytesBody {
  readonly kind: "bytes";
  readonly source: ByteSource;
}

/** Parts in order, RFC 2046 §5.1. The boundary is chosen when they are written. */
export interface MultipartBody {
  readonly kind: "multipart";
  readonly parts: readonly Part[];
}

/** What a part holds. */
export type Body = TextBody | BytesBody | MultipartBody;

/** One node of the tree. Plain, frozen data. */
export interface Part {
  readonly fields: Fields;
  readonly body: Body;
}

/** A whole message: the root of a tree. The generator adds MIME-Version to it, and to nothing else. */
export type Message = Part;

/** A text part, `text/plain` unless said otherwise. */
export function textPart(
  text: string,
  options: { readonly type?: string; readonly fields?: readonly Field[] } = {},
): Part {
  assertWellFormed(text);
  return part(options.type ?? "text/plain", {}, options.fields, { kind: "text", text });
}

/** A part of octets. */
export function bytesPart(
  source: ByteSource,
  options: {
    readonly type?: string;
    readonly parameters?: Readonly<Record<string, string>>;
    readonly fields?: readonly Field[];
  } = {},
): Part {
  return part(
    options.type ?? "application/octet-stream",
    options.parameters ?? {},
    options.fields,
    { kind: "bytes", source },
  );
}

/**
 * A multipart, `subtype` being `"mixed"`, `"alternative"`, `"related"` or another.
 *
 * @throws {UsageError} `MULTIPART_EMPTY` (RFC 2046 §5.1.1: at least one body part), `BOUNDARY_INVALID`
 */
export function multipart(
  subtype: string,
  parts: readonly Part[],
  options: {
    readonly parameters?: Readonly<Record<string, string>>;
    readonly fields?: readonly Field[];
  } = {},
): Part {
  if (parts.length === 0) {
    throw new UsageError(`multipart/${subtype} has no part`, {
      code: "MULTIPART_EMPTY",
      hint: "A multipart holds at least one part (RFC 2046 §5.1.1).",
    });
  }
  const given = options.parameters?.["boundary"];
  if (given !== undefined && !isBoundary(given)) {
    throw new UsageError(`${JSON.stringify(given)} is not a boundary`, {
      code: "BOUNDARY_INVALID",
      hint: "1 to 70 of letters, digits and '()+_,-./:=? , and blanks not at the end (RFC 2046 §5.1.1).",
    });
  }
  return part(`multipart/${subtype}`, options.parameters ?? {}, options.fields, {
    kind: "multipart",
    parts: Object.freeze([...parts]),
  });
}

/** The same message with other fields; its body stays the same object. */
export function withFields(mail: Message, fields: Fields): Message {
  return Object.freeze({ fields: Object.freeze([...fields]), body: mail.body });
}

function part(
  type: string,
  parameters: Readonly<Record<string, string>>,
  fields: readonly Field[] = [],
  body: Body,
): Part {
  return Object.freeze({
    fields: Object.freeze([fieldOf(contentType, { type, parameters }), ...fields]),
    body: Object.freeze(body),
  });
}
