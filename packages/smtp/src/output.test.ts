import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { Duplex } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOutput } from "./output.ts";

/** A stream that keeps the very chunks it was given, and takes them when it is told to. */
function keeper() {
  const kept: Uint8Array[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Duplex({
    read: () => undefined,
    decodeStrings: false,
    write(chunk: Uint8Array, _encoding, done) {
      kept.push(chunk);
      waiting.push(done);
    },
  });
  return { stream, kept, takeOne: () => waiting.shift()?.() };
}

describe("createOutput", () => {
  const pieces = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
      { weight: 4, arbitrary: fc.uint8Array({ maxLength: 300 }) },
      {
        weight: 2,
        arbitrary: fc.integer({ min: 1, max: 70_000 }).map((n) => new Uint8Array(n).fill(n)),
      },
      {
        weight: 2,
        arbitrary: fc.record({ room: fc.nat(400), length: fc.integer({ min: 1, max: 70_000 }) }),
      },
      { weight: 2, arbitrary: fc.constant("flush" as const) },
    ),
    { maxLength: 60 },
  );

  it("gives the stream every octet in order, and never writes to what it gave", async () => {
    await fc.assert(
      fc.asyncProperty(pieces, async (given) => {
        const { stream, kept, takeOne } = keeper();
        const output = createOutput(stream, () => undefined);
        const expected: Uint8Array[] = [];
        const guarded: Uint8Array[] = [];
        for (const piece of given) {
          if (piece === "flush") output.flush();
          else if (typeof piece === "object" && "room" in piece) {
            // Behind octets that are not free, and those that are.
            const whole = new Uint8Array(500 + piece.room + piece.length).fill(piece.length);
            const bytes = whole.subarray(500 + piece.room);
            expected.push(bytes.slice());
            output.add(bytes, piece.room);
            guarded.push(whole.subarray(0, 500));
          } else if (typeof piece === "string") {
            // Well-formed: a command is checked for it before.
            const text = piece.replaceAll(/\p{Surrogate}/gu, "?");
            output.line(text);
            expected.push(Buffer.from(text, "utf8"));
          } else {
            output.add(piece);
            expected.push(Buffer.from(piece));
          }
        }
        output.flush();
        const length = expected.reduce((sum, bytes) => sum + bytes.length, 0);
        expect(output.added).toBe(length);
        expect(output.left).toBe(length - stream.writableLength);
        while (stream.writableLength > 0) {
          takeOne();
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect(Buffer.concat(kept).equals(Buffer.concat(expected))).toBe(true);
        expect(output.left).toBe(output.added);
        for (const octets of guarded) expect(new Set(octets).size).toBe(1);
      }),
      { numRuns: 60 },
    );
  });

  it("joins what is small into one write, hands on as it is what is large, and tells when all has left", async () => {
    const { stream, kept, takeOne } = keeper();
    let written = 0;
    const output = createOutput(stream, () => (written += 1));
    const large = new Uint8Array(20_000);
    output.line("MAIL FROM:<>\r\n");
    output.add(new Uint8Array(10));
    output.flush();
    expect(kept.map(({ length }) => length)).toEqual([24]);
    expect(output.backlog).toBe(24);
    takeOne();
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBe(1);
    output.add(large);
    output.flush();
    expect(kept[1]?.buffer).toBe(large.buffer);
  });

  it("puts what leaves before a large piece into the room before it, where it has some", () => {
    const { stream, kept } = keeper();
    const output = createOutput(stream, () => undefined);
    const whole = new Uint8Array(30_000).fill(1);
    output.line("BDAT 29000 LAST\r\n");
    output.add(whole.subarray(1000), 1000);
    output.flush();
    expect(kept.map(({ length }) => length)).toEqual([29_017]);
    expect(kept[0]?.buffer).toBe(whole.buffer);
    expect(Buffer.from(whole.subarray(983, 1001)).toString("latin1")).toBe(
      "BDAT 29000 LAST\r\n\u0001",
    );
  });

  it("gives a socket every octet in order, though it begins its memory anew when all has left", async () => {
    const came: Buffer[] = [];
    const server = createServer((socket) => socket.on("data", (chunk) => came.push(chunk)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const [reader] = (await once(server, "connection")) as [Socket];
    const output = createOutput(socket, () => undefined);
    const expected: Buffer[] = [];
    const say = (size: number): void => {
      const piece = Buffer.alloc(size, expected.length & 0xff);
      output.line(`${expected.length}\r\n`);
      expected.push(Buffer.from(`${expected.length}\r\n`));
      output.add(piece);
      expected.push(piece);
    };
    for (let turn = 0; turn < 3; turn++) {
      for (let at = 0; at < 300; at++) {
        say(100 + at * 10);
        if (at % 3 === 0) output.flush();
        if (at % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      // Until the system takes no more for a reader that sleeps, and some of it has to wait here.
      reader.pause();
      for (let at = 0; at < 20_000 && output.backlog < 200_000; at++) say(5000);
      expect(output.backlog).toBeGreaterThan(65_536);
      for (let at = 0; at < 300; at++) {
        say(100);
        output.flush();
      }
      reader.resume();
      while (output.backlog > 0) await once(socket, "drain");
    }
    output.flush();
    socket.end();
    await once(socket, "close");
    await new Promise((resolve) => server.close(resolve));
    expect(Buffer.concat(came).equals(Buffer.concat(expected))).toBe(true);
  });

  it("writes nothing to a stream that is destroyed", () => {
    const { stream, kept } = keeper();
    stream.destroy();
    const output = createOutput(stream, () => undefined);
    output.line("QUIT\r\n");
    output.flush();
    expect(kept).toEqual([]);
  });
});
