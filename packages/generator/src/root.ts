/** The root of a message: what it lacks is added, fields put in order, its last line ended. */
import {
  assertOriginator,
  date as dateField,
  formatDate,
  isNamed,
  messageId as messageIdField,
  type DateTime,
  type Message,
  type RawMessage,
} from "@letterwright/message";
import { Findings } from "./findings.ts";
import type { Identity } from "./identity.ts";
import { isHidden } from "./part-fields.ts";
import type { Output, Piece } from "./pieces.ts";
import type { Policy } from "./policy.ts";
import { TreeWriter } from "./tree.ts";
import { mimeVersion, ownField, type WrittenField } from "./written-field.ts";
import { sharedBy, type WrittenPart } from "./written-part.ts";

/** A message that is ready: nothing is left to decide. */
export interface WrittenMessage {
  readonly fields: readonly WrittenField[];
  /** What stands between fields and body, when that is not the policy's line end. */
  readonly separator: Uint8Array | undefined;
  /** Whether it is what was read: even a field without a line end, when that stood last, has none. */
  readonly isPassedOn: boolean;
  readonly body: Output;
  readonly requires: RawMessage["requires"] | undefined;
  readonly findings: Findings;
}

/** @throws {UsageError} what `generate` throws */
export function writeMessage(mail: Message, policy: Policy, identity: Identity): WrittenMessage {
  const findings = new Findings(policy.defects);
  const shared = sharedBy(identity, findings);
  const writer = new TreeWriter(policy, shared);
  // What is passed on is not completed, put in order or judged: only what was edited is other than it was.
  if (policy.pieces?.isPassedOn(mail) === true) {
    const { fields, body, separator } = writer.part(mail);
    const { requires } = shared;
    return { fields, separator, isPassedOn: true, body, requires, findings };
  }
  assertOriginator(mail);
  const part = writer.part(mail);
  const { body } = part;
  // A message with bodies that only BINARYMIME carries goes by BDAT, which ends no line (RFC 3030 §3).
  if (part.level !== 2) endLine(body, policy);
  const fields = inOrder(headOf(part, policy, identity), policy);
  const { requires } = shared;
  return { fields, separator: undefined, isPassedOn: false, body, requires, findings };
}

/**
 * RFC 5322 §3.6: a message has a date; it should have an identifier. Fields about the body stand last, but for those
 * that were read, which stay where they stood.
 */
function headOf(
  { fields, isKept }: WrittenPart,
  policy: Policy,
  identity: Identity,
): readonly WrittenField[] {
  const head: WrittenField[] = [];
  let hasDate = false;
  let hasId = false;
  let hasVersion = isKept === true;
  for (let at = 0; at < fields.length; at++) {
    const one = fields[at] as WrittenField;
    if (isHidden(one, policy) || isMadeHere(one)) continue;
    if (isNamed(one, dateField.name)) hasDate = true;
    else if (isNamed(one, messageIdField.name)) hasId = true;
    else if (isNamed(one, mimeVersion)) hasVersion = true;
    head.push(one);
  }
  if (!hasDate) head.push(ownField(dateField.name, dateText(identity.date), policy));
  if (!hasId) head.push(ownField(messageIdField.name, identity.messageId, policy));
  if (!hasVersion) head.push(ownField(mimeVersion, "1.0", policy));
  for (let at = 0; at < fields.length; at++) {
    const one = fields[at] as WrittenField;
    if (isMadeHere(one)) head.push(one);
  }
  return head;
}

/** Whether it is about the body, and was not read. */
function isMadeHere({ name, origin }: WrittenField): boolean {
  // Asked of every field: a letter tells most of them apart.
  if (origin !== undefined || (name.charCodeAt(0) | 0x20) !== 0x63) return false;
  return name.slice(0, 8).toLowerCase() === "content-";
}

/** Names that the policy puts first, in its order; the others in theirs. */
function inOrder(fields: readonly WrittenField[], policy: Policy): readonly WrittenField[] {
  const { fieldOrder } = policy;
  if (fieldOrder.length === 0) return fields;
  const rank = ({ name }: WrittenField): number => {
    const index = fieldOrder.indexOf(name.toLowerCase());
    return index === -1 ? fieldOrder.length : index;
  };
  return fields.toSorted((one, other) => rank(one) - rank(other));
}

let lastDate: DateTime | undefined;
let lastDateText = "";

/** Many messages are dated within one second. */
function dateText(moment: DateTime): string {
  if (lastDate !== moment) {
    lastDateText = formatDate(moment);
    lastDate = moment;
  }
  return lastDateText;
}

/** RFC 5321 §4.1.1.4: the last line of what is sent has its line end. */
function endLine(body: Output, { lineEnd }: Policy): void {
  const last = body.pieces.at(-1);
  if (last === undefined || isEnded(last)) return;
  // RFC 2045 §6.7, rule 5: a line end behind "=" is not part of the content.
  body.ascii(last.kind === "bytes" && last.isExact === true ? `=${lineEnd}` : lineEnd);
}

function isEnded(last: Piece): boolean {
  if (last.kind === "bytes") return (last.bytes.at(-1) ?? 0x0a) === 0x0a;
  if (last.kind === "lines") return last.lines.isEnded;
  // Base64 has no line when there is nothing in it.
  if (last.kind === "base64") return last.bytes.length === 0;
  if (last.kind === "source") return last.encoding === "identity" || last.source.byteLength === 0;
  return last.text.endsWith("\n");
}
