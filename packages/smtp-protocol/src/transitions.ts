/**
 * What a client may say when, and where that leads: RFC 5321 §4.1.4.
 *
 * Everything that changes a session's state stands here. What is absent is an error. With PIPELINING a
 * session has two states: the planned one, as if all that was written had been granted, and the
 * confirmed one, which knows the answers.
 */
import type { Verb } from "./command.ts";

/** Where a session stands. */
export type State =
  | "greeting"
  | "start"
  | "ready"
  | "auth"
  | "mail"
  | "rcpt"
  | "content"
  | "tls"
  | "closed";

/** Where a command leads: after a 2yz, after a 3yz. Refused, it leaves the state as it was. */
export interface Transition {
  readonly ok?: State;
  readonly continue?: State;
}

/** State × verb. */
export type TransitionTable = Readonly<Record<State, Readonly<Partial<Record<Verb, Transition>>>>>;

const anytime = {
  NOOP: {}, // §4.1.1.9
  QUIT: { ok: "closed" }, // §4.1.1.10
} satisfies Partial<Record<Verb, Transition>>;

/** RFC 5321 §4.1.4: the order of commands. */
export const transitions: TransitionTable = {
  /** §3.1: the server speaks first. */
  greeting: {},
  /** §3.2; after TLS the client starts over (RFC 3207 §4.2). */
  start: { ...anytime, EHLO: { ok: "ready" }, HELO: { ok: "ready" } },
  ready: {
    ...anytime,
    EHLO: { ok: "ready" },
    STARTTLS: { ok: "tls" }, // RFC 3207 §4
    AUTH: { ok: "ready", continue: "auth" }, // RFC 4954 §4: not during a transaction
    MAIL: { ok: "mail" }, // §4.1.1.2
    RSET: { ok: "ready" },
  },
  /** RFC 4954 §4: a challenge is answered or given up. */
  auth: { RESPONSE: { ok: "ready", continue: "auth" } },
  mail: { ...anytime, RCPT: { ok: "rcpt" }, RSET: { ok: "ready" } }, // §4.1.1.3
  rcpt: { ...anytime, RCPT: { ok: "rcpt" }, DATA: { continue: "content" }, RSET: { ok: "ready" } }, // §4.1.1.4
  /** §4.1.1.4: nothing but the content and its end; whatever the answer, the transaction is over. */
  content: { END: { ok: "ready" } },
  /** RFC 3207 §4: nothing is said until TLS stands. */
  tls: {},
  closed: {},
};

/** RFC 2920 §3.1: these end a group; the next command waits for their reply. */
export const endsGroup: ReadonlySet<Verb> = new Set<Verb>([
  "EHLO",
  "HELO",
  "STARTTLS",
  "AUTH",
  "RESPONSE",
  "DATA",
  "END",
  "NOOP",
  "QUIT",
]);
