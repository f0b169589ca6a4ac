/**
 * A line so long that everything else takes no time: it counts how often somebody had to wait for the other side.
 *
 * Time on it goes by in half trips. In each, both sides say everything they can without hearing anything new; when both
 * are silent, what they said changes hands at once, and the next half trip begins. What a machine takes to think adds
 * nothing, so a count is the same on every machine, as long as nobody thinks for longer than `quietMs` between two
 * writes; who does can only add half trips, never save one.
 */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A relay in front of a server. */
export interface TurnRelay {
  readonly port: number;
  /** Half trips that brought something across, of all connections. Setting up TCP is not among them. */
  readonly halfTrips: number;
  /** Connections that were made. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Starts a relay on 127.0.0.1, in front of what listens on `port` there. */
export async function startTurnRelay(port: number, quietMs = 20): Promise<TurnRelay> {
  let halfTrips = 0;
  let connections = 0;
  const sockets = new Set<Socket>();

  const relay = (near: Socket): void => {
    connections++;
    const far = connect({ host: "127.0.0.1", port, noDelay: true });
    const waiting = new Map<Socket, Buffer[]>([
      [near, []],
      [far, []],
    ]);
    const ended = new Set<Socket>();
    let timer: NodeJS.Timeout | undefined;
    const other = (socket: Socket): Socket => (socket === near ? far : near);
    const exchange = (): void => {
      if ([...waiting.values()].some((chunks) => chunks.length > 0)) halfTrips++;
      for (const [socket, chunks] of waiting) {
        const said = Buffer.concat(chunks.splice(0));
        if (said.length > 0) other(socket).write(said);
        if (ended.has(socket)) other(socket).end();
      }
    };
    const somethingHappened = (): void => {
      clearTimeout(timer);
      timer = setTimeout(exchange, quietMs);
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("data", (chunk: Buffer) => {
        waiting.get(socket)?.push(chunk);
        somethingHappened();
      });
      socket.on("end", () => {
        ended.add(socket);
        somethingHappened();
      });
      socket.on("error", () => other(socket).destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        if (!ended.has(socket)) other(socket).destroy();
      });
    }
  };
  const server = createServer({ allowHalfOpen: true }, relay);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get halfTrips() {
      return halfTrips;
    },
    get connections() {
      return connections;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
