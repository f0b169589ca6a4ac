/**
 * What was read is passed on octet for octet, whatever it holds; where something in it was changed, all the rest.
 *
 * A policy carries this, so that a program that only composes does not.
 */
import {
  bodyOriginOf,
  originOf,
  separatorOf,
  type ByteSource,
  type Framing,
  type MultipartBody,
  type Part,
} from "@letterwright/message";
import { cut, describeAlike, octetsAsTheyAre } from "./as-it-was.ts";
import { refuseCollision } from "./boundaries.ts";
import { encodingIn, typeIn } from "./content-fields.ts";
import { Frame } from "./frame.ts";
import { encodingOf, type Level } from "./leaves.ts";
import { faultInBody, faultInFields, faultInPart, keepsOrigin } from "./origins.ts";
import { isHidden } from "./part-fields.ts";
import { Output } from "./pieces.ts";
import { smtpPolicy, type Policy } from "./policy.ts";
import type { TreeWriter } from "./tree.ts";
import { ended, originField, pushFields, type WrittenField } from "./written-field.ts";
import { require, requireLevel, type Shared, type WrittenPart } from "./written-part.ts";

/** For what was read and is passed on: origins as they are, whatever they hold. */
export const verbatimPolicy: Policy = /* @__PURE__ */ smtpPolicy.with({
  origins: "always",
  writeBcc: true,
  transferEncoding: "8bit",
  pieces: {
    isPassedOn: isRead,
    keep: (writer, part) => kept(writer as TreeWriter, part),
  },
});

function isRead(part: Part): boolean {
  return (
    originOf(part) !== undefined ||
    bodyOriginOf(part.body) !== undefined ||
    separatorOf(part) !== undefined
  );
}

/** What a part's octets were, or those of its body behind fields that changed, or those around its parts. */
interface KeptPart extends WrittenPart {
  /** Whether its body ends as it did. */
  readonly isLeanedOn: true;
  /** Whether all of the body is what it was. */
  readonly isWhole: boolean;
}

const unchanged = { isLeanedOn: true, isWhole: true } as const;

function kept(writer: TreeWriter, part: Part): WrittenPart | undefined {
  const { policy, shared } = writer;
  const { body } = part;
  const origin = originOf(part);
  const read = bodyOriginOf(body);
  // What is irregular is said.
  if (read !== undefined && describeAlike(part.fields, read.fields)) {
    const { bytes, source } = read;
    if (bytes !== undefined) {
      keepsOrigin("a body", faultInBody(bytes, policy), policy, shared.findings);
    }
    const written: KeptPart = {
      ...(bytes === undefined ? streamed(source, shared) : octetsAsTheyAre(bytes, true, shared)),
      ...unchanged,
      fields: fieldsOf(writer, part),
      separator: read.separator,
    };
    return written;
  }
  if (origin !== undefined) {
    keepsOrigin("a part", faultInPart(origin, policy), policy, shared.findings);
    const { fields, body: octets, level, separator } = cut(origin, policy, shared);
    const written: WrittenPart & KeptPart = { fields, body: octets, level, ...unchanged };
    return separator === undefined ? written : { ...written, separator };
  }
  if (body.kind === "multipart" && body.framing !== undefined) {
    return framed(writer, part, body, body.framing);
  }
  return body.kind === "message" && isRead(part) ? around(writer, part, body.message) : undefined;
}

/** A body that is read when it is written: what it holds is not known before. */
function streamed(
  source: ByteSource | undefined,
  shared: Shared,
): Pick<WrittenPart, "body" | "level"> {
  const body = new Output();
  if (source !== undefined) body.add({ kind: "source", source, encoding: "identity" });
  requireLevel(shared, 1);
  return { body, level: 1 };
}

