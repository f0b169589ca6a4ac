/** The fields of one part as they are written: their own, and what was decided about the body. */
import { isAscii } from "@letterwright/base/bytes";
import {
  contentTransferEncoding,
  contentType,
  fieldOf,
  isNamed,
  originOf,
  typedField,
  type ContentType,
  type Field,
  type FieldUnit,
  type Part,
  type TransferEncoding,
} from "@letterwright/message";
import { isAsGiven, isDefault, usualType, type Described } from "./content-fields.ts";
import { FieldWriter, nameOf } from "./field-writer.ts";
import { legacyName } from "./legacy-name.ts";
import { faultInFields, keepsOrigin } from "./origins.ts";
import type { Policy } from "./policy.ts";
import { originField, ownField, WrittenField } from "./written-field.ts";
import { require, type Shared } from "./written-part.ts";

/** Whether the policy says that nobody sees this field. */
export function isHidden(one: { readonly name: string }, policy: Policy): boolean {
  return !policy.writeBcc && (isNamed(one, "Bcc") || isNamed(one, "Resent-Bcc"));
}

/** Writes fields under one policy. */
export class PartFields {
  private readonly policy: Policy;
  private readonly shared: Shared;
  private readonly writer: FieldWriter;

  constructor(policy: Policy, shared: Shared) {
    this.policy = policy;
    this.shared = shared;
    this.writer = new FieldWriter(policy);
  }

  /** The field as it is written. */
  one(field: Field): WrittenField {
    const { policy } = this;
    const origin = originOf(field);
    if (origin !== undefined && policy.origins !== "never") {
      const found = faultInFields(origin, policy);
      if (keepsOrigin(field.name, found, policy, this.shared.findings)) {
        return this.required(originField(origin, field.name));
      }
    }
    return this.written(nameOf(field, policy), field.definition.format(field.value));
  }

  /** Lines that are none were kept where they stood, and have no place among fields that are written. */
  isField({ name }: Field): boolean {
    if (name !== "") return true;
    this.shared.findings.report("ORIGIN_REWRITTEN", "a line that is no field is left out");
    return false;
  }

  /** With what was decided about the body. */
  described(
    part: Part,
    type: ContentType | undefined,
    parameters: Described,
    encoding: TransferEncoding,
  ): readonly WrittenField[] {
    const written: WrittenField[] = [];
    let hasType = false;
    let hasEncoding = false;
    const { fields } = part;
    for (let at = 0; at < fields.length; at++) {
      const one = fields[at] as Field;
      if (type !== undefined && isNamed(one, contentType.name)) {
        if (!hasType) written.push(this.type(one, part, type, parameters));
        hasType = true;
      } else if (isNamed(one, contentTransferEncoding.name)) {
        if (!hasEncoding) written.push(this.encoding(one, part, encoding));
        hasEncoding = true;
      } else if (!isHidden(one, this.policy) && this.isField(one)) {
        written.push(this.one(one));
      }
    }
    if (!hasType && type !== undefined && !isDefault(type, parameters)) {
      const all = { ...type.parameters, ...parameters };
      written.push(this.one(fieldOf(contentType, { type: type.type, parameters: all })));
    }
    // RFC 2045 §6.1: 7bit is what the absence of the field means, and may be said.
    if (!hasEncoding && encoding !== "7bit")
      written.push(ownField(contentTransferEncoding.name, encoding, this.policy));
    return written;
  }

  private encoding(one: Field, part: Part, encoding: TransferEncoding): WrittenField {
    const isSaid =
      originOf(one) !== undefined && typedField(part, contentTransferEncoding) === encoding;
    return isSaid ? this.one(one) : ownField(contentTransferEncoding.name, encoding, this.policy);
  }

  private type(one: Field, part: Part, type: ContentType, parameters: Described): WrittenField {
    const { policy } = this;
    const name = nameOf(one, policy);
    if (originOf(one) !== undefined && isAsGiven(type, parameters)) return this.one(one);
    const usual = usualType(name, type, parameters, policy);
    if (usual !== undefined) return new WrittenField(name, usual, true, undefined);
    const all: Readonly<Record<string, string>> = { ...type.parameters, ...parameters };
    const units: FieldUnit[] = [{ kind: "token", text: type.type }];
    for (const parameter of Object.keys(all)) {
      units.push({ kind: "parameter", name: parameter, value: all[parameter] as string });
    }
    if (policy.legacyFileNames) units.push(...legacyName(part, all));
    return this.written(name, units);
  }

  private written(name: string, units: readonly FieldUnit[]): WrittenField {
    const { lineEnd, utf8Fields, limits } = this.policy;
    const text = this.writer.write(name, units);
    if (text.length > limits.headerLine + lineEnd.length) this.reportLongLines(name, text);
    const isOnlyAscii = !utf8Fields || isAscii(text);
    return this.required(new WrittenField(name, text, isOnlyAscii, undefined));
  }

  /** RFC 6531 §3.1: a field beyond ASCII, of the message or of a part, needs SMTPUTF8 all the way. */
  private required(written: WrittenField): WrittenField {
    if (!written.isAscii) require(this.shared, "SMTPUTF8");
    return written;
  }

  private reportLongLines(name: string, text: string): void {
    const { lineEnd, limits } = this.policy;
    const most = limits.headerLine;
    for (let start = 0; start < text.length;) {
      const end = text.indexOf(lineEnd, start);
      if (end - start > most) {
        const message = `a line of ${name} exceeds ${most} and cannot be folded`;
        this.shared.findings.report("FIELD_LINE_LONG", message);
        return;
      }
      start = end + lineEnd.length;
    }
  }
}
