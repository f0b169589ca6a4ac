/** What a message says, and what it carries beside it. */
import { decodeCharset, decodeUnlabelled } from "@letterwright/base/codec";
import { unreported } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import { readAll, type OpenOptions } from "../byte-source.ts";
import { contentId } from "../field/identifiers.ts";
import { field } from "../holder.ts";
import type { BytesBody, Part } from "../part.ts";
import { contentTypeOf, descriptionOf, dispositionOf } from "./description.ts";
import { filenameOf, safeFilename } from "./filename.ts";
import { unflowed } from "./flowed.ts";
import { assertDepth, firstStep, stepInto, typeOf } from "./walk.ts";

/** Which versions of the text are wanted, the best first, as media types. */
export type BodyPreference = readonly string[];

/**
 * The text part that a mail program would show, of the wanted types the best: HTML, then plain text,
 * unless said otherwise. Attachments are never it, and neither is anything inside another message.
 *
 * multipart/alternative offers all its versions, multipart/related its root (`start`, RFC 2387 §3.2); any
 * other multipart speaks through the first of its parts that has text.
 *
 * @example
 * ```ts
 * import { bodyOf, contentType, field, message } from "@letterwright/message";
 *
 * const mail = message({ from: "ana@example.com", text: "Hi", html: "<p>Hi" });
 * field(bodyOf(mail) ?? mail, contentType)?.type; // => "text/html"
 * ```
 */
export function bodyOf(
  mail: Part,
  preference: BodyPreference = ["text/html", "text/plain"],
): Part | undefined {
  const versions = versionsIn(mail);
  for (const given of preference) {
    const wanted = given.toLowerCase();
    for (const part of versions) if (typeOf(part) === wanted) return part;
  }
  return undefined;
}

/**
 * The plain text of the message as a string, or `undefined` when it has none. Of text that was read as
 * format=flowed the lines that were broken to fit are one again (RFC 3676 §4).
 *
 * @throws {UsageError} `TEXT_NOT_IN_MEMORY` for text in a stream or file: {@link readText} reads it
 */
export function textOf(mail: Part): string | undefined {
  const part = bodyOf(mail, ["text/plain"]);
  return part && textInMemory(part);
}

/** The same for its HTML. @throws {UsageError} `TEXT_NOT_IN_MEMORY` */
export function htmlOf(mail: Part): string | undefined {
  const part = bodyOf(mail, ["text/html"]);
  return part && textInMemory(part);
}

/**
 * The text of one text part, wherever its content is. Octets that its charset does not have become
 * U+FFFD.
 *
 * @throws {UsageError} `PART_HAS_NO_TEXT` for a multipart or a message
 */
export async function readText(part: Part, options: OpenOptions = {}): Promise<string> {
  const { body } = part;
  if (body.kind === "bytes") return decoded(part, body, await readAll(body.source, options));
  return textInMemory(part);
}

/** A part that is not the text of the message but comes with it. */
export interface AttachedPart {
  readonly part: Part;
  /** Its place, for `partAt`, `replacePart` and `removePart`. */
  readonly path: string;
  /** The media type, lower case. */
  readonly type: string;
  /** As the sender gave it. */
  readonly filename: string | undefined;
  /** As it may be used for a file. */
  readonly safeName: string;
  /** It is shown inside the text, or asks to be: it has a Content-ID or is `inline`. */
  readonly isInline: boolean;
  /** Without its angle brackets, as `cid:` has it. */
  readonly contentId: string | undefined;
}

/** What {@link attachmentsOf} gives. */
export interface AttachmentsOptions {
  /** Also what the text shows inside itself. Default false. */
  readonly inline?: boolean;
}

/**
 * Everything the message carries beside its text, however deep it lies; a message inside it is one
 * attachment. Versions of the text that {@link bodyOf} could have chosen are none.
 *
 * @throws {UsageError} `MESSAGE_TOO_DEEP`
 */
