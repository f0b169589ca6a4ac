/**
 * Where a value came from: bytes that are to be written again exactly as they are.
 *
 * The bytes belong to the identity of one object. A changed copy is another object and has none, so
 * stale bytes are never written.
 */
import type { Field } from "./field/field.ts";
import type { Part } from "./part.ts";

const origins = new WeakMap<Field | Part, Uint8Array>();
/** A program that only composes has none, and is spared the looks for them. */
let hasAny = false;

/**
 * The same field or part as a new object that remembers its bytes. A field's bytes are whole lines, its
 * name and its line end included. A part's are its fields, the empty line and its body, without the line
 * end before the next boundary.
 *
 * Generators write them as they are: this is for parsers, and for signers, whose signature covers bytes
 * and not meaning. The bytes are not checked and not copied.
 */
export function withOrigin<Value extends Field | Part>(value: Value, bytes: Uint8Array): Value {
  const copy: Value = Object.freeze({ ...value });
  origins.set(copy, bytes);
  hasAny = true;
  return copy;
}

/** The bytes that this very object came from, when it has any. */
export function originOf(value: Field | Part): Uint8Array | undefined {
  return hasAny ? origins.get(value) : undefined;
}
