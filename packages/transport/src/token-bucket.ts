/** A rate, kept by a bucket of tokens: one comes in evenly, and a message takes one out. */

/** So many messages in so much time. */
export interface SendRate {
  readonly messages: number;
  /** Default 1000: a second. */
  readonly perMs?: number;
  /**
   * How many may leave at once after a pause. Default 1: they leave evenly, and no window of time sees more than the
   * rate.
   */
  readonly burst?: number;
}

/** A bucket. */
export interface TokenBucket {
  /** Takes a token; `0` when there was one, else the milliseconds until there is. */
  take(nowMs: number): number;
}

// A timer fires to the millisecond: what comes in within a few of them may leave at once, or a high rate would not be
// reached.
const grainMs = 5;

/** A full bucket. Every number of the rate has to be above 0. */
export function createTokenBucket({ messages, perMs = 1000, burst = 1 }: SendRate): TokenBucket {
  const everyMs = perMs / messages;
  const most = Math.max(burst, grainMs / everyMs);
  let tokens = most;
  let countedMs: number | undefined;
  return {
    take(nowMs) {
      if (countedMs !== undefined) {
        tokens = Math.min(most, tokens + Math.max(0, nowMs - countedMs) / everyMs);
      }
      countedMs = nowMs;
      // Sums of fractions come out a little short.
      if (tokens >= 1 - 1e-9) {
        tokens -= 1;
        return 0;
      }
      return (1 - tokens) * everyMs;
    },
  };
}