export function attachmentsOf(
  mail: Part,
  options: AttachmentsOptions = {},
): readonly AttachedPart[] {
  const versions = versionsIn(mail);
  const texts = versions.length > few ? new Set(versions) : undefined;
  const found: AttachedPart[] = [];
  const pending = [firstStep(mail)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { part, path, type, parent } = next;
    if (part.body.kind === "multipart") {
      stepInto(next, pending);
      continue;
    }
    if (texts === undefined ? versions.includes(part) : texts.has(part)) continue;
    const filename = filenameOf(part);
    const id = field(part, contentId)?.slice(1, -1);
    const disposition = dispositionOf(part)?.disposition;
    const isRelated = parent !== undefined && typeOf(parent) === "multipart/related";
    const isInline =
      disposition === "inline" || (disposition !== "attachment" && isRelated && id !== undefined);
    if (isInline && options.inline !== true) continue;
    found.push(
      Object.freeze({
        part,
        path,
        type,
        filename,
        safeName: safeFilename(filename),
        isInline,
        contentId: id,
      }),
    );
  }
  return Object.freeze(found);
}

/** So many are looked through faster than a set of them is made. */
const few = 8;

/** The versions of the text of a message; one that was read remembers them. */
function versionsIn(mail: Part): readonly Part[] {
  const known = descriptionOf(mail);
  if (known?.versions !== undefined) return known.versions;
  const versions: Part[] = [];
  addVersions(mail, undefined, 0, versions);
  if (known !== undefined) known.versions = versions;
  return versions;
}

/** Adds the versions of the text of this part, in their order. */
function addVersions(part: Part, parent: Part | undefined, depth: number, into: Part[]): void {
  assertDepth(depth);
  if (dispositionOf(part)?.disposition === "attachment") return;
  const type = typeOf(part, parent);
  const { body } = part;
  if (body.kind !== "multipart") {
    const isText = body.kind === "text" || body.kind === "bytes";
    if (isText && type.startsWith("text/")) into.push(part);
    return;
  }
  if (type === "multipart/encrypted" || type === "multipart/digest") return;
  const { parts } = body;
  if (type === "multipart/related") {
    const root = rootOf(part, parts);
    if (root !== undefined) addVersions(root, part, depth + 1, into);
    return;
  }
  const before = into.length;
  for (const child of parts) {
    addVersions(child, part, depth + 1, into);
    if (type !== "multipart/alternative" && into.length > before) return;
  }
}

/** The root of a multipart/related: the part that `start` names, else the first (RFC 2387 §3.2). */
function rootOf(part: Part, children: readonly Part[]): Part | undefined {
  const start = contentTypeOf(part)?.parameters["start"];
  const named = children.find((child) => start !== undefined && field(child, contentId) === start);
  return named ?? children[0];
}

function textInMemory(part: Part): string {
  const { body } = part;
  if (body.kind === "text") return body.text;
  if (body.kind !== "bytes") {
    throw new UsageError("this part holds parts or a message, not text", {
      code: "PART_HAS_NO_TEXT",
      hint: "Choose a text part with bodyOf or partAt.",
    });
  }
  if (body.source.bytes !== undefined) return decoded(part, body, body.source.bytes);
  throw new UsageError("the text is in a stream or a file", {
    code: "TEXT_NOT_IN_MEMORY",
    hint: "Await readText(part), where part is what bodyOf gives.",
  });
}

/** Without a charset it is US-ASCII (RFC 2046 §4.1.2), and in practice whatever reads well. */
function decoded(part: Part, { charsets }: BytesBody, bytes: Uint8Array): string {
  const type = contentTypeOf(part);
  const charset = type?.parameters["charset"];
  const text =
    charset === undefined
      ? decodeUnlabelled(bytes)
      : decodeCharset(bytes, charset, unreported, charsets);
  const isFlowed =
    type?.type === "text/plain" && type.parameters["format"]?.toLowerCase() === "flowed";
  return isFlowed ? unflowed(text, type.parameters["delsp"]?.toLowerCase() === "yes") : text;
}
