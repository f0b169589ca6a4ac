/** What a part says of its content, and the fields that say what was decided: RFC 2045 §5 and §6. */
import {
  contentTransferEncoding,
  contentType,
  typedField,
  type ContentType,
  type Field,
  type Part,
  type TransferEncoding,
} from "@letterwright/message";
import type { Policy } from "./policy.ts";

/** Parameters of Content-Type that are decided while a body is written. */
export interface Described {
  readonly charset?: string;
  readonly format?: string;
  readonly boundary?: string;
  readonly [name: string]: string;
}

/** The value of Content-Type. Nearly always it stands under its own definition, which is told by a look. */
export function typeIn(part: Part): ContentType | undefined {
  const { fields } = part;
  for (let at = 0; at < fields.length; at++) {
    const one = fields[at] as Field;
    if (one.definition === (contentType as unknown)) return one.value as ContentType;
  }
  return typedField(part, contentType);
}

export function encodingIn(part: Part): TransferEncoding | undefined {
  const { fields } = part;
  for (let at = 0; at < fields.length; at++) {
    if ((fields[at] as Field).name.length === 25) return typedField(part, contentTransferEncoding);
  }
  return undefined;
}

/**
 * The usual field of a text, which says its charset, and of a multipart, which says its boundary. The type was
 * checked when it was made; a charset is a token, and a boundary has nothing that quotes would not hold.
 */
export function usualType(
  name: string,
  { type, parameters: given }: ContentType,
  parameters: Described,
  { lineEnd, limits, legacyFileNames }: Policy,
): string | undefined {
  if (legacyFileNames) return undefined;
  for (const _ in given) return undefined;
  const { charset, boundary, format } = parameters;
  const head = `${name}: ${type};`;
  if (charset === undefined) {
    if (boundary === undefined) return undefined;
    const parameter = ` boundary="${boundary}"`;
    const isFolded = head.length + parameter.length > limits.headerLine;
    const fits = head.length <= limits.headerLine && parameter.length <= limits.headerLine;
    return fits ? `${head}${isFolded ? lineEnd : ""}${parameter}${lineEnd}` : undefined;
  }
  const text = `${head} charset=${charset}`;
  if (format !== undefined || text.length > limits.headerLine) return undefined;
  return text + lineEnd;
}

/** Whether nothing was decided that the part does not say already. */
export function isAsGiven(type: ContentType, parameters: Described): boolean {
  return Object.keys(parameters).every((name) => {
    const said = type.parameters[name];
    // RFC 2045 §5.1: the names of charsets are matched without case.
    return (name === "charset" ? said?.toLowerCase() : said) === parameters[name];
  });
}

/** What the absence of a Content-Type means (RFC 2045 §5.2). */
export function isDefault(type: ContentType, { charset = "us-ascii" }: Described): boolean {
  return type.type === "text/plain" && charset === "us-ascii";
}
