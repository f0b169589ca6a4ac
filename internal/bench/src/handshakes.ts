/** Handshakes on loopback, both sides in this process: what taking up a session again saves. */
import { connect, type AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { createAuthority } from "@letterwright/receiver/certificates";
import { connectTls, createTlsContext, type TlsContext, type TlsVersion } from "@letterwright/tls";
import type { Comparison } from "./comparison.ts";

const host = "mail.example.com";

/** Two contexts, of which one remembers sessions, and a server that says one line to each client. */
async function arranged(maxVersion: TlsVersion) {
  const authority = await createAuthority();
  const { certificate, key } = await authority.issue({ names: [host] });
  const server = createServer({ cert: certificate, key, maxVersion }, (socket) => {
    socket.on("error", () => undefined); // the client leaves at once
    socket.write("220\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const remembering = createTlsContext({ ca: authority.certificate, trust: "none" });
  const { port } = server.address() as AddressInfo;
  return { port, remembering, forgetting: remembering.with({ sessions: 0 }) };
}

/** One connection until the server's first line; gives whether a session was taken up again. */
async function handshake(port: number, context: TlsContext): Promise<boolean> {
  const socket = connect({ host: "127.0.0.1", port });
  await new Promise((resolve) => socket.once("connect", resolve));
  const secured = await connectTls(context, { socket, host, port });
  await new Promise((resolve) => secured.once("data", resolve));
  const isReused = secured.isSessionReused();
  secured.destroy();
  return isReused;
}

function handshakes(version: TlsVersion, title: string): Comparison {
  let ready: ReturnType<typeof arranged> | undefined;
  const arrangement = (): ReturnType<typeof arranged> => (ready ??= arranged(version));
  return {
    name: `tls/handshake, ${title}`,
    work: { amount: 1, unit: "handshake" },
    sides: [
      {
        name: "letterwright, sessions remembered",
        run: async () => {
          const { port, remembering } = await arrangement();
          return handshake(port, remembering);
        },
      },
      {
        name: "letterwright, each in full",
        run: async () => {
          const { port, forgetting } = await arrangement();
          return handshake(port, forgetting);
        },
      },
    ],
    async verify() {
      const { port, remembering, forgetting } = await arrangement();
      const seen = [];
      for (let count = 0; count < 3; count++) seen.push(await handshake(port, remembering));
      if (seen.join() !== "false,true,true")
        throw new Error(`sessions were taken up: ${seen.join()}`);
      if (await handshake(port, forgetting)) throw new Error("a forgotten session was taken up");
    },
  };
}

/** In TLS 1.3 a server of Node's sends two sessions after a full handshake and none after others, so two of three are short. */
export const handshakeComparisons: readonly Comparison[] = [
  handshakes("TLSv1.2", "TLS 1.2, all but the first short"),
  handshakes("TLSv1.3", "TLS 1.3, two of three short"),
];
