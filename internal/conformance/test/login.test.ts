/** Logins over real TLS: bound to the connection, with tokens that are renewed, and with nothing secret in what is told. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secret } from "@letterwright/base/secret";
import { smtpTransport, type SmtpAuth, type SmtpEvent, type TokenSource } from "@letterwright/smtp";
import { oauthTokens } from "@letterwright/smtp/oauth";
import { createTlsContext } from "@letterwright/tls";
import { ScramServer } from "@letterwright/testing";
import { describe, expect, it } from "vitest";
import { loginServer, type LoginAnswer, type LoginServer } from "../src/login-server.ts";
import { bearer, oauthServer } from "../src/oauth-server.ts";

const b64 = (text: string): string => Buffer.from(text).toString("base64");

/** SCRAM as RFC 5802 has it; bound by what this end of the TLS connection exports (RFC 9266). */
function scram(password: string): LoginAnswer {
  let server: ScramServer;
  return (message, turn, socket, mechanism) => {
    if (turn === 0) {
      server = new ScramServer(mechanism.includes("256") ? "sha256" : "sha1", password);
      return `334 ${b64(server.first(message))}`;
    }
    if (turn === 2) return "235 in";
    const bound = mechanism.endsWith("-PLUS")
      ? socket.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0))
      : Buffer.alloc(0);
    const final = server.final(message, bound);
    return final.startsWith("v=") ? `334 ${b64(final)}` : `535 5.7.8 ${final}`;
  };
}

async function loginAt(server: LoginServer, auth: SmtpAuth) {
  const events: SmtpEvent[] = [];
  const transport = smtpTransport({
    host: "127.0.0.1",
    port: server.port,
    tls: "implicit",
    tlsContext: createTlsContext({ ca: server.ca, trust: "none" }),
    auth,
    onEvent: (event) => events.push(event),
  });
  const error: unknown = await transport.verify().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await transport.close();
  return { error, told: JSON.stringify(events) };
}

