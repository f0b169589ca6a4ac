/** Parameters of MIME fields: RFC 2045 §5.1, RFC 2231. */
import {
  decodeParameters,
  type CharsetDecoder,
  type ReadParameter,
} from "@letterwright/base/codec";
import type { Report } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import { isToken } from "@letterwright/base/grammar";
import type { FieldScanner } from "./scanner.ts";
import { fieldText } from "./text.ts";
import type { FieldUnit } from "./unit.ts";

/** Parameters by name in lower case. An object without a prototype. */
export type Parameters = Readonly<Record<string, string>>;

const noParameters: Parameters = Object.freeze(Object.create(null) as Record<string, string>);

/**
 * The parameters, checked and frozen.
 *
 * @throws {UsageError} `PARAMETER_NAME_INVALID`, `PARAMETER_DUPLICATE`, `FIELD_CONTROL_CHARACTER`
 */
export function checkedParameters(parameters: Parameters, field: string): Parameters {
  let checked: Record<string, string> | undefined;
  for (const name of Object.keys(parameters)) {
    const value = parameters[name] as string;
    const lower = name.toLowerCase();
    // RFC 2231 gives "*", "'" and "%" a meaning of their own in names.
    if (!isToken(lower) || lower.includes("*") || lower.includes("'") || lower.includes("%")) {
      throw new UsageError(`${JSON.stringify(name)} is not a parameter name`, {
        code: "PARAMETER_NAME_INVALID",
        hint: "A parameter name is a token without *, ' and % (RFC 2045 §5.1, RFC 2231 §7).",
      });
    }
    checked ??= Object.create(null) as Record<string, string>;
    if (lower in checked) {
      throw new UsageError(`${field} has the parameter ${lower} twice`, {
        code: "PARAMETER_DUPLICATE",
        hint: "Parameter names are matched without case; keep one of them.",
      });
    }
    checked[lower] = fieldText(value, `the ${field} parameter ${lower}`);
  }
  return checked === undefined ? noParameters : Object.freeze(checked);
}

/** One unit a parameter. */
export function parameterUnits(parameters: Parameters): readonly FieldUnit[] {
  return Object.keys(parameters).map((name) => ({
    kind: "parameter",
    name,
    value: parameters[name] as string,
  }));
}

/** `*(";" parameter)` up to the end of the field. */
export function parseParameters(
  scanner: FieldScanner,
  report: Report,
  charsets?: CharsetDecoder,
): Parameters {
  const read: ReadParameter[] = [];
  for (;;) {
    scanner.skipBlanks();
    if (scanner.isAtEnd) break;
    const isSeparated = scanner.take(";");
    if (!isSeparated) scanner.fault('expected ";" before the next parameter');
    scanner.skipBlanks();
    if (scanner.isAtEnd) {
      if (isSeparated) scanner.fault('a ";" stands at the end of the field');
      break;
    }
    const parameter = parseParameter(scanner);
    if (parameter === undefined) {
      scanner.run((code) => code !== 0x3b); // reported; the next ";" starts anew
      continue;
    }
    read.push(parameter);
  }
  return decodeParameters(read, report, charsets);
}

function parseParameter(scanner: FieldScanner): ReadParameter | undefined {
  const index = scanner.at;
  const name = scanner.token();
  scanner.skipBlanks();
  if (name === "" || !scanner.take("=")) {
    scanner.fault('expected a parameter, name "=" value (RFC 2045 §5.1)', index);
    return undefined;
  }
  scanner.skipBlanks();
  if (scanner.peek() === '"') return { name, value: scanner.quotedString(), index };
  const start = scanner.at;
  const token = scanner.token();
  scanner.skipBlanks();
  if (scanner.isAtEnd || scanner.peek() === ";") {
    if (token === "") scanner.fault("this parameter has no value", index);
    return { name, value: token, index };
  }
  // QUIRK: RFC 2045 §5.1 wants quotes round such a value; some writers forget them.
  scanner.fault("this value needs quotes (RFC 2045 §5.1)", start);
  scanner.at = start;
  const rest = scanner.run((code) => code !== 0x3b);
  return { name, value: rest.trim(), index };
}
