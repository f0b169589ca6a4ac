/**
 * Where a value came from: bytes that are to be written again exactly as they are.
 *
 * The bytes belong to the identity of one object. A changed copy is another object and has none, so
 * stale bytes are never written.
 */
import type { CharsetDecoder } from "@letterwright/base/codec";
import type { ByteSource } from "./byte-source.ts";
import type { Field, Fields } from "./field/field.ts";
import type { Body, Part } from "./part.ts";

const origins = new WeakMap<Field | Part, Uint8Array>();
/** A program that only composes has none, and is spared the looks for them. */
let hasAny = false;

/**
 * Under this name an object that was read gives its bytes. It stands on prototypes, which no spread copies;
 * a map from objects to bytes costs more than reading a field does.
 */
export const originKey: unique symbol = Symbol("letterwright.origin");

/** Under this name a field that was read gives the header section it stands in. */
export const headKey: unique symbol = Symbol("letterwright.head");

/** Under this name a part that was read gives what its fields say of its content, looked up once. */
export const descriptionKey: unique symbol = Symbol("letterwright.description");

/** A header section in the bytes that hold it, and what its fields share. */
export interface ParsedHead {
  readonly source: Uint8Array;
  /** Where the fields end and what separates them from the body begins. */
  readonly end: number;
  readonly bodyStart: number;
  /** How to read a charset that the platform does not know. */
  readonly charsets?: CharsetDecoder | undefined;
}

/** From now on there are objects with an {@link originKey}. */
export function expectOrigins(): void {
  hasAny = true;
}

/** The bytes of a body that was read, still in its transfer encoding, and what is needed to use them again. */
export interface BodyOrigin {
  readonly bytes: Uint8Array | undefined;
  /** The same where they are not in memory. */
  readonly source: ByteSource | undefined;
  /** What stood between the fields and the body. */
  readonly separator: Uint8Array;
  /** The fields under which the body was read: with another type or encoding its bytes mean something else. */
  readonly fields: Fields;
}

/** An object that gives its own bytes. */
export interface Originated<Origin> {
  readonly [originKey]: Origin;
}

/**
 * The same field or part as a new object that remembers its bytes. A field's bytes are whole lines, its
 * name and its line end included. A part's are its fields, the empty line and its body, without the line
 * end before the next boundary.
 *
 * Generators write them as they are: this is for signers, whose signature covers bytes and not meaning. The
 * bytes are not checked and not copied.
 */
export function withOrigin<Value extends Field | Part>(value: Value, bytes: Uint8Array): Value {
  // What was read has its value on a prototype.
  const copy: Value = Object.freeze(
    "value" in value ? { ...value, value: value.value } : { ...value },
  );
  origins.set(copy, bytes);
  hasAny = true;
  return copy;
}

/** The bytes that this very object came from, when it has any. */
export function originOf(value: Field | Part): Uint8Array | undefined {
  if (!hasAny) return undefined;
  return (value as Partial<Originated<Uint8Array>>)[originKey] ?? origins.get(value);
}

/** The bytes that this very body came from, when it was read. */
export function bodyOriginOf(body: Body): BodyOrigin | undefined {
  return hasAny ? (body as Partial<Originated<BodyOrigin>>)[originKey] : undefined;
}

/** What stood between the fields and the body of the part that these fields were read from. */
export function separatorOf({ fields }: { readonly fields: Fields }): Uint8Array | undefined {
  if (!hasAny) return undefined;
  for (const one of fields) {
    const head = (one as { readonly [headKey]?: ParsedHead })[headKey];
    if (head !== undefined) return separatorIn(head);
  }
  return undefined;
}

export function separatorIn({ source, end, bodyStart }: ParsedHead): Uint8Array {
  return source.subarray(end, bodyStart);
}
