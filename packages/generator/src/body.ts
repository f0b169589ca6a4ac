/** How the content of a leaf is written: its charset, its transfer encoding and its line ends. */
import { isAscii, isAsciiBytes, octetText, utf8 } from "@letterwright/base/bytes";
import {
  canonicalText,
  encodeCharset,
  encodedBase64Length,
  encodeQuotedPrintable,
  textLines,
  type TextLines,
} from "@letterwright/base/codec";
import { UsageError } from "@letterwright/base/error";
import type { ByteSource, TextBody, TransferEncoding } from "@letterwright/message";
import { checkOctets, faultInOctets } from "./gate.ts";
import { type Base64Layout, type Piece } from "./pieces.ts";
import type { Policy } from "./policy.ts";
import { flowedText, hasForeignLineEnds } from "./text-lines.ts";

/** Content that is decided about: what is written, and what the fields say of it. */
export interface EncodedBody {
  readonly piece: Piece;
  readonly encoding: TransferEncoding;
  /** For text. */
  readonly charset: string | undefined;
  readonly isFlowed: boolean;
}

/** The same properties in the same order each time, for the sake of speed. */
function encodedBody(
  piece: Piece,
  encoding: TransferEncoding,
  charset?: string,
  isFlowed = false,
): EncodedBody {
  return { piece, encoding, charset, isFlowed };
}

function asText({ piece, encoding }: EncodedBody, charset: string, isFlowed = false): EncodedBody {
  return encodedBody(piece, encoding, charset, isFlowed);
}

/**
 * A text in the plainest encoding that carries it unharmed: as it is when its lines are short and nothing
 * in it is at risk; else quoted-printable or base64, whichever is shorter.
 *
 * @throws {UsageError} `ENCODING_IMPOSSIBLE` when the part declares one that cannot carry it
 */
export function encodeText(
  body: TextBody,
  declared: TransferEncoding | undefined,
  policy: Policy,
  { isPlain, isSigned }: { readonly isPlain: boolean; readonly isSigned: boolean },
): EncodedBody {
  if (body.lineEnds === "exact" && hasForeignLineEnds(body.text)) {
    return encodeExactText(body, declared, policy);
  }
  const isFlowed = isPlain && policy.flowed;
  const text = isFlowed ? flowedText(body.text) : body.text;
  const { lineEnd } = policy;
  const lines = textLines(text, lineEnd);
  const charset = body.charset ?? (lines.isAscii ? "us-ascii" : "utf-8");
  const isUtf8 = lines.isAscii || charset === "utf-8";
  const isPlainPossible = !lines.hasControl && !lines.hasLongLine;
  const isPlainSafe = !isSigned || declared !== undefined || !isAtRisk(text);
  if (isPlainPossible && isPlainSafe && isPlainWanted(lines, declared)) {
    if (lines.isAscii) {
      const encoding = declared === "8bit" ? "8bit" : "7bit";
      return encodedBody({ kind: "lines", lines }, encoding, charset, isFlowed);
    }
    if (policy.transferEncoding !== "7bit" && declared !== "7bit") {
      const piece: Piece = isUtf8
        ? { kind: "lines", lines }
        : { kind: "bytes", bytes: charsetLines(text, charset, policy) };
      return encodedBody(piece, "8bit", charset, isFlowed);
    }
  }
  if (declared === "binary" && policy.transferEncoding === "binary") {
    const bytes = encodeCharset(canonicalText(text, lineEnd), charset);
    return asText(asTheyAre(bytes, "binary"), charset, isFlowed);
  }
  assertEncoded(declared);
  if (isUtf8) return asText(encodeLines(lines, declared, policy), charset, isFlowed);
  // RFC 2045 §6.7 and §6.8: the text is made canonical, with CRLF, before it is encoded.
  const octets = encodeCharset(canonicalText(text, "\r\n"), charset);
  return asText(encodeOctets(octets, declared, policy, true), charset, isFlowed);
}

/**
 * What programs on the way are known to touch: blanks at the end of a line, `From ` at its start, a dot alone. A
 * signature does not survive it (RFC 3156 §3).
 */
function isAtRisk(text: string): boolean {
  return /[ \t](?:[\r\n]|$)|(?:^|[\r\n])(?:From |\.(?:[\r\n]|$))/.test(text);
}

