/** How a connection comes about: lists of hosts, sockets of other kinds, and who watches. RFC 5321 §3.1, §5.1. */
import { subscribe, unsubscribe, tracingChannel } from "node:diagnostics_channel";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectSocket, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { utf8 } from "@letterwright/base/bytes";
import { bytesOf, envelope, mailbox, type RawMessage } from "@letterwright/message";
import {
  smtpTransport,
  transcriptLines,
  type SmtpEvent,
  type SmtpOptions,
} from "@letterwright/smtp";
import { afterEach, describe, expect, it } from "vitest";
import { cut, hear, hearEnd, hello, say, scriptedServer } from "./scripted-server.ts";

const to = envelope({
  reversePath: null,
  recipients: [mailbox({ localPart: "bob", domain: "example.org" })],
});
const mail: RawMessage = {
  fields: [{ name: "A", bytes: utf8("A: b\r\n") }],
  separator: utf8("\r\n"),
  body: bytesOf("hi\r\n"),
  requires: new Set(),
};
const taking = [
  ...[...hello("PIPELINING"), hear("DATA"), say("250 2.1.0 m\r\n250 r\r\n354 go"), hearEnd],
  ...[say("250 ok"), hear("QUIT"), say("221 bye")],
];
const base = { tls: "none", clientName: "c.example.com" } as const;
const sendBy = async (options: SmtpOptions) => {
  await using transport = smtpTransport({ ...base, ...options });
  return transport.send(mail, to);
};

describe("a list of hosts (RFC 5321 §5.1)", () => {
  it("is tried in order, until one is ready for mail", async () => {
    await using busy = await scriptedServer([say("421 4.3.2 busy"), cut]);
    await using dumb = await scriptedServer([say("* OK IMAP4rev1"), cut]);
    await using good = await scriptedServer(taking);
    const events: SmtpEvent[] = [];
    const host = [busy, dumb, good].map(({ port }) => ({ host: "127.0.0.1", port }));
    const receipt = await sendBy({ host, onEvent: (event) => events.push(event) });
    expect(receipt.acceptedBy).toBe(`127.0.0.1:${good.port}`);
    expect(events.flatMap((event) => (event.kind === "passed over" ? [event.code] : []))).toEqual([
      ...["SMTP_SERVER_CLOSING", "SMTP_NOT_SMTP"],
    ]);
  });
  it("says what was wrong with each when none will do, and whether to try later", async () => {
    await using busy = await scriptedServer([say("421 4.3.2 busy"), cut]);
    const gone = await scriptedServer([]);
    await gone.close();
    const host = [busy, gone].map(({ port }) => ({ host: "127.0.0.1", port }));
    await expect(sendBy({ host })).rejects.toMatchObject({
      code: "SMTP_HOSTS_EXHAUSTED",
      retry: "later",
      cause: {
        errors: [{ code: "SMTP_SERVER_CLOSING" }, { code: "SMTP_CONNECTION_REFUSED" }],
      },
    });
  });
  it("is left after the envelope has begun: the next is not asked", async () => {
    await using first = await scriptedServer([...hello(), hear("MAIL"), cut]);
    await using second = await scriptedServer(taking);
    const host = [first, second].map(({ port }) => ({ host: "127.0.0.1", port }));
    await expect(sendBy({ host })).rejects.toMatchObject({ code: "SMTP_CONNECTION_LOST" });
    expect(second.heard()).toBe("");
  });
  it("is not tried with a password that was refused for good", async () => {
    const refusing = [...hello("AUTH PLAIN"), hear("AUTH"), say("535 5.7.8 no")];
    await using first = await scriptedServer([...refusing, hear("QUIT"), say("221 bye")]);
    await using second = await scriptedServer(taking);
    const host = [first, second].map(({ port }) => ({ host: "127.0.0.1", port }));
    const auth = { user: "ana", secret: "x" };
    await expect(sendBy({ host, auth, dangerouslyAllowPlaintextAuth: true })).rejects.toMatchObject(
      { code: "SMTP_AUTH_REFUSED" },
    );
    expect(second.heard()).toBe("");
  });
  it("has to name somebody", () => {
    for (const host of [[], [""], [{ host: "undefined" }]]) {
      expect(() => smtpTransport({ ...base, host })).toThrow(
        expect.objectContaining({ code: "SMTP_HOST_MISSING" }),
      );
    }
  });
});

