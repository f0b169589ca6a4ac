/** Connections that are kept, shared and given up (RFC 5321 §3.8, RFC 2920 §3.1). */
import { utf8 } from "@letterwright/base/bytes";
import { bytesOf, envelope, mailbox, type Envelope, type RawMessage } from "@letterwright/message";
import { smtpTransport, type SmtpEvent } from "@letterwright/smtp";
import { describe, expect, it } from "vitest";
import {
  storingServer,
  withServer,
  type StoringOptions,
  type StoringServer,
} from "./storing-server.ts";

const mail = (id: number | string): RawMessage => ({
  fields: [{ name: "Message-ID", bytes: utf8(`Message-ID: <${id}@example.com>\r\n`) }],
  separator: utf8("\r\n"),
  body: bytesOf(`message ${id}\r\n`),
  requires: new Set(),
});
const to = (...names: readonly string[]): Envelope =>
  envelope({
    reversePath: mailbox({ localPart: "ana", domain: "example.com" }),
    recipients: names.map((localPart) => mailbox({ localPart, domain: "example.org" })),
  });
const never = (): Promise<never> => new Promise(() => undefined);
const soon = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const numbers = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => at + 1);
const idsOf = (server: StoringServer): readonly number[] =>
  server.stored.map(({ content }) => Number(/message (\d+)/.exec(content)?.[1]));
/** What became of each, by code. */
const outcomes = async (sends: readonly Promise<unknown>[]): Promise<readonly string[]> =>
  (await Promise.allSettled(sends)).map((one) =>
    one.status === "fulfilled" ? "accepted" : ((one.reason as { code?: string }).code ?? "?"),
  );

