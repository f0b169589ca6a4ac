/** The message as a value, made of its layout. */
import type { CharsetDecoder } from "@letterwright/base/codec";
import {
  parsedBody,
  parsedPart,
  type Body,
  type ByteSource,
  type Framing,
  type Message,
  type Part,
} from "@letterwright/message";
import type { DecodingBudget } from "./budget.ts";
import { contentOf } from "./content.ts";
import { readGroups } from "./field-groups.ts";
import { readFields } from "./field-reader.ts";
import { closeOf, framingOf, type FramingInit } from "./framing.ts";
import type { Layout, PartLayout } from "./layout.ts";
import type { BodyEncoding } from "./scan/sink.ts";

/** The octets of a layout, as far as they are to be had. */
export interface Held {
  /** Octets that hold a part's fields and what separates them from its body, and the offset of their first. */
  head(part: PartLayout): { readonly source: Uint8Array; readonly base: number };
  /** What stands between parts; `undefined` when it was not kept. */
  between(start: number, end: number): Uint8Array | undefined;
  /** How the parts of a multipart stood apart; `undefined` when it was not kept. */
  framing(init: Omit<FramingInit, "octets">): Framing | undefined;
  /** The content of a leaf, decoded. */
  content(part: PartLayout, encoding: BodyEncoding): ByteSource;
  /** A body as it stands: where it ends behind its head, or its octets. */
  bodyEnd(part: PartLayout): number | ByteSource;
}

/** What reading content needs. */
export interface TreeContext {
  readonly budget: DecodingBudget;
  readonly charsets: CharsetDecoder | undefined;
}

/** The tree of a message in memory. */
export function treeOf(layout: Layout, context: TreeContext): Message {
  return treeFrom(layout, new HeldOctets(layout.octets, context.budget), context);
}

/** All octets in one array. */
class HeldOctets implements Held {
  private readonly octets: Uint8Array;
  private readonly budget: DecodingBudget;
  private readonly whole: { readonly source: Uint8Array; readonly base: number };

  constructor(octets: Uint8Array, budget: DecodingBudget) {
    this.octets = octets;
    this.budget = budget;
    this.whole = { source: octets, base: 0 };
  }

  head(): { readonly source: Uint8Array; readonly base: number } {
    return this.whole;
  }

  between(start: number, end: number): Uint8Array {
    return this.octets.subarray(start, end);
  }

  framing({ part, parts, preamble, epilogue }: Omit<FramingInit, "octets">): Framing {
    return framingOf({ octets: this.octets, part, parts, preamble, epilogue });
  }

  content({ bodyStart, end }: PartLayout, encoding: BodyEncoding): ByteSource {
    return contentOf(this.octets.subarray(bodyStart, end), encoding, this.budget);
  }

  bodyEnd({ end }: PartLayout): number {
    return end;
  }
}

/** The whole tree. Children are made before what holds them, so that nothing calls itself. */
export function treeFrom(
  layout: Omit<Layout, "octets">,
  held: Held,
  context: TreeContext,
): Message {
  const { charsets } = context;
  const made: Part[] = [];
  for (let index = layout.parts.length - 1; index >= 0; index--) {
    const part = layout.parts[index] as PartLayout;
    const { source, base } = held.head(part);
    const head = { source, end: part.headEnd - base, bodyStart: part.bodyStart - base, charsets };
    const fields = readFields(head, layout.fields, part.firstField, part.lastField, base);
    const end = held.bodyEnd(part);
    const body = parsedBody(bodyOf(part, held, made, context), head, fields, end);
    made[index] =
      typeof end === "number"
        ? parsedPart(fields, body, source, part.start, part.end)
        : Object.freeze({ fields, body });
  }
  return made[0] as Message;
}

/** `made` has the parts inside this one, each at its place in the layout. */
function bodyOf(part: PartLayout, held: Held, made: readonly Part[], context: TreeContext): Body {
  const { form } = part;
  const [first] = part.children;
  if (form.kind === "multipart" && first !== undefined) return multipartOf(part, held, made);
  if (form.kind === "message" && first !== undefined) {
    return { kind: "message", message: made[first.index] as Message };
  }
  if (form.kind === "encoded-message" && part.encoded !== undefined) {
    return { kind: "message", message: treeOf(part.encoded, context) };
  }
  // A multipart without a part is read as what it is: octets that nothing decodes.
  const source = held.content(part, form.kind === "multipart" ? "identity" : form.encoding);
  const { charsets } = context;
  if (form.kind === "field-groups" && source.bytes !== undefined) {
    const groups = readGroups(source.bytes, charsets);
    if (groups !== undefined) return { kind: "field-groups", groups };
  }
  return charsets === undefined ? { kind: "bytes", source } : { kind: "bytes", source, charsets };
}

function multipartOf(part: PartLayout, held: Held, made: readonly Part[]): Body {
  const { delimiters, children, bodyStart, end } = part;
  const parts = Object.freeze(children.map(({ index }) => made[index] as Part));
  const [, closeEnd] = closeOf(part);
  const preamble = around(held, bodyStart, delimiters[0] as number);
  const epilogue = around(held, closeEnd, end);
  const framing = held.framing({ part, parts, preamble, epilogue });
  return {
    kind: "multipart",
    parts,
    ...(preamble === undefined ? undefined : { preamble }),
    ...(epilogue === undefined ? undefined : { epilogue }),
    ...(framing === undefined ? undefined : { framing }),
  };
}

/** What stands there; `undefined` for nothing. */
function around(held: Held, start: number, end: number): Uint8Array | undefined {
  return start >= end ? undefined : held.between(start, end);
}
