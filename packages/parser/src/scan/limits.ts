/** What a message may ask of its reader. */
import { LimitError, UsageError } from "@letterwright/base/error";

/** Limits of a parser. Each is a positive integer; nothing switches one off. */
export interface ParseLimits {
  /** The octets of one header field, its folds included. Default 256 KiB. */
  readonly fieldBytes: number;
  /** The octets of all header sections together. Default 16 MiB. */
  readonly headBytes: number;
  /** The fields of one header section. Default 5,000. */
  readonly fields: number;
  /** Parameters of one field; those behind are not read, and that is a defect. Default 200. */
  readonly parameters: number;
  /** All parts together, those of messages inside too. Default 10,000. */
  readonly parts: number;
  /** Parts inside parts. Default 100, at most 256, which is what readers and writers of trees take. */
  readonly depth: number;
  /** Messages inside the message, at any depth. Default 1,000. */
  readonly nestedMessages: number;
  /** Octets that decoding the bodies may make, all together. Default 512 MiB. */
  readonly decodedBytes: number;
  /** The octets of a line before it counts as a defect, its end not counted. Default 998 (RFC 5322 §2.1.1). */
  readonly lineBytes: number;
}

/** The limits that hold when nothing is said. */
export const defaultLimits: ParseLimits = Object.freeze({
  fieldBytes: 256 * 1024,
  headBytes: 16 * 1024 * 1024,
  fields: 5000,
  parameters: 200,
  parts: 10_000,
  depth: 100,
  nestedMessages: 1000,
  decodedBytes: 512 * 1024 * 1024,
  lineBytes: 998,
});

const mostDepth = 256;

/**
 * The limits with those that were given.
 *
 * @throws {UsageError} `PARSE_LIMIT_INVALID` for what is no positive integer, or a name that is no limit
 */
export function resolveLimits(given: Partial<ParseLimits> | undefined): ParseLimits {
  if (given === undefined) return defaultLimits;
  const resolved: Record<string, number> = { ...defaultLimits };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const most = name === "depth" ? mostDepth : Number.MAX_SAFE_INTEGER;
    if (name in defaultLimits && Number.isSafeInteger(value) && value >= 1 && value <= most) {
      resolved[name] = value;
      continue;
    }
    throw new UsageError(`the limit ${JSON.stringify(name)} cannot be ${String(value)}`, {
      code: "PARSE_LIMIT_INVALID",
      hint: `A limit is an integer from 1 to ${most}, and one of ${Object.keys(defaultLimits).join(", ")}.`,
    });
  }
  return Object.freeze(resolved as unknown as ParseLimits);
}

/** What is thrown when a message exceeds a limit. */
export function exceeded(limits: ParseLimits, option: keyof ParseLimits): LimitError {
  return new LimitError(`the message exceeds the limit of ${limits[option]} ${words[option]}`, {
    code: "PARSE_LIMIT",
    hint: `Nobody writes such mail; where you trust its sender, allow more with limits.${option}.`,
    limit: limits[option],
    option: `limits.${option}`,
  });
}

const words: Readonly<Record<keyof ParseLimits, string>> = {
  fieldBytes: "octets in a header field",
  headBytes: "octets in header sections",
  fields: "header fields",
  parameters: "parameters",
  parts: "parts",
  depth: "levels",
  nestedMessages: "messages inside it",
  decodedBytes: "decoded octets",
  lineBytes: "octets in a line",
};
