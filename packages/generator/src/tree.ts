/** The parts of a message as pieces of output: bodies written, boundaries set, encodings chosen. */
import { isAscii, isAsciiBytes } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import {
  contentType,
  fieldOf,
  bodyOriginOf,
  needsUtf8Fields,
  originOf,
  type BytesBody,
  type ContentType,
  type Field,
  type FieldGroupsBody,
  type FieldUnit,
  type MessageBody,
  type MultipartBody,
  type Part,
  type Requirement,
  type TextBody,
  type TransferEncoding,
} from "@letterwright/message";
import { encodeBytes, encodeSource, encodeText, layoutOf, type EncodedBody } from "./body.ts";
import { assertBoundary, refuseCollision } from "./boundary.ts";
import {
  encodingField,
  encodingIn,
  isAsGiven,
  isDefault,
  typeIn,
  usualType,
  type Described,
} from "./content-fields.ts";
import { nameOf, writeField, writeUnits } from "./field-writer.ts";
import { checkField, faultInOctets } from "./gate.ts";
import { legacyName } from "./legacy-name.ts";
import { fieldsIn, headEnd } from "./origin-fields.ts";
import type { Findings } from "./findings.ts";
import { assemble, isInMemory, Output } from "./pieces.ts";
import type { Policy } from "./policy.ts";
import {
  lowerCase,
  originField,
  ownField,
  pushField,
  pushFields,
  type WrittenField,
} from "./written-field.ts";

/** Where the random part of boundaries comes from; asked for only when there is one. */
interface BoundarySeed {
  readonly boundarySeed: string;
}

/** What a body asks of its way: 0 for seven bits, 1 for eight, 2 for anything. */
export type Level = 0 | 1 | 2;

/** A part that is ready: its fields, its body, and what that asks of its way. */
export interface WrittenPart {
  readonly fields: readonly WrittenField[];
  readonly body: Output;
  readonly level: Level;
  /** What stands between its fields and its body; an empty line when nothing is said. */
  readonly separator?: Uint8Array;
}

const maxDepth = 256;
/** Fields that a policy may keep back: everyone would see them. */
export const hiddenNames: ReadonlySet<string> = new Set(["bcc", "resent-bcc"]);

/** Writes the parts of one message under one policy. */
export class TreeWriter {
  readonly requires: Set<Requirement> = new Set<Requirement>();
  readonly policy: Policy;
  private readonly seeds: BoundarySeed;
  readonly findings: Findings;
  private boundaries = 0;
  private depth = 0;

  constructor(policy: Policy, seeds: BoundarySeed, findings: Findings) {
    this.policy = policy;
    this.seeds = seeds;
    this.findings = findings;
  }

  /** @throws {UsageError} `MESSAGE_TOO_DEEP`, and what the body cannot be written for */
  part(part: Part): WrittenPart {
    if (++this.depth > maxDepth) {
      throw new UsageError(`the message has more than ${maxDepth} levels`, {
        code: "MESSAGE_TOO_DEEP",
        hint: "No mail program writes this; it was made to exhaust readers.",
      });
    }
    const written = this.body(part);
    this.depth--;
    return written;
  }

  /** The field as it is written, looked at once more. */
  field(one: Field, lower: string = lowerCase(one.name)): WrittenField {
    const origin = this.policy.origins === "never" ? undefined : originOf(one);
    if (origin !== undefined && this.keepsOrigin(origin, one.name, true)) {
      return { name: one.name, lower, text: "", origin };
    }
    return this.checked(nameOf(one, this.policy), lower, writeField(one, this.policy));
  }

  isHidden(lower: string): boolean {
    return !this.policy.writeBcc && hiddenNames.has(lower);
  }

  private checked(name: string, lower: string, text: string): WrittenField {
    const { lineEnd, utf8Fields, limits } = this.policy;
    checkField(text, { lineEnd, eightBit: utf8Fields });
    if (utf8Fields && !isAscii(text)) this.requires.add("SMTPUTF8");
    if (text.length > limits.headerLine + lineEnd.length) this.reportLongLines(name, text);
    return { name, lower, text };
  }

  private reportLongLines(name: string, text: string): void {
    const { headerLine } = this.policy.limits;
    let start = 0;
    for (let feed = text.indexOf("\n"); feed !== -1; feed = text.indexOf("\n", start)) {
      const end = text.charCodeAt(feed - 1) === 0x0d ? feed - 1 : feed;
      if (end - start > headerLine) {
        this.findings.report(
          "FIELD_LINE_LONG",
          `a line of ${name} exceeds ${headerLine} and cannot be folded`,
        );
        return;
      }
      start = feed + 1;
    }
  }

