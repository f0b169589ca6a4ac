/** Policies: how a message is written, apart from what it says. */
import type { Defect } from "@letterwright/base/defect";
import { UsageError } from "@letterwright/base/error";
import { isFieldName } from "@letterwright/base/grammar";
import { platformRandom, type Part, type RandomBytes } from "@letterwright/message";

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

/** What generating may find and still write. */
export type GenerationDefectCode = "ORIGIN_REWRITTEN" | "ORIGIN_IRREGULAR" | "FIELD_LINE_LONG";

/** What is done with a finding: kept with the result, thrown, or handed over. */
export type DefectHandling = "collect" | "throw" | ((defect: Defect<GenerationDefectCode>) => void);

/** How a message is written. Frozen; `with` gives a changed copy. */
export interface Policy {
  /** CRLF is what travels (RFC 5321 §2.3.8); LF is for files. */
  readonly lineEnd: "\r\n" | "\n";
  /**
   * The most a body may ask of its way: `"8bit"` needs a server with 8BITMIME (RFC 6152), `"binary"` one
   * with BINARYMIME and CHUNKING (RFC 3030).
   */
  readonly transferEncoding: "7bit" | "8bit" | "binary";
  /** Header fields as UTF-8 (RFC 6532): needs a server with SMTPUTF8. */
  readonly utf8Fields: boolean;
  /** Whether Bcc is written: never for sending, since everyone would see it. */
  readonly writeBcc: boolean;
  /**
   * Whether a file name beyond ASCII also stands as an RFC 2047 `name` in Content-Type, against RFC 2047 §5,
   * for old programs that do not know RFC 2231.
   */
  readonly legacyFileNames: boolean;
  /**
   * Whether plain text is written as format=flowed (RFC 3676): lines longer than 78 are broken at blanks,
   * and programs that know it join them again.
   */
  readonly flowed: boolean;
  /** Names of fields that come first, in this order; all others follow in theirs. */
  readonly fieldOrder: readonly string[];
  /** Names as the message has them, or as their definitions have them. */
  readonly fieldCase: "as-given" | "standard";
  /**
   * Bytes that fields and parts were read from: written again `"if-sendable"` under this policy, `"always"`
   * whatever they hold, or `"never"`.
   */
  readonly origins: "if-sendable" | "always" | "never";
  /** With it the pieces of what was read and changed in part are passed on too; `verbatimPolicy` has it. */
  readonly pieces: PieceKeeper | undefined;
  readonly defects: DefectHandling;
  readonly limits: LineLimits;
  /** The clock for a missing Date. */
  readonly now: () => Date;
  /** The source of boundaries and of a missing Message-ID. */
  readonly random: RandomBytes;
  /** The boundary of the multipart with this number, from 0 on. Default: from the identity's seed. */
  readonly boundary: ((number: number, seed: string) => string) | undefined;
  /**
   * The same policy with changes.
   *
   * @throws {UsageError} `POLICY_INVALID`
   */
  with(changes: PolicyChanges): Policy;
}

/** Writes what is left of a part that was read. Only `verbatimPolicy` knows how. */
export interface PieceKeeper {
  /** Whether something of this message was read, so that nothing is added to it. */
  isPassedOn(mail: Part): boolean;
  keep(writer: unknown, part: Part): unknown;
}

/** What {@link Policy.with} may change. */
export type PolicyChanges = Partial<Omit<Policy, "with" | "limits">> & {
  readonly limits?: Partial<LineLimits>;
};

/** For sending: CRLF, seven bits, fields that every server takes. The default everywhere. */
export const smtpPolicy: Policy = /* @__PURE__ */ policy({
  lineEnd: "\r\n",
  transferEncoding: "7bit",
  utf8Fields: false,
  writeBcc: false,
  legacyFileNames: false,
  flowed: false,
  fieldOrder: [],
  fieldCase: "as-given",
  origins: "if-sendable",
  pieces: undefined,
  defects: "collect",
  limits: { headerLine: 78, encodedWordLine: 76, encodedWord: 75, bodyLine: 76 },
  now: () => new Date(),
  random: platformRandom,
  boundary: undefined,
});

