/**
 * The semantic units that a field's value is written from.
 *
 * A generator folds between units and encodes inside them, each by its own rule; it never re-parses
 * what it wrote. So a separator cannot be encoded and an address cannot end up in an encoded-word.
 */
import type { Mailbox } from "../address/mailbox.ts";

/** One unit; blanks separate units unless `glued` says that nothing may stand before it. */
export type FieldUnit =
  /** Free text (RFC 5322 §2.2.1): may be folded at blanks and may become encoded-words. */
  | { readonly kind: "text"; readonly text: string }
  /** A display name (RFC 5322 §3.2.5): atoms, a quoted-string, or encoded-words. */
  | { readonly kind: "phrase"; readonly text: string }
  /** An address, in angle brackets where a name stands before it. */
  | { readonly kind: "addr-spec"; readonly mailbox: Mailbox; readonly angle: boolean }
  /** Text that is written exactly so: never encoded, never split. */
  | { readonly kind: "token"; readonly text: string; readonly glued?: boolean }
  /** `; name=value` (RFC 2045 §5.1); the value by RFC 2231 when it needs that. */
  | { readonly kind: "parameter"; readonly name: string; readonly value: string }
  /** Whole lines, written as they are; the second and further ones bring their own leading blank. */
  | { readonly kind: "verbatim"; readonly lines: readonly string[] };

/** Structured text whose blanks are the only places to fold: one token a word. */
export function tokensOf(text: string): readonly FieldUnit[] {
  return text
    .split(" ")
    .filter((word) => word !== "")
    .map((word): FieldUnit => ({ kind: "token", text: word }));
}