  private body(part: Part): WrittenPart {
    const kept = this.policy.origins === "never" ? undefined : this.kept(part);
    if (kept !== undefined) return kept;
    const { body } = part;
    switch (body.kind) {
      case "text":
        return this.text(part, body);
      case "bytes":
        return this.bytes(part, body);
      case "multipart":
        return this.multipart(part, body);
      case "message":
        return this.message(part, body);
      case "field-groups":
        return this.fieldGroups(part, body);
    }
  }

  /** What was read and can be written as it was. */
  private kept(part: Part): WrittenPart | undefined {
    const { pieces } = this.policy;
    if (pieces !== undefined) return pieces.keep(this, part) as WrittenPart | undefined;
    const origin = originOf(part);
    const isKept = origin !== undefined && isWellFormed(part) && this.keepsOrigin(origin, "a part");
    return isKept ? this.fromOrigin(origin) : undefined;
  }

  /** Whether these octets go out as they are: always, or when this policy could have written them. */
  keepsOrigin(bytes: Uint8Array, what: string, isField = false): boolean {
    const { lineEnd, transferEncoding, utf8Fields, origins } = this.policy;
    // Octets above 127 in a field ask for SMTPUTF8 (RFC 6532 §3.2) and not for 8BITMIME.
    const eightBit = utf8Fields || (!isField && transferEncoding !== "7bit");
    const found = faultInOctets(bytes, { lineEnd, eightBit });
    const isKept = found === undefined || origins === "always";
    if (isKept && isField && !isAsciiBytes(bytes)) this.requires.add("SMTPUTF8");
    if (found !== undefined) {
      this.findings.report(
        isKept ? "ORIGIN_IRREGULAR" : "ORIGIN_REWRITTEN",
        `${what} holds ${found}, and is ${isKept ? "passed on" : "written anew"}`,
      );
    }
    return isKept;
  }

  private fromOrigin(bytes: Uint8Array): WrittenPart {
    const { end, next } = headEnd(bytes);
    const head = bytes.subarray(0, end);
    if (!isAsciiBytes(head)) this.requires.add("SMTPUTF8");
    const body = new Output();
    body.add({ kind: "bytes", bytes: bytes.subarray(next) });
    const level = isAsciiBytes(bytes.subarray(next)) ? 0 : 1;
    this.require(level);
    return { fields: fieldsIn(head).map(originField), body, level };
  }

  private text(part: Part, body: TextBody): WrittenPart {
    const type = typeIn(part);
    const isPlain = type === undefined || type.type === "text/plain";
    const encoded = encodeText(body, encodingIn(part), this.policy, isPlain);
    const charset = encoded.charset as string;
    const parameters = encoded.isFlowed === true ? { charset, format: "flowed" } : { charset };
    return this.leaf(part, encoded, type ?? { type: "text/plain", parameters: {} }, parameters);
  }

  private bytes(part: Part, { source }: BytesBody): WrittenPart {
    const type = typeIn(part);
    const name = type?.type ?? "text/plain";
    const declared = encodingIn(part);
    const isMessage = name.startsWith("message/");
    if (isMessage && (declared === undefined || !isEncoding(declared))) {
      return this.plainBytes(part, name, source.bytes, type);
    }
    const encoded =
      source.bytes === undefined
        ? encodeSource(source, declared, this.policy)
        : encodeBytes(source.bytes, name, declared, this.policy);
    return this.leaf(part, encoded, type, {});
  }

  /**
   * RFC 2046 §5.2.1: a message inside a message is never encoded; but message/global may be, where eight
   * bits cannot pass (RFC 6532 §3.7).
   */
  private plainBytes(
    part: Part,
    name: string,
    bytes: Uint8Array | undefined,
    type: ContentType | undefined,
  ): WrittenPart {
    const { lineEnd, transferEncoding } = this.policy;
    let found: string | undefined = "content that is not in memory";
    if (bytes !== undefined) {
      found = faultInOctets(bytes, { lineEnd, eightBit: transferEncoding !== "7bit" });
      const plain = isAsciiBytes(bytes) ? "7bit" : "8bit";
      const encoded: EncodedBody = { piece: { kind: "bytes", bytes }, encoding: plain };
      if (found === undefined) return this.leaf(part, encoded, type, {});
      if (name === "message/global") return this.leaf(part, inBase64(bytes), type, {});
    }
    throw new UsageError(`a part of type ${name} cannot be written as it is: ${found}`, {
      code: "MESSAGE_PART_NOT_PLAIN",
      hint: "A message inside a message may not be encoded (RFC 2046 §5.2.1): it has to be in memory, with CRLF lines of at most 998 octets, in ASCII. Or attach it as application/octet-stream.",
    });
  }

