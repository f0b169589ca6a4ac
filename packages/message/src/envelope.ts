/** The envelope: who gets reports, and who gets the message (RFC 5321 §2.3.1). */
import { isAscii } from "@letterwright/base/bytes";
import { UsageError } from "@letterwright/base/error";
import { mailboxFrom, type MailboxInput } from "./address/input.ts";
import { addrSpec, type Address, type Mailbox } from "./address/mailbox.ts";
import {
  bcc,
  cc,
  from,
  resentBcc,
  resentCc,
  resentFrom,
  resentSender,
  resentTo,
  sender,
  to,
  type AddressListField,
} from "./field/addresses.ts";
import type { FieldDefinition } from "./field/definition.ts";
import type { Field } from "./field/field.ts";
import { valueIn, type FieldHolder } from "./holder.ts";
import { latestResentBlock } from "./resent.ts";

/** On which occasions a report about a recipient is wanted, RFC 3461 §4.1. */
export type NotifyOccasion = "success" | "failure" | "delay";

/** One recipient of an envelope. */
export interface EnvelopeRecipient {
  readonly mailbox: Mailbox;
  /** When reports about this recipient are wanted; `"never"` for none. Without it the server decides. */
  readonly notify?: "never" | readonly NotifyOccasion[];
  /**
   * Whom the sender originally named, RFC 3461 §4.2; what a report repeats. US-ASCII, or UTF-8 with the
   * type `utf-8` (RFC 6533 §3).
   */
  readonly originalRecipient?: { readonly type: string; readonly address: string };
}

/** What reports should look like, RFC 3461 §4.3 and §4.4. */
export interface EnvelopeReports {
  /** Whether a report of failure returns the whole message or its header section. */
  readonly return?: "full" | "headers";
  /** A name of yours for this sending that each report repeats; at most 100 printable ASCII characters. */
  readonly id?: string;
}

/** What MAIL and RCPT say; the header is not consulted again. */
export interface Envelope {
  /** Where reports go; `null` is the null reverse-path `<>` of RFC 5321 §4.5.5, which asks for none. */
  readonly reversePath: Mailbox | null;
  readonly recipients: readonly EnvelopeRecipient[];
  /** Present when reports were asked for in some special way. */
  readonly reports?: EnvelopeReports;
}

/** What one recipient is made from: an address, or an address and what reports are wanted about it. */
export type RecipientInput =
  | MailboxInput
  | (Omit<EnvelopeRecipient, "mailbox"> & { readonly mailbox: MailboxInput });

/** What an {@link Envelope} is made from. */
export interface EnvelopeInit {
  readonly reversePath: MailboxInput | null;
  readonly recipients: readonly RecipientInput[];
  readonly reports?: EnvelopeReports | undefined;
}

/**
 * A checked, frozen envelope. A mailbox that stands twice is kept once, as it was named first.
 *
 * @throws {UsageError} `ENVELOPE_RECIPIENTS_MISSING`, `ENVELOPE_NOTIFY_INVALID`, `ENVELOPE_ID_INVALID`,
 * `ENVELOPE_ORIGINAL_RECIPIENT_INVALID`, `ADDRESS_SYNTAX`
 * @example
 * ```ts
 * import { envelope } from "@letterwright/message";
 *
 * const to = { mailbox: "bob@example.org", notify: ["failure", "delay"] } as const;
 * envelope({ reversePath: null, recipients: [to] }).recipients.length; // => 1
 * ```
 */
export function envelope(init: EnvelopeInit): Envelope {
  const recipients = recipientsFrom(init.recipients);
  if (recipients.length === 0) {
    throw new UsageError("there is nobody to send to", {
      code: "ENVELOPE_RECIPIENTS_MISSING",
      hint: "Give at least one mailbox in to, cc or bcc.",
    });
  }
  const reversePath = init.reversePath === null ? null : mailboxFrom(init.reversePath);
  Object.freeze(recipients);
  return Object.freeze(
    init.reports === undefined
      ? { reversePath, recipients }
      : { reversePath, recipients, reports: checkedReports(init.reports) },
  );
}

function recipientsFrom(inputs: readonly RecipientInput[]): EnvelopeRecipient[] {
  // One stands nowhere twice.
  if (inputs.length === 1) return [recipientOf(inputs[0] as RecipientInput)];
  const seen = new Set<string>();
  const recipients: EnvelopeRecipient[] = [];
  for (const input of inputs) {
    const recipient = recipientOf(input);
    const key = keyOf(recipient.mailbox);
    if (seen.has(key)) continue;
    seen.add(key);
    recipients.push(recipient);
  }
  return recipients;
}

/**
 * The envelope that a message asks for: Sender, else From, as reverse-path; every To, Cc and Bcc, groups
 * opened, as recipients. A message that was resent asks by the latest of its Resent- blocks instead
 * (RFC 5322 §3.6.6).
 *
 * @param options further wishes for reports, about all recipients
 * @throws {UsageError} `MESSAGE_FROM_MISSING`, `ENVELOPE_RECIPIENTS_MISSING`
 */
