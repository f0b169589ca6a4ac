/** Fields whose value is one word out of few. */
import { UsageError } from "@letterwright/base/error";
import { defineField, type FieldDefinition, type FieldParser } from "./definition.ts";
import { FieldScanner } from "./scanner.ts";

/**
 * A field that says one of these words, matched without case.
 *
 * @throws {UsageError} `FIELD_VALUE_INVALID`, by `fieldOf`
 */
export function keyword<const Word extends string>(
  name: string,
  words: readonly Word[],
): FieldDefinition<Word> {
  const find = (text: string): Word | undefined => {
    if (words.includes(text as Word)) return text as Word;
    const lower = text.toLowerCase();
    return words.find((word) => word.toLowerCase() === lower);
  };
  return defineField<Word>(name, {
    of: (input: Word) => {
      const word = find(input);
      if (word !== undefined) return word;
      throw new UsageError(`${name} cannot be ${JSON.stringify(input)}`, {
        code: "FIELD_VALUE_INVALID",
        hint: `One of ${words.join(", ")}.`,
      });
    },
    format: (word) => [{ kind: "token", text: word }],
    syntax: "keyword",
  });
}

/** One word, and the definition knows which there are. */
export function readKeyword(definition: FieldDefinition<unknown, never>): FieldParser<unknown> {
  const words = definition as FieldDefinition;
  return (wire, report) => {
    const scanner = new FieldScanner(wire, report);
    scanner.skipBlanks();
    const word = scanner.run((code) => code > 0x20 && code !== 0x28);
    scanner.end();
    try {
      return words.of(word);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      report("FIELD_SYNTAX", 0, error.message);
      return undefined;
    }
  };
}
