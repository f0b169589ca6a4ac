/** Proxies of the suite's own: HTTP CONNECT, and SOCKS5 (RFC 1928, RFC 1929). Names are looked up in a table of theirs. */
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** How a proxy behaves. */
export interface ProxyOptions {
  /** Ports of this machine by name. A name or address that is not here is refused. */
  readonly hosts: Readonly<Record<string, number>>;
  /** `user:password`, when it wants one. */
  readonly login?: string;
  /** The HTTP status or the SOCKS reply that it gives in place of a connection. */
  readonly refusal?: number;
  /** What it sends in place of any answer. */
  readonly nonsense?: string;
  /** Never answers. */
  readonly stalls?: boolean;
  /** Takes every connection, and cuts it. */
  readonly cuts?: boolean;
  /** Certificate and key: then it is spoken to over TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A running proxy. */
export interface RunningProxy extends AsyncDisposable {
  readonly port: number;
  /** `host:port` of each connection that was asked for. */
  readonly asked: readonly string[];
  /** The addresses of its clients. */
  readonly from: readonly string[];
}

export async function httpProxy(options: ProxyOptions): Promise<RunningProxy> {
  const asked: string[] = [];
  const http = createHttpServer();
  http.on("connect", (request, socket) => {
    socket.on("error", () => undefined);
    asked.push(request.url ?? "");
    const basic = `Basic ${Buffer.from(options.login ?? "").toString("base64")}`;
    if (options.login !== undefined && request.headers["proxy-authorization"] !== basic) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const port = options.hosts[hostOf(request.url ?? "")];
    if (options.refusal !== undefined || port === undefined) {
      socket.end(`HTTP/1.1 ${options.refusal ?? 502} Refused\r\n\r\n`);
      return;
    }
    const upstream = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("close", () => upstream.destroy());
  });
  const { tls } = options;
  const front =
    tls === undefined
      ? createServer((socket) => take(socket))
      : createTlsServer(tls, (socket) => take(socket));
  const take = (socket: Socket): void => {
    socket.on("error", () => undefined);
    if (!misbehaves(socket, options)) http.emit("connection", socket);
  };
  return running(front, asked);
}

export async function socksProxy(options: ProxyOptions): Promise<RunningProxy> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    if (misbehaves(socket, options)) return;
    let unread = Buffer.alloc(0);
    let state: "greeting" | "login" | "request" | "open" = "greeting";
    const onData = (chunk: Buffer): void => {
      unread = Buffer.concat([unread, chunk]);
      while (step()); // one message after the other
    };
    const take = (length: number): Buffer => {
      const taken = unread.subarray(0, length);
      unread = unread.subarray(length);
      return taken;
    };
    const step = (): boolean => {
      if (state === "open") return false;
      if (state === "greeting") {
        if (unread.length < 2 || unread.length < 2 + (unread[1] ?? 0)) return false;
        const methods = take(2 + (unread[1] ?? 0)).subarray(2);
        const wanted = options.login === undefined ? 0 : 2;
        const isOffered = methods.includes(wanted);
        socket.write(Buffer.from([5, isOffered ? wanted : 0xff]));
        state = wanted === 2 ? "login" : "request";
        return isOffered;
      }
      if (state === "login") {
        const userLength = unread[1] ?? 0;
        const passwordLength = unread[2 + userLength] ?? 0;
        if (unread.length < 3 + userLength + passwordLength) return false;
        const message = take(3 + userLength + passwordLength);
        const user = message.subarray(2, 2 + userLength).toString();
        const isRight = `${user}:${message.subarray(3 + userLength).toString()}` === options.login;
        socket.write(Buffer.from([1, isRight ? 0 : 1]));
        state = "request";
        return isRight;
      }
      if (unread.length < 5) return false;
      const type = unread[3];
      const length = type === 1 ? 4 : type === 4 ? 16 : (unread[4] ?? 0) + 1;
      if (unread.length < 4 + length + 2) return false;
      const message = take(4 + length + 2);
      const address = message.subarray(4, 4 + length);
      const host =
        type === 1
          ? address.join(".")
          : type === 4
            ? address.toString("hex")
            : address.subarray(1).toString();
      asked.push(`${host}:${message.readUInt16BE(4 + length)}`);
      state = "open";
      const port = options.hosts[host];
      const granted = Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]);
      if (options.refusal !== undefined || port === undefined) {
        granted[1] = options.refusal ?? 4;
        socket.end(granted);
        return false;
      }
      socket.off("data", onData);
      socket.pause();
      const upstream = connect(port, "127.0.0.1");
      // The server's greeting goes out with the proxy's answer, in one write: both arrive at once.
      upstream.once("data", (first: Buffer) => {
        if (!hasAnswered) socket.write(Buffer.concat([granted, first]));
        else socket.write(first);
        hasAnswered = true;
        upstream.pipe(socket);
      });
      let hasAnswered = false;
      // A server that waits for the client says nothing: answer without it.
      setTimeout(() => {
        if (!hasAnswered) socket.write(granted);
        hasAnswered = true;
        socket.pipe(upstream);
      }, 30);
      upstream.on("error", () => socket.destroy());
      socket.on("close", () => upstream.destroy());
      return false;
    };
    socket.on("data", onData);
  });
  return running(server, asked);
}

function misbehaves(socket: Socket, options: ProxyOptions): boolean {
  const { nonsense, stalls, cuts } = options;
  if (nonsense !== undefined) {
    socket.once("data", () => socket.end(nonsense));
  }
  if (cuts === true) socket.once("data", () => socket.destroy());
  return nonsense !== undefined || stalls === true || cuts === true;
}

function hostOf(authority: string): string {
  return authority.slice(0, authority.lastIndexOf(":"));
}

async function running(server: Server, asked: readonly string[]): Promise<RunningProxy> {
  const sockets = new Set<Socket>();
  const from: string[] = [];
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    from.push(socket.remoteAddress ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    from,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
