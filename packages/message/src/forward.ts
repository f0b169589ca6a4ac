/** Passing a message on to others: as it is, inside a new one; or its text and files in a new one. */
import type { AddressInput } from "./address/input.ts";
import { message, type MessageInit } from "./compose.ts";
import { bcc, resentBcc } from "./field/addresses.ts";
import { subject } from "./field/notice.ts";
import { addAttachment } from "./edit/add.ts";
import { field, removeField } from "./holder.ts";
import { messagePart } from "./nested.ts";
import type { Message } from "./part.ts";
import { attachmentsOf } from "./read/body.ts";
import { headLines, plainTextOf } from "./read/plain.ts";
import { threadOf } from "./reply.ts";

/** What a forwarding message is composed from. */
export interface ForwardInit extends Omit<MessageInit, "references" | "html" | "amp" | "calendar"> {
  readonly to: AddressInput;
  /** Default: the original's with `Fwd: ` before it, unless it has that. */
  readonly subject?: string;
  /**
   * `"attached"`, the default: the whole original as a message/rfc822 part, unchanged but for its Bcc.
   * `"inline"`: its text below yours, and its files attached.
   */
  readonly as?: "attached" | "inline";
}

/**
 * A message that passes another on. References holds the thread; In-Reply-To is left out, because this
 * answers nobody. Whom the original went to in Bcc is not told to anybody.
 *
 * To put a message on its way again as it is, under its author's name, use `resent`.
 *
 * @throws what `message` throws; `TEXT_NOT_IN_MEMORY` for text in a stream or a file, inline
 * @example
 * ```ts
 * import { attachmentsOf, field, forward, message, subject } from "@letterwright/message";
 *
 * const original = message({ from: "ana@example.com", subject: "Plan", text: "See below." });
 * const passed = forward(original, { from: "bob@example.org", to: "eve@example.net", text: "FYI" });
 * field(passed, subject); // => "Fwd: Plan"
 * attachmentsOf(passed).map(({ type }) => type); // => ["message/rfc822"]
 * ```
 */
export function forward(original: Message, init: ForwardInit): Message {
  const { as = "attached", ...rest } = init;
  const thread = threadOf(original);
  const base = {
    ...rest,
    subject: init.subject ?? forwardedSubject(field(original, subject) ?? ""),
    ...(thread.length === 0 ? {} : { references: thread }),
  };
  if (as === "attached") {
    return addAttachment(message(base), messagePart(withoutBcc(original)));
  }
  const text = [init.text?.trimEnd(), forwardedText(original)].filter((one) => one !== undefined);
  let mail = message({ ...base, text: text.join("\n\n") });
  for (const { part } of attachmentsOf(original, { inline: true }))
    mail = addAttachment(mail, part);
  return mail;
}

function forwardedText(original: Message): string {
  const said = plainTextOf(original) ?? "";
  const head = headLines(original).join("\n");
  return `-------- Forwarded message --------\n${head}\n\n${said}`;
}

function forwardedSubject(original: string): string {
  return /^(?:fwd?|wg):/i.test(original.trimStart()) ? original : `Fwd: ${original}`.trimEnd();
}

function withoutBcc(original: Message): Message {
  return removeField(removeField(original, bcc), resentBcc);
}
