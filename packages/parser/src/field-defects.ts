/** What is wrong with the fields of a part, one by one and taken together. */
import {
  contentDisposition,
  contentTransferEncoding,
  contentType,
  field,
  fieldDefects,
  fieldValues,
  from,
  hasField,
  originOf,
  sender,
  type Field,
} from "@letterwright/message";
import { indexOfControl } from "@letterwright/base/grammar";
import { defectOf, defectTable, type MessageDefect, type MessageDefectCode } from "./defect.ts";
import type { PlacedPart } from "./placed-part.ts";
import type { ParseLimits } from "./scan/limits.ts";

export function fieldDefectsOf(placed: PlacedPart, limits: ParseLimits): readonly MessageDefect[] {
  const found: MessageDefect[] = [];
  const { part, layout, whole, path, offsetOf } = placed;
  const counts = new Map<string, number>();
  part.fields.forEach((one, index) => {
    const at = layout.firstField + index * 3;
    const start = whole.fields[at] as number;
    const valueStart = (whole.fields[at + 1] as number) + 1;
    const report = (code: MessageDefectCode, index: number, message?: string): void => {
      found.push(defectOf(code, offsetOf(index), message, path));
    };
    const isEncoding = one.definition === (contentTransferEncoding as unknown);
    for (const { code, index, message } of fieldDefects(one)) {
      const text = `${one.name}: ${message}`;
      if (isEncoding) report("ENCODING_UNKNOWN", start, text);
      else report(codeIn(code), valueStart + index, text);
    }
    inspect(one, limits, (code, message) => report(code, start, message));
    const lower = one.name.toLowerCase();
    const count = (counts.get(lower) ?? 0) + 1;
    counts.set(lower, count);
    if (count <= one.definition.maxCount) return;
    if (lower === "content-transfer-encoding") report("ENCODING_DUPLICATE", start);
    else report("FIELD_DUPLICATE", start, `${one.name} stands ${count} times; the first counts`);
  });
  const first = offsetOf(layout.start);
  if (layout.role !== "part") originatorDefects(placed, first, found);
  if (hasTwoNames(placed)) found.push(defectOf("FILENAME_AMBIGUOUS", first, undefined, path));
  return found;
}

function codeIn(code: string): MessageDefectCode {
  return Object.hasOwn(defectTable, code) ? (code as MessageDefectCode) : "FIELD_SYNTAX";
}

const mayBeEmpty: ReadonlySet<unknown> = new Set([
  "unstructured",
  "address-list-or-empty",
  "lines",
]);

function inspect(
  one: Field,
  { parameters }: ParseLimits,
  report: (code: MessageDefectCode, message?: string) => void,
): void {
  const wire = one.wire ?? "";
  if (one.name === "") return; // reported where it was found
  if (wire.trim() === "" && !mayBeEmpty.has(one.definition.syntax)) {
    report("FIELD_EMPTY_VALUE", `${one.name} is empty`);
  }
  const bytes = originOf(one) as Uint8Array;
  if (isParametrised(one) && count(bytes, 0x3b) > parameters) {
    report("PARAMETERS_TOO_MANY", `${one.name} has more than ${parameters} parameters`);
  }
  if (hasControl(wire)) report("FIELD_HAS_CONTROL", `${one.name} has a control character`);
  if (!isUtf8(bytes)) report("FIELD_EIGHT_BIT", `${one.name} has octets that are no UTF-8`);
}

/** Fields whose parameters are counted. */
export function isParametrised({ definition }: Pick<Field, "definition">): boolean {
  return definition === (contentType as unknown) || definition === (contentDisposition as unknown);
}

function count(bytes: Uint8Array, wanted: number): number {
  let counted = 0;
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) counted++;
  return counted;
}

/** Controls but the line ends of folds. */
function hasControl(wire: string): boolean {
  return indexOfControl(wire.replace(/\r?\n(?=[ \t])/g, "")) !== -1;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** RFC 5322 §3.6.2: whom readers show as the author must be the same for all. */
function originatorDefects({ part, path }: PlacedPart, at: number, found: MessageDefect[]): void {
  const fields = part.fields.filter(({ name }) => name.toLowerCase() === "from");
  const report = (code: MessageDefectCode, message?: string): void => {
    found.push(defectOf(code, at, message, path));
  };
  if (fields.length === 0) {
    report("FROM_MISSING");
    return;
  }
  const authors = field(part, from);
  if (fields.length > 1) report("FROM_AMBIGUOUS", "there are several From fields");
  else if (authors === undefined || fieldDefects(fields[0] as Field).length > 0) {
    report("FROM_AMBIGUOUS", "the From field is not as its syntax has it");
  } else if (authors.length > 1 && !hasField(part, sender)) {
    report("FROM_AMBIGUOUS", "there are several authors, and no sender");
  }
}

/** RFC 2183 §2.3: the name of Content-Disposition, and the older one of Content-Type. */
function hasTwoNames({ part }: PlacedPart): boolean {
  const names = [
    ...fieldValues(part, contentDisposition).map(({ parameters }) => parameters["filename"]),
    ...fieldValues(part, contentType).map(({ parameters }) => parameters["name"]),
  ];
  return new Set(names.filter((name) => name !== undefined)).size > 1;
}
