/** Messages whose base64 is made as it leaves: whole, one by one, over slow lines, and given up half-way. */
import { createHash } from "node:crypto";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { encodeBase64 } from "@letterwright/base/codec";
import { concatBytes, utf8 } from "@letterwright/base/bytes";
import { envelope, mailbox, type RawMessage, type Stretch } from "@letterwright/message";
import { smtpTransport, type SmtpOptions } from "@letterwright/smtp";
import { describe, expect, it } from "vitest";
import { storingServer, withServer } from "./storing-server.ts";
import { sizesSent, ways } from "./ways.ts";

const box = (localPart: string) => mailbox({ localPart, domain: "example.org" });
const to = envelope({ reversePath: null, recipients: [box("to")] });
const crlf = utf8("\r\n");

/** Octets that are other ones in each message, and do not repeat within a block. */
function octetsOf(id: number, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  let state = id + 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    octets[at] = state >>> 24;
  }
  return octets;
}

const neverOpened = (): never => {
  throw new Error("the body was opened");
};

interface Made {
  readonly raw: RawMessage;
  readonly expected: string;
}

/** Text, a dot at the start of a line, base64, and a boundary; in every fourth message nothing behind the base64. */
function stretchedMail(id: number, length: number): Made {
  const octets = octetsOf(id, length);
  const head = utf8(`--b\r\n\r\n.message ${id}\r\n--b\r\n\r\n`);
  const tail = id % 4 === 3 ? [] : [utf8("\r\n.\r\n--b--\r\n")];
  const stretches: readonly Stretch[] = [head, { octets, lineLength: 76, lineEnd: crlf }, ...tail];
  const body = concatBytes([head, encodeBase64(octets), ...tail]);
  const raw: RawMessage = {
    fields: [{ name: "A", bytes: utf8(`A: ${id}\r\n`) }],
    separator: crlf,
    body: {
      byteLength: body.length,
      get bytes(): never {
        throw new Error("the whole body was asked for");
      },
      stretches: () => stretches,
      open: neverOpened,
    },
    requires: new Set(),
  };
  const text = `A: ${id}\r\n\r\n${new TextDecoder("latin1").decode(body)}`;
  return { raw, expected: tail.length === 0 ? `${text}\r\n` : text };
}

const chunking = ["PIPELINING", "CHUNKING"];
describe.each(ways)("content that is made as it leaves, %s", (_title, keywords, options, bulk) => {
  it("comes as it is, each by itself (RFC 5321 §4.5.2, RFC 3030 §2)", async () => {
    const mails = [20_000, 65_536, 300_000, 269_883, 269_884, 1_000_000, 540_000, 13_000].map(
      (length, id) => stretchedMail(id, length),
    );
    await withServer({ keywords }, options, async (transport, server) => {
      const given = mails.map(({ raw }) => ({ message: raw, envelope: to }));
      const sizes = await sizesSent(transport, given, bulk);
      expect(server.stored).toHaveLength(mails.length);
      for (const [id, { raw, expected }] of mails.entries()) {
        expect(server.stored[id]?.content === expected, `message ${id}`).toBe(true);
        expect(sizes[id]).toBe(`A: ${id}\r\n\r\n`.length + (raw.body.byteLength as number));
      }
      expect(server.connections).toHaveLength(1);
    });
  });
});

it("is announced as one chunk, in all its length, and told of bit by bit", async () => {
  const { raw } = stretchedMail(0, 3_000_000);
  const total = 8 + (raw.body.byteLength as number);
  await withServer(
    { keywords: chunking },
    { chunking: "prefer" },
    async (transport, { connections }) => {
      const told: number[] = [];
      await transport.send(raw, to, {
        onProgress({ sentBytes, totalBytes }) {
          expect(totalBytes).toBe(total);
          told.push(sentBytes);
        },
      });
      expect(connections[0]?.commands.at(-1)).toBe(`BDAT ${total} LAST`);
      expect(told.length).toBeGreaterThan(5);
      expect(told.at(-1)).toBe(total);
      expect(told).toEqual(told.toSorted((a, b) => a - b));
    },
  );
});

it("is looked at before anything is said, where it is not base64", async () => {
  const { raw } = stretchedMail(0, 100_000);
  const [head = new Uint8Array(0), encoded = head] = raw.body.stretches?.() ?? [];
  for (const [bad, code] of [
    [utf8("\r\nbare\n--b\r\n"), "OUTGOING_BARE_LINE_END"],
    [utf8("\r\nNUL\0\r\n--b"), "OUTGOING_HAS_NUL"],
    [utf8("\n"), "OUTGOING_BARE_LINE_END"],
  ] as const) {
    const stretches = [head, encoded, bad];
    const byteLength = (raw.body.byteLength as number) - utf8("\r\n.\r\n--b--\r\n").length;
    const body = { ...stretchedBody(stretches), byteLength: byteLength + bad.length };
    await withServer({ keywords: chunking }, {}, async (transport, { connections }) => {
      await expect(transport.send({ ...raw, body }, to)).rejects.toMatchObject({ code });
      expect(connections[0]?.commands).toEqual(["EHLO c.example.com"]);
    });
  }
});

function stretchedBody(stretches: readonly Stretch[]): RawMessage["body"] {
  return {
    stretches: () => stretches,
    open: neverOpened,
  };
}

