/** A way through a proxy. */
import type { Duplex } from "node:stream";

/** What the proxy is asked for. */
export interface TunnelRequest {
  readonly host: string;
  readonly port?: number | undefined;
  /** The address of this machine from which the proxy is asked. Default: what the system chooses. */
  readonly localAddress?: string | undefined;
  readonly signal: AbortSignal;
}

/** Makes a stream to a host and port. */
export type Tunnel = (request: TunnelRequest) => Promise<Duplex>;

/** A host and port behind the proxy, and what is shown at its door. */
export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}
