/** Short notes about a message: how it came to be, how urgent it is, what it is about. */
import type { Report } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import { isToken } from "@letterwright/base/grammar";
import { decodeWords, type CharsetDecoder } from "@letterwright/base/codec";
import { defineField, type FieldDefinition } from "./definition.ts";
import {
  checkedParameters,
  parameterUnits,
  parseParameters,
  type Parameters,
} from "./parameters.ts";
import { keyword } from "./keyword.ts";
import { FieldScanner } from "./scanner.ts";
import { fieldText } from "./text.ts";
import { unstructured } from "./unstructured.ts";
import type { FieldUnit } from "./unit.ts";

export const subject: FieldDefinition<string> = /* @__PURE__ */ unstructured("Subject", {
  maxCount: 1,
});
/** Remarks on the message, RFC 5322 §3.6.5. */
export const comments: FieldDefinition<string> = /* @__PURE__ */ unstructured("Comments");

/** Phrases that matter to the reader, RFC 5322 §3.6.5. */
export const keywords: FieldDefinition<readonly string[]> = /* @__PURE__ */ defineField<
  readonly string[]
>("Keywords", {
  maxCount: Infinity,
  of: (phrases: readonly string[]) => {
    if (phrases.length === 0 || phrases.some((phrase) => phrase.trim() === "")) {
      throw new UsageError("Keywords is empty", {
        code: "FIELD_EMPTY",
        hint: "Leave Keywords out, or put phrases into it (RFC 5322 §3.6.5).",
      });
    }
    return Object.freeze(phrases.map((phrase) => fieldText(phrase, "Keywords")));
  },
  format: (phrases) =>
    phrases.flatMap((text, at): readonly FieldUnit[] => [
      ...(at === 0 ? [] : [{ kind: "token", text: ",", glued: true } as const]),
      { kind: "phrase", text },
    ]),
  syntax: "phrases",
});

/** How a message came to be without a person sending it, RFC 3834 §5. */
export interface AutoSubmitted {
  /** `"no"`, `"auto-generated"`, `"auto-replied"`, or an extension. */
  readonly keyword: string;
  readonly parameters: Parameters;
}

/** Robots set it so that other robots do not answer them: `fieldOf(autoSubmitted, "auto-generated")`. */
export const autoSubmitted: FieldDefinition<AutoSubmitted, AutoSubmitted | string> =
  /* @__PURE__ */ defineField<AutoSubmitted, AutoSubmitted | string>("Auto-Submitted", {
    of: (input: AutoSubmitted | string) => {
      const { keyword, parameters } =
        typeof input === "string" ? { keyword: input, parameters: {} } : input;
      if (!isToken(keyword)) {
        throw new UsageError(`${JSON.stringify(keyword)} is not a keyword of Auto-Submitted`, {
          code: "FIELD_VALUE_INVALID",
          hint: "no, auto-generated or auto-replied (RFC 3834 §5).",
        });
      }
      return Object.freeze({
        keyword: keyword.toLowerCase(),
        parameters: checkedParameters(parameters, "Auto-Submitted"),
      });
    },
    format: ({ keyword, parameters }) => [
      { kind: "token", text: keyword },
      ...parameterUnits(parameters),
    ],
    syntax: "auto-submitted",
  });

/** RFC 2156 §5.3.4, as RFC 4021 §2.1.55 registers it. */
export const importance: FieldDefinition<"high" | "normal" | "low"> = /* @__PURE__ */ keyword(
  "Importance",
  ["high", "normal", "low"],
);
/** How urgent the way is, RFC 2156 §5.3.6. */
export const priority: FieldDefinition<"urgent" | "normal" | "non-urgent"> =
  /* @__PURE__ */ keyword("Priority", ["urgent", "normal", "non-urgent"]);
/** RFC 2156 §5.3.4. */
export const sensitivity: FieldDefinition<"personal" | "private" | "company-confidential"> =
  /* @__PURE__ */ keyword("Sensitivity", ["personal", "private", "company-confidential"]);

export function readAutoSubmitted(wire: string, report: Report): AutoSubmitted | undefined {
  const scanner = new FieldScanner(wire, report);
  scanner.skipBlanks();
  const keyword = scanner.token().toLowerCase();
  if (keyword === "") {
    scanner.fault("expected a keyword (RFC 3834 §5)");
    return undefined;
  }
  return Object.freeze({ keyword, parameters: parseParameters(scanner, report) });
}

/** `phrase *("," phrase)`, RFC 5322 §3.6.5. */
export function readPhrases(
  wire: string,
  report: Report,
  charsets?: CharsetDecoder,
): readonly string[] {
  const scanner = new FieldScanner(wire, report);
  const phrases: string[] = [];
  do {
    const words: string[] = [];
    for (;;) {
      scanner.skipBlanks();
      if (scanner.isAtEnd || scanner.peek() === ",") break;
      if (scanner.peek() === '"') words.push(scanner.quotedString());
      else
        words.push(
          scanner.run((code) => code > 0x20 && code !== 0x2c && code !== 0x22 && code !== 0x28),
        );
      if (words.at(-1) === "") scanner.at++; // a control character; never the same place again
    }
    const phrase = decodeWords(words.join(" "), report, charsets);
    if (phrase === "") scanner.fault("expected a phrase (RFC 5322 §3.6.5)");
    else phrases.push(phrase);
  } while (scanner.take(","));
  return Object.freeze(phrases);
}
