/** Who watches: a function of the caller, and the channels of `node:diagnostics_channel`. */
import { channel, tracingChannel } from "node:diagnostics_channel";
import type { SmtpEvent } from "./event.ts";

/** Each {@link SmtpEvent} is published here. */
const events = channel("letterwright:smtp:event");
/** Each sending is traced here, from its call to its settling. */
const sends = tracingChannel<unknown, object>("letterwright:smtp:send");

/** Tells events to who wants them. */
export interface Watch {
  /** Whether anybody wants them: an event is not even made otherwise. */
  readonly isOn: boolean;
  tell(event: SmtpEvent): void;
}

/** A watch for the caller's function and the channel. */
export function watchOf(onEvent: ((event: SmtpEvent) => void) | undefined): Watch {
  const tellCaller = harmless(onEvent);
  return {
    get isOn() {
      return tellCaller !== undefined || events.hasSubscribers;
    },
    tell(event) {
      tellCaller?.(event);
      if (events.hasSubscribers) events.publish(event);
    },
  };
}

/**
 * The function, with its errors made a warning of the process, once: who watches a message being sent does not
 * decide what becomes of it.
 */
export function harmless<Value>(
  watcher: ((value: Value) => void) | undefined,
): ((value: Value) => void) | undefined {
  if (watcher === undefined) return undefined;
  let hasWarned = false;
  return (value) => {
    try {
      watcher(value);
    } catch (error) {
      if (hasWarned) return;
      hasWarned = true;
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  };
}

/** Runs a sending; traced when somebody subscribed to the tracing channel `letterwright:smtp:send`. */
export function traced<Result>(
  send: () => Promise<Result>,
  context: () => object,
): Promise<Result> {
  const isWatched =
    sends.start.hasSubscribers ||
    sends.end.hasSubscribers ||
    sends.asyncStart.hasSubscribers ||
    sends.asyncEnd.hasSubscribers ||
    sends.error.hasSubscribers;
  return isWatched ? sends.tracePromise(send, context()) : send();
}
