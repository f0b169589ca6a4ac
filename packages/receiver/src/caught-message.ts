/** A message that arrived. */
import type { ReadMessage } from "./read-message.ts";

/** A message that arrived: what it says, its bytes, and how it came. */
export interface CaughtMessage extends ReadMessage {
  /** Made here, never taken from the mail. */
  readonly id: string;
  /** Exactly what was received, without dot-stuffing. */
  readonly bytes: Uint8Array;
  readonly envelope: {
    /** Empty for the null reverse-path. */
    readonly reversePath: string;
    readonly recipients: readonly string[];
  };
  readonly session: {
    readonly isEncrypted: boolean;
    readonly tlsProtocol: string | undefined;
    /** Who logged in. */
    readonly user: string | undefined;
    readonly clientName: string;
  };
  readonly receivedAt: Date;
  /** The stored file, where there is a store. */
  readonly path: string | undefined;
  /** The http and https links of the text and the HTML, each once, in order. */
  links(): readonly string[];
}

/** Links, by a scan for their beginnings; they end at what cannot be part of one. */
export function linksIn(...texts: readonly (string | undefined)[]): readonly string[] {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [link] of (text ?? "").matchAll(/https?:\/\/[^\s"'<>]+/g)) {
      // HTML writes "&" as a character reference; a text's full stop belongs to the sentence.
      found.add(link.replaceAll("&amp;", "&").replace(/[.,;:!?)]+$/, ""));
    }
  }
  return [...found];
}
