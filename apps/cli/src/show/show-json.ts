/** What `show --json` prints: one object, whose shape the version in `schema` promises. */
import {
  bodyOf,
  contentId,
  contentTransferEncoding,
  contentType,
  field,
  filenameOf,
  readText,
  safeFilename,
  toJson,
  walk,
  type Field,
  type Part,
  type WalkStep,
} from "@letterwright/message";
import type { MessageDefect } from "@letterwright/parser";
import { ExitStatus } from "../exit-status.ts";
import { lengthOf } from "./tree-lines.ts";

/** The name of the shape. It gets new keys; a change of meaning is another number. */
export const showSchema = "letterwright.show/1";

/** The object; `parts` are in the order of the tree, and their paths tell it. */
export async function messageJson(
  mail: Part,
  byteLength: number | undefined,
  defects: readonly MessageDefect[],
): Promise<Readonly<Record<string, unknown>>> {
  return {
    schema: showSchema,
    outcome: "shown",
    exitStatus: ExitStatus.done,
    byteLength,
    parts: [...walk(mail)].map(partJson),
    text: await textAs(mail, "text/plain"),
    html: await textAs(mail, "text/html"),
    defects,
  };
}

async function textAs(mail: Part, type: string): Promise<string | undefined> {
  const body = bodyOf(mail, [type]);
  return body && readText(body);
}

function partJson({ part, path, type }: WalkStep): object {
  const filename = filenameOf(part);
  return {
    path,
    type,
    kind: part.body.kind,
    charset: field(part, contentType)?.parameters["charset"],
    encoding: field(part, contentTransferEncoding),
    filename,
    safeName: filename === undefined ? undefined : safeFilename(filename),
    contentId: field(part, contentId)?.slice(1, -1),
    byteLength: lengthOf(part),
    fields: part.fields.map((one) => ({ ...decodedJson(one), wire: one.wire })),
  };
}

function decodedJson(one: Field): object {
  // One field at a time: what `toJson` makes of a part that has no other, and no content.
  const { fields } = toJson({ fields: [one], body: { kind: "multipart", parts: [] } });
  return (fields as readonly object[])[0] as object;
}

/** JSON in which nothing drives a terminal: what `JSON.stringify` leaves as it is, as escapes. */
export function harmlessJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
