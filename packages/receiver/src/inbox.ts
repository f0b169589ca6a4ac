/** What has arrived, and those who wait for more. */
import { LetterwrightError, UsageError } from "@letterwright/base/error";
import type { CaughtMessage } from "./caught-message.ts";

/** What a message has to be like. A text has to be contained; a pattern has to match. */
export interface Expectation {
  /** Any recipient, of the envelope. */
  readonly to?: string | RegExp;
  /** The reverse-path. */
  readonly from?: string | RegExp;
  readonly subject?: string | RegExp;
}

/** How long to wait. */
export interface WaitOptions {
  /** Default 5 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

interface Waiter {
  readonly expectation: Expectation;
  readonly resolve: (message: CaughtMessage) => void;
  readonly reject: (reason: unknown) => void;
}

/** Messages in order of arrival, the oldest let go when there are too many. */
export class Inbox {
  readonly #messages: CaughtMessage[] = [];
  readonly #maxMessages: number;
  readonly #waiters = new Set<Waiter>();
  #isClosed = false;

  constructor(maxMessages: number) {
    this.#maxMessages = maxMessages;
  }

  /** The same array all the time: it grows as messages arrive. */
  get messages(): readonly CaughtMessage[] {
    return this.#messages;
  }

  add(message: CaughtMessage): void {
    this.#messages.push(message);
    if (this.#messages.length > this.#maxMessages) this.#messages.shift();
    for (const waiter of this.#waiters)
      if (meets(message, waiter.expectation)) waiter.resolve(message);
  }

  async waitFor(
    expectation: Expectation,
    { timeoutMs = 5000, signal }: WaitOptions = {},
  ): Promise<CaughtMessage> {
    signal?.throwIfAborted();
    const here = this.#messages.find((message) => meets(message, expectation));
    if (here !== undefined) return here;
    if (this.#isClosed) throw closed();
    let waiter: Waiter | undefined;
    let timer: NodeJS.Timeout | undefined;
    const abort = (): void => waiter?.reject(signal?.reason);
    try {
      return await new Promise<CaughtMessage>((resolve, reject) => {
        waiter = { expectation, resolve, reject };
        this.#waiters.add(waiter);
        signal?.addEventListener("abort", abort, { once: true });
        timer = setTimeout(() => reject(this.#inVain(timeoutMs)), timeoutMs);
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      if (waiter !== undefined) this.#waiters.delete(waiter);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const waiter of this.#waiters) waiter.reject(closed());
  }

  #inVain(timeoutMs: number): LetterwrightError {
    const arrived = this.#messages
      .slice(-5)
      .map(
        ({ envelope, subject }) =>
          `${JSON.stringify(subject)} to ${envelope.recipients.join(", ")}`,
      );
    return new LetterwrightError(
      `no such message within ${timeoutMs} ms; ${arrived.length === 0 ? "none has arrived" : `the last were: ${arrived.join("; ")}`}`,
      { code: "RECEIVER_WAITED_IN_VAIN", hint: "Did the program send it, and to this server?" },
    );
  }
}

function meets({ envelope, subject }: CaughtMessage, expectation: Expectation): boolean {
  return (
    (expectation.to === undefined ||
      envelope.recipients.some((one) => fits(one, expectation.to))) &&
    fits(envelope.reversePath, expectation.from) &&
    fits(subject, expectation.subject)
  );
}

function fits(text: string, wanted: string | RegExp | undefined): boolean {
  if (wanted === undefined) return true;
  // A pattern with "g" remembers where it stopped; search does not.
  return typeof wanted === "string" ? text.includes(wanted) : text.search(wanted) !== -1;
}

function closed(): UsageError {
  return new UsageError("this server is closed, nothing more will arrive", {
    code: "RECEIVER_CLOSED",
    hint: "Wait before you close it.",
  });
}
