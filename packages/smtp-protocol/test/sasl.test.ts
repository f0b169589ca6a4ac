/** The mechanisms: RFC 2195, 4422, 4616, 5802, 7628, 7677, 9266. */
import { octetText, utf8, utf8Text } from "@letterwright/base/bytes";
import { base64Text, decodeBase64 } from "@letterwright/base/codec";
import type { ServerOffer } from "@letterwright/message";
import {
  authenticate,
  mechanisms,
  respond,
  type Channel,
  type Computation,
  type Credentials,
  type Mechanism,
} from "@letterwright/smtp-protocol";
import { ScramServer } from "@letterwright/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { computed, play, readySession } from "./transcript.ts";

const offer = (...names: readonly string[]): ServerOffer => ({
  keywords: new Map([["AUTH", names]]),
});
const b64 = (text: string): string => base64Text(utf8(text));
const ana: Credentials = { user: "ana", secret: "s3cret" };

/** Plays a login, with the nonce that is given. */
function loginWith(
  credentials: Credentials,
  offered: readonly string[],
  lines: readonly string[],
  { channel = {}, nonce = "" }: { readonly channel?: Channel; readonly nonce?: string } = {},
) {
  const compute = (computation: Computation): Uint8Array =>
    computation.kind === "random" && nonce !== "" ? decodeBase64(nonce) : computed(computation);
  return play(
    authenticate(credentials, offer(...offered), channel),
    lines,
    readySession(),
    compute,
  );
}

/** What the client said, decoded where it is base64. */
function clientOf(said: readonly string[]): readonly string[] {
  return said
    .filter((line) => line.startsWith("C: "))
    .map((line) => {
      const [verb, name, initial] = line.slice(3).split(" ");
      if (verb !== "AUTH") return verb === "*" ? "*" : octetText(decodeBase64(verb ?? ""));
      const text =
        initial === undefined || initial === "=" ? initial : octetText(decodeBase64(initial));
      return text === undefined ? `AUTH ${name}` : `AUTH ${name} ${text}`;
    });
}

describe("the examples of the RFCs", () => {
  // The nonces are printable as RFC 5802 §7 has it and not base64 of 18 octets as ours are: their
  // base64 prefix is what can be computed with.
  interface Example {
    readonly title: string;
    readonly mechanism: "SCRAM-SHA-1" | "SCRAM-SHA-256";
    readonly nonce: string;
    readonly serverFirst: string;
    readonly clientFinal: string;
    readonly serverFinal: string;
  }
  const examples: readonly Example[] = [
    {
      title: "SCRAM-SHA-1 (RFC 5802 §5)",
      mechanism: "SCRAM-SHA-1",
      nonce: "fyko+d2lbbFgONRv9qkxdawL",
      serverFirst: "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
      clientFinal:
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
      serverFinal: "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
    },
    {
      title: "SCRAM-SHA-256 (RFC 7677 §3)",
      mechanism: "SCRAM-SHA-256",
      nonce: "rOprNGfwEbeRWgbNEkqO",
      serverFirst:
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
      clientFinal:
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
      serverFinal: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
    },
  ];
  it.each(examples)("$title", ({ mechanism, nonce, serverFirst, clientFinal, serverFinal }) => {
    const { said, error } = loginWith(
      { user: "user", secret: "pencil", mechanism },
      [mechanism],
      [`334 ${b64(serverFirst)}`, `334 ${b64(serverFinal)}`, "235 in"],
      { nonce },
    );
    expect(error).toBeUndefined();
    expect(clientOf(said)).toEqual([`AUTH ${mechanism} n,,n=user,r=${nonce}`, clientFinal, ""]);
  });

  it("CRAM-MD5 (RFC 2195 §2)", () => {
    const { said, error } = loginWith(
      { user: "tim", secret: "tanstaaftanstaaf", mechanism: "CRAM-MD5" },
      ["CRAM-MD5"],
      [`334 ${b64("<1896.697170952@postoffice.reston.mci.net>")}`, "235 in"],
    );
    expect(error).toBeUndefined();
    expect(said).toEqual([
      "C: AUTH CRAM-MD5",
      "S: 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+",
      "C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw",
      "S: 235 in",
    ]);
  });

  it("OAUTHBEARER (RFC 7628 §4.1, by the host and port of RFC 4954)", () => {
    const { said } = loginWith(
      { user: "user@example.com", token: "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==" },
      ["OAUTHBEARER", "XOAUTH2", "PLAIN"],
      ["235 in"],
      { channel: { host: "server.example.com", port: 587 } },
    );
    expect(clientOf(said)).toEqual([
      "AUTH OAUTHBEARER n,a=user@example.com,\u0001host=server.example.com\u0001port=587\u0001auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\u0001\u0001",
    ]);
  });
  it("answers the error challenge of OAUTHBEARER with U+0001, and tells what it said (RFC 7628 §3.2.3)", () => {
    const { said, error } = loginWith(
      { user: "ana", token: "t0ken" },
      ["OAUTHBEARER"],
      [`334 ${b64('{"status":"invalid_token","echo":"t0ken"}')}`, "535 no t0ken here"],
    );
    expect(clientOf(said).at(-1)).toBe("\u0001");
    expect(error).toMatchObject({ code: "SMTP_AUTH_REFUSED", reply: { text: "no *** here" } });
    expect(String(error)).toContain("invalid_token");
    expect(String(error)).not.toContain("t0ken");
  });
});