  private leaf(
    part: Part,
    encoded: EncodedBody,
    type: ContentType | undefined,
    parameters: Described,
  ): WrittenPart {
    const body = new Output();
    body.add(encoded.piece);
    const level = encoded.encoding === "binary" ? 2 : encoded.encoding === "8bit" ? 1 : 0;
    this.require(level);
    return { fields: this.described(part, type, parameters, encoded.encoding), body, level };
  }

  require(level: Level): void {
    if (level === 1) this.requires.add("8BITMIME");
    if (level === 2) this.requires.add("BINARYMIME");
  }

  /** A message inside a message is written as it is, by the policy of the whole. */
  private message(part: Part, { message }: MessageBody): WrittenPart {
    const { policy } = this;
    if (!policy.utf8Fields && needsUtf8Fields(message)) return this.globalMessage(part, message);
    const inner = this.part(message);
    const fields = inner.fields.filter(({ lower }) => !this.isHidden(lower));
    if (!fields.some(({ lower }) => lower === "mime-version")) {
      fields.unshift(ownField("MIME-Version", "1.0", policy));
    }
    const body = new Output();
    pushFields(body, fields, policy);
    body.append(inner.body);
    return {
      fields: this.described(part, typeIn(part), {}, encodingOf(inner.level)),
      body,
      level: inner.level,
    };
  }

  /** RFC 6532 §3.7: message/global in base64, where its fields cannot pass in UTF-8. */
  private globalMessage(part: Part, message: Part): WrittenPart {
    const wide = this.policy.with({ utf8Fields: true, transferEncoding: "8bit" });
    const inner = new TreeWriter(wide, this.seeds, this.findings);
    const written = inner.message(part, { kind: "message", message });
    if (!isInMemory(written.body.pieces)) {
      throw new UsageError(
        "a message inside this one needs UTF-8 and has content that is not in memory",
        {
          code: "MESSAGE_PART_NOT_PLAIN",
          hint: "Read the content into memory first, or send it where SMTPUTF8 is offered.",
        },
      );
    }
    const bytes = assemble(written.body.pieces, layoutOf(wide));
    return this.leaf(part, inBase64(bytes), typeIn(part), {});
  }

  private fieldGroups(part: Part, { groups }: FieldGroupsBody): WrittenPart {
    const body = new Output();
    groups.forEach((fields, index) => {
      if (index > 0) body.ascii(this.policy.lineEnd);
      for (const one of fields) pushField(body, this.field(one));
    });
    const level = body.pieces.some(({ kind }) => kind === "utf8") ? 1 : 0;
    return {
      fields: this.described(part, typeIn(part), {}, encodingOf(level)),
      body,
      level,
    };
  }

  private multipart(part: Part, body: MultipartBody): WrittenPart {
    const type = typeIn(part) ?? { type: "multipart/mixed", parameters: {} };
    const given = type.parameters["boundary"];
    const boundary = given ?? this.nextBoundary();
    const isSigned = type.type === "multipart/signed";
    const children = body.parts.map((child, index) => this.child(child, isSigned && index === 0));
    const { lineEnd } = this.policy;
    const output = new Output();
    let level: Level = 0;
    const { preamble, epilogue } = body;
    if (preamble !== undefined) level = this.plainText(output, preamble);
    children.forEach((child, index) => {
      const lead = index === 0 && preamble === undefined ? "" : lineEnd;
      output.ascii(`${lead}--${boundary}${lineEnd}`);
      pushFields(output, child.fields, this.policy);
      output.append(child.body);
      level = Math.max(level, child.level) as Level;
    });
    output.ascii(`${lineEnd}--${boundary}--${lineEnd}`);
    if (epilogue !== undefined) level = Math.max(level, this.plainText(output, epilogue)) as Level;
    if (given !== undefined) refuseCollision(given, children);
    this.require(level);
    // RFC 2045 §6.4: a multipart says what its parts need at least.
    return {
      fields: this.described(part, type, { boundary }, encodingOf(level)),
      body: output,
      level,
    };
  }

