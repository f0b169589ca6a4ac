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

/** A name as it is written, and what it means. */
interface Named {
  readonly name: string;
  readonly definition: FieldDefinition;
}

/** Names come again and again: the last ones, each at a place that its length and ends give. */
const lastNamed: (Named | undefined)[] = /* @__PURE__ */ Array.from({ length: 256 });

/** All of them. What mail can make it hold is bounded. */
const definitions = new Map<string, FieldDefinition>();
const mostDefinitions = 500;
const longestDefined = 76;

/** A line that is no field: it is written as it was read, or not at all. */
export const noField: FieldDefinition = /* @__PURE__ */ Object.freeze({
  ...opaque("X-No-Field"),
  name: "",
}) as FieldDefinition;

/** The name that stands there; it keeps no text alive that it is a piece of. */
function namedAt(octets: Uint8Array, start: number, end: number): Named {
  const length = end - start;
  const place = (length * 5 + (octets[start] as number) * 3 + (octets[end - 1] as number)) & 255;
  const known = lastNamed[place];
  if (known !== undefined && isAt(known.name, octets, start, length)) return known;
  const name = octetText(octets, start, end);
  const named = { name, definition: definitionOf(name) };
  if (length <= longestDefined) lastNamed[place] = named;
  return named;
}

function isAt(name: string, octets: Uint8Array, start: number, length: number): boolean {
  if (name.length !== length) return false;
  for (let at = 0; at < length; at++) {
    if (name.charCodeAt(at) !== octets[start + at]) return false;
  }
  return true;
}

function definitionOf(name: string): FieldDefinition {
  const known = definitions.get(name);
  if (known !== undefined) return known;
  if (name.length > longestDefined)
    return Object.freeze({ ...unstructured("X-Long"), name }) as FieldDefinition;
  const definition = standardField(name) ?? unstructured(name);
  if (definitions.size >= mostDefinitions) definitions.clear();
  definitions.set(name, definition);
  return definition;
}

const unnamed: Named = { name: "", definition: noField };

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
  const text = octetText(source, start, (fields[last - 1] as number) - base);
  const isPlain = isAscii(text);
  const read: Field[] = [];
  for (let index = first; index < last; index += 3) {
    const from = (fields[index] as number) - base;
    const nameEnd = (fields[index + 1] as number) - base;
    const to = (fields[index + 2] as number) - base;
    const { name, definition } = nameEnd > from ? namedAt(source, from, nameEnd) : unnamed;
    let valueStart = nameEnd;
    if (nameEnd > from || source[from] === 0x3a) {
      while (isBlank(source[valueStart])) valueStart++;
      valueStart++; // the colon
    }
    const valueEnd = withoutLineEnd(source, valueStart, to);
    const wire = isPlain
      ? text.slice(valueStart - start, valueEnd - start)
      : decodeUnlabelled(source.subarray(valueStart, valueEnd));
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