export function envelopeOf(
  mail: FieldHolder,
  options: {
    readonly notify?: EnvelopeRecipient["notify"];
    readonly reports?: EnvelopeReports;
  } = {},
): Envelope {
  const { notify, reports } = options;
  const resent = latestResentBlock(mail);
  const author =
    resent === undefined
      ? originator(mail, sender, from)
      : originator(resent, resentSender, resentFrom);
  const boxes =
    resent === undefined
      ? recipientsIn(mail, destinations)
      : recipientsIn(resent, resentDestinations);
  const recipients = notify === undefined ? boxes : boxes.map((mailbox) => ({ mailbox, notify }));
  return envelope({ reversePath: author, recipients, reports });
}

const destinations: readonly AddressListField[] = [to, cc, bcc];
const resentDestinations: readonly AddressListField[] = [resentTo, resentCc, resentBcc];

function originator(holder: FieldHolder, agent: typeof sender, authors: typeof from): Mailbox {
  const author = firstValue(holder, agent) ?? firstValue(holder, authors)?.[0];
  if (author !== undefined) return author;
  throw new UsageError(`the message has neither ${authors.name} nor ${agent.name}`, {
    code: "MESSAGE_FROM_MISSING",
    hint: "Compose it with `from`, or pass an envelope of your own.",
  });
}

/** The first that can be read. */
function firstValue<Value>(
  { fields }: FieldHolder,
  definition: FieldDefinition<Value, never>,
): Value | undefined {
  for (let at = 0; at < fields.length; at++) {
    const value = valueIn(fields[at] as Field, definition);
    if (value !== undefined) return value;
  }
  return undefined;
}

function recipientsIn(
  { fields }: FieldHolder,
  definitions: readonly AddressListField[],
): readonly Mailbox[] {
  const boxes: Mailbox[] = [];
  for (const definition of definitions) {
    for (let at = 0; at < fields.length; at++) {
      const list = valueIn(fields[at] as Field, definition);
      if (list !== undefined) pushMailboxes(boxes, list);
    }
  }
  return boxes;
}

/** By index: the engine makes an object for each step over a frozen list. */
function pushMailboxes(boxes: Mailbox[], list: readonly Address[]): void {
  for (let at = 0; at < list.length; at++) {
    const address = list[at] as Address;
    if (address.kind === "group") boxes.push(...address.members);
    else boxes.push(address);
  }
}

function recipientOf(input: RecipientInput): EnvelopeRecipient {
  if (typeof input === "string" || "localPart" in input) {
    return Object.freeze({ mailbox: mailboxFrom(input) });
  }
  const { mailbox, notify, originalRecipient } = input;
  return Object.freeze({
    mailbox: mailboxFrom(mailbox),
    ...(notify === undefined ? {} : { notify: checkedNotify(notify) }),
    ...(originalRecipient === undefined
      ? {}
      : { originalRecipient: checkedOriginal(originalRecipient) }),
  });
}

/** RFC 5321 §2.4: domains are matched without case, local-parts are not. */
function keyOf(box: Mailbox): string {
  const address = addrSpec(box, { domain: "ascii" });
  const at = address.lastIndexOf("@");
  return address.slice(0, at) + address.slice(at).toLowerCase();
}

function checkedNotify(
  notify: NonNullable<EnvelopeRecipient["notify"]>,
): NonNullable<EnvelopeRecipient["notify"]> {
  if (notify === "never") return notify;
  const known: readonly string[] = ["success", "failure", "delay"];
  if (notify.length > 0 && notify.every((one) => known.includes(one))) {
    return Object.freeze([...new Set(notify)]);
  }
  throw new UsageError(`notify cannot be ${JSON.stringify(notify)}`, {
    code: "ENVELOPE_NOTIFY_INVALID",
    hint: '"never", or a list of "success", "failure" and "delay" (RFC 3461 §4.1).',
  });
}

function checkedOriginal(
  original: NonNullable<EnvelopeRecipient["originalRecipient"]>,
): NonNullable<EnvelopeRecipient["originalRecipient"]> {
  const { type, address } = original;
  const isType = type.length > 0 && isPrintable(type) && !type.includes(";");
  const isUtf8 = type.toLowerCase() === "utf-8";
  if (isType && address.length > 0 && (isUtf8 ? !hasControl(address) : isPrintable(address))) {
    return Object.freeze({ type, address });
  }
  throw new UsageError("the original recipient cannot be written", {
    code: "ENVELOPE_ORIGINAL_RECIPIENT_INVALID",
    hint: 'A type, "rfc822" mostly, and an address of printable ASCII characters (RFC 3461 §4.2).',
  });
}

function checkedReports(reports: EnvelopeReports): EnvelopeReports {
  const { id } = reports;
  // RFC 3461 §4.4: at most 100 characters once they are encoded as xtext.
  if (id !== undefined && (id === "" || id.length > 100 || !isPrintable(id))) {
    throw new UsageError("the id of an envelope cannot be written", {
      code: "ENVELOPE_ID_INVALID",
      hint: "1 to 100 printable ASCII characters (RFC 3461 §4.4).",
    });
  }
  return Object.freeze({ ...reports });
}

function isPrintable(text: string): boolean {
  return isAscii(text) && !hasControl(text);
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}
