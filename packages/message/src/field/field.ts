/** Fields and lists of them: ordered, case-preserving, matched without case. */
import { UsageError } from "@letterwright/base/error";
import type { FieldDefinition } from "./definition.ts";
import { standardField, unstructured } from "./standard.ts";

/** One header field of a message. */
export interface Field<Value = unknown> {
  /** The name as it will be written. */
  readonly name: string;
  readonly value: Value;
  readonly definition: FieldDefinition<Value>;
}

/** Fields in the order in which they stand. */
export type Fields = readonly Field[];

/** A field from its definition and what the program gives for it. */
export function fieldOf<Value, Input>(
  definition: FieldDefinition<Value, Input>,
  input: Input,
): Field<Value> {
  return Object.freeze({
    name: definition.name,
    value: definition.of(input),
    definition: definition as FieldDefinition as FieldDefinition<Value>,
  });
}

/**
 * A field of free text under any name that has no typed definition: `X-Campaign`, `Organization`.
 *
 * @throws {UsageError} `FIELD_IS_STRUCTURED` when the name has a typed definition, `FIELD_NAME_INVALID`,
 * `FIELD_CONTROL_CHARACTER`
 */
export function textField(name: string, text: string): Field<string> {
  const standard = standardField(name);
  if (standard !== undefined && standard.name !== "Subject") {
    throw new UsageError(`${standard.name} is a structured field and takes no free text`, {
      code: "FIELD_IS_STRUCTURED",
      hint: `Use the option or the definition made for ${standard.name}.`,
    });
  }
  return fieldOf(unstructured(name, { maxCount: standard?.maxCount ?? Infinity }), text);
}

/**
 * The value of the first field with this definition's name, or `undefined`.
 *
 * @example
 * ```ts
 * import { field, message, subject } from "@letterwright/message";
 *
 * field(message({ from: "ana@example.com", subject: "Hi" }), subject); // => "Hi"
 * ```
 */
export function field<Value>(
  holder: { readonly fields: Fields },
  definition: FieldDefinition<Value, never>,
): Value | undefined {
  const found = findField(holder.fields, definition.name);
  return found === undefined ? undefined : (found.value as Value);
}

/** The first field with this name, matched without case. */
export function findField(fields: Fields, name: string): Field | undefined {
  const wanted = name.toLowerCase();
  return fields.find((candidate) => candidate.name.toLowerCase() === wanted);
}

/**
 * The fields with one more at the end.
 *
 * @throws {UsageError} `FIELD_TOO_MANY` when there are as many of that name as there may be
 * (RFC 5322 §3.6).
 */
export function appendField(fields: Fields, added: Field): Fields {
  const name = added.name.toLowerCase();
  const count = fields.filter((candidate) => candidate.name.toLowerCase() === name).length;
  if (count >= added.definition.maxCount) {
    throw new UsageError(`a message may have ${added.name} ${added.definition.maxCount} time(s)`, {
      code: "FIELD_TOO_MANY",
      hint: `Use setField to replace the ${added.name} that is there (RFC 5322 §3.6).`,
    });
  }
  return Object.freeze([...fields, added]);
}

/** The fields with this one in place of the first of its name, the others of that name gone; else at the end. */
export function setField(fields: Fields, replacement: Field): Fields {
  const name = replacement.name.toLowerCase();
  const first = fields.findIndex((candidate) => candidate.name.toLowerCase() === name);
  if (first === -1) return Object.freeze([...fields, replacement]);
  return Object.freeze(
    fields.flatMap((candidate, index) => {
      if (index === first) return [replacement];
      return candidate.name.toLowerCase() === name ? [] : [candidate];
    }),
  );
}

/** The fields without those of this name. */
export function removeField(fields: Fields, name: string): Fields {
  const unwanted = name.toLowerCase();
  return Object.freeze(fields.filter((candidate) => candidate.name.toLowerCase() !== unwanted));
}
