/** Sockets that do not last, names that are written in other ways, and callers who will not wait. */
import {
  connect,
  createServer as createPlainServer,
  type AddressInfo,
  type Socket,
} from "node:net";
import { createServer } from "node:tls";
import { connectTls, describeConnection } from "@letterwright/tls";
import { beforeAll, describe, expect, it } from "vitest";
import { nodePeer, plainPeer, type Peer } from "../src/tls-peers.ts";
import { createWorld, host, trusting, type World } from "../src/tls-world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

async function connected({ port }: Peer): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => undefined); // told to whoever waits for the handshake
  await new Promise((resolve) => socket.once("connect", resolve));
  return socket;
}

/** Takes what it is sent, and says nothing. */
async function silentPeer(): Promise<Peer> {
  const sockets = new Set<Socket>();
  const server = createPlainServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("a socket that is of no use", () => {
  const spoiled: readonly [title: string, spoil: (socket: Socket, peer: Peer) => unknown][] = [
    ["closed before", (socket) => socket.destroy()],
    [
      "ended by this side, and then by the other",
      (socket, peer) => {
        socket.end();
        setImmediate(() => void peer.stop());
      },
    ],
    ["closed while the handshake waits", (socket) => setImmediate(() => socket.destroy())],
    [
      "that the system gave up",
      (socket) => {
        const given = Object.assign(new Error("read ETIMEDOUT"), { code: "ETIMEDOUT" });
        setImmediate(() => socket.destroy(given));
      },
    ],
  ];
  it.each(spoiled)("%s is told, and left closed", async (_title, spoil) => {
    const peer = await silentPeer();
    const socket = await connected(peer);
    spoil(socket, peer);
    const handshake = connectTls(trusting(world), { socket, host, port: 465 });
    await expect(handshake).rejects.toMatchObject({ code: "TLS_CONNECTION_LOST" });
    expect(socket.destroyed).toBe(true);
    await peer.stop();
  });

  it("that the other side has half closed is told", async () => {
    const server = createPlainServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => undefined);
      socket.resume().end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
    await new Promise((resolve) => socket.once("connect", resolve));
    await expect(connectTls(trusting(world), { socket, host })).rejects.toMatchObject({
      code: "TLS_CONNECTION_LOST",
    });
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("plain text in whatever protocol", () => {
  it.each([
    "220 mail.example.com ESMTP\r\n",
    "421 4.7.0 too many connections\r\n",
    "554 5.7.1 no\r\n",
    "* OK IMAP4rev1 ready\r\n",
    "+OK POP3 ready\r\n",
    "HTTP/1.1 400 Bad Request\r\n\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n",
    "<html>no</html>",
  ])("is told: %j", async (answer) => {
    const peer = await plainPeer(answer);
    const socket = await connected(peer);
    await expect(connectTls(trusting(world), { socket, host })).rejects.toMatchObject({
      code: "TLS_PLAINTEXT_ON_PORT",
    });
    await peer.stop();
  });
});

describe("a signal", () => {
  it("ends a handshake that gets no answer, with its reason, and closes the socket", async () => {
    const peer = await silentPeer();
    const socket = await connected(peer);
    const stop = new AbortController();
    const handshake = connectTls(trusting(world), { socket, host, signal: stop.signal });
    const reason = new Error("no longer wanted");
    setImmediate(() => stop.abort(reason));
    await expect(handshake).rejects.toBe(reason);
    expect(socket.destroyed).toBe(true);
    await peer.stop();
  });
  it("is a deadline too", async () => {
    const peer = await silentPeer();
    const socket = await connected(peer);
    const handshake = connectTls(trusting(world), {
      socket,
      host,
      signal: AbortSignal.timeout(20),
    });
    await expect(handshake).rejects.toMatchObject({ name: "TimeoutError" });
    expect(socket.destroyed).toBe(true);
    await peer.stop();
  });
  it("that fired before ends it at once, and closes the socket", async () => {
    const peer = await silentPeer();
    const socket = await connected(peer);
    const reason = new Error("never wanted");
    const signal = AbortSignal.abort(reason);
    await expect(connectTls(trusting(world), { socket, host, signal })).rejects.toBe(reason);
    expect(socket.destroyed).toBe(true);
    await peer.stop();
  });
  it("that fires later does nothing to the connection", async () => {
    const peer = await nodePeer({ shown: world.good });
    const socket = await connected(peer);
    const stop = new AbortController();
    const secured = await connectTls(trusting(world), { socket, host, signal: stop.signal });
    stop.abort();
    expect(secured.destroyed).toBe(false);
    secured.destroy();
    await peer.stop();
  });
});

describe("the name that the server is told (RFC 6066 §3)", () => {
  it.each([
    [host, host],
    [`${host}.`, host],
    ["MAIL.example.com", host],
    ["exämple.de", "xn--exmple-cua.de"],
    ["127.0.0.1", undefined],
    ["::1", undefined],
    ["[::1]", undefined],
    ["::1%lo", undefined], // RFC 4007 §11: a zone is this machine's business
  ])("for %s is %s", async (given, told) => {
    const names: string[] = [];
    const server = createServer({
      cert: world.good.chain,
      key: world.good.key,
      SNICallback: (name, done) => {
        names.push(name);
        done(null);
      },
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const socket = await connected({ port, stop: () => Promise.resolve() });
    const secured = await connectTls(trusting(world), { socket, host: given });
    expect(describeConnection(secured).verified).toBe(true);
    secured.destroy();
    await new Promise((resolve) => server.close(resolve));
    expect(names).toEqual(told === undefined ? [] : [told]);
  });
  it("is the `servername` of the context, and the certificate has to bear it", async () => {
    const peer = await nodePeer({ shown: world.good });
    const good = await connectTls(trusting(world, { servername: `${host}.` }), {
      socket: await connected(peer),
      host: "another.example.com",
    });
    expect(describeConnection(good).verifiedName).toBe(host);
    good.destroy();
    const bad = connectTls(trusting(world, { servername: "another.example.com" }), {
      socket: await connected(peer),
      host,
    });
    await expect(bad).rejects.toMatchObject({ code: "TLS_NAME_MISMATCH" });
    await peer.stop();
  });
  it("is refused where it is none, and the socket closed", async () => {
    const peer = await silentPeer();
    const socket = await connected(peer);
    await expect(
      connectTls(trusting(world), { socket, host: "mail.example.com:465" }),
    ).rejects.toMatchObject({ code: "TLS_NAME_INVALID" });
    expect(socket.destroyed).toBe(true);
    await peer.stop();
  });
});

describe("the environment", () => {
  it("cannot switch verification off", async () => {
    const peer = await nodePeer({ shown: await world.stranger.issue({ names: [host] }) });
    const socket = await connected(peer);
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      await expect(connectTls(trusting(world), { socket, host })).rejects.toMatchObject({
        code: "TLS_UNTRUSTED_ISSUER",
      });
    } finally {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    }
    await peer.stop();
  });
});
