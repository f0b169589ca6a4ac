/**
 * What is sent. Each message has a number; it stands in the field `X-Bench-Number`, and again, as 57 digits, right before
 * the payload, so that the receiver sees when a message carries what belongs to another. The payload is the same in all.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** 57 octets are one line of base64. */
export const stampLength = 57;
/** `"000…00042"` */
export const stampOf = (id: number): string => String(id).padStart(stampLength, "0");

/** A kind of message. */
export type LoadKind = "text" | "attachment";

/** A kind of message, as files that every side reads. */
export interface LoadFiles {
  readonly kind: LoadKind;
  /** The text behind the stamp, or the file's octets behind the stamp. */
  readonly source: string;
  /** How that looks on the wire: what the receiver compares with. */
  readonly payload: string;
}

const sentence = "The quick brown fox jumps over the lazy dog, and nobody minds at all.\n";

/** A text of 1 000 octets with its stamp; some lines start with dots. */
function text(): string {
  const start = "\n.\n..and a line that starts with dots\n";
  const length = 1000 - stampLength - 1;
  return (
    `${start}${sentence.repeat(Math.ceil(length / sentence.length))}`.slice(0, length - 1) + "\n"
  );
}

/** A file of 1 000 000 octets with its stamp, without a pattern. */
function file(): Uint8Array {
  const octets = new Uint8Array(1_000_000 - stampLength);
  let state = 1;
  for (let at = 0; at < octets.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    octets[at] = state >>> 24;
  }
  return octets;
}

/** Writes the files of both kinds into a folder that goes when the process ends. */
export function writeLoads(): Readonly<Record<LoadKind, LoadFiles>> {
  const folder = mkdtempSync(join(tmpdir(), "letterwright-load-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const octets = file();
  const base64 = Buffer.from(octets)
    .toString("base64")
    .replaceAll(/.{76}(?!$)/g, "$&\r\n");
  return {
    text: {
      kind: "text",
      source: write("text.txt", text()),
      payload: write("text.payload", text().trimEnd().replaceAll("\n", "\r\n")),
    },
    attachment: {
      kind: "attachment",
      source: write("file.bin", octets),
      payload: write("file.payload", base64),
    },
  };
}

/** The parts of a message, as every side writes them. */
export interface Parts {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The octets of the attachment; absent when there is none. */
  readonly file: Buffer | undefined;
}

/**
 * Gives the parts of one message after another. The octets of a file are written again only when `kept` further
 * messages have been made: no more may be on their way at once.
 */
export function partsMaker({ kind, source }: LoadFiles, kept: number): (id: number) => Parts {
  const rest = readFileSync(source);
  // Each property by name, as who composes writes them: what a spread costs the engine is no side's work.
  if (kind === "text") {
    const body = rest.toString("latin1");
    return (id) => ({
      from: `Ana Example <ana${id}@example.com>`,
      to: `Bob Example <bob${id}@example.org>`,
      subject: `Your order number ${id}`,
      text: `${stampOf(id)}\n${body}`,
      file: undefined,
    });
  }
  const files = Array.from({ length: kept }, () =>
    Buffer.concat([Buffer.alloc(stampLength), rest]),
  );
  let turn = 0;
  return (id) => {
    const file = files[turn++ % kept] as Buffer;
    file.write(stampOf(id), 0, "latin1");
    return {
      from: `Ana Example <ana${id}@example.com>`,
      to: `Bob Example <bob${id}@example.org>`,
      subject: `Your order number ${id}`,
      text: "See the file.\n",
      file,
    };
  };
}
