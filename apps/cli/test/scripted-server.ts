/** An SMTP server on loopback that says what it is told to. */
import { createServer, type Socket } from "node:net";

/** A server that is listening. */
export interface ScriptedServer extends AsyncDisposable {
  /** For `--server`. */
  readonly address: string;
  /** Every line that came in. */
  readonly lines: readonly string[];
}

/** A reply to a command line, `"cut"` to cut the line, or `"silence"`. */
export type Script = (line: string) => string;

/** Answers each line by the script; what the script leaves empty gets the usual answer. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let held = "";
    let inContent = false;
    const say = (line: string): void => {
      const reply = script(line) || (inContent ? "250 2.0.0 queued as 1" : usual(line));
      if (reply === "cut") socket.destroy();
      else if (reply !== "silence") socket.write(`${reply}\r\n`);
      inContent = reply.startsWith("354");
    };
    say("(connected)");
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      held += chunk.toString("latin1");
      for (let end = held.indexOf("\r\n"); end !== -1; end = held.indexOf("\r\n")) {
        const line = held.slice(0, end);
        held = held.slice(end + 2);
        lines.push(line);
        if (!inContent || line === ".") say(line);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  return {
    address: `127.0.0.1:${port}`,
    lines,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function usual(line: string): string {
  if (line === "(connected)") return "220 mail.example.com ready";
  if (line.startsWith("DATA")) return "354 go on";
  if (line.startsWith("QUIT")) return "221 bye";
  return "250 ok";
}
