/**
 * The fields of a message or part: ordered, case-preserving, matched without case.
 *
 * Every function that changes something returns a new message or part; the body, and every field that
 * was not meant, stay the same objects.
 */
import { UsageError } from "@letterwright/base/error";
import type { FieldDefinition } from "./field/definition.ts";
import { fieldOf, type Field, type Fields } from "./field/field.ts";
import { readField } from "./field/reading.ts";

/** What has fields: a message, a part. */
export interface FieldHolder {
  readonly fields: Fields;
}

/** A field by its name in any case, or by its definition. */
export type FieldKey = string | { readonly name: string };

/**
 * The value of the first field with this definition's name, or `undefined`.
 *
 * A field that was made or read under another definition of the same name is read under this one, leniently;
 * `undefined` when that gives no value.
 *
 * @example
 * ```ts
 * import { field, message, subject } from "@letterwright/message";
 *
 * field(message({ from: "ana@example.com", subject: "Hi" }), subject); // => "Hi"
 * ```
 */
export function field<Value>(
  holder: FieldHolder,
  definition: FieldDefinition<Value, never>,
): Value | undefined {
  const found = findField(holder, definition);
  return found === undefined ? undefined : valueUnder(found, definition);
}

/**
 * The value of the first field with this definition's name, which has to stand under this very definition,
 * as it does when it was made with it or read by a parser. Unlike {@link field} it never reads text, so a
 * program that only composes and generates does not carry what reads.
 *
 * @throws {UsageError} `FIELD_UNTYPED` when the field stands under another definition
 */
export function typedField<Value>(
  holder: FieldHolder,
  definition: FieldDefinition<Value, never>,
): Value | undefined {
  const found = findField(holder, definition);
  if (found === undefined) return undefined;
  if (found.definition === (definition as unknown)) return found.value as Value;
  throw new UsageError(`${found.name} stands under a definition that is not the standard one`, {
    code: "FIELD_UNTYPED",
    hint: `What is written depends on its value: make it with the definition of ${definition.name} that @letterwright/message exports.`,
  });
}

/** The values of every field with this definition's name, in order; those that cannot be read are left out. */
export function fieldValues<Value>(
  holder: FieldHolder,
  definition: FieldDefinition<Value, never>,
): readonly Value[] {
  const values: Value[] = [];
  for (const one of holder.fields) {
    const value = valueIn(one, definition);
    if (value !== undefined) values.push(value);
  }
  return Object.freeze(values);
}

/** The value of the field, when it has this definition's name and can be read under it. */
export function valueIn<Value>(
  one: Field,
  definition: FieldDefinition<Value, never>,
): Value | undefined {
  // Nearly every field stands under its own definition.
  if (one.definition === (definition as unknown)) return one.value as Value;
  return isNamed(one, definition.name) ? valueUnder(one, definition) : undefined;
}

/** The first field with this name, or `undefined`. */
export function findField({ fields }: FieldHolder, key: FieldKey): Field | undefined {
  const name = typeof key === "string" ? key : key.name;
  // By index: fields that are frozen and those that are not make an iterator slow.
  for (let at = 0; at < fields.length; at++) {
    const one = fields[at] as Field;
    if (isNamed(one, name)) return one;
  }
  return undefined;
}

/** Whether there is a field with this name. */
export function hasField(holder: FieldHolder, key: FieldKey): boolean {
  return findField(holder, key) !== undefined;
}

/**
 * With one more field after all others: `appendField(mail, comments, "text")`, or a field that was made
 * before, `appendField(mail, textField("X-Run", "7"))`.
 *
 * @throws {UsageError} `FIELD_TOO_MANY` when there are as many of that name as there may be
 * (RFC 5322 §3.6); and what the definition finds wrong with the input
 */
export function appendField<Holder extends FieldHolder>(holder: Holder, added: Field): Holder;
export function appendField<Holder extends FieldHolder, Value, Input>(
  holder: Holder,
  definition: FieldDefinition<Value, Input>,
  input: Input,
): Holder;
export function appendField<Holder extends FieldHolder>(
  holder: Holder,
  ...given: FieldArguments
): Holder {
  const added = given.length === 1 ? given[0] : fieldOf(given[0], given[1]);
  assertRoom(holder, added);
  return withFieldList(holder, [...holder.fields, added]);
}

/**
 * With one more field before all others: where trace fields go (RFC 5321 §4.4). Otherwise like
 * {@link appendField}.
 *
 * @throws {UsageError} `FIELD_TOO_MANY`; and what the definition finds wrong with the input
 */
