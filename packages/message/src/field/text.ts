/** Text in fields: one check for all of them, so that no field can be smuggled into another. */
import { assertWellFormed } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { indexOfControl } from "@letterwright/base/grammar";

/**
 * The text, when nothing in it could end a field or the header section (RFC 5322 §2.2).
 *
 * @throws {UsageError} `FIELD_CONTROL_CHARACTER` naming the field and the position.
 */
export function fieldText(text: string, where: string): string {
  const found = controlIn(text);
  if (found === undefined) return text;
  throw new UsageError(`${where} has ${found}`, {
    code: "FIELD_CONTROL_CHARACTER",
    hint: "Line breaks and control characters cannot stand in a header field; remove them where the text comes from.",
  });
}

/**
 * The first control character, in words; `undefined` when there is none.
 *
 * @throws {UsageError} `TEXT_LONE_SURROGATE`
 */
export function controlIn(text: string): string | undefined {
  assertWellFormed(text);
  const at = indexOfControl(text);
  if (at === -1) return undefined;
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0");
  return `the control character U+${code} at index ${at}`;
}
