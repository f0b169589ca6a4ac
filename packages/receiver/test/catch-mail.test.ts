import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catchMail, type CatchOptions, type MailCatcher } from "@letterwright/receiver";
import { afterEach, describe, expect, it } from "vitest";

const open: MailCatcher[] = [];
afterEach(async () => {
  for (const inbox of open.splice(0)) await inbox.close();
});
async function caught(options: CatchOptions = {}): Promise<MailCatcher> {
  const inbox = await catchMail({ tls: "none", ...options });
  open.push(inbox);
  return inbox;
}

/** Says each line when the answer to the one before is in; gives the answers. */
function talk(port: number, lines: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    const rest = [...lines];
    let said = "";
    socket.on("data", (chunk) => {
      said += chunk.toString();
      if (!/(?:^|\n)\d{3} [^\n]*\n$/.test(said)) return;
      const next = rest.shift();
      if (next === undefined) socket.end();
      else socket.write(typeof next === "string" ? `${next}\r\n` : next);
    });
    socket.on("close", () => resolve(said));
    socket.on("error", reject);
  });
}

const send = (
  port: number,
  content: Uint8Array | string,
  to = "bob@example.org",
): Promise<string> =>
  talk(port, [
    "EHLO c.example.com",
    "MAIL FROM:<ana@example.com>",
    `RCPT TO:<${to}>`,
    "DATA",
    Buffer.from(content),
    "QUIT",
  ]);

