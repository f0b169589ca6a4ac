/** Chunks, flights and what is negotiated for them, over a real socket. RFC 3030, RFC 2920, RFC 2033. */
import { utf8 } from "@letterwright/base/bytes";
import { bytesOf, envelope, mailbox, once, type RawMessage } from "@letterwright/message";
import { smtpTransport, type SmtpOptions } from "@letterwright/smtp";
import type { SendOptions } from "@letterwright/transport";
import { describe, expect, it } from "vitest";
import {
  cut,
  find,
  hear,
  hearEnd,
  hello,
  say,
  scriptedServer,
  type Turn,
} from "./scripted-server.ts";

const box = (localPart: string) => mailbox({ localPart, domain: "example.org" });
const to = (...names: readonly string[]) =>
  envelope({ reversePath: null, recipients: names.map(box) });
const mailOf = (body: RawMessage["body"], ...requires: readonly "BINARYMIME"[]): RawMessage => ({
  fields: [{ name: "A", bytes: utf8("A: b\r\n") }],
  separator: utf8("\r\n"),
  body,
  requires: new Set(requires),
});
const mail = mailOf(bytesOf("hi\r\n")); // 12 octets

async function play(
  script: readonly Turn[],
  given: {
    readonly options?: Partial<SmtpOptions>;
    readonly send?: SendOptions;
    readonly to?: ReturnType<typeof envelope>;
    readonly mail?: RawMessage;
  } = {},
) {
  await using server = await scriptedServer(script);
  await using transport = smtpTransport({
    host: "127.0.0.1",
    port: server.port,
    tls: "none",
    clientName: "c.example.com",
    timeouts: { commandMs: 2000, endMs: 2000, blockMs: 2000, dataMs: 2000 },
    ...given.options,
  });
  const [result] = await Promise.allSettled([
    transport.send(given.mail ?? mail, given.to ?? to("a"), given.send),
  ]);
  await transport.close();
  return {
    receipt: result.status === "fulfilled" ? result.value : undefined,
    error: result.status === "rejected" ? (result.reason as unknown) : undefined,
    heard: server.heard(),
  };
}

const both = hello("PIPELINING", "CHUNKING", "BINARYMIME", "8BITMIME");
const bye = [find("QUIT\r\n"), say("221 bye")];

