/** What a field means: how its value is checked, read and written. */
import { UsageError } from "@letterwright/base/error";
import { isFieldName } from "@letterwright/base/grammar";
import type { FieldUnit } from "./unit.ts";

/** The meaning of one field name. Made by {@link defineField}. */
export interface FieldDefinition<Value = unknown, Input = Value> {
  /** The name as it is written, `"Message-ID"`; matched without case. */
  readonly name: string;
  /** How often the field may stand in a message; RFC 5322 §3.6 has the table. */
  readonly maxCount: number;
  /** What the program gives, checked and made a value. *Setting* takes text as it is. */
  of(input: Input): Value;
  /** The value as units, for a generator. */
  format(value: Value): readonly FieldUnit[];
}

/** What {@link defineField} needs. */
export interface FieldDefinitionInit<Value, Input = Value> {
  of(input: Input): Value;
  format(value: Value): readonly FieldUnit[];
  /** Default 1. `Infinity` for a field that may be repeated. */
  readonly maxCount?: number;
}

/**
 * Defines a field of your own; its value's type is inferred.
 *
 * @throws {UsageError} `FIELD_NAME_INVALID` (RFC 5322 §3.6.8), `FIELD_COUNT_INVALID`
 * @example
 * ```ts
 * import { defineField, fieldOf, message } from "@letterwright/message";
 *
 * const retries = defineField("X-Retries", {
 *   of: (count: number) => Math.trunc(count),
 *   format: (count) => [{ kind: "token", text: String(count) }],
 * });
 * fieldOf(retries, 3).value; // => 3
 * ```
 */
export function defineField<Value, Input = Value>(
  name: string,
  init: FieldDefinitionInit<Value, Input>,
): FieldDefinition<Value, Input> {
  assertFieldName(name);
  const maxCount = init.maxCount ?? 1;
  if (maxCount !== Infinity && (!Number.isInteger(maxCount) || maxCount < 1)) {
    throw new UsageError(`maxCount must be a positive integer or Infinity, found ${maxCount}`, {
      code: "FIELD_COUNT_INVALID",
      hint: "1 for a field that may stand once, Infinity for one that may be repeated.",
    });
  }
  return Object.freeze({
    name,
    maxCount,
    of: (input: Input) => init.of(input),
    format: (value: Value) => init.format(value),
  });
}

/**
 * @throws {UsageError} `FIELD_NAME_INVALID`
 */
export function assertFieldName(name: string): void {
  if (isFieldName(name) && name.length <= 76) return;
  throw new UsageError(`${JSON.stringify(name)} is not a field name`, {
    code: "FIELD_NAME_INVALID",
    hint: "A field name is 1 to 76 printable ASCII characters without blank or colon (RFC 5322 §3.6.8).",
  });
}