/** Logs in at a server that answers each message of the client. */
function converse(
  credentials: Credentials,
  offered: readonly string[],
  channel: Channel,
  answer: (message: string, turn: number) => string,
) {
  const dialog = authenticate(credentials, offer(...offered), channel);
  const session = readySession();
  const heard: string[] = [];
  const commands: string[] = [];
  try {
    let turn = dialog.next();
    while (turn.done !== true) {
      const step = turn.value;
      if (step.kind === "compute") {
        step.take(computed(step.computation));
        turn = dialog.next({ replies: [] });
        continue;
      }
      if (step.kind !== "flight") throw new Error(step.kind);
      const [command] = step.commands;
      if (command?.verb !== "AUTH" && command?.verb !== "RESPONSE") throw new Error("not a login");
      session.send(command);
      commands.push(command.verb === "AUTH" ? command.mechanism : command.text);
      const text = command.verb === "AUTH" ? (command.initialResponse ?? "") : command.text;
      const message = text === "*" ? "*" : utf8Text(decodeBase64(text));
      heard.push(message);
      const line = answer(message, heard.length - 1);
      const answered = session.receive(utf8(`${line}\r\n`));
      turn = dialog.next({ replies: answered.map(({ reply }) => reply) });
    }
    return { error: undefined, heard, commands };
  } catch (error) {
    return { error, heard, commands };
  }
}

