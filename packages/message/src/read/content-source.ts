/** What a part carries, as octets. */
import { concatBytes, emptyBytes, utf8 } from "@letterwright/base/bytes";
import { bytesOf, type ByteSource } from "../byte-source.ts";
import type { Fields } from "../field/field.ts";
import { originOf } from "../origin.ts";
import type { Part } from "../part.ts";

/**
 * The content of a part as it would be saved to a file, without its transfer encoding: of a message that was read
 * inside another its own octets, of groups of fields the groups with an empty line between them
 * (RFC 3464 §2.1), of text that was composed its UTF-8.
 *
 * `undefined` for a multipart, and for messages and groups that were composed: those have octets only when a
 * generator writes them.
 *
 * @example
 * ```ts
 * import { attachment, attachmentsOf, contentSource, message, readAll } from "@letterwright/message";
 *
 * const mail = message({
 *   from: "ana@example.com",
 *   attachments: [attachment({ name: "a.bin", content: Uint8Array.of(1, 2) })],
 * });
 * const [file] = attachmentsOf(mail);
 * const source = file && contentSource(file.part);
 * source && (await readAll(source)).length; // => 2
 * ```
 */
export function contentSource({ body }: Part): ByteSource | undefined {
  switch (body.kind) {
    case "bytes":
      return body.source;
    case "text":
      return bytesOf(utf8(body.text));
    case "message":
      return sourceOfBytes(originOf(body.message));
    case "field-groups":
      return sourceOfBytes(groupBytes(body.groups));
    case "multipart":
      return undefined;
  }
}

function sourceOfBytes(bytes: Uint8Array | undefined): ByteSource | undefined {
  return bytes && bytesOf(bytes);
}

function groupBytes(groups: readonly Fields[]): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  for (const group of groups) {
    pieces.push(pieces.length === 0 ? emptyBytes : utf8("\r\n"));
    for (const one of group) {
      const bytes = originOf(one);
      if (bytes === undefined) return undefined;
      pieces.push(bytes);
    }
  }
  return concatBytes(pieces);
}
