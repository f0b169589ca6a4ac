/** The parts of a message as pieces of output: fields written, boundaries set, encodings chosen. */
import { isAscii, isAsciiBytes, octetText } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { isBoundary } from "@letterwright/base/grammar";
import {
  contentDisposition,
  contentTransferEncoding,
  contentType,
  field,
  fieldOf,
  needsUtf8Fields,
  originOf,
  type BytesBody,
  type ContentType,
  type Field,
  type FieldGroupsBody,
  type Fields,
  type FieldUnit,
  type MessageBody,
  type MultipartBody,
  type Part,
  type Requirement,
  type TextBody,
  type TransferEncoding,
} from "@letterwright/message";
import { encodeBytes, encodeSource, encodeText, layoutOf, type EncodedBody } from "./body.ts";
import { cheaperEncoding, takeEncodedWord } from "./encoded-word.ts";
import { nameOf, writeField, writeUnits } from "./field-writer.ts";
import { checkField, faultInOctets } from "./gate.ts";
import type { Findings } from "./findings.ts";
import { assemble, isInMemory, Output } from "./pieces.ts";
import type { Policy } from "./policy.ts";

/** One field as it is written. */
export interface WrittenField {
  readonly name: string;
  readonly text: string;
  /** Octets that it was read from and that are written instead of `text`. */
  readonly origin?: Uint8Array;
}

/** What a body asks of its way: 0 for seven bits, 1 for eight, 2 for anything. */
type Level = 0 | 1 | 2;

/** A part that is ready: its fields, its body, and what that asks of its way. */
export interface WrittenPart {
  readonly fields: readonly WrittenField[];
  readonly body: Output;
  readonly level: Level;
}

const maxDepth = 256;
const hiddenNames: ReadonlySet<string> = new Set(["bcc", "resent-bcc"]);

/** Writes the parts of one message under one policy. */
export class TreeWriter {
  readonly requires = new Set<Requirement>();
  private readonly policy: Policy;
  private readonly seed: () => string;
  private readonly findings: Findings;
  private boundaries = 0;
  private depth = 0;