describe("SCRAM over TLS", () => {
  it.each([
    ["SCRAM-SHA-1 PLAIN", undefined, "SCRAM-SHA-1"],
    ["PLAIN SCRAM-SHA-1 SCRAM-SHA-256", undefined, "SCRAM-SHA-256"],
    ["SCRAM-SHA-256 SCRAM-SHA-256-PLUS", undefined, "SCRAM-SHA-256-PLUS"],
    ["SCRAM-SHA-1-PLUS SCRAM-SHA-256", undefined, "SCRAM-SHA-1-PLUS"],
    ["SCRAM-SHA-256 SCRAM-SHA-256-PLUS", "TLSv1.2", "SCRAM-SHA-256"],
  ] as const)("%s, %s: %s", async (offered, maxVersion, chosen) => {
    await using server = await loginServer(offered, scram("pass word: ü"), {
      ...(maxVersion === undefined ? {} : { maxVersion }),
    });
    const { error, told } = await loginAt(server, { user: "ana", secret: "pass word: ü" });
    expect(error).toBeUndefined();
    expect(server.mechanisms).toEqual([chosen]);
    // Neither the client's messages nor the server's challenges: with them a password could be guessed at.
    const [, first = "", final = ""] = server.lines;
    for (const part of [first.split(" ").at(-1), final]) expect(told).not.toContain(part);
    expect(told).not.toMatch(/"(cj1|Yz1|dj1)/); // base64 of "r=", "c=", "v="
    expect(told).toContain('"code":334,"text":"***"');
  });
  it("tries nothing weaker when the password is wrong", async () => {
    await using server = await loginServer("PLAIN LOGIN SCRAM-SHA-256 CRAM-MD5", scram("right"));
    const { error } = await loginAt(server, { user: "ana", secret: "wr0ng" });
    expect(error).toMatchObject({ code: "SMTP_AUTH_REFUSED", retry: "no" });
    expect(server.mechanisms).toEqual(["SCRAM-SHA-256"]);
    expect(server.lines.join("\n")).not.toContain(b64("wr0ng"));
  });
});

it("names no port where there is none: OAUTHBEARER over a Unix socket (RFC 7628 §3.1)", async () => {
  const folder = mkdtempSync(join(tmpdir(), "letterwright-login-"));
  const socketPath = join(folder, "smtp");
  let heard = "";
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write("220 hi\r\n");
    socket.on("data", (chunk) => {
      const line = chunk.toString();
      heard += line;
      if (line.startsWith("EHLO")) socket.write("250-hi\r\n250 AUTH OAUTHBEARER\r\n");
      else socket.write(line.startsWith("QUIT") ? "221 bye\r\n" : "235 in\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const transport = smtpTransport({
    socketPath,
    dangerouslyAllowPlaintextAuth: true,
    auth: { user: "ana", token: "t0ken" },
  });
  await transport.verify();
  await transport.close();
  server.close();
  rmSync(folder, { recursive: true });
  const [, initial = ""] = /AUTH OAUTHBEARER (\S+)/.exec(heard) ?? [];
  const message = Buffer.from(initial, "base64").toString();
  expect(message).toContain("auth=Bearer t0ken");
  expect(message).not.toContain("port=");
});

describe("an OAuth token", () => {
  /** Takes one token only. */
  const takes =
    (good: string): LoginAnswer =>
    (message, turn) => {
      if (turn > 0) return "535 5.7.8 no";
      return message.includes(`auth=Bearer ${good}\u0001`)
        ? "235 in"
        : `334 ${b64('{"status":"invalid_token"}')}`;
    };

  it.each(["OAUTHBEARER", "XOAUTH2"])("is renewed once when it is refused: %s", async (name) => {
    await using oauth = await oauthServer((_request, number) => bearer(`t${number}`));
    await using server = await loginServer(`PLAIN ${name}`, takes("t1"));
    const token = oauthTokens({
      provider: oauth.provider,
      client: { id: "app" },
      grant: { kind: "refresh-token", refreshToken: "r" },
      tlsContext: createTlsContext({ ca: oauth.ca, trust: "none" }),
    });
    const { error, told } = await loginAt(server, { user: "ana", token });
    expect(error).toBeUndefined();
    expect(server.mechanisms).toEqual([name, name]);
    expect(oauth.requests).toHaveLength(2);
    expect(told).not.toContain("invalid_token");
  });
  it("is not renewed a second time", async () => {
    let count = 0;
    const token: TokenSource = { token: async () => secret(`t${count++}`) };
    await using server = await loginServer("XOAUTH2", takes("never"));
    const { error } = await loginAt(server, { user: "ana", token });
    expect(error).toMatchObject({ code: "SMTP_AUTH_REFUSED" });
    expect(count).toBe(2);
  });
  it("is not shown twice to a server when there is no other", async () => {
    const token: TokenSource = { token: async () => secret("same") };
    await using server = await loginServer("XOAUTH2", takes("never"));
    const { error } = await loginAt(server, { user: "ana", token });
    expect(error).toMatchObject({ code: "SMTP_AUTH_REFUSED" });
    expect(server.mechanisms).toHaveLength(1);
  });
  it("is not renewed for a server that is out of order", async () => {
    let count = 0;
    const token: TokenSource = { token: async () => secret(`t${count++}`) };
    await using server = await loginServer("XOAUTH2", () => "454 4.7.0 later");
    const { error } = await loginAt(server, { user: "ana", token });
    expect(error).toMatchObject({ code: "SMTP_AUTH_REFUSED", retry: "later" });
    expect(count).toBe(1);
  });
  it("may be text, or a function", async () => {
    await using server = await loginServer("XOAUTH2", takes("t0ken"));
    for (const token of ["t0ken", secret("t0ken"), async () => "t0ken"]) {
      expect((await loginAt(server, { user: "ana", token })).error).toBeUndefined();
    }
  });
  it("that cannot be had ends the login, with what the provider said", async () => {
    await using oauth = await oauthServer(() => ({
      status: 400,
      json: { error: "invalid_grant" },
    }));
    await using server = await loginServer("XOAUTH2", takes("t"));
    const token = oauthTokens({
      provider: oauth.provider,
      client: { id: "app" },
      grant: { kind: "refresh-token", refreshToken: "r" },
      tlsContext: createTlsContext({ ca: oauth.ca, trust: "none" }),
    });
    const { error } = await loginAt(server, { user: "ana", token });
    expect(error).toMatchObject({ code: "OAUTH_GRANT_REFUSED", error: "invalid_grant" });
    expect(server.mechanisms).toEqual([]);
  });
  it("and a password at once are one too many", () => {
    const auth = { user: "ana", secret: "s", token: "t" };
    expect(() => smtpTransport({ host: "h", auth })).toThrow(
      expect.objectContaining({ code: "SMTP_CREDENTIALS_INVALID" }),
    );
  });
});