describe("other ways to a server", () => {
  const folder = mkdtempSync(join(tmpdir(), "letterwright-smtp-"));
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      await new Promise((resolve) => server.close(resolve));
    }
    rmSync(folder, { recursive: true, force: true });
  });
  it("takes a Unix socket, where nothing leaves the machine", async () => {
    await using behind = await scriptedServer(taking);
    const path = join(folder, "smtp");
    const server = createServer((near) => {
      const far = connectSocket(behind.port, "127.0.0.1");
      near.pipe(far).pipe(near);
      near.on("error", () => far.destroy());
      far.on("error", () => near.destroy());
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const receipt = await sendBy({ socketPath: path });
    expect(receipt).toMatchObject({ acceptedBy: path, protection: { kind: "local" } });
  });
  it("says that there is no such socket", async () => {
    await expect(sendBy({ socketPath: "/nowhere/smtp" })).rejects.toMatchObject({
      code: "SMTP_SOCKET_NOT_FOUND",
      retry: "later",
    });
  });
  it("connects from the address that it is told", async () => {
    await using server = await scriptedServer(taking);
    const options = { host: "127.0.0.1", port: server.port, localAddress: "127.0.0.2" };
    await expect(sendBy(options)).resolves.toBeDefined();
    await expect(sendBy({ ...options, localAddress: "192.0.2.1" })).rejects.toMatchObject({
      code: "SMTP_HOST_UNREACHABLE",
    });
  });
  it.each(["a Duplex", "a pair of Web streams"])("takes %s that the caller makes", async (kind) => {
    await using server = await scriptedServer(taking);
    const asked: unknown[] = [];
    const receipt = await sendBy({
      host: "mail.example.com",
      port: 2525,
      connect({ host, port }) {
        asked.push([host, port]);
        const socket = connectSocket(server.port, "127.0.0.1");
        return kind === "a Duplex" ? socket : Duplex.toWeb(socket);
      },
    });
    expect(asked).toEqual([["mail.example.com", 2525]]);
    expect(receipt).toMatchObject({
      acceptedBy: "mail.example.com:2525",
      protection: { kind: "none" },
    });
  });
  it("waits no longer for what the caller makes than for a socket", async () => {
    const connect = (): Promise<Duplex> => new Promise(() => undefined);
    await expect(
      sendBy({ host: "h", port: 2525, connect, timeouts: { connectMs: 50 } }),
    ).rejects.toMatchObject({ code: "SMTP_TIMEOUT", stage: "connect" });
  });
  it("passes on why the caller could not connect", async () => {
    const reason = new Error("the tunnel is shut");
    const connect = (): never => {
      throw reason;
    };
    await expect(sendBy({ host: "h", port: 2525, connect })).rejects.toBe(reason);
  });
});

describe("who watches", () => {
  it("gets events that read as a transcript", async () => {
    await using server = await scriptedServer(taking);
    const lines: string[] = [];
    await sendBy({
      host: "127.0.0.1",
      port: server.port,
      onEvent: (event) => lines.push(...transcriptLines(event)),
    });
    expect(lines).toEqual([
      `* connected to 127.0.0.1 port ${server.port}`,
      "S: 220 mail.example.com ESMTP",
      "C: EHLO c.example.com",
      "S: 250-mail.example.com",
      "S: 250 PIPELINING",
      "C: MAIL FROM:<>",
      "C: RCPT TO:<bob@example.org>",
      "C: DATA",
      "S: 250 2.1.0 m",
      "S: 250 r",
      "S: 354 go",
      "C: .",
      "* 12 bytes of content",
      "S: 250 ok",
      "C: QUIT",
      "S: 221 bye",
      "* closed",
    ]);
  });
  it("may subscribe to the channels of diagnostics", async () => {
    await using server = await scriptedServer(taking);
    const kinds: string[] = [];
    const traced: string[] = [];
    const keep = (event: unknown): void => void kinds.push((event as SmtpEvent).kind);
    const tracing = {
      start: (): void => void traced.push("start"),
      end: (): void => undefined,
      asyncStart: (): void => undefined,
      asyncEnd: (): void => void traced.push("asyncEnd"),
      error: (): void => void traced.push("error"),
    };
    const channel = tracingChannel("letterwright:smtp:send");
    subscribe("letterwright:smtp:event", keep);
    channel.subscribe(tracing);
    try {
      await sendBy({ host: "127.0.0.1", port: server.port });
    } finally {
      unsubscribe("letterwright:smtp:event", keep);
      channel.unsubscribe(tracing);
    }
    expect([kinds[0], kinds.at(-1)]).toEqual(["connected", "closed"]);
    expect(traced).toEqual(["start", "asyncEnd"]);
  });
});