describe("connections are kept", () => {
  it("sends a second message without a new handshake, and says goodbye once", async () => {
    await withServer({}, {}, async (transport, server) => {
      const first = await transport.send(mail(1), to("bob"));
      const second = await transport.send(mail(2), to("bob"));
      expect(first.timings.connectMs).toBeDefined();
      expect(second.timings.connectMs).toBeUndefined();
      await transport.close();
      expect(server.connections).toHaveLength(1);
      expect(server.connections[0]?.commands).toEqual([
        "EHLO c.example.com",
        ...["MAIL FROM:<ana@example.com>", "RCPT TO:<bob@example.org>", "DATA"],
        ...["MAIL FROM:<ana@example.com>", "RCPT TO:<bob@example.org>", "DATA"],
        "QUIT",
      ]);
    });
  });

  it("connects only when there is something to send", async () => {
    await withServer({}, {}, async (transport, server) => {
      await soon(20);
      expect(server.connections).toHaveLength(0);
      expect(transport.state).toEqual({
        connections: 0,
        idle: 0,
        opening: 0,
        waiting: 0,
        underWay: 0,
      });
    });
  });

  it("never has more than it may, and serves who waits in order", async () => {
    await withServer({ delayMs: 1 }, { maxConnections: 2 }, async (transport, server) => {
      const done: number[] = [];
      await Promise.all(
        numbers(40).map((id) => transport.send(mail(id), to("bob")).then(() => done.push(id))),
      );
      expect(server.most).toBe(2);
      expect([...idsOf(server)].sort((a, b) => a - b)).toEqual(numbers(40));
      for (const connection of [1, 2]) {
        const own = server.stored.filter((one) => one.connection === connection);
        const ids = own.map(({ content }) => Number(/message (\d+)/.exec(content)?.[1]));
        expect(ids).toEqual([...ids].sort((a, b) => a - b));
        expect(ids.length).toBeGreaterThan(10);
      }
      expect(done).toHaveLength(40);
    });
  });

  it("refuses who would have to wait behind too many, and sends none of it", async () => {
    await withServer({}, { maxConnections: 1, maxWaiting: 2 }, async (transport, server) => {
      const sends = numbers(4).map((id) => transport.send(mail(id), to("bob")));
      expect(await outcomes(sends)).toEqual([
        "accepted",
        "accepted",
        "SMTP_POOL_FULL",
        "SMTP_POOL_FULL",
      ]);
      expect(idsOf(server)).toEqual([1, 2]);
      await expect(sends[2]).rejects.toMatchObject({ limit: 2, option: "maxWaiting" });
    });
  });

  it.each([
    ["its own limit", {}, { maxMessagesPerConnection: 3 }],
    [
      "what the server announces (RFC 9422 §4.1)",
      { keywords: ["PIPELINING", "LIMITS MAILMAX=3"] },
      {},
    ],
  ])("takes another connection after %s, without a stall", async (_title, server, options) => {
    await withServer(server, { maxConnections: 1, ...options }, async (transport, listening) => {
      await Promise.all(numbers(10).map((id) => transport.send(mail(id), to("bob"))));
      expect(listening.connections.map(({ taken }) => taken)).toEqual([3, 3, 3, 1]);
      expect(listening.most).toBe(1);
      expect(idsOf(listening)).toEqual(numbers(10));
      expect(
        listening.connections.slice(0, 3).every(({ commands }) => commands.at(-1) === "QUIT"),
      ).toBe(true);
    });
  });

  it("keeps to the domains that the server takes in one connection (RFC 9422 §4.3)", async () => {
    const keywords = ["PIPELINING", "LIMITS RCPTDOMAINMAX=1"];
    await withServer({ keywords }, { maxConnections: 1 }, async (transport, server) => {
      const at = (domain: string): Envelope =>
        envelope({ reversePath: null, recipients: [mailbox({ localPart: "bob", domain })] });
      const domains = ["a.example", "a.example", "b.example", "a.example"];
      await Promise.all(domains.map((domain, id) => transport.send(mail(id), at(domain))));
      expect(server.connections.map(({ taken }) => taken)).toEqual([2, 1, 1]);
    });
  });

  it("gives a connection up when it is idle or old, and does not keep it where 0 is asked for", async () => {
    await withServer({}, { maxIdleMs: 30 }, async (transport, server) => {
      await transport.send(mail(1), to("bob"));
      await expect.poll(() => server.standing).toBe(0);
      expect(server.connections[0]?.commands.at(-1)).toBe("QUIT");
      await transport.send(mail(2), to("bob"));
      expect(server.connections).toHaveLength(2);
    });
    await withServer({}, { maxIdleMs: 0 }, async (transport, server) => {
      await transport.send(mail(1), to("bob"));
      await expect.poll(() => server.standing).toBe(0);
    });
    await withServer({}, { maxLifetimeMs: 20 }, async (transport, server) => {
      await transport.send(mail(1), to("bob"));
      await soon(30);
      await transport.send(mail(2), to("bob"));
      await transport.close();
      expect(server.connections.map(({ taken }) => taken)).toEqual([1, 1]);
    });
  });

  it("asks a connection that was idle for long whether it stands", async () => {
    await withServer({}, { probeAfterMs: 10 }, async (transport, server) => {
      await transport.send(mail(1), to("bob"));
      await transport.send(mail(2), to("bob"));
      await soon(25);
      await transport.send(mail(3), to("bob"));
      const { commands } = server.connections[0] as { commands: string[] };
      expect(commands.filter((line) => line === "NOOP")).toHaveLength(1);
      expect(commands.indexOf("NOOP")).toBe(7);
    });
    const refusing: StoringOptions = {
      answer: (line, { number }) =>
        line === "NOOP" && number === 1 ? "421 4.4.2 too idle" : undefined,
    };
    await withServer(refusing, { probeAfterMs: 10 }, async (transport, server) => {
      await transport.send(mail(1), to("bob"));
      await soon(25);
      await transport.send(mail(2), to("bob"));
      expect(server.connections.map(({ taken }) => taken)).toEqual([1, 1]);
    });
  });

  it("does not keep the process alive while it is idle, and does while a reply is to come", async () => {
    const held = (): number =>
      process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length;
    await withServer({ delayMs: 20 }, {}, async (transport) => {
      await transport.send(mail(1), to("bob"));
      const idle = held();
      const send = transport.send(mail(2), to("bob"));
      expect(held()).toBe(idle + 1);
      await send;
      expect(held()).toBe(idle);
    });
  });
});

