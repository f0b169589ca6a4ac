/** Fields as they are written: text, or the octets they were read from. */
import {
  asciiInto,
  concatBytes,
  isAsciiBytes,
  utf8,
  utf8Into,
  utf8Length,
} from "@letterwright/base/bytes";
import type { RawField, RawHead } from "@letterwright/message";
import { checkFields } from "./gate.ts";
import { nameIn } from "./origins.ts";
import type { Output } from "./pieces.ts";
import type { Policy } from "./policy.ts";

/** One field as it is written. Octets are made of its text when they are asked for. */
export class WrittenField {
  readonly name: string;
  readonly text: string;
  readonly isAscii: boolean;
  /** Octets that it was read from and that are written instead of `text`. */
  readonly origin: Uint8Array | undefined;
  private octets: Uint8Array | undefined;

  constructor(name: string, text: string, isAscii: boolean, origin: Uint8Array | undefined) {
    this.name = name;
    this.text = text;
    this.isAscii = isAscii;
    this.origin = origin;
    this.octets = origin;
  }

  get bytes(): Uint8Array {
    return (this.octets ??= utf8(this.text));
  }
}

/** A field as others have it: nothing but its name and its octets. */
export class MadeField implements RawField {
  readonly name: string;
  readonly #written: WrittenField;

  constructor(written: WrittenField) {
    this.name = written.name;
    this.#written = written;
  }

  get bytes(): Uint8Array {
    return this.#written.bytes;
  }
}

/** A name that is asked for and written. */
export const mimeVersion = "MIME-Version";

/** A field whose value is a token or the like: there is nothing to fold or to encode. */
export function ownField(name: string, value: string, { lineEnd }: Policy): WrittenField {
  const text = `${name}: ${value}${lineEnd}`;
  return new WrittenField(name, text, true, undefined);
}

/** A field of these octets. */
export function originField(origin: Uint8Array, name: string = nameIn(origin)): WrittenField {
  return new WrittenField(name, "", isAsciiBytes(origin), origin);
}

/** With a line end, also where it was read without one because nothing stood behind it. */
export function ended(one: WrittenField, { lineEnd }: Policy): WrittenField {
  const { name, origin } = one;
  if (origin === undefined || origin.length === 0 || origin.at(-1) === 0x0a) return one;
  return originField(concatBytes([origin, utf8(lineEnd)]), name);
}

/** The text of the fields that are text, and of what stands behind them, looked at once more as it is written. */
function textOf(fields: readonly WrittenField[], policy: Policy, behind: string): string {
  let text = "";
  for (let at = 0; at < fields.length; at++) text += (fields[at] as WrittenField).text;
  text += behind;
  checkFields(text, fields, { lineEnd: policy.lineEnd, eightBit: policy.utf8Fields });
  return text;
}

/**
 * The fields as pieces, and behind them a line end, nothing, or what was read. `ends` says whether each gets the line end
 * that it may lack.
 */
export function pushFields(
  output: Output,
  fields: readonly WrittenField[],
  policy: Policy,
  behind: string | Uint8Array,
  ends = true,
): void {
  const isTextBehind = typeof behind === "string";
  const text = textOf(fields, policy, isTextBehind ? behind : "");
  // Nearly always all of them are text.
  if (fields.every(isText)) output.text(text, fields.every(isAscii));
  else {
    for (const one of fields) {
      if (isText(one)) output.text(one.text, one.isAscii);
      else output.add({ kind: "bytes", bytes: (ends ? ended(one, policy) : one).bytes });
    }
    if (isTextBehind) output.ascii(behind);
  }
  if (!isTextBehind && behind.length > 0) output.add({ kind: "bytes", bytes: behind });
}

/** The fields and the line end behind them, to be written at once; `undefined` where some are octets that were read. */
export function headOf(
  fields: readonly WrittenField[],
  policy: Policy,
  messageId: string | undefined,
): RawHead | undefined {
  const text = textOf(fields, policy, policy.lineEnd);
  return fields.every(isText) ? new TextHead(text, fields.every(isAscii), messageId) : undefined;
}

class TextHead implements RawHead {
  readonly byteLength: number;
  readonly messageId: string | undefined;
  private readonly text: string;
  private readonly isAscii: boolean;

  constructor(text: string, isAllAscii: boolean, messageId: string | undefined) {
    this.byteLength = isAllAscii ? text.length : utf8Length(text);
    this.messageId = messageId;
    this.text = text;
    this.isAscii = isAllAscii;
  }

  writeInto(target: Uint8Array, offset: number): number {
    return offset + (this.isAscii ? asciiInto : utf8Into)(target, offset, this.text);
  }
}

function isText({ origin }: WrittenField): boolean {
  return origin === undefined;
}

function isAscii(one: WrittenField): boolean {
  return one.isAscii;
}
