/** A server that plays a script over a real socket. */
import { createServer, type AddressInfo, type Socket } from "node:net";

/** What the server does next. */
export type Turn =
  /** Says this. */
  | { readonly say: string }
  /** Waits for a line that starts so. */
  | { readonly hear: string }
  /** Waits for this, wherever it stands: behind a chunk that ends within a line, say. */
  | { readonly find: string }
  /** Waits for the lone dot. */
  | { readonly hearEnd: true }
  /** Cuts the line. */
  | { readonly cut: true }
  /** Says nothing more. */
  | { readonly stall: true };

/** A server that is listening. */
export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  /** Everything the client said. */
  readonly heard: () => string;
  readonly close: () => Promise<void>;
}

export const say = (text: string): Turn => ({ say: `${text}\r\n` });
export const hear = (start: string): Turn => ({ hear: start });
export const find = (text: string): Turn => ({ find: text });
export const hearEnd: Turn = { hearEnd: true };
export const cut: Turn = { cut: true };
export const stall: Turn = { stall: true };

/** Greeting and EHLO with these keywords. */
export const hello = (...keywords: readonly string[]): readonly Turn[] => {
  const lines = ["mail.example.com", ...keywords];
  const reply = lines.map((line, index) => `250${index === lines.length - 1 ? " " : "-"}${line}`);
  return [say("220 mail.example.com ESMTP"), hear("EHLO"), say(reply.join("\r\n"))];
};

/** Starts a server that plays the script to each who connects. */
export async function scriptedServer(script: readonly Turn[]): Promise<ScriptedServer> {
  let heard = "";
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // the client may cut the line: that is what is tested
    let unread = "";
    let at = 0;
    const play = (): void => {
      for (; at < script.length; at++) {
        const turn = script[at] as Turn;
        if ("say" in turn) socket.write(turn.say);
        else if ("cut" in turn) socket.destroy();
        else if ("stall" in turn) return;
        else {
          const wanted =
            "hear" in turn
              ? lineStarting(unread, turn.hear)
              : "find" in turn
                ? behind(unread, turn.find)
                : endIn(unread);
          if (wanted === -1) return;
          unread = unread.slice(wanted);
        }
      }
    };
    socket.on("data", (chunk) => {
      const text = chunk.toString("latin1");
      heard += text;
      unread += text;
      play();
    });
    play();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => heard,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The index behind the first line that starts so. */
function lineStarting(text: string, start: string): number {
  for (let line = 0; line < text.length;) {
    const end = text.indexOf("\r\n", line);
    if (end === -1) return -1;
    if (text.startsWith(start, line)) return end + 2;
    line = end + 2;
  }
  return -1;
}

function behind(text: string, wanted: string): number {
  const at = text.indexOf(wanted);
  return at === -1 ? -1 : at + wanted.length;
}

function endIn(text: string): number {
  const at = text.startsWith(".\r\n") ? 0 : text.indexOf("\r\n.\r\n");
  return at === -1 ? -1 : at + (at === 0 ? 3 : 5);
}