describe("messages share round trips", () => {
  it("sends the envelope of the next with the content of the one before (RFC 2920 §3.1)", async () => {
    const events: SmtpEvent[] = [];
    const options = { maxConnections: 1, onEvent: (event: SmtpEvent) => events.push(event) };
    await withServer({ delayMs: 5 }, options, async (transport) => {
      await Promise.all(numbers(3).map((id) => transport.send(mail(id), to("bob"))));
      const said = events.flatMap((event): readonly (string | number | undefined)[] => {
        if (event.kind === "command") return [event.line.split(/[ :]/, 1)[0]];
        return event.kind === "reply" ? [event.code] : [];
      });
      expect(said.slice(said.indexOf("MAIL"))).toEqual([
        ...["MAIL", "RCPT", "DATA", 250, 250, 354],
        ...[".", "MAIL", "RCPT", "DATA", 250, 250, 250, 354],
        ...[".", "MAIL", "RCPT", "DATA", 250, 250, 250, 354],
        ...[".", 250],
      ]);
    });
  });

  it("does not where PIPELINING is not offered, or not wanted", async () => {
    for (const [keywords, pipelining] of [
      [[], true],
      [["PIPELINING"], false],
    ] as const) {
      let awaited = 0;
      const onEvent = (event: SmtpEvent): void => {
        if (event.kind === "command") awaited += 1;
        if (event.kind === "reply") awaited -= 1;
        expect(awaited).toBeLessThanOrEqual(1);
      };
      await withServer(
        { keywords },
        { maxConnections: 1, pipelining, onEvent },
        async (transport, server) => {
          awaited = 1; // the greeting
          await Promise.all(numbers(5).map((id) => transport.send(mail(id), to("bob"))));
          expect(idsOf(server)).toEqual(numbers(5));
        },
      );
    }
  });
});

