/** Counts, and no times: they are the same on every machine. */
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { catchMail } from "@letterwright/receiver";
import { describe, expect, it } from "vitest";
import { compiler } from "../sending/native.ts";
import { startSink } from "../sending/sink.ts";
import { ways } from "../sending/ways.ts";
import { letterwright, nodemailer } from "./clients.ts";
import { fewestTrips, tripRows } from "./measure-trips.ts";
import { startTurnRelay } from "./turn-relay.ts";

describe("round trips until the receipt, by default", () => {
  it.concurrent.each(tripRows)("$name: no more than nodemailer's", async ({ tls, auth }) => {
    const inbox = await catchMail({ tls, auth: auth ? "any" : "none" });
    const { port } = new URL(inbox.url);
    const line = { port: Number(port), tls, ca: tls === "none" ? undefined : inbox.ca, auth };
    try {
      const ours = await fewestTrips(letterwright(), line);
      const theirs = await fewestTrips(nodemailer, line);
      expect(theirs.next).toBe(2);
      expect(ours.first).toBeLessThanOrEqual(theirs.first);
      expect(ours.next).toBeLessThanOrEqual(theirs.next);
    } finally {
      await inbox.close();
    }
  });
});

/** Needs CHUNKING, which only the receiver in C offers; and it waits for the flight itself. */
const canBeEager = ways.eager.isThere && !("missing" in compiler());
describe.skipIf(!canBeEager)("round trips until the receipt, eager", () => {
  it("takes one fewer than by default", async () => {
    const sink = await startSink();
    const line = { port: sink.port, tls: "none", ca: undefined, auth: false } as const;
    try {
      const eager = await fewestTrips(letterwright(ways.eager.transport), line);
      const grouped = await fewestTrips(letterwright(), line);
      expect(eager).toEqual({ first: grouped.first - 1, next: grouped.next - 1 });
    } finally {
      await sink.close();
    }
  });
});

describe("startTurnRelay", () => {
  it("counts a half trip for the greeting, and a whole one for each question, however it is cut", async () => {
    const server = createServer((socket) => {
      socket.write("220 hello\r\n");
      socket.on("data", (chunk) => void inPieces(socket, `<${chunk.length}>`));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const relay = await startTurnRelay((server.address() as AddressInfo).port);
    const socket = connect(relay.port, "127.0.0.1");
    try {
      await heard(socket, "220 hello\r\n");
      expect(relay.halfTrips).toBe(1);
      const answers = heard(socket, "<3>");
      await inPieces(socket, "one");
      await answers;
      expect(relay.halfTrips).toBe(3);
      const next = heard(socket, "<6>");
      socket.write("two");
      socket.write("two");
      await next;
      expect(relay.halfTrips).toBe(5);
      expect(relay.connections).toBe(1);
    } finally {
      socket.destroy();
      await relay.close();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

async function inPieces(socket: Socket, text: string): Promise<void> {
  for (const letter of text) {
    socket.write(letter);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function heard(socket: Socket, expected: string): Promise<void> {
  let text = "";
  return new Promise((resolve) => {
    const listen = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      if (text !== expected) return;
      socket.off("data", listen);
      resolve();
    };
    socket.on("data", listen);
  });
}
