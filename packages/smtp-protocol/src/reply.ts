/** Replies: RFC 5321 §4.2, with the enhanced status codes of RFC 2034 and RFC 3463 §2. */
import { concatBytes, emptyBytes, lf, utf8Text } from "@letterwright/base/bytes";
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
    let start = 0;
    for (let feed = bytes.indexOf(lf); feed !== -1; feed = bytes.indexOf(lf, start)) {
      this.#checkLength(feed + 1 - start);
      const reply = this.#line(bytes.subarray(start, feed));
      start = feed + 1;
      if (reply !== undefined) take(reply);
    }
    this.#checkLength(bytes.length - start);
    // Copied, because the chunk belongs to whoever received it.
    this.#tail = start === bytes.length ? emptyBytes : bytes.slice(start);
  }

  #line(bytes: Uint8Array): ServerReply | undefined {
    const line = parseReplyLine(utf8Text(bytes));
    const first = this.#lines[0];
    // RFC 5321 §4.2.1: every line of a reply has the same code.
    if (first !== undefined && first.code !== line.code) {
      throw new ProtocolError(`a reply starts with ${first.code} and goes on with ${line.code}`, {
        code: "SMTP_REPLY_MALFORMED",
        hint: "The server, or something between, breaks RFC 5321 §4.2.1; nothing that follows can be trusted.",
      });
    }
    this.#lines.push(line);
    this.#heldBytes += bytes.length + 1;
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

interface ReplyLine {
  readonly code: number;
  readonly continues: boolean;
  readonly text: string;
}

/** `Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF`. */
function parseReplyLine(raw: string): ReplyLine {
  // QUIRK: a line end of LF alone is taken (RFC 5321 §4.2 has CRLF): some servers send it.
  const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
  const digits = line.slice(0, 3);
  const mark = line.charAt(3);
  const isCode =
    digits.length === 3 &&
    "2345".includes(digits.charAt(0)) &&
    isDigit(digits, 1) &&
    isDigit(digits, 2);
  if (!isCode || (mark !== "" && mark !== " " && mark !== "-")) {
    throw new ProtocolError(`this is no SMTP reply: ${JSON.stringify(line.slice(0, 120))}`, {
      code: "SMTP_REPLY_MALFORMED",
      hint: "Check host and port: another kind of server answers there.",
    });
  }
  return { code: Number(digits), continues: mark === "-", text: line.slice(4) };
}

function replyOf(lines: readonly ReplyLine[]): ServerReply {
  const { code } = lines[0] as ReplyLine;
  const status = enhancedStatusOf(code, (lines[0] as ReplyLine).text);
  const texts = lines.map(({ text }) => {
    // RFC 2034 §4: the status stands at the start of every line's text.
    return status !== undefined && text.startsWith(status)
      ? text.slice(status.length).trimStart()
      : text;
  });
  return Object.freeze({
    code,
    ...(status === undefined ? {} : { enhancedStatus: status }),
    text: texts.join("\n"),
  });
}

/** RFC 3463 §2: `class.subject.detail`, its class that of the reply code. */
function enhancedStatusOf(code: number, text: string): string | undefined {
  const [word = ""] = text.split(" ", 1);
  const [statusClass = "", subject = "", detail = "", ...more] = word.split(".");
  if (more.length > 0 || statusClass !== String(code).charAt(0)) return undefined;
  return isNumber(subject) && isNumber(detail) ? word : undefined;
}

function isNumber(text: string): boolean {
  if (text.length < 1 || text.length > 3) return false;
  for (let at = 0; at < text.length; at++) if (!isDigit(text, at)) return false;
  return true;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function tooLong(what: string, limit: number, option: string): LimitError {
  return new LimitError(`a reply has more than ${limit} ${what}`, {
    code: "SMTP_REPLY_TOO_LONG",
    limit,
    option,
    hint: "No server needs to say so much; is this the right host and port?",
  });
}