describe("one send does not touch another (RFC 5321 §3.3)", () => {
  it("gives each its own reply, recipients and error", async () => {
    const server: StoringOptions = {
      answer(line) {
        if (line.includes("<nobody-")) return "550 5.1.1 no such user";
        if (line.includes("FROM:<bad")) return "553 5.1.8 bad sender";
        return undefined;
      },
    };
    await withServer(server, { maxConnections: 1 }, async (transport, listening) => {
      const bad = envelope({
        reversePath: mailbox({ localPart: "bad", domain: "example.com" }),
        recipients: to("bob").recipients,
      });
      const sends = [
        transport.send(mail(1), to("bob")),
        transport.send(mail(2), to("nobody-2")),
        transport.send(mail(3), to("carl", "nobody-3")),
        transport.send(mail(4), bad),
        transport.send({ ...mail(5), requires: new Set(["SMTPUTF8"]) }, to("dora")),
        transport.send(() => Promise.reject(new Error("cannot write it")), to("dora")),
        transport.send(mail(7), to("dora"), { recipients: "all" }),
        transport.send(mail(8), to("emil", "nobody-8"), { recipients: "all" }),
        transport.send(mail(9), to("emil")),
      ];
      expect(await outcomes(sends)).toEqual([
        "accepted",
        "DELIVERY_REFUSED",
        "DELIVERY_PARTIAL",
        "SMTP_SENDER_REFUSED",
        "OUTGOING_REQUIREMENT_NOT_OFFERED",
        "?",
        "accepted",
        "DELIVERY_REFUSED",
        "accepted",
      ]);
      expect(listening.connections).toHaveLength(1);
      expect(
        listening.stored.map(({ to, content }) => [content.slice(-4, -2).trim(), ...to]),
      ).toEqual([
        ["1", "<bob@example.org>"],
        ["3", "<carl@example.org>"],
        ["7", "<dora@example.org>"],
        ["9", "<emil@example.org>"],
      ]);
      expect((await sends[8])?.reply.text).toBe("taken as 4");
    });
  });

  it("ends a transaction that was left open before the next (§4.1.1.5)", async () => {
    const server: StoringOptions = {
      answer: (line) =>
        line.includes("<nobody") ? "550 no" : line === "DATA" ? undefined : undefined,
    };
    await withServer(server, { pipelining: false }, async (transport, listening) => {
      await outcomes([transport.send(mail(1), to("nobody"))]);
      await transport.send(mail(2), to("bob"));
      expect(listening.connections[0]?.commands.slice(1, 5)).toEqual([
        "MAIL FROM:<ana@example.com>",
        "RCPT TO:<nobody@example.org>",
        "RSET",
        "MAIL FROM:<ana@example.com>",
      ]);
    });
  });

  it("stops one that is under way and lets those that share its line have their answers", async () => {
    const stop = new AbortController();
    let begun = 0;
    const server: StoringOptions = {
      delayMs: 5,
      // The second is begun with the end of the first.
      answer(line) {
        if (line === "DATA" && ++begun === 2) stop.abort(new Error("stopped"));
        return undefined;
      },
    };
    await withServer(server, { maxConnections: 1 }, async (transport, listening) => {
      const sends = [
        transport.send(mail(1), to("bob")),
        transport.send(mail(2), to("bob"), { signal: stop.signal }),
        transport.send(mail(3), to("bob")),
      ] as const;
      await expect(sends[1]).rejects.toThrow("stopped");
      expect(await outcomes([sends[0], sends[2]])).toEqual(["accepted", "accepted"]);
      expect(idsOf(listening)).toEqual([1, 3]);
    });
  });

  it("takes out of the line who does not want to wait any more", async () => {
    await withServer({ delayMs: 10 }, { maxConnections: 1 }, async (transport, server) => {
      const stop = new AbortController();
      const sends = numbers(6).map((id) =>
        transport.send(mail(id), to("bob"), id === 4 || id === 6 ? { signal: stop.signal } : {}),
      );
      stop.abort(new Error("stopped"));
      const results = await Promise.allSettled(sends);
      expect(results.map(({ status }) => status === "fulfilled")).toEqual([
        true,
        true,
        true,
        false,
        true,
        false,
      ]);
      expect(idsOf(server)).toEqual([1, 2, 3, 5]);
    });
  });
});