describe("catchMail", () => {
  it("keeps what it received, octet for octet, without the stuffed dots (RFC 5321 §4.5.2)", async () => {
    const folder = mkdtempSync(join(tmpdir(), "letterwright-catch-"));
    try {
      const inbox = await caught({ store: join(folder, "new") });
      const content = Buffer.concat([
        Buffer.from("Subject: x\r\n\r\n..a\r\n...\r\n"),
        Buffer.from([0xe4, 0xff, 0x01, 0x0d, 0x0a]),
        Buffer.from(".\r\n"),
      ]);
      await send(inbox.port, content);
      const message = await inbox.waitFor({ subject: "x" });
      const expected = Buffer.concat([
        Buffer.from("Subject: x\r\n\r\n.a\r\n..\r\n"),
        Buffer.from([0xe4, 0xff, 0x01, 0x0d, 0x0a]),
      ]);
      expect(Buffer.from(message.bytes)).toEqual(expected);
      expect(readFileSync(message.path ?? "")).toEqual(expected);
      expect(readdirSync(join(folder, "new"))).toEqual([`${message.id}.eml`]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("waits for what is expected, and finds what is here already", async () => {
    const inbox = await caught();
    const waiting = inbox.waitFor({ to: /^bob@/, subject: "Hel", from: "ana@" });
    await send(
      inbox.port,
      "Subject: Hello\r\nTo: =?utf-8?q?B=C3=B6b?= <bob@example.org>\r\n\r\nsee https://example.com/a?b=1&c=2.\r\n.\r\n",
    );
    const message = await waiting;
    expect(message).toMatchObject({
      subject: "Hello",
      to: [{ name: "Böb", address: "bob@example.org" }],
    });
    expect(message.links()).toEqual(["https://example.com/a?b=1&c=2"]);
    expect(await inbox.waitFor({ subject: /Hello/g })).toBe(message);
    expect(inbox.messages).toEqual([message]);
  });

  it("says what did arrive when it waited in vain", async () => {
    const inbox = await caught();
    await expect(inbox.waitFor({}, { timeoutMs: 1 })).rejects.toMatchObject({
      code: "RECEIVER_WAITED_IN_VAIN",
      message: expect.stringContaining("none has arrived") as string,
    });
    await send(inbox.port, "Subject: Other\r\n\r\n.\r\n");
    await expect(inbox.waitFor({ subject: "x" }, { timeoutMs: 1 })).rejects.toThrow(
      /"Other" to bob@example\.org/,
    );
    const reason = new Error("enough");
    await expect(
      inbox.waitFor({ subject: "x" }, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });

  it("rejects those who wait when it closes, and closes once", async () => {
    const inbox = await caught();
    const waiting = inbox.waitFor({});
    const closing = inbox.close();
    await expect(waiting).rejects.toMatchObject({ code: "RECEIVER_CLOSED" });
    await closing;
    await inbox[Symbol.asyncDispose]();
    await expect(inbox.waitFor({})).rejects.toMatchObject({ code: "RECEIVER_CLOSED" });
  });

  it("refuses the recipients it is told to refuse", async () => {
    const inbox = await caught({ refuse: ["NO@example.org"] });
    expect(
      await talk(inbox.port, [
        "EHLO c",
        "MAIL FROM:<a@example.com>",
        "RCPT TO:<no@example.org>",
        "QUIT",
      ]),
    ).toContain("550 5.1.1");
  });

  it("announces a limit and refuses what is larger (RFC 1870)", async () => {
    const inbox = await caught({ maxMessageBytes: 100 });
    const said = await send(inbox.port, `Subject: x\r\n\r\n${"x".repeat(200)}\r\n.\r\n`);
    expect(said).toContain("SIZE 100");
    expect(said).toContain("552");
    expect(inbox.messages).toEqual([]);
  });

  it("refuses for good what was made to exhaust its readers, and keeps nothing of it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "letterwright-catch-"));
    try {
      const inbox = await caught({ store: folder });
      const said = await send(inbox.port, `${"X: 1\r\n".repeat(5001)}\r\n\r\n.\r\n`);
      expect(said).toContain("554 5.6.0 the message exceeds the limit of 5000 header fields");
      expect(inbox.messages).toEqual([]);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("lets the oldest messages go", async () => {
    const inbox = await caught({ maxMessages: 2 });
    for (const subject of ["1", "2", "3"])
      await send(inbox.port, `Subject: ${subject}\r\n\r\n.\r\n`);
    expect(inbox.messages.map(({ subject }) => subject)).toEqual(["2", "3"]);
  });

  it("demands a login where it is told to", async () => {
    const inbox = await caught({ auth: { user: "ana", password: "pw" }, requireAuth: true });
    const plain = (password: string): string =>
      `AUTH PLAIN ${Buffer.from(`\0ana\0${password}`).toString("base64")}`;
    expect(await talk(inbox.port, ["EHLO c", "MAIL FROM:<a@example.com>", "QUIT"])).toContain(
      "530",
    );
    expect(await talk(inbox.port, ["EHLO c", plain("no"), "QUIT"])).toContain("535 5.7.8");
    expect(await talk(inbox.port, ["EHLO c", plain("pw"), "QUIT"])).toContain("235");
  });

  it.each([
    [{ host: "0.0.0.0" }, "RECEIVER_HOST_NOT_LOOPBACK"],
    [{ host: "example.com" }, "RECEIVER_HOST_NOT_LOOPBACK"],
    [{ port: -1 }, "RECEIVER_OPTION_INVALID"],
    [{ maxMessages: 0 }, "RECEIVER_OPTION_INVALID"],
    [{ maxMessageBytes: Number.NaN }, "RECEIVER_OPTION_INVALID"],
  ])("refuses %j with %s", async (options, code) => {
    await expect(catchMail(options)).rejects.toMatchObject({ code });
  });

  it("says when the port is taken, and when the folder cannot be made", async () => {
    const inbox = await caught();
    await expect(catchMail({ tls: "none", port: inbox.port })).rejects.toMatchObject({
      code: "RECEIVER_CANNOT_LISTEN",
    });
    const folder = mkdtempSync(join(tmpdir(), "letterwright-catch-"));
    writeFileSync(join(folder, "file"), "");
    await expect(
      catchMail({ tls: "none", store: join(folder, "file", "x") }),
    ).rejects.toMatchObject({ code: "STORE_UNWRITABLE" });
    rmSync(folder, { recursive: true });
  });
});
