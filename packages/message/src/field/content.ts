/** Fields that describe a body: RFC 2045, RFC 2183, RFC 3282, RFC 2557. */
import type { CharsetDecoder } from "@letterwright/base/codec";
import type { Report } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import { isToken } from "@letterwright/base/grammar";
import { defineField, type FieldDefinition } from "./definition.ts";
import {
  checkedParameters,
  parameterUnits,
  parseParameters,
  type Parameters,
} from "./parameters.ts";
import { keyword } from "./keyword.ts";
import { FieldScanner } from "./scanner.ts";
import { structured, structuredText, unstructured } from "./unstructured.ts";

/** A media type with its parameters, RFC 2045 §5.1. */
export interface ContentType {
  /** Lower case, `"text/plain"`. */
  readonly type: string;
  readonly parameters: Parameters;
}

/** How a part wants to be shown, RFC 2183. */
export interface ContentDisposition {
  /** Lower case, `"attachment"`, `"inline"` or another. */
  readonly disposition: string;
  readonly parameters: Parameters;
}

/** The transfer encodings of RFC 2045 §6.1. */
export type TransferEncoding = "7bit" | "8bit" | "binary" | "quoted-printable" | "base64";

export const mimeVersion: FieldDefinition<"1.0"> = /* @__PURE__ */ defineField<"1.0">(
  "MIME-Version",
  {
    of: (version: "1.0") => {
      if (version === "1.0") return version;
      throw new UsageError(`MIME-Version cannot be ${JSON.stringify(version)}`, {
        code: "FIELD_VALUE_INVALID",
        hint: "Only version 1.0 is defined (RFC 2045 §4).",
      });
    },
    format: (version) => [{ kind: "token", text: version }],
    syntax: "mime-version",
  },
);

export const contentType: FieldDefinition<ContentType> = /* @__PURE__ */ defineField<ContentType>(
  "Content-Type",
  {
    of: checkedContentType,
    format: ({ type, parameters }) => [
      { kind: "token", text: type },
      ...parameterUnits(parameters),
    ],
    syntax: "content-type",
  },
);

export const contentDisposition: FieldDefinition<ContentDisposition> =
  /* @__PURE__ */ defineField<ContentDisposition>("Content-Disposition", {
    of: checkedDisposition,
    format: ({ disposition, parameters }) => [
      { kind: "token", text: disposition },
      ...parameterUnits(parameters),
    ],
    syntax: "disposition",
  });

export const contentTransferEncoding: FieldDefinition<TransferEncoding> = /* @__PURE__ */ keyword(
  "Content-Transfer-Encoding",
  ["7bit", "8bit", "binary", "quoted-printable", "base64"],
);

/** What a part is about, in words (RFC 2045 §8). */
export const contentDescription: FieldDefinition<string> = /* @__PURE__ */ unstructured(
  "Content-Description",
  {
    maxCount: 1,
  },
);

/** The languages of a part, as tags of RFC 5646: `["de", "en-GB"]` (RFC 3282 §2). */
export const contentLanguage: FieldDefinition<readonly string[]> = /* @__PURE__ */ defineField<
  readonly string[]
>("Content-Language", {
  of: (tags: readonly string[]) => {
    if (tags.length > 0 && tags.every(isLanguageTag)) return Object.freeze([...tags]);
    throw new UsageError(`${JSON.stringify(tags)} are not language tags`, {
      code: "CONTENT_LANGUAGE_INVALID",
      hint: 'A tag is letters and digits with hyphens between, "en-GB" for example (RFC 5646 §2.1).',
    });
  },
  format: (tags) =>
    tags.flatMap((tag, at) => [
      ...(at === 0 ? [] : [{ kind: "token", text: ",", glued: true } as const]),
      { kind: "token", text: tag } as const,
    ]),
  syntax: "language-tags",
});

/** A URI that names the part, relative ones too (RFC 2557 §4.2). */
export const contentLocation: FieldDefinition<string> = /* @__PURE__ */ structured(
  "Content-Location",
  {
    maxCount: 1,
  },
);

/** A digest of the content (RFC 1864 §2). */
export const contentMd5: FieldDefinition<string> = /* @__PURE__ */ structured("Content-MD5", {
  maxCount: 1,
});

export function readMimeVersion(wire: string, report: Report): "1.0" | undefined {
  const scanner = new FieldScanner(wire, report);
  scanner.skipBlanks();
  const major = scanner.run(isDigit);
  scanner.skipBlanks();
  const hasDot = scanner.take(".");
  scanner.skipBlanks();
  const minor = scanner.run(isDigit);
  scanner.end();
  if (major === "1" && minor === "0" && hasDot) return "1.0";
  report("FIELD_SYNTAX", 0, "only version 1.0 is defined (RFC 2045 §4)");
  return undefined;
}