describe("a connection that is lost", () => {
  it("is replaced in silence when the server dropped it while it was idle", async () => {
    await withServer({}, {}, async (transport, server) => {
      await transport.send(mail(1), to("bob"));
      server.connections[0]?.cut();
      await transport.send(mail(2), to("bob"));
      expect(idsOf(server)).toEqual([1, 2]);
      expect(server.connections).toHaveLength(2);
    });
  });

  it.each([
    ["without a word", null],
    ["with 421 (§3.8)", "421 4.7.0 too many messages"],
  ])(
    "is replaced when it ends %s at MAIL, and before anything was answered",
    async (_title, words) => {
      const server: StoringOptions = {
        answer(line, connection) {
          if (!line.startsWith("MAIL") || connection.taken < 2) return undefined;
          if (words === null) connection.cut();
          return words;
        },
      };
      await withServer(server, { maxConnections: 1 }, async (transport, listening) => {
        await Promise.all(numbers(7).map((id) => transport.send(mail(id), to("bob"))));
        expect(idsOf(listening)).toEqual(numbers(7));
        expect(listening.connections.map(({ taken }) => taken)).toEqual([2, 2, 2, 1]);
      });
    },
  );

  it("is an error when the first message over it could not even begin: the next would fare no better", async () => {
    const server: StoringOptions = {
      answer: (line) => (line.startsWith("MAIL") ? "421 no" : undefined),
    };
    await withServer(server, {}, async (transport, listening) => {
      expect(await outcomes([transport.send(mail(1), to("bob"))])).toEqual(["SMTP_SERVER_CLOSING"]);
      expect(listening.connections).toHaveLength(1);
    });
  });

  it("is an error for a message that was begun, and not for the one behind it", async () => {
    const server: StoringOptions = {
      answer(line, connection) {
        if (line === "DATA" && connection.number === 1 && connection.taken === 1) connection.cut();
        return undefined;
      },
    };
    await withServer(
      server,
      { maxConnections: 1, pipelining: false },
      async (transport, listening) => {
        const sends = numbers(4).map((id) => transport.send(mail(id), to("bob")));
        expect(await outcomes(sends)).toEqual([
          "accepted",
          "SMTP_CONNECTION_LOST",
          "accepted",
          "accepted",
        ]);
        await expect(sends[1]).rejects.toMatchObject({ retry: "later", stage: "envelope" });
        expect(idsOf(listening)).toEqual([1, 3, 4]);
      },
    );
  });

  it("leaves one outcome unknown, and only where it is", async () => {
    const server: StoringOptions = {
      answer(line, connection) {
        if (line !== "END" || connection.number > 1 || connection.taken < 2) return undefined;
        connection.cut();
        return null;
      },
    };
    await withServer(server, { maxConnections: 1 }, async (transport, listening) => {
      const sends = numbers(6).map((id) => transport.send(mail(id), to("bob")));
      expect(await outcomes(sends)).toEqual([
        ...["accepted", "accepted", "SMTP_OUTCOME_UNKNOWN", "accepted", "accepted", "accepted"],
      ]);
      expect(idsOf(listening)).toEqual([1, 2, 4, 5, 6]);
    });
  });

  it("tells everybody who waits when no connection can be made, and tries again for who comes later", async () => {
    let isDown = true;
    const server: StoringOptions = {
      answer: (line) => (isDown && line === "GREETING" ? "554 closed" : undefined),
    };
    await withServer(server, { maxConnections: 2 }, async (transport, listening) => {
      const sends = numbers(5).map((id) => transport.send(mail(id), to("bob")));
      expect(new Set(await outcomes(sends))).toEqual(new Set(["SMTP_GREETING_REFUSED"]));
      expect(listening.connections).toHaveLength(2);
      isDown = false;
      await transport.send(mail(6), to("bob"));
      expect(idsOf(listening)).toEqual([6]);
    });
  });

  it("goes on over those that stand when the server takes no more of them", async () => {
    const server: StoringOptions = {
      delayMs: 1,
      answer: (line, { number }) =>
        number > 1 && line === "GREETING" ? "421 too many" : undefined,
    };
    await withServer(server, { maxConnections: 4 }, async (transport, listening) => {
      await transport.send(mail(0), to("bob"));
      await Promise.all(numbers(20).map((id) => transport.send(mail(id), to("bob"))));
      expect(idsOf(listening)).toEqual([0, ...numbers(20)]);
      expect(listening.connections.length).toBeLessThan(8);
    });
  });

  it("is not chained any more where the server loses it again and again when it is", async () => {
    let behind = 0;
    const server: StoringOptions = {
      // It answers the end late, and cannot bear a command behind it.
      answer(line, connection) {
        const { commands } = connection;
        if (!line.startsWith("MAIL") || commands.at(-2) !== "DATA" || connection.isAnswered)
          return undefined;
        behind += 1;
        connection.cut();
        return null;
      },
    };
    await withServer(server, { maxConnections: 1 }, async (transport, listening) => {
      await Promise.all(numbers(30).map((id) => transport.send(mail(id), to("bob"))));
      expect(idsOf(listening)).toEqual(numbers(30));
      expect(behind).toBe(3);
    });
  });
});

describe("several hosts", () => {
  it("asks last, for a while, who could not be used", async () => {
    await using good = await storingServer();
    let greetings = 0;
    await using bad = await storingServer({
      answer(line) {
        if (line === "GREETING") greetings += 1;
        return line === "GREETING" ? "421 later" : undefined;
      },
    });
    await using transport = smtpTransport({
      host: [
        { host: "127.0.0.1", port: bad.port },
        { host: "127.0.0.1", port: good.port },
      ],
      tls: "none",
      maxIdleMs: 0,
      clientName: "c.example.com",
    });
    for (const id of numbers(3)) await transport.send(mail(id), to("bob"));
    expect(idsOf(good)).toEqual([1, 2, 3]);
    expect(greetings).toBe(1);
  });
});

