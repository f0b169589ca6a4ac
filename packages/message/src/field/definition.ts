/** What a field means: how its value is checked, written and read. */
import type { Report } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import { isFieldName } from "@letterwright/base/grammar";
import type { FieldUnit } from "./unit.ts";

/** The meaning of one field name. Made by {@link defineField}. */
export interface FieldDefinition<Value = unknown, Input = Value> {
  /** The name as it is written, `"Message-ID"`; matched without case. */
  readonly name: string;
  /** How often the field may stand in a message; RFC 5322 §3.6 has the table. */
  readonly maxCount: number;
  /** Whether its value is free text, so that any text without control characters can stand in it. */
  readonly isText: boolean;
  /** What the program gives, checked and made a value. *Setting* takes text as it is. */
  of(input: Input): Value;
  /** The value as units, for a generator. */
  format(value: Value): readonly FieldUnit[];
  /**
   * The value of what stands after the colon on the wire, unfolded. *Parsing* takes wire text: an
   * encoded-word is decoded here and nowhere else. What is not as the standard has it is reported;
   * `undefined` when no value can be made of it.
   */
  parse(wire: string, report: Report): Value | undefined;
}

/** What {@link defineField} needs. */
export interface FieldDefinitionInit<Value, Input = Value> {
  of(input: Input): Value;
  format(value: Value): readonly FieldUnit[];
  /** Without it the field can be written and not read: reading it throws `FIELD_PARSE_MISSING`. */
  parse?(wire: string, report: Report): Value | undefined;
  /** Default 1. `Infinity` for a field that may be repeated. */
  readonly maxCount?: number;
  /** Default false: free text is refused by `textField`. */
  readonly isText?: boolean;
}

/**
 * Defines a field of your own; its value's type is inferred.
 *
 * @throws {UsageError} `FIELD_NAME_INVALID` (RFC 5322 §3.6.8), `FIELD_COUNT_INVALID`
 * @example
 * ```ts
 * import { defineField, fieldOf, parseField } from "@letterwright/message";
 *
 * const retries = defineField("X-Retries", {
 *   of: (count: number) => Math.trunc(count),
 *   format: (count) => [{ kind: "token", text: String(count) }],
 *   parse: (wire) => Number(wire.trim()),
 * });
 * fieldOf(retries, 3).value; // => 3
 * parseField(retries, " 4"); // => 4
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
    isText: init.isText ?? false,
    of: (input: Input) => init.of(input),
    format: (value: Value) => init.format(value),
    parse: (wire: string, report: Report) => {
      if (init.parse !== undefined) return init.parse(wire, report);
      throw new UsageError(`the definition of ${name} says nothing about reading it`, {
        code: "FIELD_PARSE_MISSING",
        hint: "Give defineField a `parse` function.",
      });
    },
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