/** The fields as they were, and those that are new. One that the end of a message cut is closed before others. */
function fieldsOf(writer: TreeWriter, part: Part): readonly WrittenField[] {
  const written: WrittenField[] = [];
  part.fields.forEach((one, index) => {
    if (isHidden(one, writer.policy)) return;
    const origin = one.name === "" ? originOf(one) : undefined;
    if (one.name === "" && origin === undefined) return;
    if (origin !== undefined) {
      const found = faultInFields(origin, writer.policy);
      keepsOrigin("a line that is no field", found, writer.policy, writer.shared.findings);
    }
    const field = origin === undefined ? writer.fields.one(one) : originField(origin, "");
    if (!field.isAscii) require(writer.shared, "SMTPUTF8");
    const isLast = index === part.fields.length - 1;
    written.push(isLast ? field : ended(field, writer.policy));
  });
  return written;
}

/** Fields and body of a part, with what stood between them. */
function pushPart(output: Output, { fields, separator, body }: WrittenPart, policy: Policy): void {
  pushFields(output, fields, policy, separator ?? policy.lineEnd, false);
  output.append(body);
}

/** A message inside a message, with the fields around it. */
function around(writer: TreeWriter, part: Part, message: Part): WrittenPart {
  const inner = writer.part(message);
  const body = new Output();
  pushPart(body, inner, writer.policy);
  const isWhole = (inner as Partial<KeptPart>).isWhole === true;
  return {
    ...described(writer, part, isWhole ? 0 : inner.level, inner.level),
    body,
    level: inner.level,
  };
}

/** The fields as they were; with another encoding where new content asks for it (RFC 2045 §6.4). */
function described(
  writer: TreeWriter,
  part: Part,
  added: Level,
  level: Level,
): Pick<WrittenPart, "fields" | "separator"> {
  const declared = encodingIn(part);
  const isDeclared = added === 0 || declared === encodingOf(level) || declared === "binary";
  const separator = separatorOf(part);
  return {
    fields: isDeclared
      ? fieldsOf(writer, part)
      : writer.fields.described(part, typeIn(part), {}, encodingOf(level)),
    ...(separator === undefined || separator.length === 0 ? {} : { separator }),
  };
}

/** A multipart of which some parts are as they were: set apart as they were. */
function framed(
  writer: TreeWriter,
  part: Part,
  body: MultipartBody,
  framing: Framing,
): WrittenPart | undefined {
  const { policy } = writer;
  const type = typeIn(part);
  if (type?.parameters["boundary"]?.trimEnd() !== framing.boundary) return undefined;
  const isSigned = type.type === "multipart/signed";
  const frame = new Frame(framing, body, policy.lineEnd);
  let level: Level = 0;
  let added: Level = 0; // what parts ask for that are not as they were
  const { preamble, epilogue } = body;
  if (preamble === framing.preamble) frame.keep(preamble);
  else if (preamble !== undefined) added = writer.plainText(frame.output, preamble);
  const made: WrittenPart[] = [];
  body.parts.forEach((child, index) => {
    const written: WrittenPart & Partial<KeptPart> = writer.child(child, isSigned && index === 0);
    frame.delimit(child);
    pushPart(frame.output, written, policy);
    frame.leanOn(child, written.isLeanedOn === true);
    level = Math.max(level, written.level) as Level;
    if (written.isWhole === true) return;
    if (written.isLeanedOn !== true) added = Math.max(added, written.level) as Level;
    made.push(written);
  });
  frame.close();
  if (epilogue === framing.epilogue) frame.keep(epilogue);
  else if (epilogue !== undefined) {
    added = Math.max(added, writer.plainText(frame.output, epilogue)) as Level;
  }
  for (const one of made) refuseCollision(framing.boundary, one.body.pieces, 0);
  requireLevel(writer.shared, added);
  const result: KeptPart = {
    ...described(writer, part, added, level),
    body: frame.output,
    level,
    isLeanedOn: true,
    isWhole: false,
  };
  const separator = separatorOf(part);
  return separator === undefined ? result : { ...result, separator };
}