describe("content in chunks (RFC 3030 §2)", () => {
  const prefer = { options: { chunking: "prefer" } } as const;
  it("goes as one last chunk when it is in memory", async () => {
    const script = [
      ...both,
      hear("RCPT"),
      say("250 m\r\n250 r"),
      find("BDAT 12 LAST"),
      say("250 2.0.0 Ok: queued as 4TkQ"),
      ...bye,
    ];
    const { receipt, heard } = await play(script, prefer);
    expect(receipt).toMatchObject({ queueId: "4TkQ", byteLength: 12, unknown: [] });
    expect(heard).toContain("BDAT 12 LAST\r\nA: b\r\n\r\nhi\r\nQUIT\r\n");
    expect(Object.keys(receipt?.timings ?? {})).toEqual([
      ...["connectMs", "greetingMs", "envelopeMs", "contentMs"],
    ]);
  });
  it("is not stuffed, and ends with a line end all the same", async () => {
    const script = [
      ...both,
      hear("RCPT"),
      say("250 m\r\n250 r"),
      find("BDAT 15 LAST"),
      say("250 ok"),
    ];
    const { heard } = await play([...script, ...bye], {
      ...prefer,
      mail: mailOf(bytesOf(".\r\n.a")),
    });
    expect(heard).toContain("A: b\r\n\r\n.\r\n.a\r\nQUIT");
  });
  it("goes as it is when it is no lines (§3)", async () => {
    const script = [
      ...both,
      hear("RCPT"),
      say("250 m\r\n250 r"),
      find("BDAT 11 LAST"),
      say("250 ok"),
    ];
    const { receipt, heard } = await play([...script, ...bye], {
      mail: mailOf(bytesOf("a\n\0"), "BINARYMIME"),
    });
    expect(receipt).toBeDefined();
    expect(heard).toContain("BODY=BINARYMIME");
    expect(heard).toContain("\r\n\r\na\n\0QUIT");
  });
  async function* blocks(count: number, fails = false): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < count; index++) yield utf8(`${"x".repeat(998)}\r\n`);
    if (fails) throw new Error("disk gone");
  }
  it("goes in several when it is streamed, the last one marked", async () => {
    const chunk = say("250 ok");
    const script = [
      ...[...both, hear("RCPT"), say("250 m\r\n250 r")],
      ...[find("BDAT 65536\r\n"), chunk, find("BDAT 65536\r\n"), chunk, find("BDAT 18936 LAST")],
      ...[say("250 taken"), ...bye],
    ];
    const { receipt, heard } = await play(script, { ...prefer, mail: mailOf(once(blocks(150))) });
    expect(receipt?.byteLength).toBe(150_008);
    expect(heard.match(/x{998}/g)?.length).toBeGreaterThan(145); // some lines are cut by a command
  });
  it("waits for each reply where PIPELINING is not offered", async () => {
    const script = [
      ...[...hello("CHUNKING"), hear("MAIL"), say("250 m"), hear("RCPT"), say("250 r")],
      ...[find("BDAT 65536\r\n"), say("452 4.3.1 full"), ...bye],
    ];
    const { error, heard } = await play(script, { ...prefer, mail: mailOf(once(blocks(150))) });
    expect(error).toMatchObject({ code: "SMTP_DATA_REFUSED", retry: "later" });
    expect(heard.match(/BDAT/g)).toHaveLength(1);
  });
  it("never marks a last chunk when the source fails, and leaves in order", async () => {
    const script = [
      ...both,
      hear("RCPT"),
      say("250 m\r\n250 r"),
      find("BDAT 65536\r\n"),
      say("250 ok"),
    ];
    const { error, heard } = await play([...script, ...bye], {
      ...prefer,
      mail: mailOf(once(blocks(140, true))),
    });
    expect(error).toMatchObject({ message: "disk gone" });
    expect(heard).not.toContain("LAST");
    expect(heard.endsWith("QUIT\r\n")).toBe(true);
  });
  it("says who is unknown when the line is cut behind the last chunk", async () => {
    const script = [...both, hear("RCPT"), say("250 m\r\n250 r"), find("BDAT 12 LAST"), cut];
    const { error } = await play(script, prefer);
    expect(error).toMatchObject({
      code: "SMTP_OUTCOME_UNKNOWN",
      retry: "no",
      receipt: { accepted: [], unknown: [box("a")] },
    });
  });
  it("spares a round trip where all have to be accepted", async () => {
    const script = [
      ...[...both, hear("RCPT TO:<b"), say("250 m\r\n250 a\r\n250 b"), find("BDAT 12 LAST")],
      ...[say("250 ok"), ...bye],
    ];
    const { receipt } = await play(script, { to: to("a", "b"), send: { recipients: "all" } });
    expect(receipt?.accepted).toHaveLength(2);
  });
});

