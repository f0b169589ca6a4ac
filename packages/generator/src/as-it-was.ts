/** Parts and bodies that were read, written as the bytes they were read from where a policy can send those. */
import { isAsciiBytes } from "@letterwright/base/bytes";
import {
  bodyOriginOf,
  contentTransferEncoding,
  contentType,
  isNamed,
  originOf,
  type Field,
  type Fields,
  type Part,
} from "@letterwright/message";
import { faultInOctets } from "./gate.ts";
import type { Level } from "./leaves.ts";
import { faultInBody, faultInPart, fieldsIn, headEnd, keepsOrigin } from "./origins.ts";
import { isHidden, type PartFields } from "./part-fields.ts";
import { Output } from "./pieces.ts";
import type { Policy } from "./policy.ts";
import { originField } from "./written-field.ts";
import { require, requireLevel, type Shared, type WrittenPart } from "./written-part.ts";

/**
 * The part as it was read, when its bytes or those of its body can go out; `undefined` when it has to be written.
 * A program that reads nothing carries nothing of this.
 */
export function asItWas(
  part: Part,
  policy: Policy,
  shared: Shared,
  fields: PartFields,
): WrittenPart | undefined {
  const whole = originOf(part);
  const body = bodyOriginOf(part.body);
  if (policy.origins === "never") return undefined;
  if (whole !== undefined && isWellFormed(part)) {
    const found = faultInPart(whole, policy);
    if (keepsOrigin("a part", found, policy, shared.findings)) return cut(whole, policy, shared);
  }
  if (body?.bytes === undefined || !describeAlike(part.fields, body.fields)) return undefined;
  const found = faultInBody(body.bytes, policy);
  if (!keepsOrigin("a body", found, policy, shared.findings)) return undefined;
  return {
    fields: part.fields
      .filter((one) => !isHidden(one, policy) && fields.isField(one))
      .map((one) => fields.one(one)),
    ...octetsAsTheyAre(body.bytes, policy.transferEncoding === "binary", shared),
  };
}

/** Whether fields and body of a part that was read are told apart by an empty line, as every reader does. */
function isWellFormed({ fields, body }: Part): boolean {
  const read = bodyOriginOf(body);
  const isApart = read === undefined || read.separator.length > 0 || read.bytes?.length === 0;
  return isApart && fields.every(({ name }) => name !== "");
}

/** The octets of a part, cut into fields, separator and body. */
export function cut(bytes: Uint8Array, policy: Policy, shared: Shared): WrittenPart {
  const { end, next } = headEnd(bytes);
  const fields = fieldsIn(bytes.subarray(0, end)).map((one) => originField(one));
  if (fields.some(({ isAscii }) => !isAscii)) require(shared, "SMTPUTF8");
  return {
    fields,
    ...octetsAsTheyAre(bytes.subarray(next), policy.transferEncoding === "binary", shared),
    origin: bytes,
    separator: bytes.subarray(end, next),
  };
}

/** A body of octets as they are; binary, where that may be asked for, when nothing less carries them. */
export function octetsAsTheyAre(
  bytes: Uint8Array,
  mayBeBinary: boolean,
  shared: Shared,
): { readonly body: Output; readonly level: Level; readonly isKept: true } {
  const body = new Output();
  if (bytes.length > 0) body.add({ kind: "bytes", bytes });
  const rules = { lineEnd: "\r\n", eightBit: true } as const;
  const isBinary = mayBeBinary && faultInOctets(bytes, rules) !== undefined;
  const level = isBinary ? 2 : isAsciiBytes(bytes) ? 0 : 1;
  requireLevel(shared, level);
  return { body, level, isKept: true };
}

/** Whether these fields let a body mean what it meant under the others: the same type, the same encoding. */
export function describeAlike(fields: Fields, others: Fields): boolean {
  const own = fields.filter(describesBody);
  const theirs = others.filter(describesBody);
  return own.length === theirs.length && own.every((one, index) => one === theirs[index]);
}

function describesBody(one: Field): boolean {
  return isNamed(one, contentType.name) || isNamed(one, contentTransferEncoding.name);
}
