/** A server that takes mail and keeps it, and fails where it is told to: many connections, PIPELINING, CHUNKING. */
import { createServer, type AddressInfo, type Socket } from "node:net";
import { smtpTransport, type SmtpOptions, type SmtpTransport } from "@letterwright/smtp";

/** One message that the server made its own. */
export interface StoredMail {
  readonly connection: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
}

/** One connection, as the server sees it. */
export interface ServerConnection {
  /** From 1 on. */
  readonly number: number;
  /** Messages taken over it. */
  taken: number;
  /** Every command, in order. */
  readonly commands: string[];
  /** Whether everything that was said before has been answered, and the answer has left. */
  isAnswered: boolean;
  /** Says what was to be said, and hangs up. */
  cut: () => void;
  /** Hangs up, whatever was to be said. */
  reset: () => void;
}

/** How the server behaves. */
export interface StoringOptions {
  /** Default: PIPELINING. */
  readonly keywords?: readonly string[];
  /**
   * The reply to a command (a lone dot is `"END"`, a chunk `"BDAT"` or `"BDAT LAST"`, and there is `"GREETING"`), in
   * place of the usual one; `null` says nothing more at all. Called for each.
   */
  readonly answer?: (command: string, connection: ServerConnection) => string | null | undefined;
  /** Called for each batch of replies. */
  readonly told?: () => void;
  /** Milliseconds before each batch of replies. Default 0: at once. */
  readonly delayMs?: number;
}

/** A server that is listening. */
export interface StoringServer extends AsyncDisposable {
  readonly port: number;
  readonly stored: readonly StoredMail[];
  readonly connections: readonly ServerConnection[];
  /** Connections that stand now and did not say QUIT, and the most that ever stood at once. */
  readonly standing: number;
  readonly most: number;
  close(): Promise<void>;
}

