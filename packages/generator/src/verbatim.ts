/**
 * What was read is passed on octet for octet, whatever it holds; where something in it was changed, all the rest.
 *
 * A policy carries this, so that a program that only composes does not.
 */
import { ascii, concatBytes, isAsciiBytes } from "@letterwright/base/bytes";
import {
  bodyOriginOf,
  originOf,
  separatorOf,
  type Field,
  type Fields,
  type Framing,
  type MultipartBody,
  type Part,
} from "@letterwright/message";
import { refuseCollision } from "./boundary.ts";
import { encodingIn, typeIn } from "./content-fields.ts";
import { Frame } from "./frame.ts";
import { faultInOctets } from "./gate.ts";
import { fieldsIn, headEnd } from "./origin-fields.ts";
import { Output } from "./pieces.ts";
import { smtpPolicy, type Policy } from "./policy.ts";
import { encodingOf, type Level, type TreeWriter, type WrittenPart } from "./tree.ts";
import { lowerCase, originField, pushField, type WrittenField } from "./written-field.ts";

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

function kept(writer: TreeWriter, part: Part): WrittenPart | undefined {
  const { body } = part;
  const origin = originOf(part);
  const read = bodyOriginOf(body);
  const isSame = read !== undefined && describeAlike(part.fields, read.fields);
  if (isSame) {
    writer.keepsOrigin(read.bytes, "a body"); // says what is irregular
    return {
      ...octets(writer, read.bytes),
      fields: fieldsOf(writer, part),
      separator: read.separator,
    };
  }
  if (origin !== undefined) {
    writer.keepsOrigin(origin, "a part");
    const { end, next } = headEnd(origin);
    const fields = fieldsIn(origin.subarray(0, end)).map(originField);
    return {
      ...octets(writer, origin.subarray(next)),
      fields,
      separator: origin.subarray(end, next),
    };
  }
  if (body.kind === "multipart" && body.framing !== undefined) {
    return framed(writer, part, body, body.framing);
  }
  return body.kind === "message" && isRead(part) ? around(writer, part, body.message) : undefined;
}

function octets(writer: TreeWriter, bytes: Uint8Array): Omit<KeptPart, "fields"> {
  const body = new Output();
  if (bytes.length > 0) body.add({ kind: "bytes", bytes });
  const isBinary = faultInOctets(bytes, { lineEnd: "\r\n", eightBit: true }) !== undefined;
  const level = isBinary ? 2 : isAsciiBytes(bytes) ? 0 : 1;
  writer.require(level);
  return { body, level, isLeanedOn: true, isWhole: true };
}

/** The fields as they were, and those that are new. One that the end of a message cut is closed before others. */
function fieldsOf(writer: TreeWriter, part: Part): readonly WrittenField[] {
  const written: WrittenField[] = [];
  part.fields.forEach((one, index) => {
    const lower = lowerCase(one.name);
    if (writer.isHidden(lower)) return;
    const origin = one.name === "" ? originOf(one) : undefined;
    if (one.name === "" && origin === undefined) return;
    if (origin !== undefined) writer.keepsOrigin(origin, "a line that is no field", true);
    const field: WrittenField =
      origin === undefined ? writer.field(one, lower) : { name: "", lower, text: "", origin };
    const isOpen = field.origin !== undefined && field.origin.at(-1) !== 0x0a;
    const isLast = index === part.fields.length - 1;
    const lineEnd = ascii(writer.policy.lineEnd);
    written.push(
      isOpen && !isLast ? { ...field, origin: concatBytes([field.origin, lineEnd]) } : field,
    );
  });
  return written;
}

/** Fields and body of a part, with what stood between them. */
function pushPart(output: Output, { fields, separator, body }: WrittenPart, policy: Policy): void {
  for (const one of fields) pushField(output, one);
  if (separator === undefined) output.ascii(policy.lineEnd);
  else if (separator.length > 0) output.add({ kind: "bytes", bytes: separator });
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
      : writer.described(part, typeIn(part), {}, encodingOf(level)),
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
  refuseCollision(framing.boundary, made);
  writer.require(added);
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

/** Whether these fields let a body mean what it meant under the others: the same type, the same encoding. */
function describeAlike(fields: Fields, others: Fields): boolean {
  const own = fields.filter(describesBody);
  const theirs = others.filter(describesBody);
  return own.length === theirs.length && own.every((one, index) => one === theirs[index]);
}

function describesBody({ name }: Field): boolean {
  const lower = name.toLowerCase();
  return lower === "content-type" || lower === "content-transfer-encoding";
}
