/** Parts that hold messages, pieces of them, or fields about them (RFC 2046 §5.2). */
import { UsageError } from "@letterwright/base/error";
import type { ByteSource } from "./byte-source.ts";
import type { Fields } from "./field/field.ts";
import { assertMessageId } from "./message-id.ts";
import { needsUtf8Fields } from "./utf8-need.ts";
import { bytesPart, partOf, type Message, type Part, type PartOptions } from "./part.ts";

/**
 * A message inside a message. Its type is `message/rfc822`, or `message/global` when an address in it
 * can only be written in UTF-8 (RFC 6532 §3.7).
 *
 * A message that exists as bytes, and has to stay as it is, is a {@link bytesPart} of type
 * `message/rfc822`.
 *
 * @example
 * ```ts
 * import { message, messagePart, mixed, textPart } from "@letterwright/message";
 *
 * const inner = message({ from: "ana@example.com", subject: "Inner", text: "Hello" });
 * mixed([textPart("See below."), messagePart(inner)]).body.kind; // => "multipart"
 * ```
 */
export function messagePart(mail: Message, options: PartOptions = {}): Part {
  const type = needsUtf8Fields(mail) ? "message/global" : "message/rfc822";
  return partOf(type, options, { kind: "message", message: mail });
}

/** Which piece of which message a {@link partialPart} is. */
export interface PartialInit {
  /** The same in every piece, in the form of a Message-ID without its angle brackets. */
  readonly id: string;
  /** From 1 on. */
  readonly number: number;
  /** How many pieces there are; the last piece has to say it. */
  readonly total?: number;
  /** The bytes of the piece: lines of seven bits (RFC 2046 §5.2.2). */
  readonly content: ByteSource;
}

/**
 * A piece of a message that was cut up, RFC 2046 §5.2.2.
 *
 * @throws {UsageError} `PARTIAL_NUMBER_INVALID`, `MESSAGE_ID_INVALID`
 */
export function partialPart(init: PartialInit, options: PartOptions = {}): Part {
  const { id, number, total, content } = init;
  assertMessageId(`<${id}>`, "the id of message/partial");
  if (!isCount(number) || (total !== undefined && (!isCount(total) || number > total))) {
    throw new UsageError(`piece ${number} of ${total ?? "an unknown number"} cannot be`, {
      code: "PARTIAL_NUMBER_INVALID",
      hint: "Pieces are numbered from 1 to `total` (RFC 2046 §5.2.2).",
    });
  }
  return bytesPart(content, {
    ...options,
    type: "message/partial",
    parameters: {
      id,
      number: String(number),
      ...(total === undefined ? {} : { total: String(total) }),
      ...options.parameters,
    },
  });
}

/**
 * Groups of fields as a part of type `message/` and the subtype: `"delivery-status"` (RFC 3464),
 * `"disposition-notification"` (RFC 8098), `"feedback-report"` (RFC 5965).
 *
 * @throws {UsageError} `FIELD_GROUPS_EMPTY`
 */
export function fieldGroupsPart(
  subtype: string,
  groups: readonly Fields[],
  options: PartOptions = {},
): Part {
  if (groups.length === 0 || groups.some((fields) => fields.length === 0)) {
    throw new UsageError(`message/${subtype} has a group without a field`, {
      code: "FIELD_GROUPS_EMPTY",
      hint: "An empty line separates groups, so each needs at least one field (RFC 3464 §2.1).",
    });
  }
  return partOf(`message/${subtype}`, options, {
    kind: "field-groups",
    groups: Object.freeze(groups.map((fields) => Object.freeze([...fields]))),
  });
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}
