/** A relay that hangs up in the middle of things. */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A relay that is listening. */
export interface CuttingRelay extends AsyncDisposable {
  readonly port: number;
  /** How many connections it has cut. */
  cuts(): number;
}

/** Numbers below a limit, the same in every run. */
export function randomBelow(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Passes octets on to a port, and cuts each connection after a number of them in one direction, 300 to `most`. */
export async function cuttingRelay(
  port: number,
  random: (limit: number) => number,
  most: number = 20_300,
): Promise<CuttingRelay> {
  const sockets = new Set<Socket>();
  let cuts = 0;
  const relay = createServer((near) => {
    const far = connect({ host: "127.0.0.1", port, noDelay: true });
    const end = (): void => {
      near.destroy();
      far.destroySoon();
    };
    const direction = random(2);
    let left = 300 + random(most - 300);
    for (const [from, to, isCut] of [
      [near, far, direction === 0],
      [far, near, direction === 1],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on("error", end);
      from.on("close", () => {
        sockets.delete(from);
        end();
      });
      from.on("data", (chunk: Buffer) => {
        const part = isCut ? chunk.subarray(0, left) : chunk;
        to.write(part);
        if (!isCut) return;
        left -= part.length;
        if (left > 0) return;
        cuts += 1;
        to.destroySoon();
        from.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  return {
    port: (relay.address() as AddressInfo).port,
    cuts: () => cuts,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => relay.close(resolve));
    },
  };
}