function charsetLines(text: string, charset: string, { lineEnd }: Policy): Uint8Array {
  const octets = encodeCharset(canonicalText(text, lineEnd), charset);
  checkOctets(octets, { lineEnd, eightBit: true });
  return octets;
}

/** A text whose line ends are to arrive as they are, and are not those of mail: they are data. */
function encodeExactText(
  { text, charset: wanted }: TextBody,
  declared: TransferEncoding | undefined,
  policy: Policy,
): EncodedBody {
  assertEncoded(declared);
  const charset = wanted ?? (isAscii(text) ? "us-ascii" : "utf-8");
  return asText(encodeOctets(encodeCharset(text, charset), declared, policy, false), charset);
}

/** A declared encoding is kept where it is possible; by itself, `From ` is not left to chance. */
function isPlainWanted(lines: TextLines, declared: TransferEncoding | undefined): boolean {
  return declared === undefined ? !lines.hasFrom : !isEncoded(declared);
}

export function isEncoded(declared: TransferEncoding): boolean {
  return declared === "base64" || declared === "quoted-printable";
}

/** What is left when nothing but an encoding carries the content. */
function assertEncoded(declared: TransferEncoding | undefined): void {
  if (declared !== undefined && !isEncoded(declared)) throw impossible(declared);
}

/** Quoted-printable or base64: what is declared, else the shorter. */
function encodeLines(
  lines: TextLines,
  declared: TransferEncoding | undefined,
  policy: Policy,
): EncodedBody {
  if (declared === undefined && lines.length < fewOctets) {
    const quoted = lines.quotedPrintable(policy.limits.bodyLine);
    if (quoted.length <= encodedBase64Length(lines.length, layoutOf(policy))) {
      return quotedBody(quoted, policy);
    }
  }
  return encodeOctets(lines.canonicalOctets(), declared, policy, true);
}

/** Up to so many, an encoding is tried without a look whether it may be worth it. */
const fewOctets = 4096;

/**
 * Octets in memory that must arrive exactly so. What is no text becomes base64, or stays binary where
 * the policy allows it; text takes the shorter of quoted-printable and base64, and stays as it is when no
 * way can harm it.
 *
 * @throws {UsageError} `ENCODING_IMPOSSIBLE`
 */
export function encodeBytes(
  bytes: Uint8Array,
  type: string,
  declared: TransferEncoding | undefined,
  policy: Policy,
): EncodedBody {
  if (declared === "binary" || (declared === undefined && policy.transferEncoding === "binary")) {
    if (policy.transferEncoding !== "binary") throw impossible("binary");
    return asTheyAre(bytes, "binary");
  }
  if (declared === "7bit" || declared === "8bit") {
    const eightBit = declared === "8bit" && policy.transferEncoding !== "7bit";
    const found = faultInOctets(bytes, { lineEnd: policy.lineEnd, eightBit });
    if (found === undefined) return asTheyAre(bytes, declared);
    throw impossible(declared, found);
  }
  if (declared === undefined && !type.startsWith("text/")) {
    return inBase64(bytes);
  }
  if (declared === undefined && isUnharmed(bytes, policy)) {
    return asTheyAre(bytes, isAsciiBytes(bytes) ? "7bit" : "8bit");
  }
  return encodeOctets(bytes, declared, policy, false);
}

/**
 * Whether no program on the way has reason to touch these lines: they are whole and short, without blanks at
 * their ends, `From ` at a start, or a dot alone.
 */
function isUnharmed(bytes: Uint8Array, policy: Policy): boolean {
  const { lineEnd, transferEncoding } = policy;
  const rules = { lineEnd, eightBit: transferEncoding !== "7bit" };
  if (bytes.at(-1) !== 0x0a || faultInOctets(bytes, rules) !== undefined) return false;
  const text = octetText(bytes);
  return !holdsControl(text) && !isAtRisk(text);
}

/** Bytes that need no encoding, under the name for what they hold. */
export function asTheyAre(bytes: Uint8Array, encoding: TransferEncoding): EncodedBody {
  return encodedBody({ kind: "bytes", bytes }, encoding);
}

/** Bytes as base64, whatever they are. */
export function inBase64(bytes: Uint8Array): EncodedBody {
  return encodedBody({ kind: "base64", bytes }, "base64");
}

