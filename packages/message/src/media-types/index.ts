/**
 * Media types by file name, all that IANA and the large web servers know: 1,000 extensions in about
 * 30 KB, which is why they stand behind a door of their own.
 */
import { extensionOf } from "../media-type.ts";
import { table } from "./table.ts";

/**
 * The media type of a file of this name; `application/octet-stream` when the name does not tell.
 *
 * @example
 * ```ts
 * import { attachment } from "@letterwright/message";
 * import { mediaTypeOf } from "@letterwright/message/media-types";
 *
 * const name = "book.epub";
 * attachment({ name, type: mediaTypeOf(name), content: Uint8Array.of(0) }).type; // => "application/epub+zip"
 * ```
 */
export function mediaTypeOf(fileName: string): string {
  byExtension ??= readTable();
  return byExtension.get(extensionOf(fileName)) ?? "application/octet-stream";
}

let byExtension: ReadonlyMap<string, string> | undefined;

function readTable(): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const line of table.split("\n")) {
    const [type, ...extensions] = line.split(" ");
    if (type === undefined) continue;
    for (const extension of extensions) types.set(extension, type);
  }
  return types;
}
