/** The fields of one header section, each decoded when it is asked for. */
import { isAscii, octetText } from "@letterwright/base/bytes";
import { decodeUnlabelled } from "@letterwright/base/codec";
import { isBlank } from "@letterwright/base/grammar";
import {
  opaque,
  parsedField,
  standardField,
  unstructured,
  type Field,
  type FieldDefinition,
  type ParsedHead,
} from "@letterwright/message";

/** Definitions by name as written: names come again and again. What mail can make it hold is bounded. */
const definitions = new Map<string, FieldDefinition>();
const mostDefinitions = 500;
const longestDefined = 76;

/** A line that is no field: it is written as it was read, or not at all. */
export const noField: FieldDefinition = /* @__PURE__ */ Object.freeze({
  ...opaque("X-No-Field"),
  name: "",
}) as FieldDefinition;

function definitionOf(name: string): FieldDefinition {
  const known = definitions.get(name);
  if (known !== undefined) return known;
  if (name.length > longestDefined)
    return Object.freeze({ ...unstructured("X-Long"), name }) as FieldDefinition;
  // Engines make a piece of a text hold all of it: what is kept is a text of its own.
  const own = Array.from(name).join("");
  const definition = standardField(own) ?? unstructured(own);
  if (definitions.size >= mostDefinitions) definitions.clear();
  definitions.set(own, definition);
  return definition;
}

/** The fields between two indices of a layout's list, whose offsets count from `base` octets before the head's. */
export function readFields(
  head: ParsedHead,
  fields: readonly number[],
  first: number,
  last: number,
  base = 0,
): readonly Field[] {
  if (first === last) return [];
  const { source } = head;
  const start = (fields[first] as number) - base;
  const octets = source.subarray(start, (fields[last - 1] as number) - base);
  const text = octetText(octets);
  const isPlain = isAscii(text);
  const read: Field[] = [];
  for (let index = first; index < last; index += 3) {
    const from = (fields[index] as number) - base;
    const nameEnd = (fields[index + 1] as number) - base;
    const to = (fields[index + 2] as number) - base;
    const name = text.slice(from - start, nameEnd - start);
    let valueStart = nameEnd;
    if (name !== "" || source[from] === 0x3a) {
      while (isBlank(source[valueStart])) valueStart++;
      valueStart++; // the colon
    }
    const valueEnd = withoutLineEnd(source, valueStart, to);
    const wire = isPlain
      ? text.slice(valueStart - start, valueEnd - start)
      : decodeUnlabelled(source.subarray(valueStart, valueEnd));
    const definition = name === "" ? noField : definitionOf(name);
    read.push(parsedField(head, { name, definition, wire, start: from, end: to }));
  }
  return Object.freeze(read);
}

function withoutLineEnd(octets: Uint8Array, start: number, end: number): number {
  if (end > start && octets[end - 1] === 0x0a) {
    return end - 1 > start && octets[end - 2] === 0x0d ? end - 2 : end - 1;
  }
  return end > start && octets[end - 1] === 0x0d ? end - 1 : end;
}
