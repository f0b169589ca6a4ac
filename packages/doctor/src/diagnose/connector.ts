/** Making connections. */
import { connect as connectSocket, type Socket } from "node:net";

/** Where to. */
export interface Destination {
  /** As the user named it. */
  readonly host: string;
  /** Where the name leads; default: wherever the system says. */
  readonly address?: string | undefined;
  readonly port: number;
}

/** Connects, or rejects with Node's error. */
export type Connector = (to: Destination, signal: AbortSignal) => Promise<Socket>;

/** Over the network. */
export const connectOverNetwork: Connector = (to, signal) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const { host, address, port } = to;
    const socket = connectSocket({
      host: address ?? host,
      port,
      noDelay: true,
      autoSelectFamily: true,
    });
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    const settle = (): void => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort, { once: true });
    socket.once("connect", () => {
      settle();
      resolve(socket);
    });
    socket.once("error", (error) => {
      settle();
      reject(error);
    });
  });

/** What became of a try. */
export type DoorState = "open" | "refused" | "silent" | "unreachable" | "no-name" | "failed";

/** Whether a port answers. */
export async function tryDoor(
  connect: Connector,
  to: Destination,
  signal: AbortSignal,
): Promise<DoorState> {
  try {
    const socket = await connect(to, signal);
    socket.on("error", () => undefined);
    socket.destroy();
    return "open";
  } catch (error) {
    if (signal.aborted) return "silent";
    return stateOf(error);
  }
}

/** The state that an error of connecting stands for. */
export function stateOf(error: unknown): DoorState {
  if (error instanceof AggregateError) {
    const states = error.errors.map(stateOf);
    return states.find((state) => state === "refused") ?? states[0] ?? "failed";
  }
  const code =
    typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ECONNREFUSED":
      return "refused";
    case "ETIMEDOUT":
      return "silent";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return "unreachable";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "no-name";
    default:
      return "failed";
  }
}