describe("SCRAM with any user and password (RFC 5802 §5.1)", () => {
  it.each([
    ["SCRAM-SHA-1", "sha1"],
    ["SCRAM-SHA-256", "sha256"],
  ] as const)("%s: the proof is right, and only for the right password", (mechanism, hash) => {
    const text = fc.string({ unit: "grapheme-ascii", minLength: 1 });
    fc.assert(
      fc.property(text, text, text, (user, password, other) => {
        const server = new ScramServer(hash, password);
        const replies = (secret: string) =>
          converse({ user, secret }, [mechanism], {}, (message, turn) => {
            if (turn === 0) return `334 ${b64(server.first(message))}`;
            if (turn === 1) return `334 ${b64(server.final(message))}`;
            return message === "" && secret === password ? "235 in" : "535 no";
          });
        const right = replies(password);
        expect(right.error).toBeUndefined();
        expect(right.heard[0]).toContain(
          `n,,n=${user.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=`,
        );
        if (other !== password) {
          expect(replies(other).error).toMatchObject({ code: "SMTP_AUTH_REFUSED" });
        }
      }),
      { numRuns: 20 },
    );
  });

  it("binds to the TLS connection where both can (RFC 9266 §2)", () => {
    const server = new ScramServer("sha256", "s3cret");
    const offered = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];
    const exporter = new Uint8Array(32).fill(1);
    const login = (bound: Uint8Array) =>
      converse(ana, offered, { canBind: true, isVerified: true }, (message, turn) => {
        if (turn === 0) return `334 ${b64(server.first(message))}`;
        const final = turn === 1 ? server.final(message, bound) : "";
        if (turn === 1 && final.startsWith("v=")) return `334 ${b64(final)}`;
        return turn === 2 ? "235 in" : "535 no";
      });
    const { error, commands, heard } = login(exporter);
    expect(error).toBeUndefined();
    expect(commands[0]).toBe("SCRAM-SHA-256-PLUS");
    expect(heard[0]).toMatch(/^p=tls-exporter,,n=ana,r=/);
    // Somebody in between has another connection, and so other octets.
    expect(login(new Uint8Array(32).fill(2)).error).toMatchObject({ code: "SMTP_AUTH_REFUSED" });
  });

  it.each([
    ["n", "cannot bind", false, ["SCRAM-SHA-256"], undefined],
    ["y", "could bind, and the server does not offer it", true, ["SCRAM-SHA-256"], undefined],
    [
      "n",
      "could bind, and the user does not want it",
      true,
      ["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"],
      "SCRAM-SHA-256",
    ],
  ] as const)(
    "says %s where the client %s (RFC 5802 §6)",
    (flag, _title, canBind, offered, mechanism) => {
      const { heard } = converse(
        { ...ana, ...(mechanism === undefined ? {} : { mechanism }) },
        offered,
        { canBind },
        () => "535 no",
      );
      expect(heard[0]?.slice(0, 3)).toBe(`${flag},,`);
    },
  );

  it("says whom to act as", () => {
    const who = { ...ana, authorizationIdentity: "a=b,c" };
    const { heard } = converse(who, ["SCRAM-SHA-1"], {}, () => "535 no");
    expect(heard[0]).toContain("n,a=a=3Db=2Cc,n=ana,r=");
  });
});

