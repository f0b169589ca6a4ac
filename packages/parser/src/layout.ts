/** Where everything stands in a message, as numbers: made in one pass, without a string or a copy. */
import type { StructureDefectCode } from "./defect.ts";
import type { ParseLimits } from "./scan/limits.ts";
import { Scanner, type Used } from "./scan/scanner.ts";
import type { BodyForm, ContentRole, PartRole, Sink } from "./scan/sink.ts";

const noBody: BodyForm = { kind: "leaf", encoding: "identity", boundary: undefined };

/** One part: offsets into the octets that were read. */
export class PartLayout {
  readonly role: PartRole;
  readonly start: number;
  /** Its place in {@link Layout.parts}. */
  readonly index: number;
  end = 0;
  /** Which of {@link Layout.fields} are its own. */
  readonly firstField: number;
  lastField: number;
  headEnd = 0;
  bodyStart = 0;
  form: BodyForm = noBody;
  /** The parts of a multipart, or the message inside. */
  readonly children: PartLayout[] = [];
  /** Three for each delimiter: where it begins with its line end, where its line begins, where that ends. */
  readonly delimiters: number[] = [];
  isClosed = false;
  /** How many parts lie around it. */
  readonly depth: number;
  /** The message that its body decodes to, where that is encoded. */
  encoded: Layout | undefined;

  constructor(role: PartRole, start: number, index: number, firstField: number, depth: number) {
    this.index = index;
    this.depth = depth;
    this.role = role;
    this.start = start;
    this.firstField = this.lastField = firstField;
  }
}

/** A whole message. */
export interface Layout {
  readonly octets: Uint8Array;
  /** Every part before those inside it; the first is the message. */
  readonly parts: readonly PartLayout[];
  /** Three for each field: where it starts, where its name ends, where it ends. */
  readonly fields: readonly number[];
  /** Findings, two for each: their code and offset. */
  readonly defects: readonly (StructureDefectCode | number)[];
}

/**
 * Finds the structure of a message.
 *
 * @throws {LimitError} `PARSE_LIMIT`
 */
export function layoutOf(octets: Uint8Array, limits: ParseLimits, used?: Used): Layout {
  const sink = new LayoutSink();
  const scanner = new Scanner(sink, limits, used);
  scanner.push(octets);
  scanner.end();
  const { parts, fields, defects } = sink;
  return { octets, parts, fields, defects };
}

/** Notes where everything stands. */
export class LayoutSink implements Sink {
  readonly parts: PartLayout[] = [];
  readonly fields: number[] = [];
  readonly defects: (StructureDefectCode | number)[] = [];
  protected readonly open: PartLayout[] = [];

  partStart(role: PartRole, offset: number): void {
    const { open, parts, fields } = this;
    const part = new PartLayout(role, offset, parts.length, fields.length, open.length);
    if (open.length > 0) (open[open.length - 1] as PartLayout).children.push(part);
    open.push(part);
    parts.push(part);
  }

  field(start: number, nameEnd: number, end: number): void {
    this.fields.push(start, nameEnd, end);
  }

  separator(start: number, end: number, form: BodyForm): void {
    const part = this.open[this.open.length - 1] as PartLayout;
    part.lastField = this.fields.length;
    part.headEnd = start;
    part.bodyStart = end;
    part.form = form;
  }

  content(role: ContentRole, start: number, end: number): void;
  content(): void {
    // It is what lies between delimiters.
  }

  delimiter(lead: number, start: number, end: number, isClose: boolean): void {
    const part = this.open[this.open.length - 1] as PartLayout;
    part.delimiters.push(lead, start, end);
    part.isClosed = isClose;
  }

  partEnd(offset: number): void {
    (this.open.pop() as PartLayout).end = offset;
  }

  defect(code: StructureDefectCode, offset: number): void {
    this.defects.push(code, offset);
  }
}
