/** Where a connection leads. */

/** One server that may be asked. */
export interface SmtpTarget {
  readonly host: string;
  /** Absent for a Unix socket. */
  readonly port: number | undefined;
  readonly socketPath: string | undefined;
}

/** A target, and the connection that was made to it. */
export interface Place extends SmtpTarget {
  /** For people: `host:port`, or the path of a socket. */
  readonly label: string;
  /** What each event says of it. */
  readonly told: { readonly connection: number };
}

let connections = 0;

/** A place for a new connection. */
export function placeOf(target: SmtpTarget): Place {
  connections += 1;
  return { ...target, label: labelOf(target), told: { connection: connections } };
}

/** How people write it. */
export function labelOf({ host, port, socketPath }: SmtpTarget): string {
  if (socketPath !== undefined) return socketPath;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
