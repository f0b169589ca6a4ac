/**
 * What a parser makes: fields, bodies and parts that know the bytes they came from.
 *
 * They hold offsets into the one array that was read. A field's value is made of its wire text when it is
 * first asked for, and kept.
 */
import type { CharsetDecoder } from "@letterwright/base/codec";
import type { ByteSource } from "./byte-source.ts";
import type { Defect } from "@letterwright/base/defect";
import type { FieldDefinition } from "./field/definition.ts";
import type { Field, Fields } from "./field/field.ts";
import { readField, type FieldReading } from "./field/reading.ts";
import { describe, type Described, type Description } from "./read/description.ts";
import {
  descriptionKey,
  expectOrigins,
  headKey,
  originKey,
  separatorIn,
  type BodyOrigin,
  type Originated,
  type ParsedHead,
} from "./origin.ts";
import type { Body, BytesBody, Part } from "./part.ts";

/** One field in the bytes that hold it. */
export interface ParsedFieldInit {
  readonly name: string;
  readonly definition: FieldDefinition;
  /** What stands after the colon, with its folds, without its last line end. */
  readonly wire: string;
  readonly start: number;
  readonly end: number;
}

class ParsedField implements Field, Originated<Uint8Array> {
  readonly name: string;
  readonly definition: FieldDefinition;
  readonly wire: string;
  readonly #head: ParsedHead;
  readonly #start: number;
  readonly #end: number;
  #reading: FieldReading<unknown> | undefined;

  constructor(head: ParsedHead, init: ParsedFieldInit) {
    this.name = init.name;
    this.definition = init.definition;
    this.wire = init.wire;
    this.#head = head;
    this.#start = init.start;
    this.#end = init.end;
    Object.freeze(this);
  }

  get value(): unknown {
    return this.reading.value;
  }

  get reading(): FieldReading<unknown> {
    return (this.#reading ??= readField(this.definition, this.wire, {
      charsets: this.#head.charsets,
    }));
  }

  get [originKey](): Uint8Array {
    return this.#head.source.subarray(this.#start, this.#end);
  }

  get [headKey](): ParsedHead {
    return this.#head;
  }
}

class ParsedPart implements Part, Originated<Uint8Array>, Described {
  readonly fields: Fields;
  readonly body: Body;
  readonly #source: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  #description: Description | undefined;

  constructor(fields: Fields, body: Body, source: Uint8Array, start: number, end: number) {
    this.fields = fields;
    this.body = body;
    this.#source = source;
    this.#start = start;
    this.#end = end;
    Object.freeze(this);
  }

  get [originKey](): Uint8Array {
    return this.#source.subarray(this.#start, this.#end);
  }

  get [descriptionKey](): Description {
    return (this.#description ??= describe(this));
  }
}

/** What all bodies that were read have; each kind has a shape of its own, which is always the same for the engine. */
abstract class ParsedBody implements Originated<BodyOrigin> {
  readonly #head: ParsedHead;
  readonly #fields: Fields;
  readonly #end: number | ByteSource;

  constructor(head: ParsedHead, fields: Fields, end: number | ByteSource) {
    this.#head = head;
    this.#fields = fields;
    this.#end = end;
  }

  get [originKey](): BodyOrigin {
    const { source, bodyStart } = this.#head;
    const end = this.#end;
    return {
      bytes: typeof end === "number" ? source.subarray(bodyStart, end) : undefined,
      source: typeof end === "number" ? undefined : end,
      separator: separatorIn(this.#head),
      fields: this.#fields,
    };
  }
}

class ParsedBytes extends ParsedBody implements BytesBody {
  readonly kind = "bytes";
  readonly source: ByteSource;
  declare readonly charsets?: CharsetDecoder;

  constructor(body: BytesBody, head: ParsedHead, fields: Fields, end: number | ByteSource) {
    super(head, fields, end);
    this.source = body.source;
    if (body.charsets !== undefined) this.charsets = body.charsets;
    Object.freeze(this);
  }
}

/** The other kinds. */
class ParsedTree extends ParsedBody {
  constructor(body: Body, head: ParsedHead, fields: Fields, end: number | ByteSource) {
    super(head, fields, end);
    Object.assign(this, body);
    Object.freeze(this);
  }
}

/** A field whose value is read when it is asked for. Its bytes are those from `start` to `end`. */
export function parsedField(head: ParsedHead, init: ParsedFieldInit): Field {
  return new ParsedField(head, init);
}

/** A part, or a message, that stands in `source` from `start` to `end`. */
export function parsedPart(
  fields: Fields,
  body: Body,
  source: Uint8Array,
  start: number,
  end: number,
): Part {
  expectOrigins();
  return new ParsedPart(fields, body, source, start, end);
}

/**
 * A body that was read under these fields. Its bytes stand behind this head up to `end`, or are those of a source
 * where they are not in memory.
 */
export function parsedBody<Kind extends Body>(
  body: Kind,
  head: ParsedHead,
  fields: Fields,
  end: number | ByteSource,
): Kind {
  expectOrigins();
  const parsed =
    body.kind === "bytes"
      ? new ParsedBytes(body, head, fields, end)
      : new ParsedTree(body, head, fields, end);
  return parsed as unknown as Kind;
}

/** What was wrong with a field that was read; it is read for that if it was not yet. */
export function fieldDefects(field: Field): readonly Defect[] {
  return field instanceof ParsedField ? field.reading.defects : [];
}
