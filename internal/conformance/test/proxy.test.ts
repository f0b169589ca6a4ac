/** Mail through a proxy: the proxy finds the server, TLS is with the server, and the password stays between the two. */
import { createServer, type AddressInfo } from "node:net";
import { envelope, mailbox } from "@letterwright/message";
import { secret } from "@letterwright/base/secret";
import { createAuthority } from "@letterwright/receiver/certificates";
import { smtpTransport, type SmtpEvent, type SmtpOptions } from "@letterwright/smtp";
import { createTlsContext } from "@letterwright/tls";
import { describe, expect, it } from "vitest";
import { loginServer } from "../src/login-server.ts";
import { httpProxy, socksProxy, type ProxyOptions } from "../src/proxies.ts";

const proxies = [
  ["http", httpProxy],
  ["socks5", socksProxy],
] as const;

/** Verifies settings through a proxy that knows `mail.example.test`, and gives how it ended. */
async function through(
  [scheme, start]: (typeof proxies)[number],
  behaviour: Partial<ProxyOptions> = {},
  changes: (port: number) => Partial<SmtpOptions> = () => ({}),
) {
  await using server = await loginServer("PLAIN", () => "235 in", { names: ["mail.example.test"] });
  await using proxy = await start({ hosts: { "mail.example.test": server.port }, ...behaviour });
  const events: SmtpEvent[] = [];
  const transport = smtpTransport({
    host: "mail.example.test",
    port: 465,
    tlsContext: createTlsContext({ ca: server.ca, trust: "none" }),
    proxy: `${scheme}://127.0.0.1:${proxy.port}`,
    onEvent: (event) => events.push(event),
    ...changes(proxy.port),
  });
  const outcome = await transport.verify().then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error }),
  );
  await transport.close();
  return {
    ...outcome,
    asked: [...proxy.asked],
    from: [...proxy.from],
    events,
    lines: [...server.lines],
  };
}

