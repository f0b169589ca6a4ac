import { utf8 } from "@letterwright/base/bytes";
import { mailbox } from "@letterwright/message";
import { describe, expect, it } from "vitest";
import { offerOf, mechanismsOf } from "./offer.ts";
import { createClientSession, type ClientSession } from "./session.ts";
import { transitions, type State } from "./transitions.ts";
import type { Command, Verb } from "./command.ts";

const ana = mailbox({ localPart: "ana", domain: "example.com" });
const commands: Readonly<Record<Verb, Command>> = {
  EHLO: { verb: "EHLO", name: "c.example.com" },
  HELO: { verb: "HELO", name: "c.example.com" },
  LHLO: { verb: "LHLO", name: "c.example.com" },
  STARTTLS: { verb: "STARTTLS" },
  AUTH: { verb: "AUTH", mechanism: "LOGIN" },
  RESPONSE: { verb: "RESPONSE", text: "" },
  MAIL: { verb: "MAIL", reversePath: ana },
  RCPT: { verb: "RCPT", mailbox: ana },
  DATA: { verb: "DATA" },
  END: { verb: "END" },
  BDAT: { verb: "BDAT", size: 0 },
  "BDAT LAST": { verb: "BDAT LAST", size: 0 },
  RSET: { verb: "RSET" },
  NOOP: { verb: "NOOP" },
  QUIT: { verb: "QUIT" },
};

/** A conversation: a verb is sent, a text received. */
function talk(...turns: readonly (Verb | `${number}${string}`)[]): ClientSession {
  const session = createClientSession();
  for (const turn of turns) {
    if (turn in commands) session.send(commands[turn as Verb]);
    else session.receive(utf8(`${turn}\r\n`));
  }
  return session;
}

const ways: Readonly<Record<State, () => ClientSession>> = {
  greeting: () => talk(),
  start: () => talk("220 hi"),
  ready: () => talk("220 hi", "EHLO", "250 ok"),
  auth: () => talk("220 hi", "EHLO", "250 ok", "AUTH", "334 x"),
  mail: () => talk("220 hi", "EHLO", "250 ok", "MAIL", "250 ok"),
  rcpt: () => talk("220 hi", "EHLO", "250 ok", "MAIL", "250 ok", "RCPT", "250 ok"),
  content: () =>
    talk("220 hi", "EHLO", "250 ok", "MAIL", "250 ok", "RCPT", "250 ok", "DATA", "354 go"),
  chunks: () =>
    talk("220 hi", "EHLO", "250 ok", "MAIL", "250 ok", "RCPT", "250 ok", "BDAT", "250 ok"),
  tls: () => talk("220 hi", "EHLO", "250 ok", "STARTTLS", "220 go"),
  closed: () => talk("220 hi", "QUIT", "221 bye"),
};

describe("the table of what is legal (RFC 5321 §4.1.4)", () => {
  const rows = (Object.keys(ways) as State[]).flatMap((state) =>
    (Object.keys(commands) as Verb[]).map((verb): [State, Verb] => [state, verb]),
  );
  it.each(rows)("in %s: %s", (state, verb) => {
    const session = ways[state]();
    expect(session.state).toBe(state);
    const transition = transitions[state][verb];
    if (transition === undefined) {
      expect(() => session.send(commands[verb])).toThrow(
        expect.objectContaining({ code: "SMTP_BAD_SEQUENCE" }),
      );
      return;
    }
    session.send(commands[verb]);
    session.receive(
      utf8(
        transition.ok === undefined && transition.continue !== undefined
          ? "354 go\r\n"
          : "250 ok\r\n",
      ),
    );
    expect(session.state).toBe(transition.ok ?? transition.continue ?? state);
  });
});

describe("pipelining (RFC 2920 §3.1)", () => {
  it("gives as text what it gives as bytes, and plans the same", () => {
    const utf8Path = mailbox({ localPart: "añá", domain: "example.com" });
    const mail: Command = { verb: "MAIL", reversePath: utf8Path, parameters: { smtpUtf8: true } };
    for (const command of [commands.MAIL, mail]) {
      const [one, other] = [talk("220 hi", "EHLO", "250 hi"), talk("220 hi", "EHLO", "250 hi")];
      expect(utf8(one.line(command))).toEqual(other.send(command));
      expect(one.planned).toBe(other.planned);
      expect(() => one.line(commands.MAIL)).toThrow(
        expect.objectContaining({ code: "SMTP_BAD_SEQUENCE" }),
      );
    }
  });

  it("plans ahead and confirms what was granted", () => {
    const session = talk("220 hi", "EHLO", "250 ok", "MAIL", "RCPT", "RCPT", "DATA");
    expect(session.state).toBe("ready");
    expect(
      session.receive(utf8("250 a\r\n550 b\r\n250 c\r\n354 d\r\n")).map(({ reply }) => reply.code),
    ).toEqual([250, 550, 250, 354]);
    expect(session.state).toBe("content");
  });
  it("is back where the refusals leave it", () => {
    const session = talk(
      "220 hi",
      "EHLO",
      "250 ok",
      "MAIL",
      "RCPT",
      "DATA",
      "550 no",
      "503 no",
      "503 no",
    );
    expect(session.state).toBe("ready");
    expect(() => session.send(commands.MAIL)).not.toThrow();
  });
  it.each(["EHLO", "STARTTLS", "AUTH", "DATA", "QUIT"] as const)(
    "lets nothing follow %s before its reply",
    (verb) => {
      const session = verb === "DATA" ? ways.rcpt() : ways.ready();
      session.send(commands[verb]);
      expect(() => session.send(commands.NOOP)).toThrow(
        expect.objectContaining({ code: "SMTP_BAD_SEQUENCE" }),
      );
    },
  );
});

