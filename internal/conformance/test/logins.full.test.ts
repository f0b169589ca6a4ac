/**
 * Logins at servers that are not ours: every mechanism of Cyrus SASL (Postfix) and of Dovecot that this project speaks, tokens
 * from an authorization server, client certificates; and Debian's proxies on the way.
 */
import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { envelope, mailbox } from "@letterwright/message";
import { createAuthority } from "@letterwright/receiver/certificates";
import { smtpTransport, type SmtpAuth, type SmtpEvent, type SmtpOptions } from "@letterwright/smtp";
import { oauthTokens } from "@letterwright/smtp/oauth";
import { createTlsContext, type TlsContextOptions } from "@letterwright/tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bearer, oauthServer } from "../src/oauth-server.ts";
import { postfixUser, startPostfix, type RunningPostfix } from "../src/postfix.ts";
import { dovecotIsMissing, startDovecot } from "../src/servers/dovecot.ts";
import {
  proxiesAreMissing,
  proxyUser,
  startMicrosocks,
  startTinyproxy,
  type DebianProxy,
} from "../src/servers/proxies.ts";
import { serverUser, type RunningServer } from "../src/servers/running-server.ts";

const isRoot = process.getuid?.() === 0;
const lacksPostfix = !isRoot || !existsSync("/usr/sbin/saslpasswd2");

/** Logs in, and gives what was told. */
async function attempt(
  port: number,
  caFile: string,
  auth: SmtpAuth,
  more: { readonly options?: Partial<SmtpOptions>; readonly context?: TlsContextOptions } = {},
) {
  const events: SmtpEvent[] = [];
  const transport = smtpTransport({
    host: "127.0.0.1",
    port,
    tls: "starttls",
    tlsContext: createTlsContext({ caFiles: [caFile], trust: "none", ...more.context }),
    auth,
    onEvent: (event) => events.push(event),
    ...more.options,
  });
  const error: unknown = await transport.verify().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await transport.close();
  const commands = events.flatMap((event) => (event.kind === "command" ? [event.line] : []));
  return { error, chosen: commands.find((line) => line.startsWith("AUTH"))?.split(" ")[1], events };
}

describe.skipIf(lacksPostfix)("Postfix with Cyrus SASL", () => {
  let postfix: RunningPostfix;
  beforeAll(async () => {
    postfix = await startPostfix({}, "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256");
  }, 60_000);
  afterAll(() => postfix?.stop());
  const { user, password: secret } = postfixUser;

  it("is logged into by the strongest that it offers, without being asked to", async () => {
    const { error, chosen } = await attempt(postfix.starttlsPort, postfix.caFile, { user, secret });
    expect(error, postfix.log()).toBeUndefined();
    expect(chosen).toBe("SCRAM-SHA-256");
  });
  it.each(["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"] as const)(
    "%s: the right password, and a wrong one",
    async (mechanism) => {
      const right = { user, secret, mechanism };
      const { error, events } = await attempt(postfix.starttlsPort, postfix.caFile, right);
      expect(error, postfix.log()).toBeUndefined();
      expect(JSON.stringify(events)).not.toContain(secret);
      const wrong = { user, secret: "wr0ng", mechanism };
      expect((await attempt(postfix.starttlsPort, postfix.caFile, wrong)).error).toMatchObject({
        code: "SMTP_AUTH_REFUSED",
        reply: { code: 535 },
      });
    },
    30_000,
  );

  describe.skipIf(proxiesAreMissing())("behind a proxy of Debian's", () => {
    const kinds = [
      ["socks5", startMicrosocks],
      ["http", startTinyproxy],
    ] as const;
    it.each(kinds)(
      "%s: a message arrives",
      async (scheme, start) => {
        const proxy: DebianProxy = await start();
        try {
          const url = `${scheme}://${proxyUser.user}@127.0.0.1:${proxy.port}`;
          const transport = smtpTransport({
            host: "127.0.0.1",
            port: postfix.implicitPort,
            tls: "implicit",
            tlsContext: createTlsContext({ caFiles: [postfix.caFile], trust: "none" }),
            auth: { user, secret },
            proxy: { url, secret: proxyUser.password },
          });
          const body = new TextEncoder().encode("through\r\n");
          const receipt = await transport.send(
            {
              fields: [
                { name: "Subject", bytes: new TextEncoder().encode(`Subject: ${scheme}\r\n`) },
              ],
              separator: new TextEncoder().encode("\r\n"),
              body: {
                byteLength: body.length,
                bytes: body,
                open: async function* () {
                  yield body;
                },
              },
              requires: new Set(),
            },
            envelope({
              reversePath: mailbox({ localPart: "ana", domain: "example.org" }),
              recipients: [mailbox({ localPart: "bob", domain: "example.org" })],
            }),
          );
          expect(receipt.protection).toMatchObject({ verifiedName: "127.0.0.1" });
          const [stored] = await postfix.delivered(1);
          expect(Buffer.from(stored ?? []).toString()).toContain(`Subject: ${scheme}\n`);
          await transport.close();

          const refused = await attempt(
            postfix.implicitPort,
            postfix.caFile,
            { user, secret },
            { options: { tls: "implicit", proxy: { url, secret: "wr0ng" } } },
          );
          expect(refused.error, proxy.log()).toMatchObject({ code: "SMTP_PROXY_AUTH_REFUSED" });
          const nobody = await attempt(
            1,
            postfix.caFile,
            { user, secret },
            { options: { proxy: { url, secret: proxyUser.password } } },
          );
          expect(nobody.error, proxy.log()).toMatchObject({ code: "SMTP_PROXY_REFUSED" });
        } finally {
          await proxy.stop();
        }
      },
      60_000,
    );
  });
});

