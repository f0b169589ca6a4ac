/** The connection cut at each byte of a transaction, in each direction (RFC 5321 §6.1, RFC 1047). */
import { createServer, type AddressInfo, type Socket } from "node:net";
import { utf8 } from "@letterwright/base/bytes";
import { LetterwrightError } from "@letterwright/base/error";
import { bytesOf, envelope, mailbox, type RawMessage } from "@letterwright/message";
import { smtpTransport } from "@letterwright/smtp";
import { describe, expect, it } from "vitest";

const to = envelope({
  reversePath: mailbox({ localPart: "ana", domain: "example.com" }),
  recipients: [mailbox({ localPart: "bob", domain: "example.org" })],
});
const mail: RawMessage = {
  fields: [{ name: "Subject", bytes: utf8("Subject: x\r\n") }],
  separator: utf8("\r\n"),
  body: bytesOf("hi\r\n.\r\n"),
  requires: new Set(),
};

/** Where the line is cut: after so many octets from the server, or from the client. */
interface Cut {
  readonly said?: number;
  readonly heard?: number;
}

/** A server that takes mail, and what it knows of one connection. */
class CuttingServer {
  said = 0;
  heard = 0;
  /** The content is whole: a real server would have it on its disk. */
  hasStored = false;
  /** The 250 that makes it the server's left whole. */
  hasAccepted = false;
  readonly #cut: Cut;
  readonly #pipelining: boolean;
  #unread = "";
  #isContent = false;

  constructor(cut: Cut, pipelining: boolean) {
    this.#cut = cut;
    this.#pipelining = pipelining;
  }

  greet(socket: Socket): void {
    socket.on("error", () => undefined); // being cut is what this is about
    socket.on("data", (chunk) => this.#hear(socket, chunk));
    this.#say(socket, "220 s.example.com ESMTP\r\n");
  }

  #hear(socket: Socket, chunk: Uint8Array): void {
    const room = Math.max(0, (this.#cut.heard ?? Infinity) - this.heard);
    const taken = chunk.subarray(0, Math.min(room, chunk.length));
    this.heard += taken.length;
    this.#unread += new TextDecoder("latin1").decode(taken);
    for (let end = this.#unread.indexOf("\r\n"); end !== -1; end = this.#unread.indexOf("\r\n")) {
      const line = this.#unread.slice(0, end);
      this.#unread = this.#unread.slice(end + 2);
      this.#answer(socket, line);
    }
    if (taken.length < chunk.length || this.heard === this.#cut.heard) socket.destroy();
  }

  #answer(socket: Socket, line: string): void {
    if (this.#isContent) {
      if (line !== ".") return;
      this.#isContent = false;
      this.hasStored = true;
      this.hasAccepted = this.#say(socket, "250 2.0.0 queued\r\n");
    } else if (line.startsWith("EHLO")) {
      this.#say(
        socket,
        `250-s.example.com\r\n${this.#pipelining ? "250-PIPELINING\r\n" : ""}250 8BITMIME\r\n`,
      );
    } else if (line === "DATA") {
      this.#isContent = true;
      this.#say(socket, "354 go\r\n");
    } else this.#say(socket, line === "QUIT" ? "221 bye\r\n" : "250 ok\r\n");
  }

  /** Whether all of it left. */
  #say(socket: Socket, text: string): boolean {
    const room = Math.max(0, (this.#cut.said ?? Infinity) - this.said);
    const part = text.slice(0, room);
    this.said += part.length;
    if (part.length < text.length) socket.end(part);
    else socket.write(part);
    return part.length === text.length;
  }
}

async function sendThrough(cut: Cut, pipelining: boolean) {
  const play = new CuttingServer(cut, pipelining);
  const server = createServer((socket) => play.greet(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const transport = smtpTransport({
    host: "127.0.0.1",
    port,
    tls: "none",
    clientName: "c.example.com",
  });
  try {
    const outcome = await transport.send(mail, to).then(
      () => "accepted" as const,
      (error: unknown) => {
        expect(LetterwrightError.is(error), String(error)).toBe(true);
        const { code, retry } = error as LetterwrightError & { readonly retry?: string };
        expect(retry).toBe(code === "SMTP_OUTCOME_UNKNOWN" ? "no" : "later");
        return code === "SMTP_OUTCOME_UNKNOWN" ? ("unknown" as const) : ("not accepted" as const);
      },
    );
    return { outcome, play };
  } finally {
    await transport.close();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe.each([true, false])("with PIPELINING: %s", (pipelining) => {
  it.each(["said", "heard"] as const)(
    "is honest wherever the line is cut, by octets %s",
    async (direction) => {
      const whole = await sendThrough({}, pipelining);
      expect(whole.outcome).toBe("accepted");
      const seen = new Set<string>();
      for (let octets = 0; octets < whole.play[direction]; octets++) {
        const { outcome, play } = await sendThrough({ [direction]: octets }, pipelining);
        const where = `after ${octets} octets ${direction}`;
        seen.add(outcome);
        if (outcome === "accepted") expect(play.hasAccepted, where).toBe(true);
        if (outcome === "not accepted") expect(play.hasStored, where).toBe(false);
        if (direction === "said" && play.hasAccepted) expect(outcome, where).toBe("accepted");
      }
      expect([...seen].sort()).toEqual(["accepted", "not accepted", "unknown"]);
    },
  );
});