describe("an eager flight", () => {
  const eager = { options: { flight: "eager" } } as const;
  it("has envelope and content together", async () => {
    const script = [...both, find("BDAT 12 LAST"), say("250 m\r\n250 r\r\n250 ok"), ...bye];
    expect((await play(script, eager)).receipt?.reply.text).toBe("ok");
  });
  it("is no other than the usual one where the server offers no CHUNKING", async () => {
    const script = [...hello("PIPELINING"), hear("DATA"), say("250 m\r\n250 r\r\n354 go"), hearEnd];
    expect((await play([...script, say("250 ok"), ...bye], eager)).receipt).toBeDefined();
  });
  it("stops a long content when nobody is accepted", async () => {
    async function* slowly(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 3000; index++) {
        yield utf8(`${"x".repeat(998)}\r\n`);
        if (index % 70 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
    const script = [...both, find("BDAT 65536\r\n"), say("250 m\r\n550 r\r\n503 no"), ...bye];
    const { error, heard } = await play(script, { ...eager, mail: mailOf(once(slowly())) });
    expect(error).toMatchObject({ code: expect.stringMatching(/DELIVERY_REFUSED|SMTP_TIMEOUT/) });
    expect(heard).not.toContain("LAST");
  });
  it.each([
    [{ flight: "eager", pipelining: false }],
    [{ flight: "eager", chunking: false }],
    [{ flight: "lazy" as "eager" }],
    [{ chunking: "always" as "prefer" }],
    [{ protocol: "qmtp" as "smtp" }],
    [{ socketPath: "" }],
    [{ proxy: "socks5://p", connect: () => Promise.reject(new Error("no")) }],
  ] as const)("and other options that cannot be: %j", (options) => {
    expect(() => smtpTransport({ host: "h", ...options })).toThrow(
      expect.objectContaining({ code: "SMTP_OPTION_INVALID" }),
    );
  });
});

describe("what is asked for and not offered", () => {
  const wishing = envelope({
    reversePath: null,
    recipients: [{ mailbox: box("a"), notify: "never" }],
    reports: { return: "headers", id: "run 7" },
  });
  it("is an error for reports, unless they are wanted only if offered (RFC 3461)", async () => {
    const { error, heard } = await play([...hello(), ...bye], { to: wishing });
    expect(error).toMatchObject({ code: "SMTP_DSN_NOT_OFFERED" });
    expect(heard).not.toContain("MAIL");
    const turns = [hear("MAIL FROM:<>\r\n"), say("250 m"), hear("RCPT TO:<a@example.org>\r\n")];
    const script = [...hello(), ...turns, say("250 r"), hear("DATA"), say("354 go"), hearEnd];
    const second = await play([...script, say("250 ok"), ...bye], {
      to: wishing,
      send: { dsn: "ifOffered" },
    });
    expect(second.receipt).toBeDefined();
  });
  it("is said where reports are offered", async () => {
    const script = [
      ...hello("PIPELINING", "DSN"),
      hear("DATA"),
      say("250 m\r\n250 r\r\n354"),
      hearEnd,
    ];
    const { heard } = await play([...script, say("250 ok"), ...bye], { to: wishing });
    expect(heard).toContain(
      "MAIL FROM:<> RET=HDRS ENVID=run+207\r\nRCPT TO:<a@example.org> NOTIFY=NEVER\r\n",
    );
  });
  it("is an error for verified TLS on the whole way (RFC 8689)", async () => {
    const { error, heard } = await play([...hello("REQUIRETLS"), ...bye], {
      send: { requireTls: true },
    });
    expect(error).toMatchObject({ code: "SMTP_REQUIRETLS_NOT_OFFERED" });
    expect(heard).not.toContain("MAIL");
  });
  it("is an error for more recipients than the server takes (RFC 9422)", async () => {
    const { error, heard } = await play([...hello("LIMITS RCPTMAX=1"), ...bye], {
      to: to("a", "b"),
    });
    expect(error).toMatchObject({ code: "SMTP_TOO_MANY_RECIPIENTS" });
    expect(heard).not.toContain("MAIL");
  });
  it("may be any other extension, said by a function of the offer", async () => {
    const script = [
      ...[...hello("PIPELINING", "MT-PRIORITY"), hear("MAIL FROM:<> MT-PRIORITY=3\r\n")],
      ...[hear("DATA"), say("250 m\r\n250 r\r\n354"), hearEnd, say("250 ok"), ...bye],
    ];
    const mailParameters = () => ({ "MT-PRIORITY": "3" });
    expect((await play(script, { send: { mailParameters } })).receipt).toBeDefined();
  });
  it("ends nothing but its own sending when a parameter cannot be written", async () => {
    const script = [...hello("PIPELINING"), ...bye];
    const { error, heard } = await play(script, {
      send: { mailParameters: () => ({ SIZE: "1\r\nDATA" }) },
    });
    expect(error).toMatchObject({ code: "SMTP_PARAMETER_INVALID" });
    expect(heard).toBe("EHLO c.example.com\r\nQUIT\r\n");
  });
});

describe("LMTP (RFC 2033)", () => {
  it("has an answer for each recipient", async () => {
    const script = [
      ...[say("220 hi"), hear("LHLO"), say("250-l\r\n250 PIPELINING"), hear("DATA")],
      ...[
        say("250 m\r\n250 a\r\n250 b\r\n354 go"),
        hearEnd,
        say("250 <a> aBcD Saved\r\n452 b full"),
      ],
      ...bye,
    ];
    const { error } = await play(script, { to: to("a", "b"), options: { protocol: "lmtp" } });
    expect(error).toMatchObject({
      code: "DELIVERY_PARTIAL",
      receipt: { accepted: [{ mailbox: box("a") }], queueId: "aBcD" },
      refused: [{ mailbox: box("b"), retry: "later" }],
      remaining: { recipients: [{ mailbox: box("b") }] },
    });
  });
  it("leaves only those unknown who were not answered", async () => {
    const script = [
      ...[say("220 hi"), hear("LHLO"), say("250-l\r\n250 PIPELINING"), hear("DATA")],
      ...[say("250 m\r\n250 a\r\n250 b\r\n354 go"), hearEnd, say("250 a has it"), cut],
    ];
    const { error } = await play(script, { to: to("a", "b"), options: { protocol: "lmtp" } });
    expect(error).toMatchObject({
      code: "SMTP_OUTCOME_UNKNOWN",
      receipt: { accepted: [{ mailbox: box("a") }], unknown: [box("b")] },
    });
  });
});