export function readDisposition(
  wire: string,
  report: Report,
  charsets?: CharsetDecoder,
): ContentDisposition | undefined {
  const scanner = new FieldScanner(wire, report);
  scanner.skipBlanks();
  const disposition = scanner.token().toLowerCase();
  if (disposition === "") {
    scanner.fault("expected a disposition (RFC 2183 §2)");
    return undefined;
  }
  return Object.freeze({ disposition, parameters: parseParameters(scanner, report, charsets) });
}

export function readLanguageTags(wire: string, report: Report): readonly string[] {
  const scanner = new FieldScanner(wire, report);
  const tags: string[] = [];
  do {
    scanner.skipBlanks();
    const tag = scanner.token();
    if (isLanguageTag(tag)) tags.push(tag);
    else scanner.fault("expected a language tag (RFC 3282 §2)");
    scanner.skipBlanks();
  } while (scanner.take(","));
  scanner.end();
  return Object.freeze(tags);
}

export function readContentType(
  wire: string,
  report: Report,
  charsets?: CharsetDecoder,
): ContentType | undefined {
  if (wire.length > longestUsualType) return readAnyContentType(wire, report, charsets);
  const known = usualTypes.get(wire);
  if (known !== undefined) return known;
  const value = readAnyContentType(wire, report, charsets);
  if (value !== undefined && usualTypes.size < mostUsualTypes && usualType.test(wire)) {
    // Engines make a piece of a text hold all of it: what is kept is a text of its own.
    usualTypes.set(Array.from(wire).join(""), value);
  }
  return value;
}

/** What nearly every text says of itself: read once, because nothing in it can be wrong. */
const usualType = /^ ?text\/[a-z]{1,10}; ?charset=(?:"[a-z\d-]{1,12}"|[a-z\d-]{1,12})$/i;
const usualTypes = new Map<string, ContentType>();
// Values come from mail, so what is remembered is bounded.
const mostUsualTypes = 64;
const longestUsualType = 48;

function readAnyContentType(
  wire: string,
  report: Report,
  charsets: CharsetDecoder | undefined,
): ContentType | undefined {
  const scanner = new FieldScanner(wire, report);
  scanner.skipBlanks();
  const main = scanner.token();
  scanner.skipBlanks();
  const hasSlash = scanner.take("/");
  scanner.skipBlanks();
  const sub = scanner.token();
  if (main === "" || !hasSlash || sub === "") {
    // RFC 2045 §5.2: a type that cannot be read is taken for text/plain by whoever shows the part.
    scanner.fault('expected a media type, type "/" subtype (RFC 2045 §5.1)');
    return undefined;
  }
  const parameters = parseParameters(scanner, report, charsets);
  return Object.freeze({ type: `${main}/${sub}`.toLowerCase(), parameters });
}

function checkedContentType(value: ContentType): ContentType {
  const type = value.type.toLowerCase();
  const slash = type.indexOf("/");
  if (!isToken(type.slice(0, Math.max(0, slash))) || !isToken(type.slice(slash + 1))) {
    throw new UsageError(`${JSON.stringify(value.type)} is not a media type`, {
      code: "CONTENT_TYPE_INVALID",
      hint: 'A media type is two tokens with a slash between, "image/png" for example (RFC 2045 §5.1).',
    });
  }
  return Object.freeze({ type, parameters: checkedParameters(value.parameters, "Content-Type") });
}

function checkedDisposition(value: ContentDisposition): ContentDisposition {
  const disposition = value.disposition.toLowerCase();
  if (!isToken(disposition)) {
    throw new UsageError(`${JSON.stringify(value.disposition)} is not a disposition`, {
      code: "CONTENT_DISPOSITION_INVALID",
      hint: 'Write "attachment" or "inline" (RFC 2183 §2).',
    });
  }
  return Object.freeze({
    disposition,
    parameters: checkedParameters(value.parameters, "Content-Disposition"),
  });
}

/** RFC 5646 §2.1, its shape only: subtags of one to eight letters and digits. */
function isLanguageTag(tag: string): boolean {
  structuredText(tag || "-", "Content-Language");
  return tag.split("-").every((subtag) => {
    if (subtag.length < 1 || subtag.length > 8) return false;
    for (let at = 0; at < subtag.length; at++) {
      const code = subtag.charCodeAt(at);
      const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
      if (!isLetter && !isDigit(code)) return false;
    }
    return true;
  });
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
