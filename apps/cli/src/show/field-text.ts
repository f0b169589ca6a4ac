/** What a field says, as a person reads it. */
import { defuse } from "@letterwright/base/display";
import {
  date,
  formatAddress,
  formatDate,
  resentDate,
  type Address,
  type DateTime,
  type Field,
} from "@letterwright/message";

/**
 * The decoded value on one line, harmless for a terminal. What has no text of its own, or could not be read, is
 * shown as it stands, unfolded.
 */
export function fieldText(one: Field): string {
  return defuse(decodedText(one) ?? (one.wire ?? "").replace(/\r?\n(?=[ \t])/g, "").trim());
}

function decodedText({ value, definition }: Field): string | undefined {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return undefined;
  if (definition === (date as unknown) || definition === (resentDate as unknown)) {
    return formatDate(value as DateTime);
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.every(isAddress) ? list.map(formatAddress).join(", ") : undefined;
}

function isAddress(value: unknown): value is Address {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  return value.kind === "mailbox" || value.kind === "group";
}
