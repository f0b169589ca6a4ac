/** A variant, running on this machine. */
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { LetterwrightError } from "@letterwright/base/error";
import { identityOf, labAuthority } from "./identity.ts";
import { serve, type SessionSetting } from "./session.ts";
import type { FaultVariant, ServerScript } from "./variant.ts";

/** Options of {@link startFault}. */
export interface StartFaultOptions {
  /** Default 127.0.0.1; another address of loopback. */
  readonly host?: string;
  /** The port that stands for the one that the client asks for. Default 0: any free one. */
  readonly port?: number;
}

/** A failure that waits to be met. */
export interface RunningFault extends AsyncDisposable {
  readonly variant: FaultVariant;
  /** Where it listens: an address of loopback. */
  readonly host: string;
  /** The port that stands for `variant.client.port`. */
  readonly port: number;
  /** PEM: the authority that the client trusts. */
  readonly ca: string;
  /**
   * The port on this machine that stands for a port of the story. `undefined` where the story has a closed door; then
   * `closedPort` is one on which nobody listens.
   */
  portOf(port: number): number | undefined;
  readonly closedPort: number;
  /** Stops listening and cuts what is connected. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts the servers of a variant on loopback, each door on a port of its own.
 *
 * Rejects with `RECEIVER_CANNOT_LISTEN`.
 *
 * @example
 * ```ts
 * import { faultVariants, startFault } from "@letterwright/receiver/faults";
 *
 * const variant = faultVariants.find(({ id }) => id === "rcpt.greylisted");
 * if (variant === undefined) throw new Error("not in the lab");
 * const fault = await startFault(variant);
 * fault.portOf(variant.client.port) === fault.port; // => true
 * await fault.close();
 * ```
 */
export async function startFault(
  variant: FaultVariant,
  { host = "127.0.0.1", port = 0 }: StartFaultOptions = {},
): Promise<RunningFault> {
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  const ports = new Map<number, number>();
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map(closed));
  };
  try {
    const { client, doors, everyDoor } = variant;
    const open = async (script: ServerScript, wanted: number): Promise<number> => {
      const name = script.name ?? client.host;
      const identity =
        script.tls === "none" ? undefined : await identityOf(script.certificate ?? {}, client.host);
      const server = serverOf({ script, name, identity }, sockets);
      servers.push(server);
      return listening(server, host, wanted);
    };
    for (const [number, script] of Object.entries(doors)) {
      const isMain = Number(number) === client.port;
      ports.set(Number(number), await open(script, isMain ? port : 0));
    }
    const every =
      everyDoor === undefined
        ? undefined
        : await open(everyDoor, ports.has(client.port) ? 0 : port);
    const closedPort = await freePort(
      host,
      ports.has(client.port) || every !== undefined ? 0 : port,
    );
    const { certificate: ca } = await labAuthority();
    const portOf = (number: number): number | undefined => ports.get(number) ?? every;
    return Object.freeze({
      variant,
      host,
      port: portOf(client.port) ?? closedPort,
      ca,
      portOf,
      closedPort,
      close: stop,
      [Symbol.asyncDispose]: stop,
    });
  } catch (error) {
    await stop();
    throw error;
  }
}

function serverOf(setting: SessionSetting, sockets: Set<Socket>): Server {
  return createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serve(socket, setting);
  });
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new LetterwrightError(`cannot listen on ${host}:${port}: ${cause.message}`, {
          code: "RECEIVER_CANNOT_LISTEN",
          hint: "Another program may use the port; leave it out for any free one.",
          cause,
        }),
      ),
    );
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** A port on which nobody listens: free a moment ago. */
async function freePort(host: string, port: number): Promise<number> {
  const server = createServer();
  const found = await listening(server, host, port);
  await closed(server);
  return found;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
