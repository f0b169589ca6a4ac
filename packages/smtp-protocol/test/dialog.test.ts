import { base64Text } from "@letterwright/base/codec";
import { utf8 } from "@letterwright/base/bytes";
import { bareOffer, envelope, mailbox, type ServerOffer } from "@letterwright/message";
import {
  authenticate,
  createClientSession,
  greet,
  quit,
  reset,
  startTls,
  transaction,
  type Credentials,
  type TransactionOptions,
} from "@letterwright/smtp-protocol";
import { describe, expect, it } from "vitest";
import { play, readySession } from "./transcript.ts";

describe("greet (RFC 5321 §3.1, §3.2)", () => {
  const greeted = (...lines: readonly string[]) =>
    play(greet("c.example.com"), lines, createClientSession());

  it("says EHLO to a greeting", () => {
    const { result, said } = greeted("220 hi", "250-hi", "250 SIZE 10");
    expect(said).toEqual(["S: 220 hi", "C: EHLO c.example.com", "S: 250-hi", "S: 250 SIZE 10"]);
    expect(result?.keywords.get("SIZE")).toEqual(["10"]);
  });
  it("says HELO where EHLO is not known, and then expects nothing", () => {
    const { result, said } = greeted("220 hi", "502 what?", "250 SIZE 10");
    expect(said.filter((line) => line.startsWith("C:"))).toEqual([
      "C: EHLO c.example.com",
      "C: HELO c.example.com",
    ]);
    expect(result).toBe(bareOffer);
  });
  it.each([
    [["554 no"], "SMTP_GREETING_REFUSED", "no"],
    [["450 later"], "SMTP_GREETING_REFUSED", "later"],
    [["220 hi", "450 later"], "SMTP_HELLO_REFUSED", "later"],
    [["220 hi", "550 no", "550 no"], "SMTP_HELLO_REFUSED", "no"],
    [["421 full"], "SMTP_SERVER_CLOSING", "later"],
  ])("%j is %s", (lines, code, retry) => {
    expect(greeted(...lines).error).toMatchObject({ code, retry });
  });
});

describe("greet in LMTP (RFC 2033 §4.1)", () => {
  const greeted = (...lines: readonly string[]) =>
    play(
      greet("c.example.com", { protocol: "lmtp" }),
      lines,
      createClientSession({ protocol: "lmtp" }),
    );
  it("says LHLO", () => {
    expect(greeted("220 hi", "250-hi", "250 CHUNKING").said[1]).toBe("C: LHLO c.example.com");
  });
  it("has no HELO to fall back on", () => {
    const { said, error } = greeted("220 hi", "500 what?");
    expect(error).toMatchObject({ code: "SMTP_HELLO_REFUSED", retry: "no" });
    expect(said).toHaveLength(3);
  });
});

describe("startTls (RFC 3207 §4)", () => {
  it("upgrades and says EHLO again", () => {
    const { result, said } = play(startTls("c.example.com"), [
      "220 go",
      "250-hi",
      "250 AUTH PLAIN",
    ]);
    expect(said.slice(2)).toEqual([
      "TLS",
      "C: EHLO c.example.com",
      "S: 250-hi",
      "S: 250 AUTH PLAIN",
    ]);
    expect(result?.keywords.has("AUTH")).toBe(true);
  });
  it("is refused with the server's words", () => {
    expect(play(startTls("c.example.com"), ["454 4.7.0 not now"]).error).toMatchObject({
      code: "SMTP_STARTTLS_REFUSED",
      retry: "later",
      reply: { enhancedStatus: "4.7.0" },
    });
  });
});

