/** Bytes to a message. */
import type { CharsetDecoder } from "@letterwright/base/codec";
import { UsageError } from "@letterwright/base/error";
import type { Message, RawMessage } from "@letterwright/message";
import { DecodingBudget } from "./budget.ts";
import { contentOf } from "./content.ts";
import type { MessageDefect } from "./defect.ts";
import { defectsOf } from "./defects.ts";
import { layoutOf, type Layout, type PartLayout } from "./layout.ts";
import { rawOf } from "./raw.ts";
import { exceeded, resolveLimits, type ParseLimits } from "./scan/limits.ts";
import { treeOf } from "./tree.ts";

/** Options of {@link parse}. */
export interface ParseOptions {
  /** Default: see {@link ParseLimits}. */
  readonly limits?: Partial<ParseLimits>;
  /** How to read a charset that the platform does not know. */
  readonly charsets?: CharsetDecoder;
  /** Whether the first defect, whatever its severity, is an error. Default false. */
  readonly strict?: boolean;
}

/** What {@link parse} gives. Each is made when it is first asked for, and kept. */
export interface ParsedMessage {
  /** The message as a value. Its fields and contents are decoded when they are asked for. */
  readonly message: Message;
  /** The same octets as fields and a body, as transports take them. */
  readonly raw: RawMessage;
  /**
   * Everything that is not as the standards have it, in the order of the octets. To know it, all fields and
   * contents are decoded, and kept.
   */
  readonly defects: readonly MessageDefect[];
}

/**
 * Reads any bytes as a message. The bytes are not copied and belong to the result from here on.
 *
 * What is not as the standards have it is read all the same and is a defect; nothing is left out, so that the
 * generator's `verbatimPolicy` writes the same bytes again.
 *
 * @throws {LimitError} `PARSE_LIMIT` for a message that exceeds a limit; with `limits.decodedBytes` when content
 * is asked for
 * @throws {UsageError} `PARSE_LIMIT_INVALID`, `PARSE_INPUT_INVALID` for text and the like; with `strict`
 * `MESSAGE_DEFECTIVE` for the first defect
 * @example
 * ```ts
 * import { subject, field, textOf } from "@letterwright/message";
 * import { parse } from "@letterwright/parser";
 *
 * const bytes = new TextEncoder().encode("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHello\r\n");
 * const { message, defects } = parse(bytes);
 * field(message, subject); // => "Grüße"
 * textOf(message); // => "Hello\r\n"
 * defects.map(({ code }) => code); // => ["FROM_MISSING"]
 * ```
 */
export function parse(bytes: Uint8Array, options: ParseOptions = {}): ParsedMessage {
  if (!(bytes instanceof Uint8Array)) {
    throw new UsageError(`a message is read from bytes, found ${typeof bytes}`, {
      code: "PARSE_INPUT_INVALID",
      hint: "Pass a Uint8Array; text has lost the octets that its decoding replaced.",
    });
  }
  const limits = resolveLimits(options.limits);
  const budget = new DecodingBudget(limits);
  const layout = layoutOf(bytes, limits);
  openEncoded(layout, limits, budget);
  const parsed = new LazyMessage(layout, limits, budget, options.charsets);
  if (options.strict === true) refuseDefects(parsed.defects);
  return parsed;
}

/** Messages whose octets are encoded are decoded and laid out now, so that what exceeds a limit is told now. */
function openEncoded(outer: Layout, limits: ParseLimits, budget: DecodingBudget): void {
  if (!outer.parts.some(isEncodedMessage)) return;
  let parts = outer.parts.length;
  let messages = outer.parts.filter(({ role }) => role === "nested-message").length;
  const pending: (readonly [layout: Layout, depth: number])[] = [[outer, 0]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [layout, depth] = next;
    for (const part of layout.parts) {
      if (!isEncodedMessage(part)) continue;
      if (++messages > limits.nestedMessages) throw exceeded(limits, "nestedMessages");
      const inner = layoutOf(decoded(layout, part, budget), limits, {
        parts,
        messages,
        depth: depth + part.depth + 1,
      });
      parts += inner.parts.length;
      messages += inner.parts.filter(({ role }) => role === "nested-message").length;
      part.encoded = inner;
      pending.push([inner, depth + part.depth + 1]);
    }
  }
}

function isEncodedMessage({ form }: PartLayout): boolean {
  return form.kind === "encoded-message";
}

function decoded({ octets }: Layout, part: PartLayout, budget: DecodingBudget): Uint8Array {
  return contentOf(octets.subarray(part.bodyStart, part.end), part.form.encoding, budget).bytes;
}

class LazyMessage implements ParsedMessage {
  readonly #layout: Layout;
  readonly #limits: ParseLimits;
  readonly #budget: DecodingBudget;
  readonly #charsets: CharsetDecoder | undefined;
  #message: Message | undefined;
  #raw: RawMessage | undefined;
  #defects: readonly MessageDefect[] | undefined;

  constructor(
    layout: Layout,
    limits: ParseLimits,
    budget: DecodingBudget,
    charsets: CharsetDecoder | undefined,
  ) {
    this.#layout = layout;
    this.#limits = limits;
    this.#budget = budget;
    this.#charsets = charsets;
    Object.freeze(this);
  }

  get message(): Message {
    return (this.#message ??= treeOf(this.#layout, {
      budget: this.#budget,
      charsets: this.#charsets,
    }));
  }

  get raw(): RawMessage {
    return (this.#raw ??= rawOf(this.#layout));
  }

  get defects(): readonly MessageDefect[] {
    return (this.#defects ??= defectsOf(this.#layout, this.message, this.#limits));
  }
}

/** @throws {UsageError} `MESSAGE_DEFECTIVE` */
export function refuseDefects(defects: readonly MessageDefect[]): void {
  const [first] = defects;
  if (first === undefined) return;
  throw new UsageError(
    `the message is not as the standards have it, ${first.code} at octet ${first.index}: ${first.message}`,
    {
      code: "MESSAGE_DEFECTIVE",
      hint: `See ${first.section}; without \`strict\` the message is read, with ${defects.length} defect(s).`,
    },
  );
}