  constructor(policy: Policy, seed: () => string, findings: Findings) {
    this.policy = policy;
    this.seed = seed;
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
  field(one: Field): WrittenField {
    const origin = this.policy.origins === "never" ? undefined : originOf(one);
    if (origin !== undefined && this.keepsOrigin(origin, one.name)) {
      return { name: one.name, text: "", origin };
    }
    return this.checked(nameOf(one, this.policy), writeField(one, this.policy));
  }

  /** The fields but those that only the envelope may know. */
  fields(fields: Fields): WrittenField[] {
    const written: WrittenField[] = [];
    for (const one of fields) if (!this.isHidden(one)) written.push(this.field(one));
    return written;
  }

  isHidden(one: Field): boolean {
    return !this.policy.writeBcc && hiddenNames.has(one.name.toLowerCase());
  }

  private checked(name: string, text: string): WrittenField {
    const { lineEnd, utf8Fields, limits } = this.policy;
    checkField(text, { lineEnd, eightBit: utf8Fields });
    if (utf8Fields && !isAscii(text)) this.requires.add("SMTPUTF8");
    if (text.length > limits.headerLine + lineEnd.length) this.reportLongLines(name, text);
    return { name, text };
  }

  private reportLongLines(name: string, text: string): void {
    const { headerLine } = this.policy.limits;
    if (text.split(/\r?\n/).some((line) => line.length > headerLine)) {
      this.findings.report(
        "FIELD_LINE_LONG",
        `a line of ${name} exceeds ${headerLine} and cannot be folded`,
      );
    }
  }

  private body(part: Part): WrittenPart {
    const origin = this.policy.origins === "never" ? undefined : originOf(part);
    if (origin !== undefined && this.keepsOrigin(origin, "a part")) return this.fromOrigin(origin);
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

  /** Whether these octets go out as they are: always, or when this policy could have written them. */
  private keepsOrigin(bytes: Uint8Array, what: string): boolean {
    const { lineEnd, transferEncoding, utf8Fields, origins } = this.policy;
    const eightBit = transferEncoding !== "7bit" || utf8Fields;
    const found = faultInOctets(bytes, { lineEnd, eightBit });
    if (found === undefined) return true;
    if (origins === "always") {
      this.findings.report("ORIGIN_IRREGULAR", `${what} is passed on with ${found}`);
      return true;
    }
    this.findings.report(
      "ORIGIN_REWRITTEN",
      `${what} cannot be passed on with ${found}, and is written anew`,
    );
    return false;
  }

  private fromOrigin(bytes: Uint8Array): WrittenPart {
    const { end, next } = headEnd(bytes);
    const body = new Output();
    body.add({ kind: "bytes", bytes: bytes.subarray(next) });
    const level = isAsciiBytes(bytes.subarray(next)) ? 0 : 1;
    if (level === 1) this.requires.add("8BITMIME");
    const head = bytes.subarray(0, end);
    return {
      fields: fieldsIn(head).map((origin) => ({ name: nameIn(origin), text: "", origin })),
      body,
      level,
    };
  }

  private text(part: Part, body: TextBody): WrittenPart {
    const type = field(part, contentType);
    const isPlain = type === undefined || type.type === "text/plain";
    const encoded = encodeText(body, field(part, contentTransferEncoding), this.policy, isPlain);
    const charset = encoded.charset as string;
    const parameters = encoded.isFlowed === true ? { charset, format: "flowed" } : { charset };
    return this.leaf(part, encoded, type ?? { type: "text/plain", parameters: {} }, parameters);
  }

  private bytes(part: Part, { source }: BytesBody): WrittenPart {
    const type = field(part, contentType);
    const name = type?.type ?? "text/plain";
    const declared = field(part, contentTransferEncoding);
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
    const ascii = bytes !== undefined && isAsciiBytes(bytes);
    const eightBit = transferEncoding !== "7bit";
    const found =
      bytes === undefined
        ? "content that is not in memory"
        : faultInOctets(bytes, { lineEnd, eightBit });
    if (bytes !== undefined && found === undefined) {
      return this.leaf(
        part,
        { piece: { kind: "bytes", bytes }, encoding: ascii ? "7bit" : "8bit" },
        type,
        {},
      );
    }
    if (bytes !== undefined && name === "message/global") {
      return this.leaf(part, { piece: { kind: "base64", bytes }, encoding: "base64" }, type, {});
    }
    throw new UsageError(`a part of type ${name} cannot be written as it is: ${found ?? ""}`, {
      code: "MESSAGE_PART_NOT_PLAIN",
      hint: "A message inside a message may not be encoded (RFC 2046 §5.2.1): it has to be in memory, with CRLF lines of at most 998 octets, in ASCII. Or attach it as application/octet-stream.",
    });
  }

  private leaf(
    part: Part,
    encoded: EncodedBody,
    type: ContentType | undefined,
    parameters: Readonly<Record<string, string>>,
  ): WrittenPart {
    const body = new Output();
    body.add(encoded.piece);
    const level = encoded.encoding === "binary" ? 2 : encoded.encoding === "8bit" ? 1 : 0;
    this.require(level);
    return { fields: this.described(part, type, parameters, encoded.encoding), body, level };
  }

  private require(level: Level): void {
    if (level === 1) this.requires.add("8BITMIME");
    if (level === 2) this.requires.add("BINARYMIME");
  }

  /** A message inside a message is written as it is, by the policy of the whole. */
  private message(part: Part, { message }: MessageBody): WrittenPart {
    const { policy } = this;
    if (!policy.utf8Fields && needsUtf8Fields(message)) return this.globalMessage(part, message);
    const inner = this.part(message);
    const fields = inner.fields.filter(
      ({ name }) => policy.writeBcc || !hiddenNames.has(name.toLowerCase()),
    );
    if (!fields.some(({ name }) => name.toLowerCase() === "mime-version")) {
      fields.unshift({ name: "MIME-Version", text: `MIME-Version: 1.0${policy.lineEnd}` });
    }
    const body = new Output();
    pushFields(body, fields, policy);
    body.append(inner.body);
    return {
      fields: this.described(part, field(part, contentType), {}, encodingOf(inner.level)),
      body,
      level: inner.level,
    };
  }

  /** RFC 6532 §3.7: message/global in base64, where its fields cannot pass in UTF-8. */
  private globalMessage(part: Part, message: Part): WrittenPart {
    const wide = this.policy.with({ utf8Fields: true, transferEncoding: "8bit" });
    const inner = new TreeWriter(wide, this.seed, this.findings);
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
    return this.leaf(
      part,
      { piece: { kind: "base64", bytes }, encoding: "base64" },
      field(part, contentType),
      {},
    );
  }

  private fieldGroups(part: Part, { groups }: FieldGroupsBody): WrittenPart {
    const body = new Output();
    groups.forEach((fields, index) => {
      if (index > 0) body.ascii(this.policy.lineEnd);
      for (const one of fields) pushField(body, this.field(one));
    });
    const level = body.pieces.some(({ kind }) => kind === "utf8") ? 1 : 0;
    return {
      fields: this.described(part, field(part, contentType), {}, encodingOf(level)),
      body,
      level,
    };
  }

  private multipart(part: Part, body: MultipartBody): WrittenPart {
    const type = field(part, contentType) ?? { type: "multipart/mixed", parameters: {} };
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
  private child(child: Part, isSigned: boolean): WrittenPart {
    if (!isSigned || this.policy.transferEncoding === "7bit") return this.part(child);
    const narrow = new TreeWriter(
      this.policy.with({ transferEncoding: "7bit" }),
      () => `s${this.seed()}`,
      this.findings,
    );
    narrow.depth = this.depth;
    return narrow.part(child);
  }

  /** The number stands before the digits: no boundary is the beginning of another. "=_" can stand in neither
   * base64 nor quoted-printable. */
  private nextBoundary(): string {
    const number = this.boundaries++;
    const make = this.policy.boundary;
    const boundary = make?.(number, this.seed()) ?? `=_${number}_${this.seed()}`;
    if (isBoundary(boundary)) return boundary;
    throw new UsageError(`${JSON.stringify(boundary)} is not a boundary`, {
      code: "BOUNDARY_INVALID",
      hint: "1 to 70 of letters, digits and '()+_,-./:=? , and blanks not at the end (RFC 2046 §5.1.1).",
    });
  }

  /** Text around the parts, which nothing encodes (RFC 2046 §5.1.1). */
  private plainText(output: Output, bytes: Uint8Array): Level {
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
  private described(
    part: Part,
    type: ContentType | undefined,
    parameters: Readonly<Record<string, string>>,
    encoding: TransferEncoding,
  ): readonly WrittenField[] {
    const written: WrittenField[] = [];
    let hasType = false;
    let hasEncoding = false;
    for (const one of part.fields) {
      const { name } = one;
      const lower = name.toLowerCase();
      if (lower === "content-type" && type !== undefined) {
        if (!hasType) written.push(this.typeField(one, part, type, parameters));
        hasType = true;
      } else if (lower === "content-transfer-encoding") {
        // RFC 2045 §6.1: 7bit is what the absence of the field means, and may be said.
        if (!hasEncoding) written.push(this.encodingField(encoding));
        hasEncoding = true;
      } else if (!this.isHidden(one)) written.push(this.field(one));
    }
    const isUsual =
      type === undefined ||
      (type.type === "text/plain" && (parameters["charset"] ?? "us-ascii") === "us-ascii");
    if (!hasType && !isUsual) {
      const made = fieldOf(contentType, {
        type: type.type,
        parameters: { ...type.parameters, ...parameters },
      });
      written.push(this.field(made));
    }
    if (!hasEncoding && encoding !== "7bit") written.push(this.encodingField(encoding));
    return written;
  }

  private encodingField(encoding: TransferEncoding): WrittenField {
    const name = "Content-Transfer-Encoding";
    return { name, text: `${name}: ${encoding}${this.policy.lineEnd}` };
  }

  private typeField(
    one: Field,
    part: Part,
    type: ContentType,
    parameters: Readonly<Record<string, string>>,
  ): WrittenField {
    const { policy } = this;
    const added = Object.entries(parameters).filter(
      ([name, value]) => type.parameters[name] !== value,
    );
    if (added.length === 0 && originOf(one) !== undefined) return this.field(one);
    const all = { ...type.parameters, ...parameters };
    const name = nameOf(one, policy);
    const charset = parameters["charset"];
    const names = Object.keys(all);
    if (
      names.length === 1 &&
      charset !== undefined &&
      name.length + type.type.length + charset.length < 50
    ) {
      // The usual field of a text: `of` has checked the type, and the charset is a name of ours or a token.
      return this.checked(name, `${name}: ${type.type}; charset=${charset}${policy.lineEnd}`);
    }
    const units: FieldUnit[] = [{ kind: "token", text: type.type }];
    for (const parameter of names) {
      units.push({ kind: "parameter", name: parameter, value: all[parameter] as string });
    }
    if (policy.legacyFileNames) units.push(...legacyName(part, all));
    return this.checked(name, writeUnits(name, units, policy));
  }
}

/** Fields and the empty line behind them. */
function pushFields(output: Output, fields: readonly WrittenField[], policy: Policy): void {
  for (const one of fields) pushField(output, one);
  output.ascii(policy.lineEnd);
}

function pushField(output: Output, { text, origin }: WrittenField): void {
  if (origin !== undefined) output.add({ kind: "bytes", bytes: origin });
  else output.text(text, isAscii(text));
}

/** The file name as encoded-words inside quotes, which RFC 2047 §5(3) forbids and old programs read. */
function legacyName(
  part: Part,
  parameters: Readonly<Record<string, string>>,
): readonly FieldUnit[] {
  const filename = field(part, contentDisposition)?.parameters["filename"];
  if (filename === undefined || isAscii(filename) || "name" in parameters) return [];
  const encoding = cheaperEncoding(filename, "phrase");
  const words: string[] = [];
  for (let at = 0; at < filename.length;) {
    const taken = takeEncodedWord(filename, at, 60, encoding, "phrase");
    if (taken === undefined) break;
    words.push(taken.word);
    at = taken.next;
  }
  return [
    { kind: "token", text: ";", glued: true },
    ...words.map((word, index): FieldUnit => ({
      kind: "token",
      text: `${index === 0 ? 'name="' : ""}${word}${index === words.length - 1 ? '"' : ""}`,
    })),
  ];
}

function encodingOf(level: Level): TransferEncoding {
  return level === 2 ? "binary" : level === 1 ? "8bit" : "7bit";
}

function isEncoding(declared: TransferEncoding): boolean {
  return declared === "base64" || declared === "quoted-printable";
}

/** A boundary of the caller's own may not occur in what it separates, even as a beginning (RFC 2046 §5.1.1). */
function refuseCollision(boundary: string, parts: readonly WrittenPart[]): void {
  const delimiter = `--${boundary}`;
  for (const { body } of parts) {
    for (const piece of body.pieces) {
      const text =
        piece.kind === "ascii" || piece.kind === "utf8"
          ? piece.text
          : piece.kind === "bytes"
            ? octetText(piece.bytes)
            : ""; // base64 has no "-"; a source is not in memory
      if (!text.startsWith(delimiter) && !text.includes(`\n${delimiter}`)) continue;
      throw new UsageError(`the boundary ${JSON.stringify(boundary)} occurs in a part`, {
        code: "BOUNDARY_COLLISION",
        hint: "Leave the boundary out: a random one is chosen.",
      });
    }
  }
}

/** Where the fields end in the bytes of a part, and where its body starts. */
function headEnd(bytes: Uint8Array): { readonly end: number; readonly next: number } {
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
function fieldsIn(head: Uint8Array): readonly Uint8Array[] {
  const fields: Uint8Array[] = [];
  for (let start = 0; start < head.length;) {
    let end = start;
    do {
      const feed = head.indexOf(0x0a, end);
      end = feed === -1 ? head.length : feed + 1;
    } while (end < head.length && (head[end] === 0x20 || head[end] === 0x09));
    fields.push(head.subarray(start, end));
    start = end;
  }
  return fields;
}

function nameIn(bytes: Uint8Array): string {
  const colon = bytes.indexOf(0x3a);
  return colon === -1 ? "" : octetText(bytes.subarray(0, colon)).trim();
}
