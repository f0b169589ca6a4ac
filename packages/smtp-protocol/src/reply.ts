/** Replies: RFC 5321 §4.2, with the enhanced status codes of RFC 2034 and RFC 3463 §2. */
import { concatBytes, emptyBytes, lf, octetText, utf8Text } from "@letterwright/base/bytes";
import { LimitError, UsageError } from "@letterwright/base/error";
import type { ServerReply } from "@letterwright/message";
import { ProtocolError } from "./errors.ts";

/** Bounds of what a server may make us hold. */
export interface ReplyLimits {
  /** Octets of one line, line end included. RFC 5321 §4.5.3.1.5 says 512; servers exceed it. Default 4096. */
  readonly maxLineBytes?: number;
  /** Lines of one reply. Default 256. */
  readonly maxLines?: number;
}

/** Keeps the unfinished tail of what was received, and nothing else. */
export interface ReplyDecoder {
  /** The replies that are complete with this chunk. */
  decode(chunk: Uint8Array): readonly ServerReply[];
  /** The same, given one by one: those before a fault are given before it is thrown. */
  each(chunk: Uint8Array, take: (reply: ServerReply) => void): void;
  /** Octets received that no complete reply accounts for. */
  readonly buffered: number;
}

/**
 * A decoder of replies; any split of the input gives the same replies.
 *
 * Its `decode` throws {@link ProtocolError} `SMTP_REPLY_MALFORMED` for a line that is none of a reply's or
 * whose code differs from that of the lines before, and {@link LimitError} `SMTP_REPLY_TOO_LONG`.
 *
 * @throws {UsageError} `SMTP_REPLY_LIMIT_INVALID`
 */
export function createReplyDecoder(limits: ReplyLimits = {}): ReplyDecoder {
  const { maxLineBytes = 4096, maxLines = 256 } = limits;
  for (const [name, value] of Object.entries({ maxLineBytes, maxLines })) {
    // NaN would compare as below every limit, and so switch it off.
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new UsageError(`${name} must be a whole number above 0, found ${String(value)}`, {
      code: "SMTP_REPLY_LIMIT_INVALID",
      hint: "Leave it out for the default; a limit cannot be switched off.",
    });
  }
  return new LineReplyDecoder(maxLineBytes, maxLines);
}

class LineReplyDecoder implements ReplyDecoder {
  readonly #maxLineBytes: number;
  readonly #maxLines: number;
  readonly #familiar: FamiliarReplies = new FamiliarReplies();
  #tail: Uint8Array = emptyBytes;
  #lines: ReplyLine[] = [];
  #heldBytes = 0;

  constructor(maxLineBytes: number, maxLines: number) {
    this.#maxLineBytes = maxLineBytes;
    this.#maxLines = maxLines;
  }

  get buffered(): number {
    return this.#tail.length + this.#heldBytes;
  }

  decode(chunk: Uint8Array): readonly ServerReply[] {
    const replies: ServerReply[] = [];
    this.each(chunk, (reply) => replies.push(reply));
    return replies;
  }

  each(chunk: Uint8Array, take: (reply: ServerReply) => void): void {
    const bytes = this.#tail.length === 0 ? chunk : concatBytes([this.#tail, chunk]);
    const { length } = bytes;
    let start = 0;
    let hash = 0;
    let all = 0;
    for (let at = 0; at < length; at++) {
      const octet = bytes[at] as number;
      if (octet !== lf) {
        hash = (Math.imul(hash, 31) + octet) | 0;
        all |= octet;
        continue;
      }
      this.#checkLength(at + 1 - start);
      const reply = this.#line(bytes, start, at, hash, all < 0x80);
      start = at + 1;
      hash = 0;
      all = 0;
      if (reply !== undefined) take(reply);
    }
    this.#checkLength(length - start);
    // Copied, because the chunk belongs to whoever received it.
    this.#tail = start === length ? emptyBytes : bytes.slice(start);
  }

