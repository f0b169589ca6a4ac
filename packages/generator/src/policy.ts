/** Policies: how a message is written, apart from what it says. */
import { UsageError } from "@letterwright/base/error";
import { platformRandom, type RandomBytes } from "@letterwright/message";

/** Lengths of lines, in octets, line ends not counted. */
export interface LineLimits {
  /** Where header lines are folded when they can be. RFC 5322 §2.1.1: 78. */
  readonly headerLine: number;
  /** The same for a line that holds an encoded-word. RFC 2047 §2: at most 76. */
  readonly encodedWordLine: number;
  /** One encoded-word. RFC 2047 §2: at most 75. */
  readonly encodedWord: number;
  /** Lines of an encoded body. RFC 2045 §6.7 and §6.8: at most 76. */
  readonly bodyLine: number;
}

/** What no line may exceed, RFC 5322 §2.1.1, in octets without the line end. */
export const hardLineLimit = 998;

/** How a message is written. Frozen; `with` gives a changed copy. */
export interface Policy {
  /** CRLF is what travels (RFC 5321 §2.3.8); LF is for files. */
  readonly lineEnd: "\r\n" | "\n";
  /** The most a body may ask of its way: `"8bit"` needs a server with 8BITMIME (RFC 6152). */
  readonly transferEncoding: "7bit" | "8bit";
  /** Header fields as UTF-8 (RFC 6532): needs a server with SMTPUTF8. */
  readonly utf8Fields: boolean;
  /** Whether Bcc is written: never for sending, since everyone would see it. */
  readonly writeBcc: boolean;
  readonly limits: LineLimits;
  /** The clock for a missing Date. */
  readonly now: () => Date;
  /** The source of boundaries and of a missing Message-ID. */
  readonly random: RandomBytes;
  /**
   * The same policy with changes.
   *
   * @throws {UsageError} `POLICY_INVALID`
   */
  with(changes: PolicyChanges): Policy;
}

/** What {@link Policy.with} may change. */
export type PolicyChanges = Partial<Omit<Policy, "with" | "limits">> & {
  readonly limits?: Partial<LineLimits>;
};

/** For sending: CRLF, seven bits, fields that every server takes. The default everywhere. */
export const smtpPolicy: Policy = policy({
  lineEnd: "\r\n",
  transferEncoding: "7bit",
  utf8Fields: false,
  writeBcc: false,
  limits: { headerLine: 78, encodedWordLine: 76, encodedWord: 75, bodyLine: 76 },
  now: () => new Date(),
  random: platformRandom,
});

/** For servers that offer SMTPUTF8 and 8BITMIME. */
export const smtpUtf8Policy: Policy = smtpPolicy.with({
  utf8Fields: true,
  transferEncoding: "8bit",
});

/** For files on this machine: LF, and Bcc is kept, so that a draft loses nothing. */
export const filePolicy: Policy = smtpPolicy.with({ lineEnd: "\n", writeBcc: true });

function policy(values: Omit<Policy, "with">): Policy {
  const { lineEnd, transferEncoding, limits } = values;
  if (lineEnd !== "\r\n" && lineEnd !== "\n")
    throw invalid("lineEnd", lineEnd, '"\\r\\n" or "\\n"');
  if (transferEncoding !== "7bit" && transferEncoding !== "8bit") {
    throw invalid("transferEncoding", transferEncoding, '"7bit" or "8bit"');
  }
  within("limits.headerLine", limits.headerLine, 40, hardLineLimit);
  // An encoded-word of one four-octet character takes 24 octets; a line also holds a field name.
  within("limits.encodedWordLine", limits.encodedWordLine, 40, 76);
  within("limits.encodedWord", limits.encodedWord, 30, 75);
  within("limits.bodyLine", limits.bodyLine, 16, 76);
  return Object.freeze({
    ...values,
    limits: Object.freeze({ ...limits }),
    with: (changes: PolicyChanges) =>
      policy({ ...values, ...changes, limits: { ...limits, ...changes.limits } }),
  });
}

function within(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw invalid(name, value, `an integer from ${least} to ${most}`);
}

function invalid(name: string, found: unknown, expected: string): UsageError {
  return new UsageError(`policy: ${name} must be ${expected}, found ${JSON.stringify(found)}`, {
    code: "POLICY_INVALID",
    hint: "RFC 5322 §2.1.1 and RFC 2047 §2 set the bounds.",
  });
}