/** Starts a server on loopback. */
export async function storingServer(options: StoringOptions = {}): Promise<StoringServer> {
  const stored: StoredMail[] = [];
  const connections: ServerConnection[] = [];
  const all = new Set<Socket>();
  const sockets = new Set<Socket>();
  let most = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    all.add(socket);
    sockets.add(socket);
    most = Math.max(most, sockets.size);
    const connection: ServerConnection = {
      number: connections.length + 1,
      taken: 0,
      commands: [],
      isAnswered: true,
      cut: () => undefined,
      reset: () => undefined,
    };
    connections.push(connection);
    socket.on("error", () => undefined); // clients cut lines, too
    socket.on("close", () => {
      all.delete(socket);
      sockets.delete(socket);
    });
    serve(socket, connection, stored, options, () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of all) socket.destroy();
      server.close(() => resolve());
    });
  return {
    port: (server.address() as AddressInfo).port,
    stored,
    connections,
    get standing() {
      return sockets.size;
    },
    get most() {
      return most;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function serve(
  socket: Socket,
  connection: ServerConnection,
  stored: StoredMail[],
  { keywords = ["PIPELINING"], answer, told, delayMs = 0 }: StoringOptions,
  leave: () => void,
): void {
  let unread = "";
  let from: string | undefined;
  let to: string[] = [];
  let content: string[] = [];
  let isContent = false;
  let chunk: { readonly size: number; readonly isLast: boolean } | undefined;
  let chunks = "";
  let out = "";
  let isSilent = false;

  const say = (text: string): void => {
    out += `${text}\r\n`;
    connection.isAnswered = false;
  };
  const flush = (): void => {
    const text = out;
    out = "";
    connection.isAnswered = true;
    if (text === "") return;
    told?.();
    if (delayMs === 0) socket.write(text);
    else setTimeout(() => socket.write(text), delayMs);
  };
  const reset = (): void => {
    from = undefined;
    to = [];
    content = [];
    chunks = "";
  };
  const take = (text: string): void => {
    stored.push({ connection: connection.number, from: from ?? "", to, content: text });
    connection.taken += 1;
    reset();
  };
  const own = (command: string): string | null | undefined => {
    const given = answer?.(command, connection);
    isSilent ||= given === null;
    return given;
  };
  connection.reset = () => {
    isSilent = true;
    socket.resetAndDestroy();
  };
  connection.cut = () => {
    isSilent = true;
    flush();
    socket.destroySoon();
  };
  const command = (line: string): void => {
    connection.commands.push(line);
    const verb = line.split(/[ :]/, 1)[0]?.toUpperCase() ?? "";
    const given = own(line);
    if (given === null) return;
    if (given !== undefined) {
      say(given);
      if (given.startsWith("354")) isContent = true;
      return;
    }
    switch (verb) {
      case "EHLO":
        say(
          ["250-s.example.com", ...keywords.map((word) => `250-${word}`), "250 HELP"].join("\r\n"),
        );
        return;
      case "MAIL":
        if (from !== undefined) say("503 5.5.1 nested MAIL");
        else {
          from = line.slice("MAIL FROM:".length).split(" ", 1)[0];
          say("250 2.1.0 ok");
        }
        return;
      case "RCPT":
        if (from === undefined) say("503 5.5.1 MAIL first");
        else {
          to.push(line.slice("RCPT TO:".length).split(" ", 1)[0] ?? "");
          say("250 2.1.5 ok");
        }
        return;
      case "DATA":
        if (to.length === 0) say("554 5.5.1 nobody");
        else {
          isContent = true;
          say("354 go");
        }
        return;
      case "RSET":
        reset();
        say("250 2.0.0 ok");
        return;
      case "QUIT":
        say("221 2.0.0 bye");
        flush();
        leave();
        socket.end();
        return;
      default:
        say("250 2.0.0 ok");
    }
  };
  /** Takes one line or chunk, if there is one whole. */
  const next = (): boolean => {
    if (isSilent) return false;
    if (chunk !== undefined) {
      if (unread.length < chunk.size) return false;
      chunks += unread.slice(0, chunk.size);
      unread = unread.slice(chunk.size);
      const { isLast } = chunk;
      chunk = undefined;
      const given = own(isLast ? "BDAT LAST" : "BDAT");
      if (given === null) return true;
      // Like Postfix: what is refused leaves the transaction open, for RSET.
      if (given !== undefined) say(given);
      else if (to.length === 0) say("554 5.5.1 nobody");
      else if (isLast) {
        take(chunks);
        say(`250 2.0.0 taken as ${stored.length}`);
      } else say("250 2.0.0 more");
      return true;
    }
    const end = unread.indexOf("\r\n");
    if (end === -1) return false;
    const line = unread.slice(0, end);
    unread = unread.slice(end + 2);
    if (isContent) {
      if (line !== ".") content.push(line.startsWith(".") ? line.slice(1) : line);
      else {
        isContent = false;
        const given = own("END");
        if (given === null) return true;
        if (given === undefined && to.length > 0) {
          take(`${content.join("\r\n")}\r\n`);
          say(`250 2.0.0 taken as ${stored.length}`);
        } else {
          reset();
          say(given ?? "554 5.5.1 nobody");
        }
      }
      return true;
    }
    const bdat = /^BDAT ([0-9]+)( LAST)?$/i.exec(line);
    if (bdat === null) command(line);
    else {
      connection.commands.push(line);
      chunk = { size: Number(bdat[1]), isLast: bdat[2] !== undefined };
    }
    return true;
  };
  socket.on("data", (received) => {
    unread += received.toString("latin1");
    while (next());
    flush();
  });
  const greeting = own("GREETING");
  if (greeting !== null) say(greeting ?? "220 s.example.com ESMTP");
  flush();
}

/** A server, and a transport to it; both end with what they are used for. */
export async function withServer(
  server: StoringOptions,
  options: Partial<SmtpOptions>,
  use: (transport: SmtpTransport, server: StoringServer) => Promise<void>,
): Promise<void> {
  await using listening = await storingServer(server);
  await using transport = smtpTransport({
    host: "127.0.0.1",
    port: listening.port,
    tls: "none",
    clientName: "c.example.com",
    ...options,
  });
  await use(transport, listening);
}
