/** Fields whose value is text and nothing else (RFC 5322 §2.2.1), and those that are structured words. */
import { decodeWords, type CharsetDecoder } from "@letterwright/base/codec";
import type { Report } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import { isAscii } from "@letterwright/base/bytes";
import { defineField, type FieldDefinition } from "./definition.ts";
import { fieldText } from "./text.ts";
import { tokensOf } from "./unit.ts";

/**
 * Free text under a name of your own, or under one that has no definition here. It may be repeated
 * unless `maxCount` says otherwise.
 */
export function unstructured(
  name: string,
  options: { readonly maxCount?: number } = {},
): FieldDefinition<string> {
  return defineField(name, {
    maxCount: options.maxCount ?? Infinity,
    isText: true,
    of: (text: string) => fieldText(text, name),
    format: (text) => [{ kind: "text", text }],
    syntax: "unstructured",
  });
}

/**
 * Words of US-ASCII that programs read: folded at blanks, never encoded. For fields with a grammar of
 * their own that has no definition here, such as those of a delivery status (RFC 3464 §2).
 *
 * Runs of blanks count as one, and blanks at the ends do not count.
 *
 * @throws {UsageError} `FIELD_NOT_ASCII`, `FIELD_CONTROL_CHARACTER`, `FIELD_EMPTY`, by `fieldOf`
 */
export function structured(
  name: string,
  options: { readonly maxCount?: number } = {},
): FieldDefinition<string> {
  return defineField(name, {
    maxCount: options.maxCount ?? Infinity,
    of: (text: string) => structuredText(text, name),
    format: tokensOf,
    syntax: "words",
  });
}

/** The text when it can stand in a structured field as it is. */
export function structuredText(text: string, where: string): string {
  fieldText(text, where);
  if (!isAscii(text)) {
    throw new UsageError(`${where} takes US-ASCII, found ${JSON.stringify(text.slice(0, 80))}`, {
      code: "FIELD_NOT_ASCII",
      hint: "A structured field cannot be encoded: programs read it as it stands.",
    });
  }
  const words = wordsOf(text);
  if (words !== "") return words;
  throw new UsageError(`${where} is empty`, {
    code: "FIELD_EMPTY",
    hint: `Leave ${where} out, or say something in it.`,
  });
}

/**
 * Lines that are written exactly as they are: never encoded, never folded anew, because something was
 * computed over them (RFC 6376 §3.7). One text is one line; further lines start with a blank.
 */
export function opaque(
  name: string,
  options: { readonly maxCount?: number } = {},
): FieldDefinition<readonly string[], string | readonly string[]> {
  return defineField(name, {
    maxCount: options.maxCount ?? Infinity,
    of: (input: string | readonly string[]) => opaqueLines(input, name),
    format: (lines) => [{ kind: "verbatim", lines }],
    syntax: "lines",
  });
}

function opaqueLines(input: string | readonly string[], name: string): readonly string[] {
  const lines = typeof input === "string" ? [input] : [...input];
  lines.forEach((line, at) => {
    fieldText(line, name);
    const isBlank = line.trim() === "";
    if (!isAscii(line) || isBlank || (at > 0 && !startsWithBlank(line))) {
      throw new UsageError(`line ${at + 1} of ${name} cannot be written as it is`, {
        code: "FIELD_LINE_INVALID",
        hint: "Lines are US-ASCII, not empty, and start with a blank from the second on (RFC 5322 §2.2.3).",
      });
    }
  });
  if (lines.length === 0) structuredText("", name);
  return Object.freeze(lines);
}

function startsWithBlank(line: string): boolean {
  return line.startsWith(" ") || line.startsWith("\t");
}

/** RFC 5322 §2.2.3: a line end before a blank is not part of the value. Files have LF alone. */
function unfold(wire: string): string {
  let feed = wire.indexOf("\n");
  if (feed === -1) return wire;
  let text = "";
  let copied = 0;
  for (; feed !== -1; feed = wire.indexOf("\n", feed + 1)) {
    const after = wire.charCodeAt(feed + 1);
    if (after !== 0x20 && after !== 0x09) continue;
    const end = feed > copied && wire.charCodeAt(feed - 1) === 0x0d ? feed - 1 : feed;
    text += wire.slice(copied, end);
    copied = feed + 1;
  }
  return text + wire.slice(copied);
}

/** Free text: unfolded, without the blanks at its ends, encoded-words decoded (RFC 2047 §5). */
export function readUnstructured(wire: string, report: Report, charsets?: CharsetDecoder): string {
  const text = unfold(wire);
  const value = trimBlanks(text);
  if (!value.includes("=?")) return value;
  const start = text.indexOf(value);
  const inWire: Report = (code, index, message) => report(code, start + index, message);
  return decodeWords(value, inWire, charsets);
}

/** Lines as they stand. */
export function readLines(wire: string, report: Report): readonly string[] {
  const lines = wire.split("\r\n");
  if (lines.some((line, at) => at > 0 && !startsWithBlank(line))) {
    report("FIELD_SYNTAX", 0, "a line that continues a field starts with a blank");
  }
  return Object.freeze(lines);
}

/** Words with one blank between, however many there were, and line ends among them. */
export function wordsOf(text: string): string {
  return wordsBetween(text, 0, text.length);
}

/** The same of a piece of a text. */
export function wordsBetween(text: string, start: number, end: number): string {
  const trimmed = trimBlanks(text, start, end);
  if (hasSingleBlanks(trimmed)) return trimmed;
  return trimmed
    .split(/[ \t\r\n]/)
    .filter((word) => word !== "")
    .join(" ");
}

/** The text, or a piece of it, without blanks at the ends: they belong to the line, not to the value. */
export function trimBlanks(text: string, from = 0, to: number = text.length): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

/** Whether no blank but single spaces stands inside. */
function hasSingleBlanks(text: string): boolean {
  let before = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isBlank(code) && (code !== 0x20 || before === 0x20)) return false;
    before = code;
  }
  return true;
}
