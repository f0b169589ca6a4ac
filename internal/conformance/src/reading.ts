/** What an independent reader found in a message, in one shape whoever read it. */

/** One mailbox as found. */
export interface ReadMailbox {
  readonly name: string;
  readonly address: string;
}

/** One file as found. */
export interface ReadFile {
  readonly name: string;
  readonly type: string;
  readonly cid: string | undefined;
  readonly content: string;
}

/** A message as found. */
export interface Reading {
  readonly subject: string;
  readonly from: readonly ReadMailbox[];
  readonly to: readonly ReadMailbox[];
  readonly cc: readonly ReadMailbox[];
  readonly replyTo: readonly ReadMailbox[];
  readonly date: string;
  readonly messageId: string;
  readonly text: string;
  readonly html: string;
  readonly files: readonly ReadFile[];
}

/**
 * Line ends as LF, and none at the end: readers add or drop them there as they like. Byte-exact ends
 * are the business of the generator's own tests.
 */
export function plainText(text: string | undefined | false): string {
  if (text === undefined || text === false) return "";
  let lines = text.replaceAll("\r\n", "\n");
  while (lines.endsWith("\n")) lines = lines.slice(0, -1);
  return lines;
}

/** Bytes as hexadecimal digits, so that a difference is shown whole. */
export function hex(content: Uint8Array | ArrayBuffer | string): string {
  return (
    typeof content === "string" ? Buffer.from(content) : Buffer.from(content as Uint8Array)
  ).toString("hex");
}
