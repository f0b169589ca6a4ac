/** The parts of a message as pieces of output: boundaries set, parts inside parts, what was read as it was. */
import { isAsciiBytes } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import {
  contentTransferEncoding,
  contentType,
  findField,
  isNamed,
  needsUtf8Fields,
  originOf,
  type Body,
  type FieldGroupsBody,
  type MessageBody,
  type MultipartBody,
  type Part,
} from "@letterwright/message";
import { asItWas } from "./as-it-was.ts";
import { inBase64, layoutOf } from "./body.ts";
import { isToBeLookedFor, nextBoundary, refuseCollision } from "./boundaries.ts";
import { typeIn } from "./content-fields.ts";
import { faultInOctets } from "./gate.ts";
import {
  bytesLeaf,
  encodingOf,
  levelOf,
  notPlain,
  textLeaf,
  type Leaf,
  type Level,
} from "./leaves.ts";
import { faultInPart } from "./origins.ts";
import { PartFields } from "./part-fields.ts";
import { assemble, isInMemory, Output } from "./pieces.ts";
import type { Policy } from "./policy.ts";
import { mimeVersion, ownField, pushFields, type WrittenField } from "./written-field.ts";
import { requireLevel, sharedBy, type Shared, type WrittenPart } from "./written-part.ts";

const maxDepth = 256;

/** Writes parts under one policy. */
export class TreeWriter {
  readonly policy: Policy;
  readonly shared: Shared;
  readonly fields: PartFields;
  /** Whether a signature is over what is written. */
  private readonly isSigned: boolean;

  constructor(policy: Policy, shared: Shared, isSigned = false) {
    this.policy = policy;
    this.shared = shared;
    this.isSigned = isSigned;
    this.fields = new PartFields(policy, shared);
  }

  /** @throws {UsageError} `MESSAGE_TOO_DEEP`, and what the body cannot be written for */
  part(part: Part): WrittenPart {
    if (++this.shared.depth > maxDepth) {
      throw new UsageError(`the message has more than ${maxDepth} levels`, {
        code: "MESSAGE_TOO_DEEP",
        hint: "No mail program writes this; it was made to exhaust readers.",
      });
    }
    const written = this.kept(part) ?? this.body(part, part.body);
    this.shared.depth--;
    return written;
  }

  /** What was read and can be written as it was. */
  private kept(part: Part): WrittenPart | undefined {
    const { policy, shared, fields } = this;
    if (policy.pieces === undefined) return asItWas(part, policy, shared, fields);
    return policy.pieces.keep(this, part) as WrittenPart | undefined;
  }

  private body(part: Part, body: Body): WrittenPart {
    switch (body.kind) {
      case "text":
        return this.leaf(part, textLeaf(part, body, this.policy, this.isSigned));
      case "bytes":
        return this.leaf(part, bytesLeaf(part, body, this.policy));
      case "multipart":
        return this.multipart(part, body);
      case "message":
        return this.message(part, body);
      case "field-groups":
        return this.fieldGroups(part, body);
    }
  }

  private leaf(part: Part, { encoded, type, parameters }: Leaf): WrittenPart {
    const body = new Output(encoded.piece);
    const level = levelOf(encoded.encoding);
    requireLevel(this.shared, level);
    const fields = this.fields.described(part, type, parameters, encoded.encoding);
    return { fields, body, level };
  }

  /**
   * A message inside a message is written as it is, by the policy of the whole; but only message/global has
   * fields in UTF-8 (RFC 6532 §3.7), and it is for messages that cannot do without.
   */
  private message(part: Part, { message }: MessageBody): WrittenPart {
    const { policy, shared } = this;
    const needsUtf8 = needsUtf8Fields(message);
    if (needsUtf8 && !policy.utf8Fields) return this.globalMessage(part, message);
    const isWide = policy.utf8Fields && !needsUtf8;
    const writer = isWide
      ? new TreeWriter(policy.with({ utf8Fields: false }), shared, this.isSigned)
      : this;
    return this.around(part, writer.enclosed(message));
  }

  /** A message in the place of a body. */
  private enclosed(message: Part): { readonly body: Output; readonly level: Level } {
    const { policy } = this;
    const inner = this.part(message);
    const body = new Output();
    if (inner.origin !== undefined) {
      body.add({ kind: "bytes", bytes: inner.origin });
      return { body, level: isAsciiBytes(inner.origin) ? inner.level : atLeast(1, inner.level) };
    }
    const fields = [...inner.fields];
    if (!fields.some((one) => isNamed(one, mimeVersion))) {
      fields.unshift(ownField(mimeVersion, "1.0", policy));
    }
    pushFields(body, fields, policy, policy.lineEnd);
    body.append(inner.body);
    return { body, level: levelWith(fields, inner.level) };
  }

  private around(
    part: Part,
    { body, level }: { readonly body: Output; readonly level: Level },
  ): WrittenPart {
    requireLevel(this.shared, level);
    const fields = this.fields.described(part, typeIn(part), {}, encodingOf(level));
    return { fields, body, level };
  }

  /** RFC 6532 §3.7: message/global in base64, where its fields cannot pass in UTF-8. */
  private globalMessage(part: Part, message: Part): WrittenPart {
    const { findings, seed, depth } = this.shared;
    const wide = this.policy.with({ utf8Fields: true, transferEncoding: "8bit" });
    const shared: Shared = { ...sharedBy(seed, findings), depth };
    const { pieces } = new TreeWriter(wide, shared, this.isSigned).enclosed(message).body;
    if (!isInMemory(pieces)) {
      throw notPlain("message/global", "content that is not in memory");
    }
    const encoded = inBase64(assemble(pieces, layoutOf(wide)));
    return this.leaf(part, { encoded, type: typeIn(part), parameters: {} });
  }

