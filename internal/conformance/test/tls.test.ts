/** Real handshakes on loopback, with good certificates and bad ones. */
import {
  connect,
  createServer as createPlainServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { createServer, type TlsOptions } from "node:tls";
import {
  createAuthority,
  type CertificateAuthority,
  type IssuedCertificate,
} from "@letterwright/receiver/certificates";
import {
  connectTls,
  createTlsContext,
  describeConnection,
  type TlsContext,
} from "@letterwright/tls";
import { beforeAll, describe, expect, it } from "vitest";

const hour = 3_600_000;
let authority: CertificateAuthority;
let stranger: CertificateAuthority;
let good: IssuedCertificate;

beforeAll(async () => {
  [authority, stranger] = await Promise.all([
    createAuthority({ name: "Trusted" }),
    createAuthority({ name: "Stranger" }),
  ]);
  good = await authority.issue({
    names: ["mail.example.com", "*.wild.example.com", "127.0.0.1", "::1", "xn--exmple-cua.de"],
  });
});

/** One handshake: what it came to, or why it failed. */
async function handshake(
  host: string,
  server: TlsOptions | "plain" | "silent cut",
  context: TlsContext,
) {
  const sockets = new Set<Socket>();
  const listener: Server =
    server === "plain"
      ? createPlainServer((socket) => socket.end("220 mail.example.com ESMTP\r\n"))
      : server === "silent cut"
        ? createPlainServer((socket) => socket.once("data", () => socket.destroy()))
        : createServer({ ...server }, (socket) => socket.end());
  listener.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // the client cuts the line when it trusts nothing
  });
  listener.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  try {
    const socket = connect({ host: "127.0.0.1", port });
    await new Promise((resolve) => socket.once("connect", resolve));
    const secured = await connectTls(context, { socket, host, port });
    const report = describeConnection(secured);
    // A server that wants a client certificate says so after the handshake (RFC 8446 §4.4.2.4).
    secured.resume();
    await new Promise<void>((resolve, reject) => {
      secured.once("close", () => resolve());
      secured.once("error", reject);
    });
    return { report, error: undefined };
  } catch (error) {
    return { report: undefined, error };
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  }
}

const shown = ({ certificate, key }: IssuedCertificate): TlsOptions => ({ cert: certificate, key });
const trusting = (): TlsContext => createTlsContext({ ca: authority.certificate, trust: "none" });

describe("a certificate that is good", () => {
  it.each([
    ["a name", "mail.example.com"],
    ["a name in capitals", "MAIL.example.COM"],
    ["a wildcard's label (RFC 9525 §6.3)", "a.wild.example.com"],
    ["an IPv4 address", "127.0.0.1"],
    ["an IPv6 address, written another way", "0:0::1"],
    ["a U-label, checked as A-label", "exämple.de"],
  ])("is taken for %s", async (_title, host) => {
    const { report, error } = await handshake(host, shown(good), trusting());
    expect(error).toBeUndefined();
    expect(report).toMatchObject({ protocol: "TLSv1.3", verified: true, resumed: false });
    expect(report?.chain[0]?.names).toContain("mail.example.com");
  });
  it("is taken with TLS 1.2, the least there is", async () => {
    const { report } = await handshake(
      "mail.example.com",
      { ...shown(good), maxVersion: "TLSv1.2" },
      trusting(),
    );
    expect(report?.protocol).toBe("TLSv1.2");
  });
});

