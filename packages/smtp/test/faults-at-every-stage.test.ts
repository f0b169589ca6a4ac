/** Every way a server can fail, at every stage of a sending: what is said of it, and whether anybody can have the message. */
import { createServer, type AddressInfo, type Socket } from "node:net";
import { utf8 } from "@letterwright/base/bytes";
import { LetterwrightError } from "@letterwright/base/error";
import { bytesOf, envelope, type RawMessage } from "@letterwright/message";
import { smtpTransport, type SmtpTimeouts } from "@letterwright/smtp";
import { describe, expect, it } from "vitest";

/** What a reply answers. */
const stages = ["greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "end"] as const;
type Stage = (typeof stages)[number];

const good: Readonly<Record<Stage, string>> = {
  greeting: "220 mail.example.com ESMTP\r\n",
  EHLO: "250-mail.example.com\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n",
  AUTH: "235 2.7.0 ok\r\n",
  MAIL: "250 2.1.0 ok\r\n",
  RCPT: "250 2.1.5 ok\r\n",
  DATA: "354 go\r\n",
  end: "250 2.0.0 queued as 7\r\n",
};

/** In place of the good reply: what is said, and what follows. */
interface Fault {
  readonly say: string;
  readonly after: "cut" | "stall" | "go on";
}

const faults = {
  "cuts the line": { say: "", after: "cut" },
  "cuts the line within a reply": { say: "25", after: "cut" },
  "cuts the line between CR and LF": { say: "250 ok\r", after: "cut" },
  "says nothing more": { say: "", after: "stall" },
  "says half a reply and no more": { say: "250-first\r\n", after: "stall" },
  "says no reply": { say: "hello there\r\n", after: "stall" },
  "says a code that is none": { say: "999 what\r\n", after: "stall" },
  "says two codes in one reply (RFC 5321 §4.2.1)": { say: "250-a\r\n550 b\r\n", after: "stall" },
  "never ends a line": { say: "2".repeat(10_000), after: "stall" },
  "never ends a reply": { say: "250-more\r\n".repeat(1000), after: "stall" },
  "is closing (RFC 5321 §3.8)": { say: "421 4.3.2 going down\r\n", after: "cut" },
  "refuses for now": { say: "451 4.3.0 not now\r\n", after: "go on" },
  "refuses for good": { say: "554 5.7.1 never\r\n", after: "go on" },
} as const satisfies Record<string, Fault>;
type FaultName = keyof typeof faults;

/** A server that answers well until it comes to `stage`. Grouped commands are answered one by one. */
async function failingServer(stage: Stage, fault: Fault) {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  let closed = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // the client may cut the line: that is looked at below
    socket.on("close", () => closed++);
    let isOver = false;
    const answer = (at: Stage): void => {
      if (isOver) return;
      if (at !== stage) {
        socket.write(good[at]);
        return;
      }
      isOver = fault.after !== "go on";
      if (fault.after === "cut") socket.end(fault.say);
      else socket.write(fault.say);
    };
    let unread = "";
    let isContent = false;
    socket.on("data", (chunk) => {
      unread += chunk.toString("latin1");
      for (let end = unread.indexOf("\r\n"); end !== -1; end = unread.indexOf("\r\n")) {
        const line = unread.slice(0, end);
        unread = unread.slice(end + 2);
        heard.push(line);
        const verb = (line.startsWith("HELO") ? "EHLO" : line.split(" ")[0]) as Stage;
        if (isContent) {
          if (line !== ".") continue;
          isContent = false;
          answer("end");
        } else if (line === "QUIT") socket.end("221 bye\r\n");
        else if (line === "RSET" || line === "NOOP") socket.write("250 ok\r\n");
        else {
          answer(verb);
          isContent = verb === "DATA" && !(stage === "DATA" && fault.after === "go on");
        }
      }
    });
    answer("greeting");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    areAllClosed: () => closed === sockets.size,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

const mail: RawMessage = {
  fields: [{ name: "Message-ID", bytes: utf8("Message-ID: <m@example.com>\r\n") }],
  separator: utf8("\r\n"),
  body: bytesOf("hi\r\n"),
  requires: new Set(),
};
const to = envelope({ reversePath: "ana@example.com", recipients: ["bob@example.org"] });

/** Short where the server falls silent; anywhere else a busy machine must not look like a silent server. */
function timeoutsAt(stage: Stage, { say, after }: Fault): SmtpTimeouts {
  const isSilent =
    after === "stall" && (say === "" || say === faults["says half a reply and no more"].say);
  const timeouts = { greetingMs: 10_000, commandMs: 10_000, dataMs: 10_000, endMs: 10_000 };
  const own = stage in timeoutOf ? timeoutOf[stage as keyof typeof timeoutOf] : "commandMs";
  return isSilent ? { ...timeouts, [own]: 300 } : timeouts;
}

const timeoutOf = { greeting: "greetingMs", DATA: "dataMs", end: "endMs" } as const;

async function play(stage: Stage, fault: Fault, pipelining: boolean) {
  await using server = await failingServer(stage, fault);
  const transport = smtpTransport({
    host: "127.0.0.1",
    port: server.port,
    tls: "none",
    auth: { user: "ana", secret: "s3cret" },
    dangerouslyAllowPlaintextAuth: true,
    pipelining,
    timeouts: timeoutsAt(stage, fault),
  });
  const result = await transport.send(mail, to).then(
    (receipt) => ({ receipt, error: undefined }),
    (error: unknown) => ({ receipt: undefined, error }),
  );
  await transport.close();
  // What was closed on this side is seen on the other a moment later.
  for (let turn = 0; turn < 100 && !server.areAllClosed(); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return { ...result, heard: server.heard, areAllClosed: server.areAllClosed() };
}

/** The code of a refusal at each stage. */
const refusals: Readonly<Record<Stage, string>> = {
  greeting: "SMTP_GREETING_REFUSED",
  EHLO: "SMTP_HELLO_REFUSED",
  AUTH: "SMTP_AUTH_REFUSED",
  MAIL: "SMTP_SENDER_REFUSED",
  RCPT: "DELIVERY_REFUSED",
  DATA: "SMTP_DATA_REFUSED",
  end: "SMTP_DATA_REFUSED",
};

/** What has to be said of a fault at a stage. */
function expected(
  stage: Stage,
  name: FaultName,
): { readonly code: string; readonly retry: string } {
  if (name === "refuses for now") return { code: refusals[stage], retry: "later" };
  if (name === "refuses for good") return { code: refusals[stage], retry: "no" };
  if (name.startsWith("is closing")) {
    return { code: stage === "end" ? refusals[stage] : "SMTP_SERVER_CLOSING", retry: "later" };
  }
  // RFC 5321 §6.1: whoever has heard the end may have taken the message.
  if (stage === "end") return { code: "SMTP_OUTCOME_UNKNOWN", retry: "no" };
  if (name.startsWith("cuts")) return { code: "SMTP_CONNECTION_LOST", retry: "later" };
  if (name.startsWith("never ends")) return { code: "SMTP_REPLY_TOO_LONG", retry: "no" };
  if (faults[name].say === "" || name.startsWith("says half")) {
    return { code: "SMTP_TIMEOUT", retry: "later" };
  }
  // Other protocols greet with 220, too.
  const isStart = stage === "greeting" || stage === "EHLO";
  return { code: isStart ? "SMTP_NOT_SMTP" : "SMTP_REPLY_MALFORMED", retry: "no" };
}

const rows = stages.flatMap((stage) =>
  (Object.keys(faults) as FaultName[]).map((name) => [stage, name] as const),
);

describe.each([
  ["in turn", false],
  ["in groups", true],
])("a server that fails, commands %s", (_, pipelining) => {
  it.each(rows)("at %s: %s", async (stage, name) => {
    const { receipt, error, heard, areAllClosed } = await play(stage, faults[name], pipelining);
    const { code, retry } = expected(stage, name);
    expect(receipt).toBeUndefined();
    expect(LetterwrightError.is(error)).toBe(true);
    expect(error).toMatchObject({ code, hint: expect.any(String) });
    expect("retry" in (error as object) ? (error as { retry: unknown }).retry : "no").toBe(retry);
    expect(String(error)).not.toContain("s3cret");
    // Not accepted is safe to send again: the end has never left, unless to nobody.
    const isEnded = heard.includes(".");
    const isToNobody = pipelining && (stage === "MAIL" || stage === "RCPT");
    expect(isEnded && !isToNobody).toBe(stage === "end");
    if (stage !== "AUTH")
      expect(heard.filter((line) => line.startsWith("AUTH")).length < 2).toBe(true);
    expect(areAllClosed).toBe(true);
  });
});

describe("replies that come octet by octet", () => {
  it.each(stages)("are read all the same, at %s", async (stage) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.setNoDelay(true);
      let queue = Promise.resolve();
      const answer = (at: Stage): void => {
        const text = good[at];
        const before = queue;
        queue = (async () => {
          await before;
          for (const piece of at === stage ? text : [text]) {
            socket.write(piece);
            await new Promise((resolve) => setImmediate(resolve));
          }
        })();
      };
      let unread = "";
      let isContent = false;
      socket.on("data", (chunk) => {
        unread += chunk.toString("latin1");
        for (let end = unread.indexOf("\r\n"); end !== -1; end = unread.indexOf("\r\n")) {
          const line = unread.slice(0, end);
          unread = unread.slice(end + 2);
          const verb = line.split(" ")[0] as Stage;
          if (isContent) {
            isContent = line !== ".";
            if (!isContent) answer("end");
          } else if (line === "QUIT") queue = queue.then(() => void socket.end("221 bye\r\n"));
          else {
            isContent = verb === "DATA";
            answer(verb);
          }
        }
      });
      answer("greeting");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const transport = smtpTransport({
      host: "127.0.0.1",
      port: (server.address() as AddressInfo).port,
      tls: "none",
      auth: { user: "ana", secret: "s3cret" },
      dangerouslyAllowPlaintextAuth: true,
    });
    const receipt = await transport.send(mail, to);
    await transport.close();
    await new Promise((resolve) => server.close(resolve));
    expect(receipt).toMatchObject({ queueId: "7", accepted: [{ reply: { code: 250 } }] });
  });
});
