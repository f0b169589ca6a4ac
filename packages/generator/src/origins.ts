/** The bytes of what was read: whether they can go out as they are, and where their fields and body stand. */
import { isAsciiBytes, octetText } from "@letterwright/base/bytes";
import { isBlank } from "@letterwright/base/grammar";
import type { Findings } from "./findings.ts";
import { faultInOctets } from "./gate.ts";
import type { Policy } from "./policy.ts";

/** Why these octets cannot stand among fields under this policy; `undefined` when they can. */
export function faultInFields(head: Uint8Array, policy: Policy): string | undefined {
  const { lineEnd, utf8Fields } = policy;
  const found = faultInOctets(head, { lineEnd, eightBit: utf8Fields });
  if (found !== undefined) return found;
  if (head.length > 0 && head.at(-1) !== 0x0a) return "a field without a line end";
  return isUtf8(head) ? undefined : "octets that are not UTF-8 in a field";
}

/** The same for a body. */
export function faultInBody(body: Uint8Array, policy: Policy): string | undefined {
  const { lineEnd, transferEncoding } = policy;
  if (transferEncoding === "binary") return undefined;
  return faultInOctets(body, { lineEnd, eightBit: transferEncoding === "8bit" });
}

/** The same for a part: its fields, the empty line and its body. */
export function faultInPart(bytes: Uint8Array, policy: Policy): string | undefined {
  const { next } = headEnd(bytes);
  return (
    faultInFields(bytes.subarray(0, next), policy) ?? faultInBody(bytes.subarray(next), policy)
  );
}

function isUtf8(bytes: Uint8Array): boolean {
  if (isAsciiBytes(bytes)) return true;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Whether octets that were read go out as they are: when nothing was found, or always. */
export function keepsOrigin(
  what: string,
  found: string | undefined,
  { origins }: Policy,
  findings: Findings,
): boolean {
  if (found === undefined) return true;
  if (origins === "always") {
    findings.report("ORIGIN_IRREGULAR", `${what} is passed on with ${found}`);
    return true;
  }
  findings.report(
    "ORIGIN_REWRITTEN",
    `${what} cannot be passed on with ${found}, and is written anew`,
  );
  return false;
}

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
