/** A message of a window that is given up while its content is made: those before it have their answers all the same. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { attachment, createMailer, type MailInput } from "@letterwright/mailer";
import { expect, it } from "vitest";

const mail = (octets: number): MailInput => ({
  from: "ana@example.com",
  to: "bob@example.org",
  text: "Hi",
  attachments: [attachment({ name: "a.bin", content: new Uint8Array(octets) })],
});

it("is told at once, and the line is cut when the one before is answered (RFC 3030 §2)", async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.write("220 mail.example.com ESMTP\r\n");
    socket.once("data", () => {
      socket.write("250-mail.example.com\r\n250-PIPELINING\r\n250 CHUNKING\r\n");
      // It reads the start of what comes, and then falls asleep.
      socket.once("data", () => socket.pause());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const mailer = createMailer({
    transport: { host: "127.0.0.1", port, tls: "none", maxConnections: 1 },
  });
  const stop = new AbortController();
  const reason = new Error("no longer wanted");
  const results = mailer.sendAll(
    // The second is more than the system holds for a reader that sleeps.
    [mail(10), { mail: mail(30_000_000), options: { signal: stop.signal } }],
    { window: 4 },
  );
  try {
    const first = results.next();
    while (sockets.length === 0 || !sockets[0]?.isPaused()) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    stop.abort(reason);
    expect((await first).value).toMatchObject({ index: 1, error: reason });
    const [socket] = sockets as [Socket];
    const closed = once(socket, "close");
    socket.write("250 mail\r\n250 rcpt\r\n250 taken\r\n250 reset\r\n250 mail\r\n250 rcpt\r\n");
    expect((await results.next()).value).toMatchObject({
      index: 0,
      receipt: { reply: { text: "taken" } },
    });
    socket.resume();
    await closed;
    expect(await results.next()).toMatchObject({ done: true });
  } finally {
    await mailer.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
