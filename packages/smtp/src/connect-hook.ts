/** Connections that the caller makes. */
import type { Duplex } from "node:stream";
import type { ReadableStream, WritableStream } from "node:stream/web";

/** A pair of Web streams: what the server says, and what is said to it. */
export interface WebStreamPair {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** What {@link ConnectHook} is asked for. */
export interface ConnectRequest {
  readonly host: string;
  /** Absent for a Unix socket. */
  readonly port: number | undefined;
  /** Fires when nobody waits for the connection any more: the deadline passed, or the sending was stopped. */
  readonly signal: AbortSignal;
}

/** Makes a connection. What it gives belongs to the transport, which closes it. */
export type ConnectHook = (
  request: ConnectRequest,
) => Duplex | WebStreamPair | Promise<Duplex | WebStreamPair>;
