/** The doctor, with the world of the lab around it: names lead to the doors of a variant, and nowhere else. */
import { connect as connectSocket } from "node:net";
import {
  diagnose,
  type Connector,
  type DiagnoseOptions,
  type DiagnoseTarget,
  type Diagnosis,
  type Resolver,
} from "@letterwright/doctor";
import type { RunningFault } from "@letterwright/receiver/faults";
import { createTlsContext } from "@letterwright/tls";

/** The settings of the story, as a user has them. */
export function targetOf({ variant }: RunningFault): DiagnoseTarget {
  const { client } = variant;
  const { host, port, tls, user, secret, mechanism, from, to } = client;
  return {
    host,
    port,
    tls,
    user,
    secret: user === undefined ? undefined : secret,
    mechanism,
    from,
    to,
  };
}

/** Connects to the doors of the variant, whatever the name; a closed door refuses. */
export function labConnector(fault: RunningFault): Connector {
  return ({ port }, signal) =>
    new Promise((resolve, reject) => {
      const socket = connectSocket({
        host: fault.host,
        port: fault.portOf(port) ?? fault.closedPort,
        noDelay: true,
      });
      const abort = (): void => {
        socket.destroy();
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      socket.once("connect", () => resolve(socket));
      socket.once("error", reject);
    });
}

/** Every name has one address, and no domain has records. */
export const labResolver: Resolver = {
  addresses: async (_host, family) => (family === 4 ? ["192.0.2.1"] : []),
  mx: async (domain) => [{ exchange: `mx.${domain}`, priority: 10 }],
  txt: async () => ["v=spf1 include:_spf.example.com ~all"],
  srv: async () => [],
  reverse: async () => [],
};

/** What the doctor says of the variant; `error` is what a client threw. */
export function diagnoseFault(
  fault: RunningFault,
  target: DiagnoseTarget,
  options: DiagnoseOptions = {},
): Promise<Diagnosis> {
  return diagnose(target, {
    resolver: labResolver,
    connect: labConnector(fault),
    tlsContext: createTlsContext({ ca: fault.ca, trust: "none" }),
    environment: {},
    ...options,
  });
}
