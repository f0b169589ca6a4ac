import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import {
  faultIds,
  faultVariants,
  healthyControls,
  heldOutNames,
  nearMisses,
  startFault,
} from "./index.ts";
import { fnv1a } from "./held-out.ts";
import { replyLines } from "./session.ts";

describe("the table of faults", () => {
  it("has three variants of each failure, each with a name of its own", () => {
    const counts = faultIds.map((id) => [id, faultVariants.filter((one) => one.id === id).length]);
    expect(counts.filter(([, count]) => count !== 3)).toEqual([]);
    const all = [...faultVariants, ...healthyControls].map(({ name }) => name);
    expect(new Set(all).size).toBe(all.length);
  });
  it("words the variants differently", () => {
    const told = faultVariants.map(({ client, doors, everyDoor, id }) =>
      JSON.stringify([id, client, doors, everyDoor]),
    );
    expect(new Set(told).size).toBe(told.length);
  });
  it("holds one of three out, chosen by the hash of its name", () => {
    const held = heldOutNames(faultVariants);
    expect(held.size).toBe(faultIds.length);
    // These were committed before the first rule; a new name must not change the choice unseen.
    expect([...held].toSorted()).toMatchSnapshot();
  });
  it("has pairs that differ, with different answers", () => {
    expect(nearMisses.length).toBeGreaterThanOrEqual(12);
    for (const { pair } of nearMisses) expect(pair[0].id).not.toBe(pair[1].id);
  });
});

describe("fnv1a", () => {
  it.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
  ])("%j", (text, hash) => expect(fnv1a(text)).toBe(hash));
});

describe("replyLines", () => {
  it.each([
    ["250 ok", "250 ok\r\n"],
    ["250 a\nb\nc", "250-a\r\n250-b\r\n250 c\r\n"],
    ["534-5.7.9 a\n534 5.7.9 b", "534-5.7.9 a\r\n534 5.7.9 b\r\n"],
  ])("%j (RFC 5321 §4.2.1)", (reply, lines) => expect(replyLines(reply)).toBe(lines));
});

/** What comes in while these lines are sent, one after each answer. */
async function talk(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" });
  let heard = "";
  const left = [...lines];
  socket.setEncoding("utf8");
  await new Promise<void>((resolve) => {
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
    socket.on("data", (text: string) => {
      heard += text;
      if (!/^\d{3} .*\r\n$/m.test(text)) return;
      const next = left.shift();
      if (next === undefined) socket.destroy();
      else socket.write(`${next}\r\n`);
    });
  });
  return heard;
}

describe("startFault", () => {
  const named = (name: string): (typeof faultVariants)[number] => {
    const found = faultVariants.find((one) => one.name === name);
    if (found === undefined) throw new Error(name);
    return found;
  };

  it("speaks its lines", async () => {
    await using fault = await startFault(named("rcpt.relay-denied/postfix"));
    const lines = ["EHLO a", "MAIL FROM:<a@example.com>", "RCPT TO:<bob@example.org>", "QUIT"];
    const heard = await talk(fault.port, lines);
    expect(heard).toContain("250-mail.example.com\r\n250-PIPELINING\r\n");
    expect(heard).toContain("554 5.7.1 <bob@example.org>: Relay access denied\r\n221 ");
  });
  it("offers AUTH only inside TLS, as submission servers do", async () => {
    await using fault = await startFault(named("auth.generic-535/exim"));
    const heard = await talk(fault.port, ["EHLO a", "QUIT"]);
    expect(heard).toContain("STARTTLS");
    expect(heard).not.toContain("AUTH");
  });
  it("answers a login in turns", async () => {
    await using fault = await startFault(named("auth.needs-tls/cyrus"));
    expect(await talk(fault.port, ["EHLO a", "AUTH LOGIN", "YQ==", "Yg==", "QUIT"])).toMatch(
      /334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n538 5\.7\.11/,
    );
  });
  it("tells which doors are closed", async () => {
    await using fault = await startFault(named("connect.refused/port-2525"));
    expect(fault.portOf(2525)).toBeUndefined();
    expect(fault.portOf(25)).toBeGreaterThan(0);
    expect(fault.port).toBe(fault.closedPort);
    await expect(
      new Promise((resolve, reject) => {
        connect({ port: fault.port, host: "127.0.0.1" })
          .once("connect", resolve)
          .once("error", reject);
      }),
    ).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
  it("takes the port it is given, and says when it cannot", async () => {
    await using fault = await startFault(named("rcpt.greylisted/exim"));
    await expect(
      startFault(named("rcpt.greylisted/exim"), { port: fault.port }),
    ).rejects.toMatchObject({
      code: "RECEIVER_CANNOT_LISTEN",
    });
  });
});