/** For servers that offer SMTPUTF8 and 8BITMIME. */
export const smtpUtf8Policy: Policy = /* @__PURE__ */ smtpPolicy.with({
  utf8Fields: true,
  transferEncoding: "8bit",
});

/** For sending, with every finding an error. */
export const strictPolicy: Policy = /* @__PURE__ */ smtpPolicy.with({ defects: "throw" });

/** For files on this machine: LF, and Bcc is kept, so that a draft loses nothing. */
export const filePolicy: Policy = /* @__PURE__ */ smtpPolicy.with({
  lineEnd: "\n",
  writeBcc: true,
});

/** For HTTP, multipart/form-data above all (RFC 7578): binary content, and fields that are not folded. */
export const httpPolicy: Policy = /* @__PURE__ */ smtpPolicy.with({
  transferEncoding: "binary",
  utf8Fields: true,
  limits: { headerLine: hardLineLimit },
});

/** For the eyes of whoever looks for a fault: LF, UTF-8, nothing hidden, the same output every time. */
export const debugPolicy: Policy = /* @__PURE__ */ filePolicy.with({
  utf8Fields: true,
  transferEncoding: "8bit",
  random: (length) => new Uint8Array(length),
  now: () => new Date(0),
});

function policy(values: Omit<Policy, "with">): Policy {
  const { limits, fieldOrder } = values;
  oneOf("lineEnd", values.lineEnd, ["\r\n", "\n"]);
  oneOf("transferEncoding", values.transferEncoding, ["7bit", "8bit", "binary"]);
  oneOf("fieldCase", values.fieldCase, ["as-given", "standard"]);
  oneOf("origins", values.origins, ["if-sendable", "always", "never"]);
  for (const name of ["utf8Fields", "writeBcc", "legacyFileNames", "flowed"] as const) {
    oneOf(name, values[name], [true, false]);
  }
  for (const name of ["now", "random", "boundary"] as const) {
    const value = values[name];
    const isAllowed = typeof value === "function" || (name === "boundary" && value === undefined);
    if (!isAllowed) throw invalid(name, value, "a function");
  }
  if (!Array.isArray(fieldOrder) || !fieldOrder.every(isFieldName)) {
    throw invalid("fieldOrder", fieldOrder, "a list of field names");
  }
  if (typeof values.defects !== "function") oneOf("defects", values.defects, ["collect", "throw"]);
  within("limits.headerLine", limits.headerLine, 40, hardLineLimit);
  // An encoded-word of one four-octet character takes 24 octets; a line also holds a field name.
  within("limits.encodedWordLine", limits.encodedWordLine, 40, 76);
  within("limits.encodedWord", limits.encodedWord, 30, 75);
  within("limits.bodyLine", limits.bodyLine, 20, 76);
  return Object.freeze({
    ...values,
    fieldOrder: Object.freeze(fieldOrder.map((name) => name.toLowerCase())),
    limits: Object.freeze({ ...limits }),
    with(changes: PolicyChanges) {
      refuseUnknown("", changes, values);
      if (changes.limits !== undefined) refuseUnknown("limits.", changes.limits, limits);
      return policy({ ...values, ...changes, limits: { ...limits, ...changes.limits } });
    },
  });
}

/** A wish under a name that does not exist would not be heard. */
function refuseUnknown(prefix: string, changes: object, values: object): void {
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in values)) throw invalid(prefix + name, value, "left out: no such option");
  }
}

function oneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  throw invalid(name, value, allowed.map((one) => JSON.stringify(one)).join(" or "));
}

function within(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw invalid(name, value, `an integer from ${least} to ${most}`);
}

function invalid(name: string, found: unknown, expected: string): UsageError {
  const shown = typeof found === "function" ? "a function" : JSON.stringify(found);
  return new UsageError(`policy: ${name} must be ${expected}, found ${shown}`, {
    code: "POLICY_INVALID",
    hint: "RFC 5322 §2.1.1 and RFC 2047 §2 set the bounds of lengths.",
  });
}