/** Takes one message by BDAT, as slowly as told, and keeps no more than its hash. */
async function slowServer(pauseMs: number | "for ever") {
  const hash = createHash("sha256");
  const seen = { octets: 0, size: 0, isClosed: false, digest: "" };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let isContent = false;
    socket.on("error", () => undefined); // clients cut lines
    socket.on("close", () => (seen.isClosed = true));
    socket.on("data", (chunk: Buffer) => {
      let rest = chunk;
      if (!isContent) {
        const end = chunk.indexOf("BDAT ");
        const text = chunk.toString("latin1", 0, end === -1 ? chunk.length : end);
        if (text.startsWith("EHLO")) socket.write("250-s\r\n250-PIPELINING\r\n250 CHUNKING\r\n");
        if (text.includes("RCPT")) socket.write("250 m\r\n250 r\r\n");
        if (text.startsWith("QUIT")) socket.end("221 bye\r\n");
        if (end === -1) return;
        isContent = true;
        const feed = chunk.indexOf("\r\n", end);
        seen.size = Number(chunk.toString("latin1", end + 5, feed).split(" ")[0]);
        rest = chunk.subarray(feed + 2);
      }
      seen.octets += rest.length;
      hash.update(rest);
      if (seen.octets === seen.size) {
        seen.digest = hash.digest("hex");
        isContent = false;
        socket.write("250 taken\r\n");
        return;
      }
      socket.pause();
      if (pauseMs !== "for ever") setTimeout(() => socket.resume(), pauseMs);
    });
    socket.write("220 s\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    seen,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose](): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const slowly = (port: number, options: Partial<SmtpOptions> = {}) =>
  smtpTransport({
    host: "127.0.0.1",
    port,
    tls: "none",
    clientName: "c.example.com",
    chunking: "prefer",
    ...options,
  });

it("stays what it is where the line takes it slowly, so that blocks have to wait", async () => {
  const { raw, expected } = stretchedMail(1, 24_000_000);
  await using server = await slowServer(1);
  await using transport = slowly(server.port);
  await transport.send(raw, to);
  expect(server.seen.digest).toBe(createHash("sha256").update(expected, "latin1").digest("hex"));
});

it("is not sent when it is given up half-way: what was announced is not whole, and nobody has it", async () => {
  const { raw } = stretchedMail(2, 40_000_000);
  await using server = await slowServer("for ever");
  await using transport = slowly(server.port);
  const stop = new AbortController();
  const reason = new Error("enough");
  const sent = transport.send(raw, to, { signal: stop.signal });
  await expect.poll(() => server.seen.size).toBeGreaterThan(50_000_000);
  stop.abort(reason);
  await expect(sent).rejects.toBe(reason);
  await expect.poll(() => transport.state.connections).toBe(0);
  expect(server.seen.octets).toBeLessThan(server.seen.size);
});

it("is given up in a window, and the line with it, when those before it have their answers", async () => {
  const stop = new AbortController();
  const mails = [stretchedMail(0, 20_000), stretchedMail(1, 40_000_000)] as const;
  let recipients = 0;
  const server = {
    keywords: chunking,
    delayMs: 50,
    // The second message has begun to come, and nothing is answered yet.
    answer(command: string) {
      if (command.startsWith("RCPT") && ++recipients === 2) stop.abort(new Error("enough"));
      return undefined;
    },
  };
  await withServer(server, {}, async (transport, { stored, connections }) => {
    const given = mails.map(({ raw }) => ({ message: raw, envelope: to }));
    const how = { concurrency: 1, window: 2, signal: stop.signal };
    const all = (async () => {
      for await (const result of transport.sendAll(given, how)) void result;
    })();
    await expect(all).rejects.toThrow("enough");
    await transport.close();
    expect(stored.map(({ content }) => content === mails[0].expected)).toEqual([true]);
    expect(connections).toHaveLength(1);
  });
});

it.each([
  ["DATA", {}],
  ["BDAT", { chunking: "prefer" }],
] as const)("has no end when its memory is gone by then, by %s", async (_, options) => {
  const { raw } = stretchedMail(0, 1_000_000);
  const octets = raw.body.stretches?.()?.[1] as { readonly octets: Uint8Array<ArrayBuffer> };
  const server = {
    keywords: chunking,
    answer(command: string) {
      // Once: what is gone cannot be taken again.
      if (command.startsWith("RCPT") && octets.octets.length > 0) {
        structuredClone(octets.octets.buffer, { transfer: [octets.octets.buffer] });
      }
      return undefined;
    },
  };
  await withServer(server, options, async (transport, { stored, connections }) => {
    await expect(transport.send(raw, to)).rejects.toMatchObject({ code: "SMTP_LENGTH_MISMATCH" });
    await transport.send(stretchedMail(2, 70_000).raw, to);
    expect(stored).toHaveLength(1);
    expect(connections).toHaveLength(2);
  });
});

it("is written to its end when the server refuses it in the middle, so that the line goes on", async () => {
  const mails = [stretchedMail(0, 5_000_000), stretchedMail(1, 70_000)] as const;
  await using server = await storingServer({
    keywords: chunking,
    answer: (command, { taken }) =>
      command.startsWith("RCPT") && taken === 0 && server.connections[0]?.commands.length === 3
        ? "550 5.1.1 nobody"
        : undefined,
  });
  await using transport = smtpTransport({
    host: "127.0.0.1",
    port: server.port,
    tls: "none",
    clientName: "c.example.com",
    flight: "eager",
    maxConnections: 1,
  });
  await expect(transport.send(mails[0].raw, to)).rejects.toMatchObject({
    code: "DELIVERY_REFUSED",
  });
  await transport.send(mails[1].raw, to);
  expect(server.stored.map(({ content }) => content === mails[1].expected)).toEqual([true]);
  expect(server.connections).toHaveLength(1);
});
