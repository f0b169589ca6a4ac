/** The message as raw fields and a body, cut where the parser cut it. */
import { isAsciiBytes, octetText } from "@letterwright/base/bytes";
import { bytesOf, type RawField, type RawMessage, type Requirement } from "@letterwright/message";
import type { Layout, PartLayout } from "./layout.ts";
import { findingsIn } from "./octets.ts";

export function rawOf({ octets, parts, fields }: Layout): RawMessage {
  const [root] = parts as [PartLayout];
  const raw: RawField[] = [];
  for (let index = root.firstField; index < root.lastField; index += 3) {
    const start = fields[index] as number;
    raw.push(
      Object.freeze({
        name: octetText(octets.subarray(start, fields[index + 1])),
        bytes: octets.subarray(start, fields[index + 2]),
      }),
    );
  }
  return Object.freeze({
    fields: Object.freeze(raw),
    separator: octets.subarray(root.headEnd, root.bodyStart),
    body: bytesOf(octets.subarray(root.bodyStart, root.end)),
    requires: requirementsOf(octets.subarray(0, root.headEnd), octets.subarray(root.bodyStart)),
  });
}

/** What a server has to offer to take these octets as they are: RFC 6152, RFC 6531, RFC 3030. */
export function requirementsOf(head: Uint8Array, body: Uint8Array): ReadonlySet<Requirement> {
  const requires = new Set<Requirement>();
  if (!isAsciiBytes(head)) requires.add("SMTPUTF8");
  const { bareLf, bareCr, nul, longLine } = findingsIn(body, 998);
  if (Math.max(bareLf, bareCr, nul, longLine) >= 0) requires.add("BINARYMIME");
  else if (!isAsciiBytes(body)) requires.add("8BITMIME");
  return requires;
}
