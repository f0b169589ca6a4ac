/** A socket to a host and port, as long as somebody waits for it. */
import { connect, type Socket } from "node:net";

/** Connects, or rejects with the socket's error or the signal's reason. */
export function dial(
  host: string,
  port: number,
  signal: AbortSignal,
  localAddress?: string,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connect({
      host,
      port,
      autoSelectFamily: true,
      noDelay: true,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    const settle = (): void => {
      signal.removeEventListener("abort", abort);
      socket.off("connect", succeed);
      socket.off("error", fail);
    };
    const succeed = (): void => {
      settle();
      resolve(socket);
    };
    const fail = (reason: unknown): void => {
      settle();
      socket.on("error", () => undefined); // what failed is on its way to the caller already
      socket.destroy();
      reject(reason);
    };
    const abort = (): void => fail(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    socket.once("connect", succeed);
    socket.once("error", fail);
  });
}
