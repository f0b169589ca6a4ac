/** The ways in which this project's mailer can send: an entry each, and with it a line in every row that names it. */

/** One way. */
export interface Way {
  /** As the report says it. */
  readonly name: string;
  /** Whether the sender can do it today; the others wait here for the commit that brings them. */
  readonly isThere: boolean;
  /** Whether it has to be asked for: what a user gets without an option is not. */
  readonly isOptIn: boolean;
  /** `send`: as many calls at once as there are connections, times `inFlight`. `sendAll`: one call for all messages. */
  readonly by: "send" | "sendAll";
  readonly inFlight?: number;
  /** Options of the SMTP transport, beside host, port, TLS and the number of connections. */
  readonly transport?: Readonly<Record<string, unknown>>;
  /** Options of `sendAll`, beside the concurrency. */
  readonly bulk?: Readonly<Record<string, unknown>>;
}

export type WayName = "send" | "sendByBdat" | "eager" | "chained" | "window16";

export const ways: Readonly<Record<WayName, Way>> = {
  /** What `mailer.send` does by default. */
  send: { name: "send", isThere: true, isOptIn: false, by: "send" },
  /** The same by BDAT. */
  sendByBdat: {
    name: "send, BDAT",
    isThere: true,
    isOptIn: true,
    by: "send",
    transport: { chunking: "prefer" },
  },
  /** MAIL, RCPT and BDAT in one flight. */
  eager: {
    name: "send, eager",
    isThere: true,
    isOptIn: true,
    by: "send",
    transport: { flight: "eager" },
  },
  /** The body of one message together with MAIL, RCPT and DATA of the next: RFC 2920 §3.1. */
  chained: { name: "sendAll, chained", isThere: true, isOptIn: false, by: "sendAll" },
  /** Sixteen transactions on their way at once. */
  window16: {
    name: "sendAll, window of 16",
    isThere: true,
    isOptIn: true,
    by: "sendAll",
    bulk: { window: 16 },
  },
};
