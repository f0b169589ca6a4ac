/** File names for programs that do not know RFC 2231. */
import { isAscii } from "@letterwright/base/bytes";
import { contentDisposition, typedField, type FieldUnit, type Part } from "@letterwright/message";
import { cheaperEncoding, takeEncodedWord } from "./encoded-word.ts";

/** The file name as encoded-words inside quotes, which RFC 2047 §5(3) forbids and old programs read. */
export function legacyName(
  part: Part,
  parameters: Readonly<Record<string, string>>,
): readonly FieldUnit[] {
  const filename = typedField(part, contentDisposition)?.parameters["filename"];
  if (filename === undefined || isAscii(filename) || "name" in parameters) return [];
  const encoding = cheaperEncoding(filename, "phrase");
  const words: string[] = [];
  for (let at = 0; at < filename.length;) {
    const taken = takeEncodedWord(filename, at, 60, encoding, "phrase");
    if (taken === undefined) break;
    words.push(taken.word);
    at = taken.next;
  }
  return [
    { kind: "token", text: ";", glued: true },
    ...words.map((word, index): FieldUnit => ({
      kind: "token",
      text: `${index === 0 ? 'name="' : ""}${word}${index === words.length - 1 ? '"' : ""}`,
    })),
  ];
}
