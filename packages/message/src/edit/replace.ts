/** A tree with one part changed; all others stay the same objects. */
import { UsageError } from "@letterwright/base/error";
import type { Part } from "../part.ts";
import { childrenOf, indicesOf, typeOf } from "../read/walk.ts";
import { contentOf, withContent } from "./content.ts";

/**
 * The tree with another part at this path. At `""`, or where a message inside a message has its root, the
 * fields of the message stay and its content changes.
 *
 * @throws {UsageError} `PART_PATH_INVALID`, `PART_NOT_FOUND`, and `PART_IS_SIGNED` below a multipart/signed or
 * multipart/encrypted, which no longer would be what was signed
 * @example
 * ```ts
 * import { message, replacePart, textOf, textPart } from "@letterwright/message";
 *
 * const mail = message({ from: "ana@example.com", text: "Hi", html: "<p>Hi" });
 * textOf(replacePart(mail, "1", textPart("Hello"))); // => "Hello"
 * ```
 */
export function replacePart(root: Part, path: string, replacement: Part): Part {
  const changed = change(root, indicesOf(path), path, true, () => replacement);
  return changed as Part; // nothing is taken out
}

/**
 * The tree without the part at this path. A multipart that would be left empty goes too (RFC 2046 §5.1.1).
 *
 * @throws {UsageError} `PART_PATH_INVALID`, `PART_NOT_FOUND`, `PART_IS_SIGNED`, and `PART_IS_ROOT` when nothing
 * would be left
 */
export function removePart(root: Part, path: string): Part {
  const left = change(root, indicesOf(path), path, true, () => undefined);
  if (left !== undefined) return left;
  throw new UsageError("without this part the message would have no content", {
    code: "PART_IS_ROOT",
    hint: "Replace it with replacePart.",
  });
}

function change(
  part: Part,
  indices: readonly number[],
  path: string,
  isMessage: boolean,
  make: (part: Part) => Part | undefined,
): Part | undefined {
  const [index, ...rest] = indices;
  if (index === undefined) {
    const made = make(part);
    return isMessage && made !== undefined ? withContent(part, contentOf(made)) : made;
  }
  const child = childrenOf(part)[index];
  if (child === undefined) throw notFound(path);
  assertChangeable(part, path);
  const { body } = part;
  const changed = change(child, rest, path, body.kind === "message", make);
  if (changed === child) return part;
  if (body.kind === "message") {
    return (
      changed &&
      Object.freeze({ fields: part.fields, body: Object.freeze({ ...body, message: changed }) })
    );
  }
  if (body.kind !== "multipart") throw notFound(path);
  const parts = [...body.parts];
  parts.splice(index, 1, ...(changed === undefined ? [] : [changed]));
  if (parts.length === 0) return undefined;
  return Object.freeze({
    fields: part.fields,
    body: Object.freeze({ ...body, parts: Object.freeze(parts) }),
  });
}

/** @throws {UsageError} `PART_IS_SIGNED` */
export function assertChangeable(part: Part, path: string): void {
  const type = typeOf(part);
  if (type !== "multipart/signed" && type !== "multipart/encrypted") return;
  throw new UsageError(`the part ${JSON.stringify(path)} lies in a ${type}`, {
    code: "PART_IS_SIGNED",
    hint: "A change would break the signature or the encryption (RFC 1847): change it before, or replace the whole.",
  });
}

function notFound(path: string): UsageError {
  return new UsageError(`there is no part ${JSON.stringify(path)}`, {
    code: "PART_NOT_FOUND",
    hint: "walk(message) gives the path of every part.",
  });
}
