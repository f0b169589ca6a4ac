/** The message as raw fields and a body, cut where the parser cut it. */
import { isAsciiBytes, octetText } from "@letterwright/base/bytes";
import {
  bytesOf,
  type ByteSource,
  type RawField,
  type RawMessage,
  type Requirement,
} from "@letterwright/message";
import type { Layout, PartLayout } from "./layout.ts";
import { findingsIn, type OctetFindings } from "./octets.ts";

const lineLimit = 998; // RFC 5322 §2.1.1

export function rawOf(layout: Layout): RawMessage {
  const { octets, parts } = layout;
  const [root] = parts as [PartLayout];
  const body = octets.subarray(root.bodyStart, root.end);
  return rawFrom(layout, octets, bytesOf(body), findingsIn(body, lineLimit), !isAsciiBytes(body));
}

/** From the octets of its head, the first of the message, and what is known of its body. */
export function rawFrom(
  { parts, fields }: Omit<Layout, "octets">,
  head: Uint8Array,
  body: ByteSource,
  findings: OctetFindings,
  isEightBit: boolean,
): RawMessage {
  const [root] = parts as [PartLayout];
  const raw: RawField[] = [];
  for (let index = root.firstField; index < root.lastField; index += 3) {
    const start = fields[index] as number;
    raw.push(
      Object.freeze({
        name: octetText(head.subarray(start, fields[index + 1])),
        bytes: head.subarray(start, fields[index + 2]),
      }),
    );
  }
  // What a server has to offer to take these octets as they are: RFC 6152, RFC 6531, RFC 3030.
  const requires = new Set<Requirement>();
  if (!isAsciiBytes(head.subarray(0, root.headEnd))) requires.add("SMTPUTF8");
  const { bareLf, bareCr, nul, longLine } = findings;
  if (Math.max(bareLf, bareCr, nul, longLine) >= 0) requires.add("BINARYMIME");
  else if (isEightBit) requires.add("8BITMIME");
  return Object.freeze({
    fields: Object.freeze(raw),
    separator: head.subarray(root.headEnd, root.bodyStart),
    body,
    requires,
  });
}