describe("a peer that breaks the rules", () => {
  it.each([
    ["a reply that answers nothing", ["220 hi", "250 surplus"], "SMTP_REPLY_UNEXPECTED"],
    ["a 354 to MAIL", ["220 hi", "EHLO", "250 ok", "MAIL", "354 go"], "SMTP_REPLY_UNEXPECTED"],
    [
      "a 250 to DATA",
      ["220 hi", "EHLO", "250 ok", "MAIL", "250 ok", "RCPT", "250 ok", "DATA", "250 ok"],
      "SMTP_REPLY_UNEXPECTED",
    ],
    ["a 421 at any time (§3.8)", ["220 hi", "EHLO", "421 shutting down"], "SMTP_SERVER_CLOSING"],
    ["a 421 that nobody asked for", ["220 hi", "421 idle for too long"], "SMTP_SERVER_CLOSING"],
    [
      "something else behind STARTTLS's 220 (RFC 3207 §4.2)",
      ["220 hi", "EHLO", "250 ok", "STARTTLS", "220 go\r\n250-injected"],
      "SMTP_PLAINTEXT_AFTER_STARTTLS",
    ],
    ["no SMTP", ["HTTP/1.1 200 OK" as `${number}x`], "SMTP_REPLY_MALFORMED"],
  ] as const)("%s ends the session", (_title, turns, code) => {
    let session: ClientSession | undefined;
    expect(() => {
      session = talk(...turns);
      session.upgrade();
    }).toThrow(expect.objectContaining({ code }));
  });

  it("refuses to upgrade with plain text still unread (RFC 3207 §4.2)", () => {
    const session = ways.ready();
    session.send(commands.STARTTLS);
    session.receive(utf8("220 go\r\n25"));
    expect(() => session.upgrade()).toThrow(
      expect.objectContaining({ code: "SMTP_PLAINTEXT_AFTER_STARTTLS" }),
    );
    expect(session.state).toBe("closed");
  });

  it("starts over after TLS", () => {
    const session = ways.tls();
    session.upgrade();
    expect(session.state).toBe("start");
    expect(() => session.send(commands.MAIL)).toThrow(
      expect.objectContaining({ code: "SMTP_BAD_SEQUENCE" }),
    );
  });
});

describe("chunks (RFC 3030 §2)", () => {
  const opened = ["220 hi", "EHLO", "250 ok", "MAIL", "RCPT", "BDAT", "BDAT LAST"] as const;
  it("may follow the envelope in the same group, and another transaction them (§4.2)", () => {
    const session = talk(...opened, "MAIL", "RCPT", "BDAT LAST");
    expect(session.planned).toBe("ready");
    const answered = session.receive(utf8("250 ok\r\n".repeat(7)));
    expect(answered.map(({ to }) => to)).toEqual([
      ...["MAIL", "RCPT", "BDAT", "BDAT LAST", "MAIL", "RCPT", "BDAT LAST"],
    ]);
    expect(session.state).toBe("ready");
  });
  it("leave the transaction open when one of them was refused, and it was not the last", () => {
    const session = talk(...opened.slice(0, -1));
    session.receive(utf8("250 m\r\n250 r\r\n452 full\r\n"));
    expect([session.state, session.planned]).toEqual(["rcpt", "rcpt"]);
    session.send(commands.RSET);
    session.receive(utf8("250 ok\r\n"));
    expect(session.state).toBe("ready");
  });
  it("end the transaction with the last, refused or not", () => {
    for (const last of ["250 ok", "552 too much"]) {
      const session = talk(...opened, "250 m", "250 r", "250 c", last as `250 ${string}`);
      expect(session.state).toBe("ready");
    }
  });
  it("take 421 to the last for an answer: the message was not taken", () => {
    const session = talk(...opened, "250 m", "250 r", "250 c", "421 4.3.2 closing");
    expect([session.state, session.fault]).toEqual(["closed", undefined]);
  });
});

