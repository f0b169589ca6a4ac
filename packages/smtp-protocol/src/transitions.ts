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
  | "chunks"
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
  start: { ...anytime, EHLO: { ok: "ready" }, HELO: { ok: "ready" }, LHLO: { ok: "ready" } },
  ready: {
    ...anytime,
    EHLO: { ok: "ready" },
    LHLO: { ok: "ready" }, // RFC 2033 §4.1
    STARTTLS: { ok: "tls" }, // RFC 3207 §4
    AUTH: { ok: "ready", continue: "auth" }, // RFC 4954 §4: not during a transaction
    MAIL: { ok: "mail" }, // §4.1.1.2
    RSET: { ok: "ready" },
  },
  /** RFC 4954 §4: a challenge is answered or given up. */
  auth: { RESPONSE: { ok: "ready", continue: "auth" } },
  mail: { ...anytime, RCPT: { ok: "rcpt" }, RSET: { ok: "ready" } }, // §4.1.1.3
  /** §4.1.1.4, or chunks in place of DATA (RFC 3030 §2). */
  rcpt: {
    ...anytime,
    RCPT: { ok: "rcpt" },
    DATA: { continue: "content" },
    BDAT: { ok: "chunks" },
    "BDAT LAST": { ok: "ready" },
    RSET: { ok: "ready" },
  },
  /** §4.1.1.4: nothing but the content and its end; whatever the answer, the transaction is over. */
  content: { END: { ok: "ready" } },
  /** RFC 3030 §2: further chunks, the last, or none of it. */
  chunks: {
    ...anytime,
    BDAT: { ok: "chunks" },
    "BDAT LAST": { ok: "ready" },
    RSET: { ok: "ready" },
  },
  /** RFC 3207 §4: nothing is said until TLS stands. */
  tls: {},
  closed: {},
};

/** Verbs after which the transaction is over, whatever the answer: the server has the content or has not. */
export const endsTransaction: ReadonlySet<Verb> = new Set<Verb>(["END", "BDAT LAST"]);

/**
 * RFC 2920 §3.1: these end a group; the next command waits for their reply. The end of the content does not: the
 * next transaction may follow it at once. Nor does BDAT (RFC 3030 §4.2).
 */
export const endsGroup: ReadonlySet<Verb> = new Set<Verb>([
  "EHLO",
  "HELO",
  "LHLO",
  "STARTTLS",
  "AUTH",
  "RESPONSE",
  "DATA",
  "NOOP",
  "QUIT",
]);
