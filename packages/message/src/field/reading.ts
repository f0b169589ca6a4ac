/** Fields read from the wire: the readers of the syntaxes that definitions name. */
import type { CharsetDecoder } from "@letterwright/base/codec";
import type { Defect, Report } from "@letterwright/base/defect";
import { SyntaxFaultError, UsageError } from "@letterwright/base/error";
import { scanDate } from "../date.ts";
import {
  readAddresses,
  readAddressesOrNone,
  readMailbox,
  readMailboxes,
  readReversePath,
} from "./addresses.ts";
import { readContentType, readDisposition, readLanguageTags, readMimeVersion } from "./content.ts";
import type { FieldDefinition, FieldParser, SyntaxName } from "./definition.ts";
import { readIdentifier, readIdentifiers } from "./identifiers.ts";
import { readKeyword } from "./keyword.ts";
import { readListId, readUris, readUrisOrNo } from "./mailing-list.ts";
import { readAutoSubmitted, readPhrases } from "./notice.ts";
import { readLines, readUnstructured, wordsOf } from "./unstructured.ts";

const readers: Readonly<Record<Exclude<SyntaxName, "keyword">, FieldParser<unknown>>> = {
  unstructured: readUnstructured,
  words: wordsOf,
  lines: readLines,
  phrases: readPhrases,
  "date-time": scanDate,
  mailbox: readMailbox,
  "mailbox-list": readMailboxes,
  "address-list": readAddresses,
  "address-list-or-empty": readAddressesOrNone,
  "reverse-path": readReversePath,
  "msg-id": readIdentifier,
  "msg-ids": readIdentifiers,
  "mime-version": readMimeVersion,
  "content-type": readContentType,
  disposition: readDisposition,
  "language-tags": readLanguageTags,
  "auto-submitted": readAutoSubmitted,
  "list-id": readListId,
  uris: readUris,
  "uris-or-no": readUrisOrNo,
};

/** @throws {UsageError} `FIELD_PARSE_MISSING` */
function readerOf<Value>(definition: FieldDefinition<Value, never>): FieldParser<Value> {
  const { name, syntax } = definition;
  if (typeof syntax === "function") return syntax;
  // A definition that names a syntax says that its values are those of this syntax.
  if (syntax === "keyword") return readKeyword(definition) as FieldParser<Value>;
  if (syntax !== undefined) return readers[syntax] as FieldParser<Value>;
  throw new UsageError(`the definition of ${name} says nothing about reading it`, {
    code: "FIELD_PARSE_MISSING",
    hint: "Give defineField a `syntax`.",
  });
}

/**
 * The value of wire text under a definition, strictly: the first thing that is not as the standard has
 * it is an error.
 *
 * @param wire what stands after the colon, unfolded or not
 * @throws {SyntaxFaultError} `FIELD_SYNTAX` with a caret under the fault
 * @example
 * ```ts
 * import { contentType, parseField } from "@letterwright/message";
 *
 * parseField(contentType, "text/plain; charset=utf-8").parameters["charset"]; // => "utf-8"
 * ```
 */
export function parseField<Value>(definition: FieldDefinition<Value, never>, wire: string): Value {
  const fault = (index: number, message: string): SyntaxFaultError =>
    new SyntaxFaultError(`${definition.name}: ${message}`, {
      code: "FIELD_SYNTAX",
      hint: "Use readField to read it all the same and be told what is wrong.",
      input: wire,
      index,
    });
  const value = readerOf(definition)(wire, (_code, index, message) => {
    throw fault(index, message);
  });
  if (value === undefined) throw fault(0, "no value can be made of this");
  return value;
}

/** What {@link readField} gives. */
export interface FieldReading<Value> {
  /** `undefined` when no value could be made of the text. */
  readonly value: Value | undefined;
  readonly defects: readonly Defect[];
}

/** Options of {@link readField}. */
export interface ReadFieldOptions {
  /** How to read a charset that the platform does not know, in encoded-words and parameters. */
  readonly charsets?: CharsetDecoder | undefined;
}

const noDefects: readonly Defect[] = Object.freeze([]);

/** The value of wire text under a definition, leniently, and everything that was wrong with it. */
export function readField<Value>(
  definition: FieldDefinition<Value, never>,
  wire: string,
  options: ReadFieldOptions = {},
): FieldReading<Value> {
  let defects: Defect[] | undefined;
  const report: Report = (code, index, message) => {
    (defects ??= []).push(Object.freeze({ code, index, message }));
  };
  const value = readerOf(definition)(wire, report, options.charsets);
  return { value, defects: defects === undefined ? noDefects : Object.freeze(defects) };
}
