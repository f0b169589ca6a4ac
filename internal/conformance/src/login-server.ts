/** A mail server behind real TLS that logs in by what a test tells it, and takes every message. */
import { createServer, type TLSSocket } from "node:tls";
import type { AddressInfo } from "node:net";
import { createAuthority } from "@letterwright/receiver/certificates";

/** What the server says to a message of a login: whole reply lines, without the line end. */
export type LoginAnswer = (
  message: string,
  turn: number,
  socket: TLSSocket,
  mechanism: string,
) => string;

/** A running server. */
export interface LoginServer extends AsyncDisposable {
  readonly port: number;
  /** PEM of the authority to trust. */
  readonly ca: string;
  /** The mechanisms of the logins that were begun. */
  readonly mechanisms: readonly string[];
  /** What the clients said, line by line. */
  readonly lines: readonly string[];
}

/** Starts one whose certificate bears these names. */
export async function loginServer(
  offered: string,
  answer: LoginAnswer,
  options: { readonly names?: readonly string[]; readonly maxVersion?: "TLSv1.2" } = {},
): Promise<LoginServer> {
  const { names = ["127.0.0.1"], maxVersion } = options;
  const authority = await createAuthority();
  const leaf = await authority.issue({ names });
  const mechanisms: string[] = [];
  const lines: string[] = [];
  const sockets = new Set<TLSSocket>();
  const settings = { cert: leaf.chain, key: leaf.key, ...(maxVersion ? { maxVersion } : {}) };
  const server = createServer(settings, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // the client may cut the line: that is what is tested
    socket.write("220 mail.example.test ESMTP\r\n");
    let mechanism: string | undefined;
    let turn = 0;
    let inContent = false;
    const reply = (line: string): string => {
      if (inContent) {
        if (line !== ".") return "";
        inContent = false;
        return "250 ok";
      }
      if (mechanism !== undefined) return next(line);
      const [verb = "", name = "", initial] = line.split(" ");
      if (verb === "AUTH") {
        mechanism = name;
        turn = 0;
        mechanisms.push(name);
        return next(initial ?? "");
      }
      if (verb === "EHLO") return `250-mail.example.test\r\n250 AUTH ${offered}`;
      if (verb === "DATA") {
        inContent = true;
        return "354 go";
      }
      if (verb === "QUIT") return "221 bye";
      return "250 ok";
    };
    const next = (text: string): string => {
      const message =
        text === "*" ? "*" : Buffer.from(text === "=" ? "" : text, "base64").toString();
      const said = answer(message, turn, socket, mechanism ?? "");
      turn += 1;
      if (!said.startsWith("334")) mechanism = undefined;
      return said;
    };
    let unread = "";
    socket.on("data", (chunk) => {
      unread += chunk.toString("latin1");
      for (let end = unread.indexOf("\r\n"); end !== -1; end = unread.indexOf("\r\n")) {
        const line = unread.slice(0, end);
        unread = unread.slice(end + 2);
        lines.push(line);
        const said = reply(line);
        if (said !== "") socket.write(`${said}\r\n`);
      }
    });
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    ca: authority.certificate,
    mechanisms,
    lines,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
