/** What a field means: how its value is checked, written and read. */
import type { CharsetDecoder } from "@letterwright/base/codec";
import type { Report } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import { isFieldName } from "@letterwright/base/grammar";
import type { FieldUnit } from "./unit.ts";

/**
 * Syntaxes that several fields share or that a standard gives one field. Naming one makes a definition
 * readable without its carrying the code that reads: only {@link parseField} and `readField` bring that.
 */
export type SyntaxName =
  | "unstructured"
  | "words"
  | "lines"
  | "keyword"
  | "phrases"
  | "date-time"
  | "mailbox"
  | "mailbox-list"
  | "address-list"
  | "address-list-or-empty"
  | "reverse-path"
  | "msg-id"
  | "msg-ids"
  | "mime-version"
  | "content-type"
  | "disposition"
  | "language-tags"
  | "auto-submitted"
  | "list-id"
  | "uris"
  | "uris-or-no";

/**
 * Makes a value of what stands after the colon on the wire, unfolded or not. `charsets` reads those that the
 * platform does not know, in encoded-words and parameters.
 */
export type FieldParser<Value> = (
  wire: string,
  report: Report,
  charsets?: CharsetDecoder,
) => Value | undefined;

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
   * How its value is read: by the reader of a shared syntax, or by one of its own. *Reading* takes wire
   * text: an encoded-word is decoded there and nowhere else. `undefined` for a field that is only written.
   */
  readonly syntax: SyntaxName | FieldParser<Value> | undefined;
}

/** What {@link defineField} needs. */
export interface FieldDefinitionInit<Value, Input = Value> {
  of(input: Input): Value;
  format(value: Value): readonly FieldUnit[];
  /**
   * How it is read: the name of a standard syntax whose values are this field's, or a function; it reports
   * what is not as the standard has it, and gives `undefined` when no value can be made. Without it the
   * field can be written and not read: reading it throws `FIELD_PARSE_MISSING`.
   */
  readonly syntax?: SyntaxName | FieldParser<Value>;
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
 *   syntax: (wire) => Number(wire.trim()),
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
    syntax: init.syntax,
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