describe("authenticate (RFC 4954 §4)", () => {
  const offer = (...mechanisms: readonly string[]): ServerOffer => ({
    keywords: new Map([["AUTH", mechanisms]]),
  });
  const ana: Credentials = { user: "ana", secret: "s3cret" };
  const b64 = (text: string): string => base64Text(utf8(text));
  const said = (
    credentials: Credentials,
    mechanisms: readonly string[],
    ...lines: readonly string[]
  ) => play(authenticate(credentials, offer(...mechanisms)), lines);

  it("sends PLAIN with its initial response (RFC 4616 §2)", () => {
    const { said: lines, error } = said(ana, ["login", "plain"], "235 in");
    expect(error).toBeUndefined();
    expect(lines).toEqual([`C: AUTH PLAIN ${b64("\0ana\0s3cret")}`, "S: 235 in"]);
  });
  it("repeats it for a server that passed over it", () => {
    const { said: lines } = said(ana, ["PLAIN"], "334 ", "235 in");
    expect(lines.slice(1)).toEqual(["S: 334 ", `C: ${b64("\0ana\0s3cret")}`, "S: 235 in"]);
  });
  it("answers LOGIN's two questions, whatever they are", () => {
    const { said: lines } = said(ana, ["LOGIN"], "334 x", "334 y", "235 in");
    expect(lines.filter((line) => line.startsWith("C:"))).toEqual([
      "C: AUTH LOGIN",
      `C: ${b64("ana")}`,
      `C: ${b64("s3cret")}`,
    ]);
  });
  it("gives up with * when a server asks on and on", () => {
    const { said: lines, error } = said(ana, ["LOGIN"], "334 ", "334 ", "334 ", "501 fine");
    expect(lines.at(-2)).toBe("C: *");
    expect(error).toMatchObject({ code: "SMTP_AUTH_REFUSED", reply: { code: 501 } });
  });
  it("answers XOAUTH2's error challenge, and tells what it said", () => {
    const token: Credentials = { ...ana, mechanism: "XOAUTH2" };
    const { said: lines, error } = said(
      token,
      ["XOAUTH2"],
      `334 ${b64('{"status":"401"}')}`,
      "535 no",
    );
    expect(lines[0]).toBe(`C: AUTH XOAUTH2 ${b64("user=ana\u0001auth=Bearer s3cret\u0001\u0001")}`);
    expect(lines[2]).toBe("C: ");
    expect(String(error)).toContain("401");
    expect(error).toMatchObject({ code: "SMTP_AUTH_REFUSED", retry: "no" });
  });
  it("shows a challenge that is no base64 as it is", () => {
    const token: Credentials = { ...ana, mechanism: "XOAUTH2" };
    expect(String(said(token, ["XOAUTH2"], "334 %%%", "535 no").error)).toContain('"%%%"');
  });
  it.each([
    ["nothing offered", ana, [], "SMTP_AUTH_NOT_OFFERED"],
    ["nothing in common", ana, ["GSSAPI"], "SMTP_AUTH_NO_MECHANISM"],
    [
      "not the one asked for",
      { ...ana, mechanism: "LOGIN" as const },
      ["PLAIN"],
      "SMTP_AUTH_NO_MECHANISM",
    ],
    ["an empty secret", { ...ana, secret: "" }, ["PLAIN"], "SMTP_CREDENTIALS_INVALID"],
    ["NUL in a user", { ...ana, user: "a\0b" }, ["PLAIN"], "SMTP_CREDENTIALS_INVALID"],
    [
      "U+0001 in a token",
      { user: "a", secret: "\u0001", mechanism: "XOAUTH2" as const },
      ["XOAUTH2"],
      "SMTP_CREDENTIALS_INVALID",
    ],
    [
      "a secret that is not set",
      { user: "a", secret: undefined as unknown as string },
      ["PLAIN"],
      "SMTP_CREDENTIALS_INVALID",
    ],
  ] as const)("says nothing: %s", (_title, credentials, mechanisms, code) => {
    const { said: lines, error } = said(credentials, mechanisms);
    expect(error).toMatchObject({ code });
    expect(lines).toEqual([]);
    for (const canary of ["s3cret", b64("s3cret")]) expect(String(error)).not.toContain(canary);
  });
  it("quotes the names a server offers, which could drive a terminal", () => {
    expect(String(said(ana, ["\u001b[2J"]).error)).not.toContain("\u001b");
  });
});