export function prependField<Holder extends FieldHolder>(holder: Holder, added: Field): Holder;
export function prependField<Holder extends FieldHolder, Value, Input>(
  holder: Holder,
  definition: FieldDefinition<Value, Input>,
  input: Input,
): Holder;
export function prependField<Holder extends FieldHolder>(
  holder: Holder,
  ...given: FieldArguments
): Holder {
  const added = given.length === 1 ? given[0] : fieldOf(given[0], given[1]);
  assertRoom(holder, added);
  return withFieldList(holder, [added, ...holder.fields]);
}

/**
 * With this field in place of the first of its name, and the others of that name gone; at the end when
 * there was none.
 *
 * @throws what the definition finds wrong with the input
 * @example
 * ```ts
 * import { field, message, setField, subject } from "@letterwright/message";
 *
 * const mail = message({ from: "ana@example.com", subject: "Draft" });
 * field(setField(mail, subject, "Final"), subject); // => "Final"
 * field(mail, subject); // => "Draft"
 * ```
 */
export function setField<Holder extends FieldHolder>(holder: Holder, replacement: Field): Holder;
export function setField<Holder extends FieldHolder, Value, Input>(
  holder: Holder,
  definition: FieldDefinition<Value, Input>,
  input: Input,
): Holder;
export function setField<Holder extends FieldHolder>(
  holder: Holder,
  ...given: FieldArguments
): Holder {
  const replacement = given.length === 1 ? given[0] : fieldOf(given[0], given[1]);
  const { name } = replacement;
  let isSet = false;
  const fields: Field[] = [];
  for (const one of holder.fields) {
    if (!isNamed(one, name)) fields.push(one);
    else if (!isSet) {
      fields.push(replacement);
      isSet = true;
    }
  }
  if (!isSet) fields.push(replacement);
  return withFieldList(holder, fields);
}

/**
 * With this very field replaced by another, and all others as they are; for fields that stand more than
 * once. `undefined` as replacement takes it out.
 *
 * @throws {UsageError} `FIELD_NOT_FOUND` when the field is not one of the holder's
 */
export function replaceField<Holder extends FieldHolder>(
  holder: Holder,
  old: Field,
  replacement: Field | undefined,
): Holder {
  const index = holder.fields.indexOf(old);
  if (index === -1) {
    throw new UsageError(`this ${old.name} is not a field of the message or part`, {
      code: "FIELD_NOT_FOUND",
      hint: "Pass one of the objects in its `fields`.",
    });
  }
  const fields = [...holder.fields];
  if (replacement === undefined) fields.splice(index, 1);
  else fields[index] = replacement;
  return withFieldList(holder, fields);
}

/** Without the fields of this name; the same object when there was none. */
export function removeField<Holder extends FieldHolder>(holder: Holder, key: FieldKey): Holder {
  const name = typeof key === "string" ? key : key.name;
  const fields = holder.fields.filter((one) => !isNamed(one, name));
  return fields.length === holder.fields.length ? holder : withFieldList(holder, fields);
}

type FieldArguments =
  | readonly [field: Field]
  | readonly [definition: FieldDefinition<unknown, unknown>, input: unknown];

function withFieldList<Holder extends FieldHolder>(holder: Holder, fields: Fields): Holder {
  return Object.freeze({ ...holder, fields: Object.freeze(fields) });
}

/** @throws {UsageError} `FIELD_TOO_MANY` when there are as many of that name as there may be */
export function assertRoom({ fields }: FieldHolder, added: Field): void {
  const { maxCount } = added.definition;
  if (maxCount === Infinity) return;
  const { name } = added;
  let count = 0;
  for (const one of fields) if (isNamed(one, name)) count++;
  if (count < maxCount) return;
  throw new UsageError(`${added.name} may stand ${maxCount} time(s), and it does already`, {
    code: "FIELD_TOO_MANY",
    hint: `Use setField to replace the ${added.name} that is there (RFC 5322 §3.6).`,
  });
}

function valueUnder<Value>(
  one: Field,
  definition: FieldDefinition<Value, never>,
): Value | undefined {
  if (one.definition === (definition as unknown)) return one.value as Value;
  const wire = one.wire ?? (typeof one.value === "string" ? one.value : undefined);
  return wire === undefined ? undefined : readField(definition, wire).value;
}

/** Whether a field has this name, in whatever case. */
export function isNamed({ name }: { readonly name: string }, wanted: string): boolean {
  // Asked of every field of every message: the length and a letter tell nearly all of them apart.
  const differs = (name.charCodeAt(0) ^ wanted.charCodeAt(0)) & ~0x20;
  if (name.length !== wanted.length || differs !== 0) return false;
  return name === wanted || name.toLowerCase() === wanted.toLowerCase();
}
