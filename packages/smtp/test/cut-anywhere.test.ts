/** The connection cut at each byte of a transaction, in each direction (RFC 5321 §6.1, RFC 1047). */
import { createServer, type AddressInfo, type Socket } from "node:net";
import { utf8 } from "@letterwright/base/bytes";
import { LetterwrightError } from "@letterwright/base/error";
import { bytesOf, envelope, mailbox, type RawMessage } from "@letterwright/message";
import { smtpTransport, type SmtpOptions } from "@letterwright/smtp";
import {
  OutcomeUnknownError,
  type SendReceipt,
  type UncertainReceipt,
} from "@letterwright/transport";
import { describe, expect, it } from "vitest";

const to = envelope({
  reversePath: mailbox({ localPart: "ana", domain: "example.com" }),
  recipients: ["bob", "cy"].map((localPart) => mailbox({ localPart, domain: "example.org" })),
});

/** One way in which a transaction can go. */
interface Way {
  readonly name: string;
  readonly keywords: readonly string[];
  readonly options: Partial<SmtpOptions>;
}
const chunks = ["PIPELINING", "CHUNKING"];
const ways: readonly Way[] = [
  { name: "in turn", keywords: [], options: {} },
  { name: "grouped", keywords: ["PIPELINING"], options: {} },
  { name: "in chunks", keywords: chunks, options: { chunking: "prefer" } },
  { name: "eager", keywords: chunks, options: { flight: "eager" } },
  { name: "eager, all or none", keywords: chunks, options: { flight: "eager", recipients: "all" } },
  { name: "LMTP", keywords: ["PIPELINING"], options: { protocol: "lmtp" } },
];
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
  /** The content is whole, and its end was heard: a real server would have it on its disk. */
  hasStored = false;
  /** Recipients whose 250, which makes it the server's for them, left whole. */
  readonly accepted: string[] = [];
  readonly #cut: Cut;
  readonly #way: Way;
  readonly #recipients: string[] = [];
  #unread = "";
  #isContent = false;
  /** Octets of a chunk that are still to come. */
  #chunk: { left: number; readonly isLast: boolean } | undefined;

  constructor(cut: Cut, way: Way) {
    this.#cut = cut;
    this.#way = way;
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
    while (this.#step(socket)) {
      // as long as something is complete
    }
    if (taken.length < chunk.length || this.heard === this.#cut.heard) socket.destroy();
  }

  #step(socket: Socket): boolean {
    if (this.#chunk !== undefined) {
      const { isLast, left } = this.#chunk;
      if (this.#unread.length < left) return false;
      this.#unread = this.#unread.slice(left);
      this.#chunk = undefined;
      if (isLast) this.#store(socket);
      else this.#say(socket, "250 chunk\r\n");
      return true;
    }
    const end = this.#unread.indexOf("\r\n");
    if (end === -1) return false;
    const line = this.#unread.slice(0, end);
    this.#unread = this.#unread.slice(end + 2);
    this.#answer(socket, line);
    return true;
  }

  #answer(socket: Socket, line: string): void {
    if (this.#isContent) {
      if (line !== ".") return;
      this.#isContent = false;
      this.#store(socket);
    } else if (line.startsWith("EHLO") || line.startsWith("LHLO")) {
      const keywords = ["s.example.com", ...this.#way.keywords].map((word) => `250-${word}\r\n`);
      this.#say(socket, `${keywords.join("")}250 8BITMIME\r\n`);
    } else if (line.startsWith("BDAT")) {
      const [, size = "", last] = line.split(" ");
      this.#chunk = { left: Number(size), isLast: last === "LAST" };
    } else if (line === "DATA") {
      this.#isContent = true;
      this.#say(socket, "354 go\r\n");
    } else {
      if (line.startsWith("RCPT")) this.#recipients.push(line.slice("RCPT TO:<".length, -1));
      this.#say(socket, line === "QUIT" ? "221 bye\r\n" : "250 ok\r\n");
    }
  }

  #store(socket: Socket): void {
    this.hasStored = true;
    const isLmtp = this.#way.options.protocol === "lmtp";
    if (isLmtp) {
      for (const one of this.#recipients) {
        if (this.#say(socket, "250 2.0.0 saved\r\n")) this.accepted.push(one);
      }
    } else if (this.#say(socket, "250 2.0.0 queued\r\n")) this.accepted.push(...this.#recipients);
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

async function sendThrough(cut: Cut, way: Way) {
  const play = new CuttingServer(cut, way);
  const server = createServer((socket) => play.greet(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const transport = smtpTransport({
    host: "127.0.0.1",
    port,
    tls: "none",
    clientName: "c.example.com",
    ...way.options,
  });
  const names = (receipt: SendReceipt | UncertainReceipt) => ({
    accepted: receipt.accepted.map(({ mailbox: { localPart } }) => localPart),
    unknown: receipt.unknown.map(({ localPart }) => localPart),
  });
  try {
    const outcome = await transport.send(mail, to).then(
      (receipt) => ({ kind: "accepted", ...names(receipt) }),
      (error: unknown) => {
        expect(LetterwrightError.is(error), String(error)).toBe(true);
        const { code, retry } = error as LetterwrightError & { readonly retry?: string };
        expect(retry, code).toBe(code === "SMTP_OUTCOME_UNKNOWN" ? "no" : "later");
        return error instanceof OutcomeUnknownError
          ? { kind: "unknown", ...names(error.receipt) }
          : { kind: "not accepted", accepted: [], unknown: [] };
      },
    );
    return { outcome, play };
  } finally {
    await transport.close();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe.each(ways)("$name", (way) => {
  it.each(["said", "heard"] as const)(
    "is honest wherever the line is cut, by octets %s",
    async (direction) => {
      const whole = await sendThrough({}, way);
      expect(whole.outcome).toMatchObject({ kind: "accepted", accepted: ["bob", "cy"] });
      const seen = new Set<string>();
      for (let octets = 0; octets < whole.play[direction]; octets++) {
        const { outcome, play } = await sendThrough({ [direction]: octets }, way);
        const where = `after ${octets} octets ${direction}`;
        seen.add(outcome.kind);
        const stored = play.accepted.map((address) => address.split("@")[0]);
        // Accepted is what the server has said whole, no more and no less; what it has and has not said is unknown.
        if (direction === "said") expect(outcome.accepted, where).toEqual(stored);
        else expect(stored, where).toEqual(expect.arrayContaining(outcome.accepted));
        if (outcome.kind === "not accepted") expect(play.hasStored, where).toBe(false);
        if (outcome.kind === "unknown") {
          expect([...outcome.accepted, ...outcome.unknown], where).toEqual(["bob", "cy"]);
        }
      }
      expect([...seen].sort()).toEqual(["accepted", "not accepted", "unknown"]);
    },
  );
});
