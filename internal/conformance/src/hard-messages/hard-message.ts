/** A message that readers find hard, and what the standards say it says. */
import type { Reading } from "../reading.ts";

/** What is judged of a message. */
export type Expected = Partial<Reading> & {
  /** Media types of the tree, each before its children: only our parser gives one. */
  readonly tree?: readonly string[];
  /** Codes of the defects that have to be among those reported: only our parser reports. */
  readonly defects?: readonly string[];
};

/** One message with its verdict. */
export interface HardMessage {
  readonly title: string;
  /** The rule that decides. */
  readonly section: string;
  /** One character an octet. */
  readonly octets: string;
  readonly expected: Expected;
  /**
   * The standards leave it open, or forbid it: what we read is a decision, reported as a defect, and other
   * readers are not held to it.
   */
  readonly isOpen?: true;
}

/** Lines with CRLF. */
export const lines = (...all: readonly string[]): string => all.join("\r\n");

/** Text as its octets in UTF-8, one character each. */
export const utf8 = (text: string): string => Buffer.from(text).toString("latin1");

/** A message of one field more than it needs, and a short body. */
export const withField = (...fields: readonly string[]): string =>
  lines("From: ana@example.com", ...fields, "", "text", "");

/** A text file as readers give it. */
export const file = (name: string, content: string, type = "text/plain") => ({
  name,
  type,
  cid: undefined,
  content: Buffer.from(content, "latin1").toString("hex"),
});
