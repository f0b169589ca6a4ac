/** The message as a value, made of its layout. */
import type { CharsetDecoder } from "@letterwright/base/codec";
import {
  parsedBody,
  parsedPart,
  type Body,
  type Message,
  type Part,
  type ParsedHead,
} from "@letterwright/message";
import type { DecodingBudget } from "./budget.ts";
import { contentOf } from "./content.ts";
import { readGroups } from "./field-groups.ts";
import { readFields } from "./field-reader.ts";
import type { Layout, PartLayout } from "./layout.ts";

/** What reading content needs. */
export interface TreeContext {
  readonly budget: DecodingBudget;
  readonly charsets: CharsetDecoder | undefined;
}

/** The whole tree. Children are made before what holds them, so that nothing calls itself. */
export function treeOf(layout: Layout, context: TreeContext): Message {
  const made = new Map<PartLayout, Part>();
  for (let index = layout.parts.length - 1; index >= 0; index--) {
    const part = layout.parts[index] as PartLayout;
    made.set(part, partOf(layout, part, made, context));
  }
  return made.get(layout.parts[0] as PartLayout) as Message;
}

function partOf(
  layout: Layout,
  part: PartLayout,
  made: ReadonlyMap<PartLayout, Part>,
  context: TreeContext,
): Part {
  const { octets: source } = layout;
  const head: ParsedHead = {
    source,
    end: part.headEnd,
    bodyStart: part.bodyStart,
    charsets: context.charsets,
  };
  const fields = readFields(head, layout.fields, part.firstField, part.lastField);
  const body = parsedBody(bodyOf(layout, part, made, context), head, fields, part.end);
  return parsedPart(fields, body, source, part.start, part.end);
}

function bodyOf(
  layout: Layout,
  part: PartLayout,
  made: ReadonlyMap<PartLayout, Part>,
  context: TreeContext,
): Body {
  const { octets } = layout;
  const { form, bodyStart, end } = part;
  const [first] = part.children;
  if (form.kind === "multipart" && first !== undefined) return multipartOf(layout, part, made);
  if (form.kind === "message" && first !== undefined) {
    return { kind: "message", message: made.get(first) as Message };
  }
  if (form.kind === "encoded-message" && part.encoded !== undefined) {
    return { kind: "message", message: treeOf(part.encoded, context) };
  }
  // A multipart without a part is read as what it is: octets that nothing decodes.
  const encoding = form.kind === "multipart" ? "identity" : form.encoding;
  const source = contentOf(octets.subarray(bodyStart, end), encoding, context.budget);
  if (form.kind === "field-groups") {
    const groups = readGroups(source.bytes, context.charsets);
    if (groups !== undefined) return { kind: "field-groups", groups };
  }
  const { charsets } = context;
  return { kind: "bytes", source, ...(charsets === undefined ? {} : { charsets }) };
}

function multipartOf(
  { octets }: Layout,
  part: PartLayout,
  made: ReadonlyMap<PartLayout, Part>,
): Body {
  const { delimiters, children, isClosed, bodyStart, end } = part;
  const parts = children.map((child) => made.get(child) as Part);
  const lines: Uint8Array[] = [];
  for (let index = 0; index < children.length * 3; index += 3) {
    lines.push(octets.subarray(delimiters[index], delimiters[index + 2]));
  }
  const preamble = some(octets.subarray(bodyStart, delimiters[0]));
  const last = delimiters.length - 3;
  const epilogue = isClosed ? some(octets.subarray(delimiters[last + 2], end)) : undefined;
  Object.freeze(parts);
  return {
    kind: "multipart",
    parts,
    ...(preamble === undefined ? {} : { preamble }),
    ...(epilogue === undefined ? {} : { epilogue }),
    framing: Object.freeze({
      boundary: part.form.boundary as string,
      parts,
      delimiters: Object.freeze(lines),
      close: isClosed
        ? octets.subarray(delimiters[last], delimiters[last + 2])
        : octets.subarray(end, end),
      preamble,
      epilogue,
    }),
  };
}

function some(octets: Uint8Array): Uint8Array | undefined {
  return octets.length === 0 ? undefined : octets;
}