describe.skipIf(!isRoot || dovecotIsMissing())("Dovecot", () => {
  const tokenKey = new Uint8Array(32).fill(7);
  let dovecot: RunningServer;
  let identity: { readonly certificate: string; readonly key: string };
  beforeAll(async () => {
    const authority = await createAuthority();
    const { chain, key } = await authority.issue({
      names: ["ana.example.org"],
      commonName: serverUser.user,
      usage: "client",
    });
    identity = { certificate: chain, key };
    dovecot = await startDovecot(1, {
      mechanisms: "cram-md5 scram-sha-1 scram-sha-256 oauthbearer xoauth2 external",
      tokenKey,
      clientAuthority: authority.certificate,
    });
  }, 60_000);
  afterAll(() => dovecot?.stop());

  const port = (): number => dovecot.ports.starttls ?? 0;
  const { user, password: secret } = serverUser;

  /** An access token as an authorization server signs it (RFC 7519, HS256). */
  const jwt = (sub: string, lifeSeconds: number): string => {
    const now = Math.floor(Date.now() / 1000);
    const parts = [
      { alg: "HS256", typ: "JWT" },
      { sub, iat: now - 60, nbf: now - 60, exp: now + lifeSeconds },
    ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    const signed = parts.join(".");
    return `${signed}.${createHmac("sha256", tokenKey).update(signed).digest("base64url")}`;
  };

  it("is logged into by the strongest that it offers, without being asked to", async () => {
    const { error, chosen } = await attempt(port(), dovecot.caFile, { user, secret });
    expect(error, dovecot.log()).toBeUndefined();
    expect(chosen).toBe("SCRAM-SHA-256");
  });
  it.each(["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"] as const)(
    "%s: the right password, and a wrong one",
    async (mechanism) => {
      const right = { user, secret, mechanism };
      expect((await attempt(port(), dovecot.caFile, right)).error, dovecot.log()).toBeUndefined();
      const wrong = { user, secret: "wr0ng", mechanism };
      expect((await attempt(port(), dovecot.caFile, wrong)).error).toMatchObject({
        code: "SMTP_AUTH_REFUSED",
        reply: { code: 535 },
      });
    },
    30_000,
  );
  it.each(["OAUTHBEARER", "XOAUTH2"] as const)(
    "%s: a token from an authorization server, renewed when it is refused",
    async (mechanism) => {
      const tokens = [jwt(user, -30), jwt(user, 300)];
      await using oauth = await oauthServer((_request, number) => bearer(tokens[number] ?? ""));
      const token = oauthTokens({
        provider: oauth.provider,
        client: { id: "app" },
        grant: { kind: "refresh-token", refreshToken: "r" },
        tlsContext: createTlsContext({ ca: oauth.ca, trust: "none" }),
      });
      const { error } = await attempt(port(), dovecot.caFile, { user, token, mechanism });
      expect(error, dovecot.log()).toBeUndefined();
      expect(oauth.requests).toHaveLength(2);
      const other = { user, token: jwt("eve@example.org", 300), mechanism };
      const refused = await attempt(port(), dovecot.caFile, other);
      expect(refused.error).toMatchObject({ code: "SMTP_AUTH_REFUSED" });
      expect(String(refused.error)).not.toContain(other.token);
    },
    60_000,
  );
  it("takes OAUTHBEARER where a token is given, without being asked to", async () => {
    const { error, chosen } = await attempt(port(), dovecot.caFile, {
      user,
      token: jwt(user, 300),
    });
    expect(error, dovecot.log()).toBeUndefined();
    expect(chosen).toBe("OAUTHBEARER");
  });
  it("knows who shows a client certificate (EXTERNAL, RFC 4422 appendix A)", async () => {
    const auth = { mechanism: "EXTERNAL", user } as const;
    const known = await attempt(port(), dovecot.caFile, auth, { context: { identity } });
    expect(known.error, dovecot.log()).toBeUndefined();
    const unknown = await attempt(port(), dovecot.caFile, auth);
    expect(unknown.error).toMatchObject({ code: expect.stringMatching(/^SMTP_AUTH_/) as string });
  }, 30_000);
});
