/** Parameters read: RFC 2231 continuations, charsets and percent-encoding put together again. */
import { concatBytes } from "../bytes.ts";
import type { Report } from "../defect.ts";
import { hexPairAt, indexOfControl } from "../grammar.ts";
import { decodeCharset, type CharsetDecoder } from "./charset.ts";
import { decodeWords } from "./encoded-word.ts";

const encoder = new TextEncoder();

/** What putting parameters together may find. */
export type ParameterDefectCode =
  | "PARAMETER_DUPLICATE"
  | "PARAMETER_SECTION_MISSING"
  | "PARAMETER_PERCENT_MALFORMED"
  | "PARAMETER_ENCODED_WORD"
  | "PARAMETER_HAS_CONTROL"
  | "CHARSET_UNKNOWN"
  | "CHARSET_OCTETS_INVALID";

/** One `name=value` as it stood, its quoted-string opened. */
export interface ReadParameter {
  /** As written, with the asterisks of RFC 2231. */
  readonly name: string;
  readonly value: string;
  /** Where it stood, for findings. */
  readonly index: number;
}

/**
 * Parameters by name, in lower case, in an object without a prototype. An extended value (`name*`, or
 * `name*0*` and so on) goes before a plain one of the same name (RFC 2231 §3, RFC 6266 §4.3); of two that
 * say the same, the first counts and the second is reported.
 *
 * @example
 * ```ts
 * import { decodeParameters } from "@letterwright/base/codec";
 *
 * const read = [
 *   { name: "filename*1*", value: "%C3%BC.pdf", index: 0 },
 *   { name: "filename*0*", value: "utf-8''Gr", index: 0 },
 * ];
 * decodeParameters(read, () => {})["filename"]; // => "Grü.pdf"
 * ```
 */
export function decodeParameters(
  read: readonly ReadParameter[],
  report: Report<ParameterDefectCode>,
  charsets?: CharsetDecoder,
): Readonly<Record<string, string>> {
  if (read.length === 0) return none;
  const usual = plainValues(read);
  if (usual !== undefined) return usual;
  const families = new Map<string, Family>();
  for (const parameter of read) sort(parameter, families, report);
  const values = emptyRecord();
  for (const [name, family] of families) {
    const value = valueOf(name, family, report, charsets);
    values[name] = withoutControls(value, family.index, report);
  }
  return Object.freeze(values);
}

/**
 * An object without a prototype. Made by `Object.create(null)` it would be a table that V8 gives a shape of its own
 * when it is frozen, and every place that reads such objects would meet a new shape each time.
 */
function emptyRecord(): Record<string, string> {
  return Object.setPrototypeOf({}, null) as Record<string, string>;
}

const none: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze(emptyRecord());

/** What nearly every text says of itself and nothing more: these are shared. */
const charsetsAlone = new Map<string, Readonly<Record<string, string>>>();
// Values come from mail, so what is remembered is bounded; a longer one may be a piece of a text that it would keep.
const mostCharsetsAlone = 32;
const longestCharsetAlone = 12;

/** Nearly all parameters are plain: no asterisk in a name, no word or control in a value, none twice. */
function plainValues(read: readonly ReadParameter[]): Readonly<Record<string, string>> | undefined {
  const [first] = read;
  if (read.length !== 1 || first?.name !== "charset" || first.value.length > longestCharsetAlone)
    return plainValuesOf(read);
  const known = charsetsAlone.get(first.value);
  if (known !== undefined) return known;
  const values = plainValuesOf(read);
  if (values !== undefined && charsetsAlone.size < mostCharsetsAlone)
    charsetsAlone.set(first.value, values);
  return values;
}

function plainValuesOf(
  read: readonly ReadParameter[],
): Readonly<Record<string, string>> | undefined {
  const values = emptyRecord();
  for (const { name, value } of read) {
    const lower = name.toLowerCase();
    if (lower.includes("*") || lower in values) return undefined;
    if (value.includes("=?") || indexOfControl(value) !== -1) return undefined;
    values[lower] = value;
  }
  return Object.freeze(values);
}

/** All the parameters of one name. */
interface Family {
  readonly index: number;
  plain?: ReadParameter;
  extended?: ReadParameter;
  readonly sections: Map<number, { readonly parameter: ReadParameter; readonly extended: boolean }>;
}

// A section number has no more digits than a header section could hold sections.
const longestSectionNumber = 4;

function sort(
  parameter: ReadParameter,
  families: Map<string, Family>,
  report: Report<ParameterDefectCode>,
): void {
  const lower = parameter.name.toLowerCase();
  const star = lower.indexOf("*");
  const name = star <= 0 ? lower : lower.slice(0, star);
  const rest = star <= 0 ? "" : lower.slice(star + 1);
  let family = families.get(name);
  if (family === undefined) {
    family = { index: parameter.index, sections: new Map() };
    families.set(name, family);
  }
  const twice = (): void =>
    report("PARAMETER_DUPLICATE", parameter.index, `the parameter ${name} stands twice`);
  if (star <= 0) {
    if (family.plain === undefined) family.plain = parameter;
    else twice();
  } else if (rest === "") {
    if (family.extended === undefined) family.extended = parameter;
    else twice();
  } else {
    const extended = rest.endsWith("*");
    const digits = extended ? rest.slice(0, -1) : rest;
    const section = isNumber(digits) ? Number(digits) : undefined;
    if (section === undefined) {
      // "*" cannot stand in a name otherwise: it is kept under the whole of it.
      families.set(lower, { index: parameter.index, plain: parameter, sections: new Map() });
      if (family.plain === undefined && family.extended === undefined && family.sections.size === 0)
        families.delete(name);
    } else if (family.sections.has(section)) twice();
    else family.sections.set(section, { parameter, extended });
  }
}

