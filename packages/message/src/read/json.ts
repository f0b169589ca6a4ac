/** A message as JSON, for logs and tests. */
import { base64Text } from "@letterwright/base/codec";
import type { Part } from "../part.ts";
import { assertDepth } from "./walk.ts";

/** What JSON can say. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** What {@link toJson} says about content. */
export interface JsonOptions {
  /**
   * `"none"`, the default: lengths only, so that a log holds nobody's letters. `"all"`: texts, and bytes that
   * are in memory as base64.
   */
  readonly content?: "none" | "all";
}

/**
 * The message as data for `JSON.stringify`: fields in order with their values, and the tree. It is made
 * to be looked at and compared, not to be read back.
 *
 * Fields stand in it with their values, Bcc and addresses too: think of it before it goes into a log.
 *
 * @throws {UsageError} `MESSAGE_TOO_DEEP`
 * @example
 * ```ts
 * import { message, toJson } from "@letterwright/message";
 *
 * const mail = message({ from: "ana@example.com", subject: "Hi", text: "Hello" });
 * toJson(mail).body; // => { "kind": "text", "length": 5 }
 * ```
 */
export function toJson(
  mail: Part,
  options: JsonOptions = {},
): { readonly fields: Json; readonly body: Json } {
  return partJson(mail, options.content === "all", 0);
}

function partJson(
  { fields, body }: Part,
  hasContent: boolean,
  depth: number,
): { readonly fields: Json; readonly body: Json } {
  assertDepth(depth);
  return {
    fields: fields.map(({ name, value }) => ({ name, value: jsonOf(value, 0) })),
    body: bodyJson(body, hasContent, depth),
  };
}

function bodyJson(body: Part["body"], hasContent: boolean, depth: number): Json {
  switch (body.kind) {
    case "text":
      return {
        kind: body.kind,
        length: body.text.length,
        ...(body.charset === undefined ? {} : { charset: body.charset }),
        ...(body.lineEnds === undefined ? {} : { lineEnds: body.lineEnds }),
        ...(hasContent ? { text: body.text } : {}),
      };
    case "bytes": {
      const { byteLength, bytes } = body.source;
      return {
        kind: body.kind,
        byteLength: byteLength ?? null,
        ...(hasContent && bytes !== undefined ? { base64: base64Text(bytes) } : {}),
      };
    }
    case "multipart":
      return {
        kind: body.kind,
        parts: body.parts.map((part) => partJson(part, hasContent, depth + 1)),
      };
    case "message":
      return { kind: body.kind, message: partJson(body.message, hasContent, depth + 1) };
    case "field-groups":
      return {
        kind: body.kind,
        groups: body.groups.map((group) =>
          group.map(({ name, value }) => ({ name, value: jsonOf(value, 0) })),
        ),
      };
  }
}

/** Values of fields are plain data, but a definition of a user's own may have made anything. */
function jsonOf(value: unknown, depth: number): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return typeof value;
  if (depth > 20) return "…";
  if (value instanceof Date) return value.getTime();
  if (value instanceof Uint8Array) return { byteLength: value.length };
  if (Symbol.iterator in value) {
    return Array.from(value as Iterable<unknown>, (one) => jsonOf(one, depth + 1));
  }
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.map(([key, one]) => [key, jsonOf(one, depth + 1)]));
}
