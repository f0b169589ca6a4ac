/** What a delivery status says: RFC 3464. */
import {
  parseMessageIds,
  readField,
  date as dateField,
  type DateTime,
  type Field,
  type Fields,
  type MessageId,
  type Part,
} from "@letterwright/message";

/** What became of a message for one recipient, RFC 3464 §2.3.3. */
export type DeliveryAction = "failed" | "delayed" | "delivered" | "relayed" | "expanded";

/** An enhanced status code, RFC 3463 §2: class, subject and detail. */
export interface DeliveryCode {
  /** 2 for success, 4 for what may pass, 5 for what will not. */
  readonly class: 2 | 4 | 5;
  readonly subject: number;
  readonly detail: number;
  /** `"5.1.1"`. */
  readonly text: string;
}

/** What is said of one recipient. */
export interface RecipientStatus {
  /** Whom the server had, without its type: `"bob@example.org"`. */
  readonly address: string;
  /** Whom the sender named, where that is another (RFC 3464 §2.3.1). */
  readonly originalAddress: string | undefined;
  /** `undefined` for a word that RFC 3464 does not know. */
  readonly action: DeliveryAction | undefined;
  readonly status: DeliveryCode | undefined;
  /** What the other server said, without its type: `"550 5.1.1 no such user"`. */
  readonly diagnostic: string | undefined;
  /** The server that said it, without its type. */
  readonly remoteMta: string | undefined;
  readonly lastAttempt: DateTime | undefined;
  /** Until when it is tried again; of a delay (RFC 3464 §2.3.9). */
  readonly retryUntil: DateTime | undefined;
  /** All its fields. */
  readonly fields: Fields;
}

/** What a message/delivery-status says. */
export interface DeliveryStatus {
  /** The server that reports, without its type. */
  readonly reportingMta: string | undefined;
  /** The ENVID that the sender gave (RFC 3461 §4.4). */
  readonly envelopeId: string | undefined;
  readonly arrival: DateTime | undefined;
  readonly recipients: readonly RecipientStatus[];
  /** The fields about the message. */
  readonly fields: Fields;
}

const actions: ReadonlySet<string> = new Set([
  "failed",
  "delayed",
  "delivered",
  "relayed",
  "expanded",
]);

/** The value of the first field of this name, its words joined. */
export function textIn(fields: Fields, name: string): string | undefined {
  const found = fields.find((one) => one.name.toLowerCase() === name);
  return found && textOfField(found);
}

function textOfField({ value, wire }: Field): string {
  return (typeof value === "string" ? value : (wire ?? "")).replace(/\s+/g, " ").trim();
}

/** RFC 3464 §2.1.2: a type, ";", and the thing; some writers forget the type. */
function untyped(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const match = /^\s*[A-Za-z0-9-]+\s*;\s*/.exec(text);
  return match === null ? text : text.slice(match[0].length);
}

function dateIn(fields: Fields, name: string): DateTime | undefined {
  const text = textIn(fields, name);
  return text === undefined ? undefined : readField(dateField, text).value;
}

function codeIn(text: string | undefined): DeliveryCode | undefined {
  const match = /(?:^|\s)([245])\.(\d{1,3})\.(\d{1,3})(?:\D|$)/.exec(text ?? "");
  if (match === null) return undefined;
  const [, kind = "", subject = "", detail = ""] = match;
  return Object.freeze({
    class: Number(kind) as 2 | 4 | 5,
    subject: Number(subject),
    detail: Number(detail),
    text: `${kind}.${subject}.${detail}`,
  });
}

/** `undefined` for a part that is no delivery status, or has no fields. */
export function readDeliveryStatus({ body }: Part): DeliveryStatus | undefined {
  if (body.kind !== "field-groups") return undefined;
  const [first = [], ...others] = body.groups;
  const isAboutRecipient = (fields: Fields): boolean =>
    textIn(fields, "final-recipient") !== undefined || textIn(fields, "action") !== undefined;
  // QUIRK: RFC 3464 §2.1 has a group about the message first; some writers leave it out or join the two.
  const groups = isAboutRecipient(first) ? body.groups : others;
  return Object.freeze({
    reportingMta: untyped(textIn(first, "reporting-mta")),
    envelopeId: textIn(first, "original-envelope-id"),
    arrival: dateIn(first, "arrival-date"),
    recipients: Object.freeze(groups.filter(isAboutRecipient).map(recipientOf)),
    fields: first,
  });
}

function recipientOf(fields: Fields): RecipientStatus {
  const action = textIn(fields, "action")?.toLowerCase();
  const final = untyped(textIn(fields, "final-recipient"));
  const original = untyped(textIn(fields, "original-recipient"));
  const diagnostic = untyped(textIn(fields, "diagnostic-code"));
  return Object.freeze({
    address: withoutBrackets(final ?? original ?? ""),
    originalAddress: original && withoutBrackets(original),
    action: action !== undefined && actions.has(action) ? (action as DeliveryAction) : undefined,
    status: codeIn(textIn(fields, "status")) ?? codeIn(diagnostic),
    diagnostic,
    remoteMta: untyped(textIn(fields, "remote-mta")),
    lastAttempt: dateIn(fields, "last-attempt-date"),
    retryUntil: dateIn(fields, "will-retry-until"),
    fields,
  });
}

function withoutBrackets(address: string): string {
  return address.startsWith("<") && address.endsWith(">") ? address.slice(1, -1) : address;
}

/** What became of a message at its reader, RFC 8098 §3. */
export interface DispositionNotification {
  readonly address: string;
  readonly originalAddress: string | undefined;
  readonly originalMessageId: MessageId | undefined;
  /** `"displayed"`, `"deleted"`, `"dispatched"`, `"processed"`, lower case (§3.2.6.2). */
  readonly disposition: string | undefined;
  /** `"manual-action"` or `"automatic-action"` (§3.2.6.1). */
  readonly actionMode: string | undefined;
  /** `"mdn-sent-manually"` or `"mdn-sent-automatically"`. */
  readonly sendingMode: string | undefined;
  /** `"error"` and others (§3.2.6.3). */
  readonly modifiers: readonly string[];
  readonly fields: Fields;
}

/** `undefined` for a part that is no disposition notification, or has no Disposition. */
export function readDispositionNotification({ body }: Part): DispositionNotification | undefined {
  if (body.kind !== "field-groups") return undefined;
  const [fields = []] = body.groups;
  const text = textIn(fields, "disposition")?.toLowerCase();
  if (text === undefined) return undefined;
  const [modes = "", kinds = ""] = text.split(";");
  const [actionMode, sendingMode] = modes.split("/").map((word) => word.trim());
  const [disposition, modifiers = ""] = kinds.split("/").map((word) => word.trim());
  const original = untyped(textIn(fields, "original-recipient"));
  const id = textIn(fields, "original-message-id");
  return Object.freeze({
    address: untyped(textIn(fields, "final-recipient")) ?? original ?? "",
    originalAddress: original,
    originalMessageId: id === undefined ? undefined : identifierIn(id),
    disposition: disposition === "" ? undefined : disposition,
    actionMode: actionMode === "" ? undefined : actionMode,
    sendingMode: sendingMode === "" ? undefined : sendingMode,
    modifiers: Object.freeze(
      modifiers
        .split(",")
        .map((word) => word.trim())
        .filter((word) => word !== ""),
    ),
    fields,
  });
}

function identifierIn(text: string): MessageId | undefined {
  try {
    return parseMessageIds(text)[0];
  } catch {
    return undefined;
  }
}