function valueOf(
  name: string,
  family: Family,
  report: Report<ParameterDefectCode>,
  charsets: CharsetDecoder | undefined,
): string {
  if (family.sections.size > 0) return joined(name, family, report, charsets);
  if (family.extended !== undefined) {
    const { charset, text } = charsetOf(family.extended.value);
    return decode(
      [percentDecode(text, family.extended.index, report)],
      charset,
      family.index,
      report,
      charsets,
    );
  }
  const plain = family.plain?.value ?? "";
  if (!plain.includes("=?")) return plain;
  const decoded = decodeWords(plain, () => undefined, charsets);
  if (decoded !== plain) {
    report(
      "PARAMETER_ENCODED_WORD",
      family.index,
      `the parameter ${name} holds an encoded-word, which may not stand there (RFC 2047 §5)`,
    );
  }
  return decoded;
}

/** RFC 2231 §3 and §4.1: sections in the order of their numbers; the charset stands in section 0. */
function joined(
  name: string,
  { sections, index }: Family,
  report: Report<ParameterDefectCode>,
  charsets: CharsetDecoder | undefined,
): string {
  const numbers = [...sections.keys()].sort((left, right) => left - right);
  const gap = numbers.findIndex((number, position) => number !== position);
  if (gap !== -1) {
    report(
      "PARAMETER_SECTION_MISSING",
      index,
      `section ${gap} of the parameter ${name} is missing`,
    );
  }
  let charset = "utf-8";
  const pieces: Uint8Array[] = [];
  for (const number of numbers) {
    const section = sections.get(number);
    if (section === undefined) continue;
    let text = section.parameter.value;
    if (section.extended && number === 0) ({ charset, text } = charsetOf(text));
    pieces.push(
      section.extended ? percentDecode(text, section.parameter.index, report) : octetsOf(text),
    );
  }
  return decode(pieces, charset, index, report, charsets);
}

/** `charset'language'text`, RFC 2231 §4. */
function charsetOf(value: string): { charset: string; text: string } {
  const first = value.indexOf("'");
  const second = first === -1 ? -1 : value.indexOf("'", first + 1);
  if (second === -1) return { charset: "utf-8", text: value };
  return { charset: value.slice(0, first) || "us-ascii", text: value.slice(second + 1) };
}

function percentDecode(
  text: string,
  index: number,
  report: Report<ParameterDefectCode>,
): Uint8Array {
  const pieces: Uint8Array[] = [];
  let copied = 0;
  const octets: number[] = [];
  const flush = (end: number): void => {
    if (octets.length > 0) pieces.push(Uint8Array.from(octets.splice(0)));
    if (end > copied) pieces.push(octetsOf(text.slice(copied, end)));
  };
  for (let at = text.indexOf("%"); at !== -1; at = text.indexOf("%", at)) {
    const octet = hexPairAt(text, at + 1);
    if (octet === -1) {
      report("PARAMETER_PERCENT_MALFORMED", index, 'a "%" has no two hexadecimal digits after it');
      at++;
      continue;
    }
    if (at > copied) flush(at);
    octets.push(octet);
    at += 3;
    copied = at;
  }
  flush(text.length);
  return concatBytes(pieces);
}

/** Half a surrogate pair cannot be written; it becomes U+FFFD, as any reader of UTF-8 would have it. */
function octetsOf(text: string): Uint8Array {
  return encoder.encode(text);
}

function decode(
  pieces: readonly Uint8Array[],
  charset: string,
  index: number,
  report: Report<ParameterDefectCode>,
  charsets: CharsetDecoder | undefined,
): string {
  return decodeCharset(
    concatBytes(pieces),
    charset,
    (code, _index, message) => report(code, index, message),
    charsets,
  );
}

function withoutControls(text: string, index: number, report: Report<ParameterDefectCode>): string {
  let clean = "";
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code >= 0x20 || code === 0x09) && code !== 0x7f) continue;
    clean += `${text.slice(copied, at)}\ufffd`;
    copied = at + 1;
  }
  if (copied === 0) return text;
  report("PARAMETER_HAS_CONTROL", index, "a parameter hides a control character");
  return clean + text.slice(copied);
}

function isNumber(digits: string): boolean {
  if (digits === "" || digits.length > longestSectionNumber) return false;
  for (let at = 0; at < digits.length; at++) {
    const code = digits.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return digits === "0" || digits[0] !== "0";
}