  #line(
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
    isAscii: boolean,
  ): ServerReply | undefined {
    const isAlone = this.#lines.length === 0;
    const familiar = isAlone ? this.#familiar.find(bytes, start, end, hash) : undefined;
    if (familiar !== undefined) return familiar;
    const octets = bytes.subarray(start, end);
    const line = parseReplyLine(isAscii ? octetText(octets) : utf8Text(octets));
    if (isAlone && !line.continues) {
      const reply = singleReply(line);
      this.#familiar.meet(octets, hash, reply);
      return reply;
    }
    const first = this.#lines[0];
    // RFC 5321 §4.2.1: every line of a reply has the same code.
    if (first !== undefined && first.code !== line.code) {
      throw new ProtocolError(`a reply starts with ${first.code} and goes on with ${line.code}`, {
        code: "SMTP_REPLY_MALFORMED",
        hint: "The server, or something between, breaks RFC 5321 §4.2.1; nothing that follows can be trusted.",
      });
    }
    this.#lines.push(line);
    this.#heldBytes += octets.length + 1;
    if (this.#lines.length > this.#maxLines) throw tooLong("lines", this.#maxLines, "maxLines");
    if (line.continues) return undefined;
    const reply = replyOf(this.#lines);
    this.#lines = [];
    this.#heldBytes = 0;
    return reply;
  }

  #checkLength(octets: number): void {
    if (octets > this.#maxLineBytes)
      throw tooLong("octets in a line", this.#maxLineBytes, "maxLineBytes");
  }
}

const familiarSlots = 32;
const longestFamiliar = 64;

/**
 * Replies that came before, by their octets: what a server says to MAIL and RCPT is the same for every message, and
 * read once. A reply is kept when it comes for the second time, so that those with a name of their own for each
 * message push none of the others out.
 */
class FamiliarReplies {
  readonly #hashes: Int32Array = new Int32Array(familiarSlots);
  readonly #octets: (Uint8Array | undefined)[] = Array.from({ length: familiarSlots });
  readonly #replies: (ServerReply | undefined)[] = Array.from({ length: familiarSlots });

  find(bytes: Uint8Array, start: number, end: number, hash: number): ServerReply | undefined {
    const slot = hash & (familiarSlots - 1);
    const octets = this.#octets[slot];
    if (octets === undefined || octets.length !== end - start) return undefined;
    for (let at = 0; at < octets.length; at++) {
      if (octets[at] !== bytes[start + at]) return undefined;
    }
    return this.#replies[slot];
  }

  meet(octets: Uint8Array, hash: number, reply: ServerReply): void {
    if (octets.length > longestFamiliar) return;
    const slot = hash & (familiarSlots - 1);
    if (this.#hashes[slot] === hash) {
      this.#octets[slot] = octets.slice();
      this.#replies[slot] = reply;
    } else this.#hashes[slot] = hash;
  }
}

interface ReplyLine {
  readonly code: number;
  readonly continues: boolean;
  readonly text: string;
}

/** `Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF`. */
function parseReplyLine(raw: string): ReplyLine {
  // QUIRK: a line end of LF alone is taken (RFC 5321 §4.2 has CRLF): some servers send it.
  const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
  const first = line.charCodeAt(0);
  const mark = line.charAt(3);
  const isCode = first >= 0x32 && first <= 0x35 && isDigit(line, 1) && isDigit(line, 2);
  if (!isCode || (mark !== "" && mark !== " " && mark !== "-")) {
    throw new ProtocolError(`this is no SMTP reply: ${JSON.stringify(line.slice(0, 120))}`, {
      code: "SMTP_REPLY_MALFORMED",
      hint: "Check host and port: another kind of server answers there.",
    });
  }
  const code = (first - 0x30) * 100 + digitAt(line, 1) * 10 + digitAt(line, 2);
  return { code, continues: mark === "-", text: line.slice(4) };
}

function singleReply({ code, text }: ReplyLine): ServerReply {
  const length = statusLength(code, text);
  if (length === 0) return Object.freeze({ code, text });
  const enhancedStatus = text.slice(0, length);
  return Object.freeze({ code, enhancedStatus, text: text.slice(length).trimStart() });
}

function replyOf(lines: readonly ReplyLine[]): ServerReply {
  const [first] = lines as readonly [ReplyLine];
  const { code } = first;
  const status = first.text.slice(0, statusLength(code, first.text));
  const texts = lines.map(({ text }) => {
    // RFC 2034 §4: the status stands at the start of every line's text.
    return status !== "" && text.startsWith(status) ? text.slice(status.length).trimStart() : text;
  });
  const text = texts.join("\n");
  return Object.freeze(status === "" ? { code, text } : { code, enhancedStatus: status, text });
}

/**
 * How long the enhanced status at the start of the text is, 0 where there is none. RFC 3463 §2: `class.subject.detail`,
 * its class that of the reply code.
 */
function statusLength(code: number, text: string): number {
  const isOfClass =
    text.charCodeAt(0) === 0x30 + Math.trunc(code / 100) && text.charCodeAt(1) === 0x2e;
  if (!isOfClass) return 0;
  const subject = digitsEnd(text, 2);
  if (subject === 2 || text.charCodeAt(subject) !== 0x2e) return 0;
  const detail = digitsEnd(text, subject + 1);
  if (detail === subject + 1) return 0;
  return detail === text.length || text.charCodeAt(detail) === 0x20 ? detail : 0;
}

/** Where the digits end that begin there, three at most. */
function digitsEnd(text: string, start: number): number {
  let end = start;
  while (end < start + 3 && isDigit(text, end)) end++;
  return end;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function digitAt(text: string, at: number): number {
  return text.charCodeAt(at) - 0x30;
}

function tooLong(what: string, limit: number, option: string): LimitError {
  return new LimitError(`a reply has more than ${limit} ${what}`, {
    code: "SMTP_REPLY_TOO_LONG",
    limit,
    option,
    hint: "No server needs to say so much; is this the right host and port?",
  });
}