describe("LMTP (RFC 2033 §4.2)", () => {
  const lmtp = (...rcpts: readonly string[]): ClientSession => {
    const session = createClientSession({ protocol: "lmtp" });
    session.receive(utf8("220 hi\r\n"));
    session.send(commands.LHLO);
    session.receive(utf8("250 ok\r\n"));
    session.send(commands.MAIL);
    for (const _rcpt of rcpts) session.send(commands.RCPT);
    session.send(commands.DATA);
    session.receive(utf8(["250 m", ...rcpts, "354 go", ""].join("\r\n")));
    session.send(commands.END);
    return session;
  };
  it("answers the end once for each recipient that was granted, whatever each answer is", () => {
    const session = lmtp("250 a", "550 b", "250 c");
    const answered = session.receive(utf8("550 5.2.2 a is full\r\n250 c has it\r\n"));
    expect(answered.map(({ to, isLast }) => [to, isLast])).toEqual([
      ["END", false],
      ["END", true],
    ]);
    expect([session.state, session.awaited]).toEqual(["ready", 0]);
  });
  it("takes one reply too many for a fault", () => {
    const session = lmtp("250 a");
    session.receive(utf8("250 a\r\n250 surplus\r\n"));
    expect(session.fault).toMatchObject({ code: "SMTP_REPLY_UNEXPECTED" });
  });
  it("counts anew in each transaction", () => {
    const session = lmtp("250 a", "250 b");
    session.receive(utf8("250 a\r\n250 b\r\n"));
    for (const verb of ["MAIL", "RCPT", "DATA"] as const) session.send(commands[verb]);
    session.receive(utf8("250 m\r\n250 c\r\n354 go\r\n"));
    session.send(commands.END);
    expect(session.receive(utf8("250 c\r\n"))).toMatchObject([{ isLast: true }]);
  });
});

describe("a fault behind an answer", () => {
  const end = [
    "220 hi",
    "EHLO",
    "250 ok",
    "MAIL",
    "250 ok",
    "RCPT",
    "250 ok",
    "DATA",
    "354 go",
    "END",
  ] as const;
  const sent = (): ClientSession => talk(...end);
  const wire = "250 taken\r\n250 surplus\r\n";
  it("leaves the answer standing, wherever the network cuts", () => {
    for (let cut = "250 taken\r\n".length; cut <= wire.length; cut++) {
      const session = sent();
      const replies = [...session.receive(utf8(wire.slice(0, cut)))];
      try {
        replies.push(...session.receive(utf8(wire.slice(cut))));
      } catch (error) {
        expect(error).toMatchObject({ code: "SMTP_REPLY_UNEXPECTED" });
      }
      expect(replies).toEqual([{ reply: { code: 250, text: "taken" }, to: "END", isLast: true }]);
      expect(session.fault).toMatchObject({ code: "SMTP_REPLY_UNEXPECTED", reply: { code: 250 } });
      expect(() => session.send(commands.QUIT)).toThrow(session.fault);
      expect(() => session.receive(utf8("250 more\r\n"))).toThrow(session.fault);
    }
  });
  it("is not carried over into TLS (RFC 3207 §4.2)", () => {
    const session = ways.ready();
    session.send(commands.STARTTLS);
    expect(session.receive(utf8("220 go\r\n250-injected\r\n"))).toHaveLength(1);
    expect(() => session.upgrade()).toThrow(
      expect.objectContaining({ code: "SMTP_PLAINTEXT_AFTER_STARTTLS" }),
    );
  });
  it("takes 421 to the end of the content for an answer: the message was not taken (RFC 5321 §4.2.1)", () => {
    const session = sent();
    expect(session.receive(utf8("421 4.7.28 too many\r\n"))).toMatchObject([
      { reply: { code: 421 }, isLast: true },
    ]);
    expect(session.state).toBe("closed");
    expect(session.fault).toBeUndefined();
  });
  it("says in the error what the server said, and whether to try later", () => {
    const session = ways.mail();
    expect(() => session.receive(utf8("421 4.3.2 restarting\r\n"))).toThrow(
      expect.objectContaining({ retry: "later", reply: expect.objectContaining({ code: 421 }) }),
    );
  });
});

it("puts stars where a reply repeats the response of a login", () => {
  const session = ways.ready();
  session.send({ verb: "AUTH", mechanism: "PLAIN", initialResponse: "AGFuYQBzM2NyZXQ=" });
  const [answered] = session.receive(utf8('500 unknown: "AUTH PLAIN AGFuYQBzM2NyZXQ="\r\n'));
  expect(answered?.reply).toEqual({ code: 500, text: 'unknown: "AUTH PLAIN ***"' });
});

describe("offerOf (RFC 5321 §4.1.1.1)", () => {
  it("reads whole keywords, in any case, and none from the greeting line", () => {
    const offer = offerOf({
      code: 250,
      text: "mail-starttls.example.com AUTH\nPIPELINING\nsize 1000\n-dsn\nX-STARTTLS-ISH\nAUTH PLAIN login\nAUTH=LOGIN",
    });
    expect([...offer.keywords.keys()]).toEqual(["PIPELINING", "SIZE", "X-STARTTLS-ISH", "AUTH"]);
    expect(offer.keywords.get("SIZE")).toEqual(["1000"]);
    expect(mechanismsOf(offer)).toEqual(["PLAIN", "LOGIN"]);
  });
});