  /** What is signed travels in seven bits, so that nothing on the way has to change it (RFC 1847 §2.1). */
  child(child: Part, isSigned: boolean): WrittenPart {
    if (!isSigned || this.policy.transferEncoding === "7bit") return this.part(child);
    const narrow = new TreeWriter(
      this.policy.with({ transferEncoding: "7bit" }),
      { boundarySeed: `s${this.seeds.boundarySeed}` },
      this.findings,
    );
    narrow.depth = this.depth;
    return narrow.part(child);
  }

  /** The number stands before the digits: no boundary is the beginning of another. "=_" can stand in neither
   * base64 nor quoted-printable. */
  private nextBoundary(): string {
    const number = this.boundaries++;
    const { boundarySeed } = this.seeds;
    const made = this.policy.boundary?.(number, boundarySeed);
    return made === undefined ? `=_${number}_${boundarySeed}` : assertBoundary(made);
  }

  /** Text around the parts, which nothing encodes (RFC 2046 §5.1.1). */
  plainText(output: Output, bytes: Uint8Array): Level {
    const { lineEnd, transferEncoding } = this.policy;
    const found = faultInOctets(bytes, { lineEnd, eightBit: transferEncoding !== "7bit" });
    if (found === undefined) {
      output.add({ kind: "bytes", bytes });
      return isAsciiBytes(bytes) ? 0 : 1;
    }
    throw new UsageError(`a preamble or epilogue cannot be written as it is: ${found}`, {
      code: "PREAMBLE_NOT_PLAIN",
      hint: "Lines of at most 998 ASCII characters that end with CRLF: nothing encodes it (RFC 2046 §5.1.1).",
    });
  }

  /** The part's fields with what was decided about its body. */
  described(
    part: Part,
    type: ContentType | undefined,
    parameters: Described,
    encoding: TransferEncoding,
  ): readonly WrittenField[] {
    const written: WrittenField[] = [];
    let hasType = false;
    let hasEncoding = false;
    for (const one of part.fields) {
      const lower = lowerCase(one.name);
      if (lower === "content-type" && type !== undefined) {
        if (!hasType) written.push(this.typeField(one, part, type, parameters));
        hasType = true;
      } else if (lower === "content-transfer-encoding") {
        // RFC 2045 §6.1: 7bit is what the absence of the field means, and may be said.
        if (!hasEncoding) written.push(encodingField(encoding, this.policy));
        hasEncoding = true;
      } else if (one.name === "") {
        this.findings.report("ORIGIN_REWRITTEN", "a line that is no field is left out");
      } else if (!this.isHidden(lower)) written.push(this.field(one, lower));
    }
    if (!hasType && type !== undefined && !isDefault(type, parameters)) {
      const all = { ...type.parameters, ...parameters };
      written.push(this.field(fieldOf(contentType, { type: type.type, parameters: all })));
    }
    if (!hasEncoding && encoding !== "7bit") written.push(encodingField(encoding, this.policy));
    return written;
  }

  private typeField(
    one: Field,
    part: Part,
    type: ContentType,
    parameters: Described,
  ): WrittenField {
    const { policy } = this;
    const name = nameOf(one, policy);
    if (originOf(one) !== undefined && isAsGiven(type, parameters)) return this.field(one);
    const usual = usualType(name, type, parameters, policy);
    if (usual !== undefined) return this.checked(name, "content-type", usual);
    const all: Readonly<Record<string, string>> = { ...type.parameters, ...parameters };
    const names = Object.keys(all);
    const units: FieldUnit[] = [{ kind: "token", text: type.type }];
    for (const parameter of names) {
      units.push({ kind: "parameter", name: parameter, value: all[parameter] as string });
    }
    if (policy.legacyFileNames) units.push(...legacyName(part, all));
    return this.checked(name, "content-type", writeUnits(name, units, policy));
  }
}

/** Whether fields and body of a part that was read are told apart by an empty line, as every reader does. */
function isWellFormed({ fields, body }: Part): boolean {
  const read = bodyOriginOf(body);
  const isApart = read === undefined || read.separator.length > 0 || read.bytes.length === 0;
  return isApart && fields.every(({ name }) => name !== "");
}

function inBase64(bytes: Uint8Array): EncodedBody {
  return { piece: { kind: "base64", bytes }, encoding: "base64" };
}

export function encodingOf(level: Level): TransferEncoding {
  return level === 2 ? "binary" : level === 1 ? "8bit" : "7bit";
}

function isEncoding(declared: TransferEncoding): boolean {
  return declared === "base64" || declared === "quoted-printable";
}