describe("a server that cheats at SCRAM", () => {
  const first = (change: (message: string) => string) => (message: string, turn: number) =>
    turn === 0
      ? `334 ${b64(change(new ScramServer("sha256", "s3cret").first(message)))}`
      : "501 cancelled";
  const rows: readonly [string, (message: string, turn: number) => string][] = [
    ["takes another nonce", first((text) => text.replace("r=", "r=x"))],
    ["adds nothing to the nonce", first((text) => text.replace("server,", ","))],
    ["wants one iteration", first((text) => text.replace("i=4096", "i=1"))],
    ["wants iterations for minutes", first((text) => text.replace("i=4096", "i=999999999"))],
    ["wants half an iteration", first((text) => text.replace("i=4096", "i=4096.5"))],
    ["wants ever so many iterations", first((text) => text.replace("i=4096", "i=1e99"))],
    ["gives no salt", first((text) => text.replace(/s=[^,]*/, "s="))],
    ["gives a salt that is no base64", first((text) => text.replace(/s=[^,]*/, "s=%"))],
    ["gives a giant salt", first((text) => text.replace(/s=[^,]*/, `s=${b64("x".repeat(2000))}`))],
    ["wants an extension", first((text) => `m=x,${text}`)],
    ["turns the order", first((text) => text.split(",").toReversed().join(","))],
    ["says nothing", first(() => "")],
    ["answers in plain text", (_text, turn) => (turn === 0 ? "334 what?" : "501 cancelled")],
  ];
  it.each(rows)("%s: it is told that this is over", (_title, answer) => {
    const { error, heard } = converse(ana, ["SCRAM-SHA-256", "PLAIN"], {}, answer);
    expect(error).toMatchObject({ code: "SMTP_AUTH_CHALLENGE_INVALID" });
    expect(heard.slice(1)).toEqual(["*"]);
    expect(String(error)).not.toContain("s3cret");
  });

  const server = () => new ScramServer("sha256", "s3cret");
  const unproven: readonly [string, (known: ScramServer, final: string, turn: number) => string][] =
    [
      ["grants at once", (_known, _final, turn) => (turn === 0 ? "235 in" : "501 no")],
      ["grants without a signature", (_known, _final, turn) => (turn === 1 ? "235 in" : "501 no")],
      [
        "gives a wrong signature",
        (_known, _final, turn) =>
          turn === 1 ? `334 ${b64(`v=${b64("x".repeat(32))}`)}` : "501 no",
      ],
      [
        "gives half a signature",
        (known, final, turn) =>
          turn === 1 ? `334 ${b64(known.final(final).slice(0, 14))}` : "501 no",
      ],
      [
        "gives an error, and grants",
        (_known, _final, turn) =>
          turn === 1 ? `334 ${b64("e=other-error")}` : turn === 2 ? "235 in" : "501 no",
      ],
    ];
  it.each(unproven)("%s: nothing is sent to it", (_title, answer) => {
    const known = server();
    const { error } = converse(ana, ["SCRAM-SHA-256"], {}, (message, turn) => {
      const given = answer(known, message, turn);
      return turn === 0 && !given.startsWith("2") ? `334 ${b64(known.first(message))}` : given;
    });
    expect(error).toMatchObject({ code: "SMTP_AUTH_SERVER_UNPROVEN" });
  });

  it("is heard when it says why it refuses (RFC 5802 §7)", () => {
    const known = server();
    const { error } = converse(
      { ...ana, secret: "wrong" },
      ["SCRAM-SHA-256"],
      {},
      (message, turn) =>
        turn === 0
          ? `334 ${b64(known.first(message))}`
          : turn === 1
            ? `334 ${b64(known.final(message))}`
            : "535 5.7.8 no",
    );
    expect(error).toMatchObject({ code: "SMTP_AUTH_REFUSED", reply: { code: 535 } });
    expect(String(error)).toContain("invalid-proof");
  });

  it("gets nothing but a typed error, whatever it says", () => {
    const part = fc.constantFrom("r=", "s=", "i=4096", "v=", "e=", "m=", ",", "=", "x", "\0", "é");
    const challenge = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((parts) => b64(parts.join(""))),
      fc.string({ unit: "grapheme-ascii" }),
    );
    const line = fc.oneof(
      challenge.map((text) => `334 ${text}`),
      fc.constantFrom("235 in", "535 no", "454 later"),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...mechanisms),
        fc.array(line, { maxLength: 6 }),
        (mechanism, lines) => {
          const left = [...lines];
          const { error } = converse(
            { ...ana, mechanism },
            [mechanism.name],
            { canBind: true },
            () => left.shift() ?? "535 no",
          );
          if (error === undefined) expect(mechanism.name).not.toContain("SCRAM");
          else expect(error).toHaveProperty("code", expect.stringMatching(/^SMTP_AUTH_/));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("which mechanism", () => {
  const password = [
    "CRAM-MD5",
    "LOGIN",
    "PLAIN",
    "SCRAM-SHA-1",
    "SCRAM-SHA-256",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256-PLUS",
    "OAUTHBEARER",
    "EXTERNAL",
    "NTLM",
  ];
  const tls: Channel = { isVerified: true, canBind: true };
  const without = (...names: readonly string[]) => password.filter((name) => !names.includes(name));
  const rows: readonly [string, readonly string[], Channel, Partial<Credentials>, string][] = [
    ["the strongest", password, tls, {}, "SCRAM-SHA-256-PLUS"],
    ["bound before a longer hash", without("SCRAM-SHA-256-PLUS"), tls, {}, "SCRAM-SHA-1-PLUS"],
    ["unbound before TLS 1.3", password, { isVerified: true }, {}, "SCRAM-SHA-256"],
    ["SHA-1 where there is no more", ["SCRAM-SHA-1", "PLAIN"], tls, {}, "SCRAM-SHA-1"],
    ["PLAIN before CRAM-MD5 at a verified server", ["CRAM-MD5", "PLAIN"], tls, {}, "PLAIN"],
    ["CRAM-MD5 at a server nobody verified", ["LOGIN", "PLAIN", "CRAM-MD5"], {}, {}, "CRAM-MD5"],
    ["no CRAM-MD5 without MD5", ["CRAM-MD5", "LOGIN"], { lacks: ["MD5"] }, {}, "LOGIN"],
    [
      "what is allowed, in that order",
      password,
      tls,
      { mechanism: ["NTLM" as "PLAIN", "LOGIN"].slice(1) as ["LOGIN"] },
      "LOGIN",
    ],
    [
      "the first that is offered of those allowed",
      ["PLAIN", "LOGIN"],
      tls,
      { mechanism: ["SCRAM-SHA-256", "LOGIN", "PLAIN"] },
      "LOGIN",
    ],
  ];
  it.each(rows)("%s", (_title, offered, channel, changes, chosen) => {
    const { commands } = converse({ ...ana, ...changes }, offered, channel, () => "535 no");
    expect(commands).toEqual([chosen]);
  });
  it.each([
    [["OAUTHBEARER", "XOAUTH2", "PLAIN"], "OAUTHBEARER"],
    [["XOAUTH2", "PLAIN"], "XOAUTH2"],
  ])("a token goes by %j with %s", (offered, chosen) => {
    const { commands } = converse({ user: "ana", token: "t" }, offered, tls, () => "535 no");
    expect(commands[0]).toBe(chosen);
  });
  it("sends a token by no mechanism for passwords, nor a password by one for tokens", () => {
    const token = converse({ user: "ana", token: "t" }, ["PLAIN"], tls, () => "535 no");
    expect(token).toMatchObject({ error: { code: "SMTP_AUTH_NO_MECHANISM" }, heard: [] });
    const secret = converse(ana, ["XOAUTH2"], tls, () => "535 no");
    expect(secret).toMatchObject({
      error: { code: "SMTP_AUTH_NO_MECHANISM", hint: expect.stringContaining("`token`") as string },
      heard: [],
    });
  });
  it("tries no weaker one after 535, nor after 504", () => {
    for (const reply of [
      "535 5.7.8 no",
      "504 5.5.4 what?",
      "534 5.7.9 too weak",
      "454 4.7.0 later",
    ]) {
      const { commands, error } = converse(ana, password, tls, () => reply);
      expect(commands).toEqual(["SCRAM-SHA-256-PLUS"]);
      expect(error).toMatchObject({
        code: "SMTP_AUTH_REFUSED",
        hint: expect.any(String) as string,
      });
    }
  });
});

describe("EXTERNAL (RFC 4422 appendix A)", () => {
  it.each([
    [{ mechanism: "EXTERNAL" as const }, "C: AUTH EXTERNAL ="],
    [{ mechanism: "EXTERNAL" as const, user: "ana" }, `C: AUTH EXTERNAL ${b64("ana")}`],
  ])("%j is %s", (credentials, line) => {
    expect(loginWith(credentials, ["EXTERNAL", "PLAIN"], ["235 in"]).said[0]).toBe(line);
  });
  it("is never taken by itself", () => {
    expect(loginWith(ana, ["EXTERNAL"], []).error).toMatchObject({
      code: "SMTP_AUTH_NO_MECHANISM",
    });
  });
});

describe("PLAIN (RFC 4616 §2)", () => {
  it("is not granted by a 354", () => {
    const { error, said } = loginWith(ana, ["PLAIN"], ["354 go", "501 cancelled"]);
    expect(error).toMatchObject({ code: "SMTP_AUTH_CHALLENGE_INVALID" });
    expect(said.at(-2)).toBe("C: *");
  });
  it("says whom to act as", () => {
    const who: Credentials = { ...ana, authorizationIdentity: "bob" };
    expect(clientOf(loginWith(who, ["PLAIN"], ["235 in"]).said)).toEqual([
      "AUTH PLAIN bob\0ana\0s3cret",
    ]);
  });
});

describe("a mechanism of one's own", () => {
  const twice: Mechanism = {
    name: "X-TWICE",
    needs: { credential: "password" },
    revealsSecret: false,
    *exchange({ user, secret }) {
      const challenge = yield* respond(undefined);
      yield* respond(utf8(`${user}:${challenge?.length}:${secret.length}`));
    },
  };
  it("is a value like those of the package", () => {
    const { said, error } = loginWith(
      { ...ana, mechanism: [twice, "PLAIN"] },
      ["PLAIN", "X-TWICE"],
      [`334 ${b64("four")}`, "235 in"],
    );
    expect(error).toBeUndefined();
    expect(clientOf(said)).toEqual(["AUTH X-TWICE", "ana:4:6"]);
  });
  it("is told of a login that was granted too early, and cannot pass over it", () => {
    expect(loginWith({ ...ana, mechanism: twice }, ["X-TWICE"], ["235 in"]).error).toMatchObject({
      code: "SMTP_AUTH_CHALLENGE_INVALID",
    });
  });
  it.each(["", "lower", "X Y", "X\r\nQUIT", "X".repeat(21)])("cannot be named %j", (name) => {
    const mechanism = { ...twice, name };
    expect(loginWith({ ...ana, mechanism }, [name.toUpperCase()], []).error).toMatchObject({
      code: "SMTP_MECHANISM_INVALID",
    });
  });
  it("has to be known when it is only named", () => {
    const mechanism = "NTLM" as "PLAIN";
    expect(loginWith({ ...ana, mechanism }, ["NTLM"], []).error).toMatchObject({
      code: "SMTP_MECHANISM_INVALID",
    });
  });
});

describe("credentials that cannot be sent", () => {
  const lone = "\ud800";
  it.each([
    ["a lone surrogate", { user: "ana", secret: lone }, "PLAIN"],
    ["NUL", { user: "ana", secret: "a\0b" }, "CRAM-MD5"],
    ["a line end in a password", { user: "ana", secret: "s3cret\n" }, "SCRAM-SHA-256"],
    ["a line end in a token", { user: "ana", token: "t0ken\n" }, "OAUTHBEARER"],
    ["a blank in a token", { user: "ana", token: "t 0" }, "XOAUTH2"],
    ["NUL in whom to act as", { ...ana, authorizationIdentity: "a\0b" }, "PLAIN"],
    ["no user", { secret: "s3cret" }, "PLAIN"],
  ] as const)("%s: nothing is said", (_title, credentials, name) => {
    const { error, said } = loginWith(credentials, [name], []);
    expect(error).toMatchObject({ code: "SMTP_CREDENTIALS_INVALID" });
    expect(said).toEqual([]);
    expect(String(error)).not.toMatch(/s3cret|t0ken/);
  });
});

describe("SASLprep (RFC 4013 §3)", () => {
  const passwordUsed = (secret: string): string => {
    let used = "";
    const session = readySession();
    play(
      authenticate({ user: "u", secret }, offer("SCRAM-SHA-1")),
      [`334 ${b64(`r=${b64("\0".repeat(18))}x,s=${b64("salt")},i=4096`)}`],
      session,
      (computation) => {
        if (computation.kind === "pbkdf2") used = utf8Text(computation.password);
        return computed(computation);
      },
    );
    return used;
  };
  it.each([
    ["I\u00adX", "IX", "SOFT HYPHEN mapped to nothing"],
    ["user", "user", "no transformation"],
    ["USER", "USER", "case preserved"],
    ["\u00aa", "a", "output is NFKC"],
    ["\u2168", "IX", "output is NFKC, will match the first"],
    ["a\u00a0b\u3000c", "a b c", "other spaces are SPACE"],
    ["pass word: ü", "pass word: ü", "composed stays"],
    ["u\u0308", "ü", "decomposed is composed"],
  ])("%j becomes %j: %s", (given, prepared) => {
    expect(passwordUsed(given)).toBe(prepared);
  });
  it("prohibits U+0007", () => {
    expect(loginWith({ user: "u", secret: "\u0007" }, ["SCRAM-SHA-1"], []).error).toMatchObject({
      code: "SMTP_CREDENTIALS_INVALID",
    });
  });
});
