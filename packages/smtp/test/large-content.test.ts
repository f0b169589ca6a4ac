/** Large messages that are written where they leave from: no octet of one may turn up in another. */
import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { Duplex } from "node:stream";
import { concatBytes, utf8 } from "@letterwright/base/bytes";
import { envelope, mailbox, type RawHead, type RawMessage } from "@letterwright/message";
import { smtpTransport } from "@letterwright/smtp";
import { describe, expect, it } from "vitest";
import { storingServer, withServer } from "./storing-server.ts";
import { sizesSent, ways } from "./ways.ts";

const box = (localPart: string) => mailbox({ localPart, domain: "example.org" });
const to = envelope({ reversePath: null, recipients: [box("to")] });

/** Lines that say whose they are; those of every fifth message start with a dot. Lengths differ. */
const bodyOf = (id: number): string =>
  `${id % 5 === 4 ? "." : ""}message ${id}, and ${"nothing else ".repeat(4)}\r\n`.repeat(
    26_000 + ((id * 9770) % 20_000),
  );

/** Counts how its octets are asked for. */
function largeMail(id: number, counts = { written: 0, made: 0 }): RawMessage {
  const octets = utf8(bodyOf(id));
  return {
    fields: [{ name: "A", bytes: utf8(`A: ${id}\r\n`) }],
    separator: utf8("\r\n"),
    body: {
      byteLength: octets.length,
      get bytes() {
        counts.made++;
        return octets.slice();
      },
      writeInto(target, offset) {
        counts.written++;
        target.set(octets, offset);
        return offset + octets.length;
      },
      async *open() {
        yield octets;
      },
    },
    requires: new Set(),
  };
}

describe.each(ways)("large messages, %s", (_title, keywords, options, bulk) => {
  it("come as they are, each by itself", async () => {
    const counts = { written: 0, made: 0 };
    const count = 16;
    function* items() {
      for (let id = 0; id < count; id++) yield { message: largeMail(id, counts), envelope: to };
    }
    await withServer({ keywords }, options, async (transport, { stored }) => {
      const sizes = await sizesSent(transport, items(), bulk);
      expect(stored).toHaveLength(count);
      for (const [id, { content }] of stored.entries()) {
        const expected = `A: ${id}\r\n\r\n${bodyOf(id)}`;
        expect(content === expected, `message ${id}`).toBe(true);
        expect(sizes[id]).toBe(expected.length);
      }
    });
    expect(counts).toEqual({ written: count, made: 0 });
  });
});

function headOf(text: string): RawHead {
  const octets = utf8(text);
  return {
    byteLength: octets.length,
    writeInto(target, offset) {
      target.set(octets, offset);
      return offset + octets.length;
    },
  };
}

it("are looked at before anything is said: a bare line end, and a length that is not kept", async () => {
  const mail = largeMail(1);
  const bare: RawMessage["body"] = {
    ...mail.body,
    writeInto(target, offset) {
      const end = mail.body.writeInto?.(target, offset) as number;
      target[end - 1] = 0x0d;
      return end;
    },
  };
  const short: RawMessage["body"] = {
    ...mail.body,
    writeInto: (target, offset) => (mail.body.writeInto?.(target, offset) as number) - 1,
  };
  await withServer({}, {}, async (transport, server) => {
    await expect(transport.send({ ...mail, body: bare }, to)).rejects.toMatchObject({
      code: "OUTGOING_BARE_LINE_END",
    });
    await expect(transport.send({ ...mail, body: short }, to)).rejects.toMatchObject({
      code: "SMTP_LENGTH_MISMATCH",
    });
    await transport.send(mail, to);
    expect(server.stored).toHaveLength(1);
    expect(server.connections.flatMap(({ commands }) => commands)).toEqual([
      "EHLO c.example.com",
      "MAIL FROM:<>",
      "RCPT TO:<to@example.org>",
      "DATA",
    ]);
  });
});

it("have their fields written at once where they know how, and a copy has fields of its own", async () => {
  const made = (head: string): RawMessage =>
    Object.assign(Object.create({ head: headOf(head) }) as object, largeMail(1));
  const usual = made("A: at once\r\n\r\n");
  await withServer({}, {}, async (transport, server) => {
    await transport.send(usual, to);
    await transport.send({ ...usual, fields: [{ name: "B", bytes: utf8("B: copy\r\n") }] }, to);
    const body = bodyOf(1);
    for (const [at, head] of ["A: at once\r\n\r\n", "B: copy\r\n\r\n"].entries()) {
      expect(server.stored[at]?.content === head + body, head).toBe(true);
    }
    await expect(transport.send(made("A: bare\n\r\n"), to)).rejects.toMatchObject({
      code: "OUTGOING_BARE_LINE_END",
    });
    expect(server.stored).toHaveLength(2);
  });
});

it("are not changed in the hands of a stream of the caller's, which may keep them", async () => {
  await using server = await storingServer();
  const kept: Uint8Array[] = [];
  const connect = async (): Promise<Duplex> => {
    const socket = connectSocket(server.port, "127.0.0.1");
    await once(socket, "connect");
    const stream = new Duplex({
      read: () => undefined,
      write(chunk: Uint8Array, _encoding, callback) {
        kept.push(chunk);
        socket.write(Uint8Array.from(chunk));
        callback(); // which says that it is done
      },
      destroy(error, callback) {
        socket.destroy();
        callback(error);
      },
    });
    socket.on("data", (chunk) => stream.push(chunk));
    return stream;
  };
  await using transport = smtpTransport({
    host: "127.0.0.1",
    port: server.port,
    connect,
    tls: "none",
    clientName: "c.example.com",
  });
  for (let id = 0; id < 3; id++) await transport.send(largeMail(id), to);
  const wire = new TextDecoder().decode(concatBytes(kept));
  for (let id = 0; id < 3; id++) expect(wire.includes(bodyOf(id)), `message ${id}`).toBe(true);
});
