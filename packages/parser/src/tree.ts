/** The message as a value, made of its layout. */
import type { CharsetDecoder } from "@letterwright/base/codec";
import {
  parsedBody,
  parsedPart,
  type Body,
  type ByteSource,
  type Message,
  type Part,
} from "@letterwright/message";
import type { DecodingBudget } from "./budget.ts";
import { contentOf } from "./content.ts";
import { readGroups } from "./field-groups.ts";
import { readFields } from "./field-reader.ts";
import type { Layout, PartLayout } from "./layout.ts";
import type { BodyEncoding } from "./scan/sink.ts";

/** The octets of a layout, as far as they are to be had. */
export interface Held {
  /** Octets that hold a part's fields and what separates them from its body, and the offset of their first. */
  head(part: PartLayout): { readonly source: Uint8Array; readonly base: number };
  /** What stands between parts; `undefined` when it was not kept. */
  between(start: number, end: number): Uint8Array | undefined;
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
  const { octets } = layout;
  const held: Held = {
    head: () => ({ source: octets, base: 0 }),
    between: (start, end) => octets.subarray(start, end),
    content: ({ bodyStart, end }, encoding) =>
      contentOf(octets.subarray(bodyStart, end), encoding, context.budget),
    bodyEnd: ({ end }) => end,
  };
  return treeFrom(layout, held, context);
}

/** The whole tree. Children are made before what holds them, so that nothing calls itself. */
export function treeFrom(
  layout: Omit<Layout, "octets">,
  held: Held,
  context: TreeContext,
): Message {
  const made = new Map<PartLayout, Part>();
  for (let index = layout.parts.length - 1; index >= 0; index--) {
    const part = layout.parts[index] as PartLayout;
    const { source, base } = held.head(part);
    const { charsets } = context;
    const head = { source, end: part.headEnd - base, bodyStart: part.bodyStart - base, charsets };
    const fields = readFields(head, layout.fields, part.firstField, part.lastField, base);
    const end = held.bodyEnd(part);
    const body = parsedBody(bodyOf(part, held, made, context), head, fields, end);
    made.set(
      part,
      typeof end === "number"
        ? parsedPart(fields, body, source, part.start, part.end)
        : Object.freeze({ fields, body }),
    );
  }
  return made.get(layout.parts[0] as PartLayout) as Message;
}

function bodyOf(
  part: PartLayout,
  held: Held,
  made: ReadonlyMap<PartLayout, Part>,
  context: TreeContext,
): Body {
  const { form } = part;
  const [first] = part.children;
  if (form.kind === "multipart" && first !== undefined) return multipartOf(part, held, made);
  if (form.kind === "message" && first !== undefined) {
    return { kind: "message", message: made.get(first) as Message };
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
  return { kind: "bytes", source, ...(charsets === undefined ? {} : { charsets }) };
}

function multipartOf(part: PartLayout, held: Held, made: ReadonlyMap<PartLayout, Part>): Body {
  const { delimiters, children, isClosed, bodyStart, end } = part;
  const parts = Object.freeze(children.map((child) => made.get(child) as Part));
  const lines: (Uint8Array | undefined)[] = [];
  for (let index = 0; index < children.length * 3; index += 3) {
    lines.push(held.between(delimiters[index] as number, delimiters[index + 2] as number));
  }
  const last = delimiters.length - 3;
  const closeEnd = isClosed ? (delimiters[last + 2] as number) : end;
  const preamble = held.between(bodyStart, delimiters[0] as number);
  const epilogue = held.between(closeEnd, end);
  const close = held.between(isClosed ? (delimiters[last] as number) : end, closeEnd);
  const around = { ...some("preamble", preamble), ...some("epilogue", epilogue) };
  const glue = [...lines, preamble, epilogue, close];
  const framing = glue.includes(undefined)
    ? {}
    : {
        framing: Object.freeze({
          boundary: part.form.boundary as string,
          parts,
          delimiters: Object.freeze(lines as Uint8Array[]),
          close: close as Uint8Array,
          preamble: around.preamble,
          epilogue: around.epilogue,
        }),
      };
  return { kind: "multipart", parts, ...around, ...framing };
}

function some<Name extends string>(
  name: Name,
  octets: Uint8Array | undefined,
): { readonly [name in Name]?: Uint8Array } {
  return octets === undefined || octets.length === 0
    ? {}
    : ({ [name]: octets } as { readonly [name in Name]?: Uint8Array });
}
