/** One field of a message, and the ways to make one. */
import { UsageError } from "@letterwright/base/error";
import type { FieldDefinition } from "./definition.ts";
import { standardText } from "./standard-text.ts";
import { unstructured } from "./unstructured.ts";

/** One header field of a message. */
export interface Field<Value = unknown> {
  /** The name as it will be written. */
  readonly name: string;
  /**
   * What it says. Where the field was read, the value is made when it is first asked for, and no spread copies it: make a
   * changed one with {@link fieldOf}, or write `{ ...field, value: field.value }`.
   */
  readonly value: Value;
  readonly definition: FieldDefinition<Value>;
  /** What stood after the colon, unfolded, when the field was read; absent when it was made here. */
  readonly wire?: string;
}

/** Fields in the order in which they stand. */
export type Fields = readonly Field[];

/**
 * A field from its definition and what the program gives for it.
 *
 * @param name the name in the case you want it written; default: the definition's
 * @throws {UsageError} `FIELD_NAME_INVALID` when `name` is not the definition's name in another case,
 * `FIELD_VALUE_INVALID` for an input of another type; and whatever the definition finds wrong with it
 */
export function fieldOf<Value, Input>(
  definition: FieldDefinition<Value, Input>,
  input: Input,
  name: string = definition.name,
): Field<Value> {
  if (name !== definition.name && name.toLowerCase() !== definition.name.toLowerCase()) {
    throw new UsageError(`${JSON.stringify(name)} is not the name ${definition.name}`, {
      code: "FIELD_NAME_INVALID",
      hint: "Only the case of the name may differ from its definition's.",
    });
  }
  return Object.freeze({
    name,
    value: valueOf(definition, input),
    definition: definition as FieldDefinition as FieldDefinition<Value>,
  });
}

/** The compiler keeps wrong types out; where there is none, the error should say more than "x is not a function". */
function valueOf<Value, Input>(definition: FieldDefinition<Value, Input>, input: Input): Value {
  try {
    return definition.of(input);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const found = input === null ? "null" : Array.isArray(input) ? "an array" : typeof input;
    throw new UsageError(`${definition.name} cannot be made from ${found}`, {
      code: "FIELD_VALUE_INVALID",
      hint: `Pass what the definition of ${definition.name} takes.`,
      cause: error,
    });
  }
}

/**
 * A field of free text under any name that has no typed definition: `X-Campaign`, `Organization`.
 *
 * @throws {UsageError} `FIELD_IS_STRUCTURED` when the name has a definition that is not free text,
 * `FIELD_NAME_INVALID`, `FIELD_CONTROL_CHARACTER`
 */
export function textField(name: string, text: string): Field<string> {
  const known = ownTexts.get(name);
  if (known !== undefined) return fieldOf(known, text);
  const standard = standardText(name);
  if (standard === "structured") {
    throw new UsageError(`${name} is a structured field and takes no free text`, {
      code: "FIELD_IS_STRUCTURED",
      hint: `Use the option or the definition made for ${name}; or read wire text with readField.`,
    });
  }
  if (standard !== undefined) return fieldOf(standard, text, name);
  // Engines make a piece of a text hold all of it: what is kept is a text of its own.
  const made = unstructured(Array.from(name).join(""));
  if (ownTexts.size < mostOwnTexts) ownTexts.set(made.name, made);
  return fieldOf(made, text);
}

/** The same few names come with every message of a program; there is a bound because they may come from elsewhere. */
const ownTexts = new Map<string, FieldDefinition<string>>();
const mostOwnTexts = 100;
