/** The bytes of a part that was read, cut into its fields and its body. */
import { octetText } from "@letterwright/base/bytes";
import { isBlank } from "@letterwright/base/grammar";

/** Where the fields end in the bytes of a part, and where its body starts. */
export function headEnd(bytes: Uint8Array): { readonly end: number; readonly next: number } {
  for (let at = 0; at < bytes.length;) {
    const feed = bytes.indexOf(0x0a, at);
    const isEmpty = feed === at || (feed === at + 1 && bytes[at] === 0x0d);
    if (isEmpty) return { end: at, next: feed + 1 };
    if (feed === -1) break;
    at = feed + 1;
  }
  return { end: bytes.length, next: bytes.length };
}

/** The lines of each field. */
export function fieldsIn(head: Uint8Array): readonly Uint8Array[] {
  const fields: Uint8Array[] = [];
  for (let start = 0; start < head.length;) {
    let end = start;
    do {
      const feed = head.indexOf(0x0a, end);
      end = feed === -1 ? head.length : feed + 1;
    } while (end < head.length && isBlank(head[end]));
    fields.push(head.subarray(start, end));
    start = end;
  }
  return fields;
}

/** What stands before the colon; empty when there is none. */
export function nameIn(bytes: Uint8Array): string {
  const colon = bytes.indexOf(0x3a);
  return colon === -1 ? "" : octetText(bytes.subarray(0, colon)).trim();
}
