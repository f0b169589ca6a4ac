/**
 * Known faults of the independent readers: where one of them does not find what was written, though the
 * bytes are right by the RFC and another independent reader does find it.
 */
import type { Composition } from "@letterwright/testing";

/** One fault of one reader. */
export interface ReaderFault {
  readonly reader: "mailparser" | "postal-mime";
  readonly what: string;
  readonly section: string;
  /** A field that shows it, as written. */
  readonly field: string;
  /** What the RFC says the file name in it is. */
  readonly fileName: string;
  /** Whether a composition runs into it. */
  readonly concerns: (options: Composition) => boolean;
}

const looksEncoded = /=\?[^?\s]+\?[bq]\?[^?]*\?=/i;

export const readerFaults: readonly ReaderFault[] = [
  {
    reader: "postal-mime",
    what: "decodes what looks like an encoded-word in an RFC 2231 value",
    section: "RFC 2231 §7, RFC 2047 §5: no encoded-word stands in a parameter",
    field: "Content-Disposition: attachment; filename*=utf-8''%3D%3Futf-8%3Fq%3Fa%3F%3D.pdf",
    fileName: "=?utf-8?q?a?=.pdf",
    concerns: ({ inline, attachments }) =>
      [...inline, ...attachments].some(({ name }) => looksEncoded.test(name)),
  },
];