describe("the rate", () => {
  it("lets no more out in a window of time than it says, over all connections", async () => {
    const times: number[] = [];
    const server: StoringOptions = {
      answer(line) {
        if (line === "END") times.push(performance.now());
        return undefined;
      },
    };
    await withServer(server, { rate: { messages: 5, perMs: 100 } }, async (transport) => {
      await Promise.all(numbers(12).map((id) => transport.send(mail(id), to("bob"))));
    });
    // Eleven gaps of 20 ms: a machine that is slow only makes it longer.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(200);
  });
});

describe("close", () => {
  it("sends what waits, and takes nothing more", async () => {
    await withServer({ delayMs: 2 }, { maxConnections: 1 }, async (transport, server) => {
      const sends = numbers(10).map((id) => transport.send(mail(id), to("bob")));
      const closed = transport.close();
      expect(await outcomes([transport.send(mail(11), to("bob"))])).toEqual(["TRANSPORT_CLOSED"]);
      await closed;
      expect(await outcomes(sends)).toEqual(numbers(10).map(() => "accepted"));
      expect(idsOf(server)).toEqual(numbers(10));
      expect(server.connections.at(-1)?.commands.at(-1)).toBe("QUIT");
      await transport.close();
    });
  });

  it("ends everything when its signal fires, and says of each what is known", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const server: StoringOptions = {
      // The envelope of the second came with this end.
      answer(line) {
        if (line !== "END") return undefined;
        stop.abort(reason);
        return null;
      },
    };
    await withServer(server, { maxConnections: 1 }, async (transport) => {
      const sends = numbers(5).map((id) => transport.send(mail(id), to("bob")));
      await transport.close({ signal: stop.signal });
      const results = await Promise.allSettled(sends);
      expect(results[0]).toMatchObject({
        reason: { code: "SMTP_OUTCOME_UNKNOWN", cause: reason },
      });
      for (const result of results.slice(1)) expect(result).toMatchObject({ reason });
    });
  });

  it("does not wait for a connection in the making that nobody needs", async () => {
    const server: StoringOptions = { answer: (line) => (line === "GREETING" ? null : undefined) };
    await withServer(server, {}, async (transport, listening) => {
      const stop = new AbortController();
      const send = transport.send(mail(1), to("bob"), { signal: stop.signal });
      await expect.poll(() => listening.connections.length).toBe(1);
      stop.abort(new Error("stopped"));
      await expect(send).rejects.toThrow("stopped");
      await transport.close();
      expect(transport.state.opening).toBe(0);
    });
  });

  it("frees the line of a message whose source never answers", async () => {
    await withServer({}, { maxConnections: 1 }, async (transport, server) => {
      const stop = new AbortController();
      const send = transport.send(never, to("bob"), { signal: stop.signal });
      const next = transport.send(mail(2), to("bob"));
      await expect.poll(() => server.connections.length).toBe(1);
      await soon(10);
      stop.abort(new Error("stopped"));
      await expect(send).rejects.toThrow("stopped");
      await next;
      expect(idsOf(server)).toEqual([2]);
    });
  });
});

describe("options", () => {
  it.each([
    [{ maxConnections: 0 }],
    [{ maxConnections: Number.NaN }],
    [{ maxConnections: "5" as unknown as number }],
    [{ maxMessagesPerConnection: 1.5 }],
    [{ maxWaiting: -1 }],
    [{ maxIdleMs: -1 }],
    [{ maxLifetimeMs: 0 }],
    [{ probeAfterMs: Infinity }],
    [{ rate: { messages: 0 } }],
    [{ rate: { messages: 1, perMs: Number.NaN } }],
    [{ rate: { messages: 1, burst: 0 } }],
  ])("refuses %j", (options) => {
    expect(() => smtpTransport({ host: "smtp.example.com", ...options })).toThrow(
      expect.objectContaining({ code: "SMTP_OPTION_INVALID" }),
    );
  });
});
