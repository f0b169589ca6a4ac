/** What is known of a failure. */

/** How far the sending had come where a failure shows first. */
export type FailureStage =
  | "settings"
  | "dns"
  | "connect"
  | "greeting"
  | "tls"
  | "hello"
  | "login"
  | "sender"
  | "recipient"
  | "content"
  | "after"
  | "any";

/** What is known of a failure, without its name. Advice grows old: `asOf` says when it was true. */
export interface FailureFacts {
  readonly stage: FailureStage;
  /** 1 is rare, 5 is what people meet every day; a judgement, from how often they ask. */
  readonly frequency: 1 | 2 | 3 | 4 | 5;
  /** The cause, in plain words. */
  readonly why: string;
  /** What to do, the best first. */
  readonly do: readonly string[];
  /**
   * Commands to try next. `{server}`, `{host}`, `{user}`, `{to}`, `{submission}`, `{named}`, `{domain}` and
   * `{from-domain}` stand for what the case has; a command for which something is not known is not shown.
   */
  readonly try: readonly string[];
  /** Failures with the same symptom. */
  readonly confusedWith?: readonly string[];
  /** `"measured"`: reproduced with scripted servers; `"documented"`: a source shows it; `"known"`: nobody checked. */
  readonly sure: "measured" | "documented" | "known";
  /** The day on which the facts were looked at. */
  readonly asOf: string;
  readonly sources: readonly string[];
}
