/**
 * The error root of the whole family.
 *
 * `code` is the contract: stable, documented in `docs/errors.md`, covered by semver. The message is
 * prose and may change. `hint` says what the reader can do next.
 */

import { defuse } from "./display.ts";

// Registered, so that two copies of this package in one tree still recognise each other's errors.
const brand: symbol = Symbol.for("letterwright.error");

/** What a {@link LetterwrightError} is made from. */
export interface LetterwrightErrorInit<Code extends string = string> {
  /** The stable name of what was observed, `"SMTP_AUTH_REFUSED"` for example. */
  readonly code: Code;
  /** One sentence: what to do next. */
  readonly hint?: string | undefined;
  /** The error that led here, untouched. */
  readonly cause?: unknown;
}

/**
 * An error with a stable `code` and, where there is something to do about it, a `hint`.
 *
 * @example
 * ```ts
 * import { LetterwrightError } from "@letterwright/base/error";
 *
 * const error = new LetterwrightError("no host was given", { code: "SMTP_HOST_MISSING", hint: "Name a server." });
 * LetterwrightError.is(error); // => true
 * ```
 */
export class LetterwrightError<Code extends string = string> extends Error {
  override readonly name: string = "LetterwrightError";
  readonly code: Code;
  readonly hint: string | undefined;

  constructor(message: string, init: LetterwrightErrorInit<Code>) {
    super(message, "cause" in init && init.cause !== undefined ? { cause: init.cause } : undefined);
    this.code = init.code;
    this.hint = init.hint;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is an error of this family, from whichever copy of the package. */
  static is(value: unknown): value is LetterwrightError {
    return typeof value === "object" && value !== null && brand in value;
  }
}

/** You asked for something that the standard, or the option's own documentation, forbids. */
export class UsageError<Code extends string = string> extends LetterwrightError<Code> {
  override readonly name: string = "UsageError";
}

/** What a {@link LimitError} is made from. */
export interface LimitErrorInit<Code extends string = string> extends LetterwrightErrorInit<Code> {
  /** The limit that was met, in the unit that `option`'s name ends with. */
  readonly limit: number;
  /** The name of the option that sets the limit; a constant of the standard has none. */
  readonly option?: string | undefined;
}

/** A configured limit, or one that a standard sets, was met. */
export class LimitError<Code extends string = string> extends LetterwrightError<Code> {
  override readonly name: string = "LimitError";
  readonly limit: number;
  readonly option: string | undefined;

  constructor(message: string, init: LimitErrorInit<Code>) {
    super(message, init);
    this.limit = init.limit;
    this.option = init.option;
  }
}

/** One fault in a text, and where it is. */
export interface SyntaxFault<Code extends string = string> extends LetterwrightErrorInit<Code> {
  /** The text that was read. */
  readonly input: string;
  /** The index, in UTF-16 units, of the first character that does not fit. */
  readonly index: number;
}

/**
 * Text that does not follow its grammar. The message ends with the offending line and a caret under
 * the first character that does not fit.
 */
export class SyntaxFaultError<Code extends string = string> extends UsageError<Code> {
  override readonly name: string = "SyntaxFaultError";
  readonly input: string;
  readonly index: number;

  constructor(message: string, fault: SyntaxFault<Code>) {
    super(`${message}\n${pointAt(fault.input, fault.index)}`, fault);
    this.input = fault.input;
    this.index = fault.index;
  }
}

const excerptWidth = 60;

/**
 * Two lines: the part of `input` around `index`, and a caret under it. Control characters show as
 * U+00B7, so that untrusted text cannot drive a terminal.
 */
export function pointAt(input: string, index: number): string {
  const start = Math.max(0, index - excerptWidth / 2);
  const end = Math.min(input.length, start + excerptWidth);
  const lead = start > 0 ? "…" : "";
  const trail = end < input.length ? "…" : "";
  const shown = defuse(input.slice(start, end));
  // One column a character, not a UTF-16 unit: the caret stays under its character.
  const before = [...defuse(input.slice(start, index))].length + lead.length;
  return `  ${lead}${shown}${trail}\n  ${" ".repeat(before)}^`;
}