  private fieldGroups(part: Part, { groups }: FieldGroupsBody): WrittenPart {
    const body = new Output();
    let level: Level = 0;
    groups.forEach((fields, index) => {
      if (index > 0) body.ascii(this.policy.lineEnd);
      for (const one of fields) {
        const written = this.fields.one(one);
        pushFields(body, [written], this.policy, "");
        if (!written.isAscii) level = 1;
      }
    });
    return this.around(part, { body, level });
  }

  private multipart(part: Part, body: MultipartBody): WrittenPart {
    const { lineEnd } = this.policy;
    const type = typeIn(part) ?? { type: "multipart/mixed", parameters: {} };
    if (body.parts.length === 0) {
      throw new UsageError(`${type.type} has no part`, {
        code: "MULTIPART_EMPTY",
        hint: "A multipart holds at least one part (RFC 2046 §5.1.1).",
      });
    }
    const given = type.parameters["boundary"];
    const wasRead = given !== undefined && findField(part, contentType)?.wire !== undefined;
    const boundary = nextBoundary(this.shared, this.policy, given, wasRead);
    const output = new Output();
    let level: Level = 0;
    const { preamble, epilogue } = body;
    if (preamble !== undefined) level = this.plainText(output, preamble);
    const isSigned = type.type === "multipart/signed";
    const isForm = type.type === "multipart/form-data" && this.policy.transferEncoding === "binary";
    body.parts.forEach((child, index) => {
      const written = this.child(child, isSigned && index === 0);
      const lead = index === 0 && preamble === undefined ? "" : lineEnd;
      output.ascii(`${lead}--${boundary}${lineEnd}`);
      pushPart(output, isForm ? withoutEncoding(written) : written, this.policy);
      level = atLeast(level, levelWith(written.fields, written.level));
    });
    output.ascii(`${lineEnd}--${boundary}--${lineEnd}`);
    if (epilogue !== undefined) level = atLeast(level, this.plainText(output, epilogue));
    if (isToBeLookedFor(given, this.policy)) {
      refuseCollision(boundary, output.pieces, body.parts.length + 1);
    }
    requireLevel(this.shared, level);
    // RFC 2045 §6.4: a multipart says what its parts need at least.
    const fields = this.fields.described(part, type, { boundary }, encodingOf(level));
    return { fields, body: output, level };
  }

  /**
   * What is signed travels in seven bits, so that nothing on the way has to change it (RFC 1847 §2.1); what was
   * signed before, as it is.
   */
  child(child: Part, isSigned: boolean): WrittenPart {
    if (!isSigned) return this.part(child);
    const { policy, shared } = this;
    const ready = originOf(child);
    if (ready !== undefined && policy.origins !== "never") {
      const found = policy.origins === "always" ? undefined : faultInPart(ready, policy);
      if (found !== undefined) throw signedUnsendable(found);
      return this.part(child);
    }
    const narrow =
      policy.transferEncoding === "7bit" ? policy : policy.with({ transferEncoding: "7bit" });
    return new TreeWriter(narrow, shared, true).part(child);
  }

  /** Text around the parts, which nothing encodes (RFC 2046 §5.1.1). */
  plainText(output: Output, bytes: Uint8Array): Level {
    const { lineEnd, transferEncoding, origins } = this.policy;
    const found = faultInOctets(bytes, { lineEnd, eightBit: transferEncoding !== "7bit" });
    if (found === undefined || origins === "always") {
      output.add({ kind: "bytes", bytes });
      return isAsciiBytes(bytes) ? 0 : 1;
    }
    throw new UsageError(`a preamble or epilogue cannot be written as it is: ${found}`, {
      code: "PREAMBLE_NOT_PLAIN",
      hint: "Lines of at most 998 ASCII characters that end with CRLF: nothing encodes it (RFC 2046 §5.1.1).",
    });
  }
}

function pushPart(output: Output, { fields, body, origin }: WrittenPart, policy: Policy): void {
  if (origin !== undefined) {
    output.add({ kind: "bytes", bytes: origin });
    return;
  }
  pushFields(output, fields, policy, policy.lineEnd);
  output.append(body);
}

/** RFC 7578 §4.7: HTTP carries any octet, and its forms do not say so. */
function withoutEncoding(part: WrittenPart): WrittenPart {
  const fields = part.fields.filter(
    (one) => !isNamed(one, contentTransferEncoding.name) || /base64|quoted/.test(one.text),
  );
  return { ...part, fields };
}

/** Fields beyond ASCII are eight bits in the body around them. */
function levelWith(fields: readonly WrittenField[], level: Level): Level {
  return level === 0 && fields.some(({ isAscii }) => !isAscii) ? 1 : level;
}

function atLeast(one: Level, other: Level): Level {
  return one > other ? one : other;
}

function signedUnsendable(found: string): UsageError {
  return new UsageError(`what was signed cannot be sent as it is: it holds ${found}`, {
    code: "SIGNED_PART_NOT_SENDABLE",
    hint: "Writing it anew would break the signature. Send it where 8BITMIME or SMTPUTF8 is offered, or attach the message as application/octet-stream.",
  });
}
