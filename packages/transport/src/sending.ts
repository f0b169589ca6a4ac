/** The life of a transport: sendings under way, and the end of it. */
import { UsageError } from "@letterwright/base/error";
import type { CloseOptions } from "./transport.ts";

/** Keeps account of what a transport is doing. */
export interface Sendings {
  /**
   * Does the work, with a signal that also fires when the transport is closed with one that fires.
   *
   * Rejects with `signal.reason` when `given` has fired already, and with `TRANSPORT_CLOSED` after `close`.
   */
  run<Result>(
    given: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result>;
  /** Takes nothing new, and waits for what is under way; ends it when the signal fires. May be called twice. */
  readonly close: (options?: CloseOptions) => Promise<void>;
}

/** For those who write transports: what `Transport.close` promises. */
export function createSendings(): Sendings {
  const underWay = new Map<Promise<unknown>, AbortController>();
  let isClosed = false;
  return Object.freeze({
    async run<Result>(
      given: AbortSignal | undefined,
      work: (signal: AbortSignal) => Promise<Result>,
    ): Promise<Result> {
      given?.throwIfAborted();
      if (isClosed) {
        throw new UsageError("this transport is closed", {
          code: "TRANSPORT_CLOSED",
          hint: "Send before you close it, or make another.",
        });
      }
      const stop = new AbortController();
      const signal = given === undefined ? stop.signal : AbortSignal.any([given, stop.signal]);
      const promise = work(signal);
      underWay.set(promise, stop);
      try {
        return await promise;
      } finally {
        underWay.delete(promise);
      }
    },
    async close({ signal }: CloseOptions = {}): Promise<void> {
      isClosed = true;
      const cut = (): void => {
        for (const stop of underWay.values()) stop.abort(signal?.reason);
      };
      if (signal?.aborted === true) cut();
      signal?.addEventListener("abort", cut, { once: true });
      try {
        await Promise.allSettled(underWay.keys()); // each of them tells its own caller how it went
      } finally {
        signal?.removeEventListener("abort", cut);
      }
    },
  });
}
