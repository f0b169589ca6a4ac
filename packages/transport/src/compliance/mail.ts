/** Messages and envelopes that the compliance suite sends. */
import { concatBytes, utf8 } from "@letterwright/base/bytes";
import {
  bytesOf,
  envelope,
  mailbox,
  type ByteSource,
  type Envelope,
  type Mailbox,
  type OpenOptions,
  type RawMessage,
  type Requirement,
} from "@letterwright/message";

export const ana: Mailbox = mailbox({ localPart: "ana", domain: "example.com" });
export const bob: Mailbox = mailbox({ localPart: "bob", domain: "example.org" });
export const eve: Mailbox = mailbox({ localPart: "eve", domain: "example.org" });
export const toBob: Envelope = envelope({ reversePath: ana, recipients: [bob] });

/** Whatever might be damaged on the way: dots, blanks at the end, a long line, empty lines. */
export const delicate: string = [
  ".",
  "..",
  "...and more",
  "",
  "From here",
  "blanks at the end  \t",
  "x".repeat(998),
  "=3D %0d%0a \\r\\n &amp; <>",
  "",
  ".",
  "",
  "",
].join("\r\n");

/** A finished message. The subject tells one from another. */
export function rawMail(
  subject: string,
  body: string | Uint8Array | ByteSource = "Hello\r\n",
  requires: readonly Requirement[] = [],
): RawMessage {
  return {
    fields: [
      field("From: ana@example.com"),
      field("To: bob@example.org"),
      field("Date: Mon, 23 Nov 2026 10:00:00 +0000"),
      field("Message-ID: <compliance@example.com>"),
      field(`Subject: ${subject}`),
    ],
    separator: utf8("\r\n"),
    body: typeof body === "string" || body instanceof Uint8Array ? bytesOf(body) : body,
    requires: new Set(requires),
  };
}

/** One field more. */
export function withField(raw: RawMessage, line: string): RawMessage {
  return { ...raw, fields: [...raw.fields, field(line)] };
}

function field(line: string): { readonly name: string; readonly bytes: Uint8Array } {
  return { name: line.slice(0, line.indexOf(":")), bytes: utf8(`${line}\r\n`) };
}

/** All bytes of a message whose body is in memory. */
export function bytesOfMail(raw: RawMessage): Uint8Array {
  const parts = [...raw.fields.map(({ bytes }) => bytes), raw.separator];
  return concatBytes([...parts, raw.body.bytes ?? new Uint8Array(0)]);
}

/** Content that comes piece by piece, and tells when it was given back. */
export interface WatchedSource extends ByteSource {
  /** How often it was opened, and how often it was given back. */
  readonly counts: { opened: number; ended: number };
}

/** A source in pieces; after them it throws, tells that it hangs and does until the signal fires, or ends. */
export function piecewise(
  pieces: readonly string[],
  then: { readonly fail?: Error; readonly hang?: () => void; readonly byteLength?: number } = {},
): WatchedSource {
  const counts = { opened: 0, ended: 0 };
  return {
    ...(then.byteLength === undefined ? {} : { byteLength: then.byteLength }),
    counts,
    async *open({ signal }: OpenOptions = {}): AsyncGenerator<Uint8Array> {
      counts.opened++;
      try {
        for (const piece of pieces) yield utf8(piece);
        if (then.fail !== undefined) throw then.fail;
        if (then.hang !== undefined) {
          then.hang();
          await untilAborted(signal);
        }
      } finally {
        counts.ended++;
      }
    },
  };
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal === undefined) return;
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