describe.each(proxies)("%s", (...proxy) => {
  const [scheme] = proxy;
  it("looks the name up at the proxy, and verifies the mail server by its own name", async () => {
    const { result, error, asked } = await through(proxy);
    expect(error).toBeUndefined();
    expect(result?.protection).toMatchObject({ kind: "tls", verifiedName: "mail.example.test" });
    expect(asked).toEqual(["mail.example.test:465"]);
  });

  it("trusts no server of another name that the proxy leads to", async () => {
    await using server = await loginServer("PLAIN", () => "235 in", {
      names: ["other.example.test"],
    });
    await using running = await proxy[1]({ hosts: { "mail.example.test": server.port } });
    const transport = smtpTransport({
      host: "mail.example.test",
      tlsContext: createTlsContext({ ca: server.ca, trust: "none" }),
      proxy: `${scheme}://127.0.0.1:${running.port}`,
    });
    await expect(transport.verify()).rejects.toMatchObject({ code: "TLS_NAME_MISMATCH" });
    expect(server.lines).toEqual([]);
  });

  it("loses nothing of a greeting that comes with the proxy's answer", async () => {
    const plain = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.write("220 early\r\n");
      socket.on("data", (chunk) => {
        socket.write(chunk.toString().startsWith("QUIT") ? "221 bye\r\n" : "250 ok\r\n");
      });
    });
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const { port } = plain.address() as AddressInfo;
    await using running = await proxy[1]({ hosts: { "mail.example.test": port } });
    const events: SmtpEvent[] = [];
    const transport = smtpTransport({
      host: "mail.example.test",
      port: 25,
      tls: "none",
      proxy: `${scheme}://127.0.0.1:${running.port}`,
      onEvent: (event) => events.push(event),
    });
    await transport.verify();
    expect(events).toContainEqual(expect.objectContaining({ kind: "reply", text: "early" }));
    plain.close();
  });

  it("sends a large message whole", async () => {
    await using server = await loginServer("PLAIN", () => "235 in");
    await using running = await proxy[1]({ hosts: { "127.0.0.1": server.port } });
    const transport = smtpTransport({
      host: "127.0.0.1",
      port: 2525,
      tls: "implicit",
      tlsContext: createTlsContext({ ca: server.ca, trust: "none" }),
      proxy: `${scheme}://127.0.0.1:${running.port}`,
    });
    const body = new TextEncoder().encode(`${"x".repeat(998)}\r\n`.repeat(3000));
    const bob = mailbox({ localPart: "bob", domain: "example.org" });
    await transport.send(
      {
        fields: [],
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
      envelope({ reversePath: null, recipients: [bob] }),
    );
    expect(server.lines.filter((line) => line === "x".repeat(998))).toHaveLength(3000);
    await transport.close();
  });

  describe("with a login", () => {
    const login = "ana:pass word: ü";
    it("shows the password, and keeps it out of events", async () => {
      const { error, events } = await through(proxy, { login }, (port) => ({
        proxy: { url: `${scheme}://ana@127.0.0.1:${port}`, secret: secret("pass word: ü") },
      }));
      expect(error).toBeUndefined();
      expect(JSON.stringify(events)).not.toContain("pass word");
    });
    it.each([
      ["a wrong one", "ana:wrong@"],
      ["none", ""],
    ])("is refused with %s", async (_title, userinfo) => {
      const { error, lines } = await through(proxy, { login }, (port) => ({
        proxy: `${scheme}://${userinfo}127.0.0.1:${port}`,
      }));
      expect(error).toMatchObject({
        code: "SMTP_PROXY_AUTH_REFUSED",
        stage: "connect",
        retry: "no",
        hint: expect.any(String) as string,
      });
      expect(lines).toEqual([]);
      // The library's own error carries the options it was given.
      expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain("wrong");
      expect((error as Error).cause).toBeUndefined();
    });
  });

  const rows: [string, Partial<ProxyOptions>, object][] = [
    ["does not know the host", { hosts: {} }, { code: "SMTP_PROXY_REFUSED", retry: "later" }],
    [
      "forbids it",
      { refusal: scheme === "http" ? 403 : 2 },
      { code: "SMTP_PROXY_REFUSED", retry: "no" },
    ],
    [
      "speaks something else",
      { nonsense: "220 mail.example.test ESMTP\r\n" },
      { code: "SMTP_PROXY_MALFORMED" },
    ],
    ["cuts the line", { cuts: true }, { code: "SMTP_PROXY_MALFORMED" }],
  ];
  if (scheme === "http") {
    rows.push([
      "wants a login, and says 401",
      { refusal: 401 },
      { code: "SMTP_PROXY_AUTH_REFUSED" },
    ]);
  }
  it.each(rows)("says that the proxy %s", async (_title, behaviour, wanted) => {
    const { error } = await through(proxy, behaviour);
    expect(error).toMatchObject({ ...wanted, stage: "connect" });
    expect(error).toHaveProperty("hint", expect.any(String));
  });

  it("is asked from the local address that is given", async () => {
    // All of 127.0.0.0/8 is this machine on Linux; elsewhere 127.0.0.1 alone.
    const localAddress = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1";
    const { error, from } = await through(proxy, {}, () => ({ localAddress }));
    expect(error).toBeUndefined();
    expect(from).toEqual([localAddress]);
  });

  it("says that no proxy is there", async () => {
    const { error } = await through(proxy, {}, () => ({ proxy: `${scheme}://127.0.0.1:1` }));
    expect(error).toMatchObject({ code: "SMTP_PROXY_UNREACHABLE", retry: "later" });
  });

  it("does not wait for one that stalls", async () => {
    const { error } = await through(proxy, { stalls: true }, () => ({
      timeouts: { connectMs: 100 },
    }));
    expect(error).toMatchObject({ code: "SMTP_TIMEOUT", stage: "connect" });
  });

  it("gives the proxy an address, where this machine is to look the name up", async () => {
    const { error, asked } = await through(proxy, {}, (port) => ({
      host: "localhost",
      proxy: { url: `${scheme}://127.0.0.1:${port}`, resolve: "local" },
    }));
    expect(error).toMatchObject({ code: "SMTP_PROXY_REFUSED" });
    expect(asked[0]).not.toContain("localhost");
  });
});

describe("https proxies", () => {
  it("are verified by their own name, and the mail server by its", async () => {
    const authority = await createAuthority();
    const { chain: cert, key } = await authority.issue({ names: ["127.0.0.1"] });
    const tlsContext = createTlsContext({ ca: authority.certificate, trust: "none" });
    const { error, result } = await through(
      ["http", httpProxy],
      { tls: { cert, key } },
      (port) => ({
        proxy: { url: `https://127.0.0.1:${port}`, tlsContext },
      }),
    );
    expect(error).toBeUndefined();
    expect(result?.protection).toMatchObject({ verifiedName: "mail.example.test" });
    const untrusted = await through(["http", httpProxy], { tls: { cert, key } }, (port) => ({
      proxy: `https://127.0.0.1:${port}`,
    }));
    expect(untrusted.error).toMatchObject({ code: "TLS_UNTRUSTED_ISSUER" });
  });
});

describe("settings of a proxy", () => {
  it.each([
    "127.0.0.1:1080",
    "ftp://proxy",
    "socks4://proxy",
    "http://",
    "http://proxy/path",
    "socks5://ana:secr%ZZet@proxy",
    "http://a%3Ab:secret@proxy",
    `socks5://ana:${"x".repeat(256)}@proxy`,
    { url: "socks5://proxy", secret: "secret" },
    { url: "socks5://ana:one@proxy", secret: "secret" },
    { url: "socks5://proxy", resolve: "never" as "local" },
  ])("%j is refused, and no password shown", (proxy) => {
    try {
      smtpTransport({ host: "h", proxy });
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "SMTP_PROXY_INVALID" });
      expect(String(error)).not.toMatch(/secret|xxx/);
    }
  });
});