/** Quoted-printable or base64: what is declared, else the shorter. */
function encodeOctets(
  bytes: Uint8Array,
  declared: TransferEncoding | undefined,
  policy: Policy,
  isText: boolean,
): EncodedBody {
  if (declared === "base64") return inBase64(bytes);
  const { lineEnd } = layoutOf(policy);
  const options = { text: isText, lineLength: policy.limits.bodyLine, lineEnd };
  const base64Length = encodedBase64Length(bytes.length, layoutOf(policy));
  const isWorthTrying = declared === "quoted-printable" || mostlyAscii(bytes);
  if (!isWorthTrying) return inBase64(bytes);
  const quoted = encodeQuotedPrintable(bytes, options);
  if (declared === undefined && quoted.length > base64Length) return inBase64(bytes);
  if (isText) return quotedBody(quoted, policy);
  // Where a line end has to follow, "=" goes before it, and needs its column.
  const isFull = quoted.length - (quoted.lastIndexOf(0x0a) + 1) === options.lineLength;
  const lineLength = options.lineLength - 1;
  return quotedBody(
    isFull ? encodeQuotedPrintable(bytes, { ...options, lineLength }) : quoted,
    policy,
    true,
  );
}

function quotedBody(bytes: Uint8Array, { lineEnd }: Policy, isExact = false): EncodedBody {
  checkOctets(bytes, { lineEnd, eightBit: false });
  return encodedBody({ kind: "bytes", bytes, isExact }, "quoted-printable");
}

/** Whether a sample leaves quoted-printable a chance: each octet above 127 takes three. */
function mostlyAscii(bytes: Uint8Array): boolean {
  if (bytes.length < fewOctets) return true;
  const step = Math.floor(bytes.length / 2048);
  let high = 0;
  let count = 0;
  for (let at = 0; at < bytes.length; at += step) {
    count++;
    if ((bytes[at] as number) > 0x7f) high++;
  }
  return high * 3 <= count;
}

/**
 * Content that is read when it is written: base64, unless the part declares what it is.
 *
 * @throws {UsageError} `ENCODING_IMPOSSIBLE` for quoted-printable, whose length is not known ahead; `SOURCE_INVALID`
 */
export function encodeSource(
  source: ByteSource,
  declared: TransferEncoding | undefined,
  policy: Policy,
): EncodedBody {
  assertLength(source);
  const isBinary = policy.transferEncoding === "binary" && (declared ?? "binary") === "binary";
  if (isBinary) return encodedBody({ kind: "source", source, encoding: "identity" }, "binary");
  if (declared === undefined || declared === "base64") {
    return encodedBody({ kind: "source", source, encoding: "base64" }, "base64");
  }
  const eightBit = declared === "8bit";
  const isAllowed = declared === "7bit" || (eightBit && policy.transferEncoding !== "7bit");
  if (!isAllowed) throw impossible(declared);
  const rules = { lineEnd: policy.lineEnd, eightBit };
  return encodedBody({ kind: "source", source, encoding: "identity", rules }, declared);
}

/** A length is announced before anything is read, so it has to be one. */
function assertLength({ byteLength }: ByteSource): void {
  if (byteLength === undefined || (Number.isSafeInteger(byteLength) && byteLength >= 0)) return;
  throw new UsageError(`a source declares ${byteLength} bytes`, {
    code: "SOURCE_INVALID",
    hint: "Declare a whole number of bytes, or none.",
  });
}

/** How base64 is cut into lines under this policy. */
export function layoutOf(policy: Policy): Base64Layout {
  const { bodyLine } = policy.limits;
  return policy.lineEnd === "\r\n" && bodyLine === 76
    ? usualLayout
    : { lineLength: bodyLine - (bodyLine % 4), lineEnd: utf8(policy.lineEnd) };
}

const usualLayout: Base64Layout = Object.freeze({
  lineLength: 76,
  lineEnd: Uint8Array.of(0x0d, 0x0a),
});

/**
 * NUL, which no way has to carry, and two that are legal and do harm where text is shown or copied: the
 * end of file of old systems, and what starts a sequence that drives a terminal.
 */
function holdsControl(text: string): boolean {
  return text.includes("\0") || text.includes("\u001a") || text.includes("\u001b");
}

function impossible(encoding: TransferEncoding, found?: string): UsageError {
  return new UsageError(
    `the part declares ${encoding}, which cannot carry it here${found === undefined ? "" : `: it holds ${found}`}`,
    {
      code: "ENCODING_IMPOSSIBLE",
      hint: "Leave Content-Transfer-Encoding out: the encoding is chosen by what the content needs.",
    },
  );
}
