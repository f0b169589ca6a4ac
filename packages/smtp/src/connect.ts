/** How a stream of bytes to a server comes about: RFC 5321 §3.1 before the greeting. */
import { connect as connectSocket, type Socket } from "node:net";
import { Duplex } from "node:stream";
import type { ConnectHook } from "./connect-hook.ts";
import { explainSocketError, timedOut } from "./failure.ts";
import type { SmtpSettings } from "./options.ts";
import type { Place } from "./place.ts";

/**
 * A stream to the place, connected within the deadline.
 *
 * Every address of a name is tried, those of IPv6 and IPv4 in turns (RFC 8305).
 */
export async function connected(
  settings: SmtpSettings,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  signal?.throwIfAborted();
  const { connect, timeouts } = settings;
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(timedOut("connect", place, timeouts.connectMs)),
    timeouts.connectMs,
  );
  const either =
    signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, signal]);
  try {
    return connect === undefined
      ? await dialled(settings, place, either)
      : await hooked(connect, place, either);
  } finally {
    clearTimeout(timer);
  }
}

function dialled(
  { localAddress }: SmtpSettings,
  { host, port, socketPath }: Place,
  signal: AbortSignal,
): Promise<Socket> {
  const socket =
    socketPath === undefined
      ? connectSocket({
          host,
          port: port ?? 465,
          autoSelectFamily: true,
          noDelay: true,
          ...(localAddress === undefined ? {} : { localAddress }),
        })
      : connectSocket({ path: socketPath });
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      signal.removeEventListener("abort", abort);
      socket.off("connect", succeed);
      socket.off("error", refuse);
    };
    const refuse = (reason: unknown): void => {
      settle();
      socket.on("error", () => undefined); // what failed is on its way to the caller already
      socket.destroy();
      reject(reason);
    };
    const succeed = (): void => {
      settle();
      resolve(socket);
    };
    const abort = (): void => refuse(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    socket.once("connect", succeed);
    socket.once("error", refuse);
  });
}

/** What the caller gives, or the signal's reason if it takes too long; what comes too late is closed. */
function hooked(connect: ConnectHook, place: Place, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    const make = async (): Promise<void> => {
      const { host, port } = place;
      try {
        const given = await connect({ host, port, signal });
        const stream = given instanceof Duplex ? given : Duplex.fromWeb(given);
        if (signal.aborted) stream.on("error", () => undefined).destroy();
        else resolve(stream);
      } catch (error) {
        reject(error);
      } finally {
        signal.removeEventListener("abort", abort);
      }
    };
    void make();
  });
}

/** The error of a connection that could not be made, whoever made it. */
export function explainConnectError(error: unknown, place: Place): unknown {
  const isOfSocket =
    error instanceof AggregateError ||
    (error instanceof Error && "code" in error && "syscall" in error);
  return isOfSocket ? explainSocketError(error, "connect", place) : error;
}
