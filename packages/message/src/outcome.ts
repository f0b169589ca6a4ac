/** What a server answered, and what became of each recipient. */
import type { Mailbox } from "./address/mailbox.ts";

/** A reply, RFC 5321 §4.2, in the server's own words. */
export interface ServerReply {
  /** Three digits. */
  readonly code: number;
  /** The enhanced status code of RFC 2034, `"5.1.1"`, when the server gave one. */
  readonly enhancedStatus?: string;
  /** The text of all lines, joined by LF, without codes. Untrusted: escape it before a terminal. */
  readonly text: string;
}

/** Whether sending the same again can help: `"later"` after a 4yz reply (RFC 5321 §4.2.1). */
export type Retry = "no" | "later";

/** A recipient the server has taken responsibility for. */
export interface AcceptedRecipient {
  readonly mailbox: Mailbox;
  readonly reply: ServerReply;
}

/** A recipient the server refused. */
export interface RefusedRecipient {
  readonly mailbox: Mailbox;
  readonly reply: ServerReply;
  readonly retry: Retry;
}