describe("transaction (RFC 5321 §3.3)", () => {
  const box = (localPart: string) => mailbox({ localPart, domain: "example.org" });
  const to = (...names: readonly string[]): TransactionOptions => ({
    envelope: envelope({ reversePath: null, recipients: names.map(box) }),
    pipelining: true,
    recipients: "each",
  });
  const client = (lines: readonly string[]): readonly string[] =>
    lines.filter((line) => line.startsWith("C:")).map((line) => line.slice(3));

  it("groups MAIL, RCPT and DATA (RFC 2920 §3.1)", () => {
    const { said, result } = play(transaction(to("a", "b")), [
      "250 m",
      "250 a",
      "250 b",
      "354 go",
      "250 ok",
    ]);
    expect(said.slice(0, 4)).toEqual([
      "C: MAIL FROM:<>",
      "C: RCPT TO:<a@example.org>",
      "C: RCPT TO:<b@example.org>",
      "C: DATA",
    ]);
    expect(result?.accepted).toHaveLength(2);
  });
  it("takes turns without PIPELINING", () => {
    const { said } = play(transaction({ ...to("a"), pipelining: false }), [
      "250 m",
      "250 a",
      "354 go",
      "250 ok",
    ]);
    expect(said).toEqual([
      "C: MAIL FROM:<>",
      "S: 250 m",
      "C: RCPT TO:<a@example.org>",
      "S: 250 a",
      "C: DATA",
      "S: 354 go",
      "C: …",
      "C: .",
      "S: 250 ok",
    ]);
  });
  it("keeps DATA back where all have to be accepted", () => {
    const { said, result } = play(transaction({ ...to("a", "b"), recipients: "all" }), [
      "250 m",
      "250 a",
      "450 b",
    ]);
    expect(client(said)).not.toContain("DATA");
    expect(result).toMatchObject({
      accepted: [],
      refused: [{ mailbox: box("b"), retry: "later" }],
    });
  });
  it("sends many recipients in several groups, DATA after them", () => {
    const names = Array.from({ length: 1200 }, (_item, index) => `n${index}`);
    const { said, result } = play(transaction(to(...names)), [
      "250 m",
      ...names.map(() => "250 r"),
      "354 go",
      "250 ok",
    ]);
    expect(result?.accepted).toHaveLength(1200);
    expect(said.findIndex((line) => line.startsWith("S:"))).toBe(1000);
  });
  it("goes by the first digit of the reply to DATA (§4.2.1)", () => {
    expect(
      play(transaction(to("a")), ["250 m", "250 a", "350 go", "250 ok"]).result?.accepted,
    ).toHaveLength(1);
  });
  it("ends a needless 354 with the lone dot", () => {
    const { said, result } = play(transaction(to("a")), ["250 m", "550 a", "354 go", "250 odd"]);
    expect(client(said).at(-1)).toBe(".");
    expect(result).toMatchObject({ accepted: [], refused: [{ reply: { code: 550 } }] });
  });
  it.each([
    ["after the refusal", ["250 m", "550 a", "503 no"]],
    ["before the needless dot is answered", ["250 m", "550 a", "354 go"]],
    ["421 to the needless dot", ["250 m", "550 a", "354 go", "421 bye"]],
  ])("reports a refusal although the line is cut: %s", (_title, lines) => {
    const { result, error } = play(transaction(to("a")), lines);
    expect(error).toBeUndefined();
    expect(result?.refused).toHaveLength(1);
  });
  it.each([
    [["550 5.7.1 no", "503 x", "503 x"], "SMTP_SENDER_REFUSED", "no"],
    [["450 later", "503 x", "354 go", "554 x"], "SMTP_SENDER_REFUSED", "later"],
    [["250 m", "250 a", "451 later"], "SMTP_DATA_REFUSED", "later"],
    [["250 m", "250 a", "354 go", "554 spam"], "SMTP_DATA_REFUSED", "no"],
    [["250 m", "250 a", "354 go", "421 4.7.28 slow down"], "SMTP_DATA_REFUSED", "later"],
  ])("%j is %s, retry %s", (lines, code, retry) => {
    expect(play(transaction(to("a")), lines).error).toMatchObject({ code, retry });
  });
  const chunked = { content: "chunks" } as const;
  it("sends chunks behind the accepted envelope, without asking (RFC 3030 §2)", () => {
    const { said, result } = play(transaction({ ...to("a", "b"), ...chunked, recipients: "all" }), [
      ...["250 m", "250 a", "250 b", "250 ok"],
    ]);
    expect(said.slice(6)).toEqual(["C: BDAT 1 LAST", "C: …", "S: 250 ok"]);
    expect(result).toMatchObject({ reply: { text: "ok" }, unknown: [] });
  });
  it("sends no chunk where all have to be accepted and one is not", () => {
    const { said, result } = play(transaction({ ...to("a", "b"), ...chunked, recipients: "all" }), [
      ...["250 m", "250 a", "550 b"],
    ]);
    expect(client(said)).not.toContain("BDAT 1 LAST");
    expect(result).toMatchObject({ accepted: [], refused: [{ mailbox: box("b") }] });
  });
  const eager = { ...chunked, flight: "eager" } as const;
  it("sends envelope and content in one flight when it is eager", () => {
    const { said, result } = play(transaction({ ...to("a", "b"), ...eager }), [
      ...["250 m", "250 a", "550 b", "250 ok"],
    ]);
    expect(said.slice(0, 5).every((line) => line.startsWith("C:"))).toBe(true);
    expect(result).toMatchObject({
      accepted: [{ mailbox: box("a") }],
      refused: [{ mailbox: box("b") }],
    });
  });
  it("commits an eager flight with an empty last chunk once all are accepted", () => {
    const { said, result } = play(transaction({ ...to("a", "b"), ...eager, recipients: "all" }), [
      ...["250 m", "250 a", "250 b", "250 chunk", "250 ok"],
    ]);
    expect(client(said).slice(3)).toEqual(["BDAT 1", "…", "BDAT 0 LAST"]);
    expect(result?.reply?.text).toBe("ok");
  });
  it("commits nothing when one of all is refused", () => {
    const { said, result, session } = play(
      transaction({ ...to("a", "b"), ...eager, recipients: "all" }),
      ["250 m", "250 a", "550 b", "250 chunk"],
    );
    expect(client(said)).not.toContain("BDAT 0 LAST");
    expect(result).toMatchObject({ accepted: [], refused: [{ mailbox: box("b") }] });
    expect(session.state).toBe("chunks"); // for RSET, or QUIT
  });
  it("reports a refusal of all, whatever is said to the content that nobody gets", () => {
    const { result } = play(transaction({ ...to("a"), ...eager }), ["250 m", "550 a", "250 odd"]);
    expect(result).toMatchObject({ accepted: [], refused: [{ reply: { code: 550 } }] });
  });
  it.each([
    ["before anything is answered", [], ["a", "b"], []],
    ["behind the sender", ["250 m"], ["a", "b"], []],
    ["behind a refusal", ["250 m", "550 a"], ["b"], ["a"]],
    ["behind the envelope", ["250 m", "550 a", "250 b"], ["b"], ["a"]],
  ])("says who is unknown when an eager flight is cut %s", (_title, lines, unknown, refused) => {
    const { result } = play(transaction({ ...to("a", "b"), ...eager }), lines);
    expect(result?.unknown).toEqual(unknown.map(box));
    expect(result?.refused.map(({ mailbox }) => mailbox)).toEqual(refused.map(box));
    expect(result).toMatchObject({ accepted: [], failure: { reason: { message: "cut" } } });
    expect(result).not.toHaveProperty("reply");
  });
  it.each([
    [["550 m"], "SMTP_SENDER_REFUSED"],
    [["250 m", "250 a", "250 b", "552 too much"], "SMTP_DATA_REFUSED"],
  ])("knows of an eager flight what is refused, cut or not: %j is %s", (lines, code) => {
    expect(play(transaction({ ...to("a", "b"), ...eager }), lines).error).toMatchObject({ code });
  });
  it("takes a refused recipient's word although the line is cut behind it", () => {
    const { result } = play(transaction({ ...to("a"), ...eager }), ["250 m", "550 a"]);
    expect(result).toMatchObject({
      accepted: [],
      refused: [{ reply: { code: 550 } }],
      unknown: [],
    });
  });
  it("says in LMTP for each who has it (RFC 2033 §4.2)", () => {
    const session = readySession({ protocol: "lmtp" });
    const lines = ["250 m", "250 a", "550 b", "250 c", "354 go", "250 a has it", "450 c is full"];
    const { result } = play(transaction({ ...to("a", "b", "c"), lmtp: true }), lines, session);
    expect(result).toMatchObject({
      accepted: [{ mailbox: box("a"), reply: { text: "a has it" } }],
      refused: [
        { mailbox: box("b"), retry: "no" },
        { mailbox: box("c"), retry: "later" },
      ],
      unknown: [],
    });
  });
  it.each([
    ["is cut", ["250 a has it"]],
    ["closes", ["250 a has it", "421 bye"]],
  ])("leaves in LMTP only those unknown who were not answered: the server %s", (_title, ends) => {
    const session = readySession({ protocol: "lmtp" });
    const lines = ["250 m", "250 a", "250 b", "250 c", "354 go", ...ends];
    const { result } = play(transaction({ ...to("a", "b", "c"), lmtp: true }), lines, session);
    expect(result?.accepted.map(({ mailbox }) => mailbox)).toEqual([box("a")]);
    expect(result?.refused.map(({ mailbox }) => mailbox)).toEqual(
      ends.slice(1).map(() => box("b")),
    );
    expect(result?.unknown.map(({ localPart }) => localPart)).toEqual(
      ends.length === 1 ? ["b", "c"] : ["c"],
    );
    expect(result?.failure).toBeDefined();
  });
  it("waits in LMTP for its chunks before the last one leaves", () => {
    const session = readySession({ protocol: "lmtp" });
    const lines = ["250 m", "250 a", "250 b", "250 chunk", "250 a", "250 b"];
    const dialog = transaction({ ...to("a", "b"), ...chunked, lmtp: true });
    const { said, result } = play(dialog, lines, session);
    expect(said.slice(6)).toEqual([
      ...["C: BDAT 1", "C: …", "S: 250 chunk", "C: BDAT 0 LAST", "S: 250 a", "S: 250 b"],
    ]);
    expect(result?.accepted).toHaveLength(2);
  });
  it("says RSET first where an earlier transaction was left open (RFC 5321 §4.1.1.5)", () => {
    const session = readySession();
    play(transaction(to("a")), ["250 m", "550 a", "503 no"], session);
    const lines = ["250 reset", "250 m", "250 a", "354 go", "250 ok"];
    const { said, result } = play(transaction({ ...to("a"), reset: true }), lines, session);
    expect(client(said).slice(0, 2)).toEqual(["RSET", "MAIL FROM:<>"]);
    expect(result?.accepted).toHaveLength(1);
  });
  it("says what is wished of reports only where DSN is offered (RFC 3461 §4)", () => {
    const wishing = envelope({
      reversePath: null,
      recipients: [{ mailbox: box("a"), notify: ["failure", "delay"] }],
    });
    const lines = ["250 m", "250 a", "354 go", "250 ok"];
    const said = (dsn: boolean) =>
      client(play(transaction({ ...to("a"), envelope: wishing, dsn }), lines).said)[1];
    expect(said(true)).toBe("RCPT TO:<a@example.org> NOTIFY=FAILURE,DELAY");
    expect(said(false)).toBe("RCPT TO:<a@example.org>");
  });

  it("says that a login is wanted where the server says 530 (RFC 4954 §6)", () => {
    expect(play(transaction(to("a")), ["530 5.7.0 x", "503 x", "503 x"]).error).toMatchObject({
      code: "SMTP_SENDER_REFUSED",
      hint: expect.stringContaining("login") as string,
    });
  });
  it("can be followed by another once it is reset", () => {
    const session = readySession();
    play(transaction(to("a")), ["250 m", "550 a", "503 no"], session);
    expect(session.state).toBe("mail");
    expect(play(reset(), ["250 ok"], session).error).toBeUndefined();
    expect(
      play(transaction(to("a")), ["250 m", "250 a", "354 go", "250 ok"], session).result?.accepted,
    ).toHaveLength(1);
  });
});

it("quit closes the session (RFC 5321 §4.1.1.10)", () => {
  const { said, session } = play(quit(), ["221 bye"]);
  expect(said).toEqual(["C: QUIT", "S: 221 bye"]);
  expect(session.state).toBe("closed");
});