describe("a certificate that is bad", () => {
  const leaf = (names: readonly string[], days: readonly [number, number] = [-1, 24]) =>
    authority.issue({
      names,
      notBefore: new Date(Date.now() + days[0] * hour),
      notAfter: new Date(Date.now() + days[1] * hour),
    });
  const rows: readonly [
    title: string,
    server: () => Promise<TlsOptions | "plain" | "silent cut">,
    code: string,
  ][] = [
    [
      "expired",
      async () => shown(await leaf(["mail.example.com"], [-48, -24])),
      "TLS_CERTIFICATE_EXPIRED",
    ],
    [
      "not valid yet",
      async () => shown(await leaf(["mail.example.com"], [24, 48])),
      "TLS_CERTIFICATE_NOT_YET_VALID",
    ],
    ["for another name", async () => shown(await leaf(["other.example.com"])), "TLS_NAME_MISMATCH"],
    [
      "for a wildcard two labels up (RFC 9525 §6.3)",
      async () => shown(await leaf(["*.com"])),
      "TLS_NAME_MISMATCH",
    ],
    [
      "of a stranger",
      async () => shown(await stranger.issue({ names: ["mail.example.com"] })),
      "TLS_UNTRUSTED_ISSUER",
    ],
    ["of the authority's own", async () => selfSigned(), "TLS_SELF_SIGNED"],
    ["none: the server speaks plain text", async () => "plain", "TLS_PLAINTEXT_ON_PORT"],
    ["none: the server cuts the line", async () => "silent cut", "TLS_CONNECTION_LOST"],
  ];
  it.each(rows)("is refused: %s", async (_title, server, code) => {
    const { report, error } = await handshake("mail.example.com", await server(), trusting());
    expect(report).toBeUndefined();
    expect(error).toMatchObject({
      code,
      hint: expect.any(String) as string,
      cause: expect.any(Error) as Error,
    });
  });

  it("tells the names it was for", async () => {
    const { error } = await handshake(
      "mail.example.com",
      shown(await leaf(["other.example.com"])),
      trusting(),
    );
    expect(String(error)).toContain('"other.example.com"');
  });
  it("of a private authority is answered with the option that trusts it", async () => {
    const { error } = await handshake("mail.example.com", shown(good), createTlsContext());
    expect(error).toMatchObject({
      code: "TLS_UNTRUSTED_ISSUER",
      hint: expect.stringContaining("`ca`") as string,
    });
  });
  it("is taken where anything is, and the report says that nothing was verified", async () => {
    const { report } = await handshake(
      "mail.example.com",
      shown(await leaf(["other.example.com"], [-48, -24])),
      createTlsContext({ dangerouslyAcceptAnyCertificate: true }),
    );
    expect(report).toMatchObject({ verified: false });
  });

  async function selfSigned(): Promise<TlsOptions> {
    // A leaf that vouches for itself, as openssl makes it: the authority signs with its own key.
    const { execFileSync } = await import("node:child_process");
    const pem = execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "-",
        "-subj",
        "/CN=mail.example.com",
        "-addext",
        "subjectAltName=DNS:mail.example.com",
        "-days",
        "2",
      ],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
    );
    return { cert: pem, key: pem };
  }
});

describe("client certificates", () => {
  it("are missed where the server demands one (RFC 5246 §7.4.6)", async () => {
    const server: TlsOptions = {
      ...shown(good),
      requestCert: true,
      rejectUnauthorized: true,
      ca: authority.certificate,
      maxVersion: "TLSv1.2",
    };
    const { report, error } = await handshake("mail.example.com", server, trusting());
    expect(report).toBeUndefined();
    expect(error).toMatchObject({
      code: expect.stringMatching(
        /^TLS_(HANDSHAKE_REFUSED|CLIENT_CERTIFICATE_REQUIRED|CONNECTION_LOST)$/,
      ) as string,
    });
  });

  it("are checked against their key when the context is made", async () => {
    const { certificate, key } = await authority.issue({ names: ["client.example.com"] });
    expect(() => createTlsContext({ identity: { certificate, key: good.key } })).toThrow(
      expect.objectContaining({ code: "TLS_IDENTITY_INVALID" }),
    );
    expect(createTlsContext({ identity: { certificate, key } }).hasIdentity).toBe(true);
  });
});

describe("createTlsContext", () => {
  it("is safe when nothing is said, frozen, and shows what it is", () => {
    const context = createTlsContext();
    expect(context).toEqual({
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.3",
      servername: undefined,
      acceptsAnyCertificate: false,
      trust: "system",
      givenAuthorities: 0,
      hasIdentity: false,
    });
    expect(Object.isFrozen(context)).toBe(true);
  });
  it.each([
    [{ ca: "not a certificate" }, "TLS_CA_INVALID"],
    [{ ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }, "TLS_CA_INVALID"],
    [{ ca: [], trust: "none" }, "TLS_CA_MISSING"],
    [{ caFiles: ["/nowhere/ca.pem"] }, "TLS_CA_UNREADABLE"],
    [{ minVersion: "TLSv1.3", maxVersion: "TLSv1.2" }, "TLS_VERSIONS_INVALID"],
    [{ minVersion: "TLSv1" as "TLSv1.2" }, "TLS_VERSIONS_INVALID"],
    [{ identity: { certificate: "x", key: "y" } }, "TLS_IDENTITY_INVALID"],
  ] as const)("refuses %j with %s", (options, code) => {
    expect(() => createTlsContext(options)).toThrow(expect.objectContaining({ code }));
  });
  it("is not taken for one when it is only a copy", async () => {
    const socket = connect({ host: "127.0.0.1", port: 9 });
    socket.on("error", () => undefined); // nothing listens there
    await expect(
      connectTls({ ...createTlsContext() }, { socket, host: "x" }),
    ).rejects.toMatchObject({ code: "TLS_CONTEXT_INVALID" });
    socket.destroy();
  });
});
