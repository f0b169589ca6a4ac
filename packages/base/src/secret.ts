/** Passwords and tokens: values that do not print. */

const inspect: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** A password or token. As text, as JSON and in a console it is three stars. */
export interface Secret {
  /** The secret itself: for the one place that has to send it. */
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

/**
 * Wraps a password or token, so that no log, error or snapshot can show it.
 *
 * @example
 * ```ts
 * import { secret } from "@letterwright/base/secret";
 *
 * String(secret("hunter2")); // => "***"
 * ```
 */
export function secret(text: string): Secret {
  return Object.freeze({
    reveal: () => text,
    toString: () => "***",
    toJSON: () => "***",
    [inspect]: () => "Secret(***)",
  });
}

/** Text and secrets alike, as text. */
export function revealed(value: Secret | string): string {
  return typeof value === "string" ? value : value.reveal();
}
