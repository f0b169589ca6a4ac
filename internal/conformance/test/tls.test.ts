/** Real handshakes on loopback, with good certificates and bad ones, against Node and OpenSSL. */
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secret } from "@letterwright/base/secret";
import {
  createAuthority,
  createSelfSigned,
  type CertificateAuthority,
  type IssuedCertificate,
} from "@letterwright/receiver/certificates";
import {
  connectTls,
  createTlsContext,
  explainTlsFailure,
  TlsFailureError,
  type TlsContext,
  type TlsContextOptions,
} from "@letterwright/tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  nodePeer,
  opensslPeer,
  plainPeer,
  shakeHands,
  type Handshake,
  type Peer,
  type Served,
} from "../src/tls-peers.ts";

const hour = 3_600_000;
const host = "mail.example.com";
const folder = mkdtempSync(join(tmpdir(), "letterwright-tls-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

let authority: CertificateAuthority;
let stranger: CertificateAuthority;
let good: IssuedCertificate;

beforeAll(async () => {
  [authority, stranger] = await Promise.all([
    createAuthority({ name: "Trusted" }),
    createAuthority({ name: "Stranger" }),
  ]);
  good = await authority.issue({
    names: [host, "*.wild.example.com", "127.0.0.1", "::1", "xn--exmple-cua.de"],
  });
});

const trusting = (more: TlsContextOptions = {}): TlsContext =>
  createTlsContext({ ca: authority.certificate, trust: "none", ...more });

async function once(
  makePeer: (served: Served) => Promise<Peer>,
  served: Served,
  name: string,
  context: TlsContext,
  awaitsServer = false,
): Promise<Handshake> {
  const peer = await makePeer(served);
  try {
    return await shakeHands(peer, name, context, awaitsServer);
  } finally {
    await peer.stop();
  }
}

const peers: readonly [name: string, make: (served: Served) => Promise<Peer>][] = [
  ["Node", nodePeer],
  ["openssl s_server", opensslPeer],
];

interface Row {
  readonly served: Served;
  readonly host?: string;
  readonly context?: TlsContext;
}

const fingerprintOf = ({ certificate }: IssuedCertificate): string =>
  `sha256:${new X509Certificate(certificate).fingerprint256}`;

describe.each(peers)("%s with a certificate that is good", (_name, make) => {
  const rows: readonly [title: string, row: () => Promise<Row>, report: object][] = [
    [
      "by TLS 1.2, the least there is",
      async () => ({ served: { shown: good, only: "TLSv1.2" } }),
      { protocol: "TLSv1.2", keyExchange: "X25519" },
    ],
    [
      "with its intermediate",
      async () => {
        const between = await authority.intermediate();
        return { served: { shown: await between.issue({ names: [host] }) } };
      },
      { trustSource: "given" },
    ],
    [
      "of RSA, 2048 bits",
      async () => ({
        served: { shown: await authority.issue({ names: [host], keyType: "RSA-2048" }) },
      }),
      { chain: [{ keyType: "RSA 2048" }, { keyType: "EC prime256v1" }] },
    ],
    [
      "of P-384",
      async () => ({
        served: { shown: await authority.issue({ names: [host], keyType: "P-384" }) },
      }),
      { chain: [{ keyType: "EC secp384r1" }, {}] },
    ],
    [
      "of Ed25519",
      async () => ({
        served: { shown: await authority.issue({ names: [host], keyType: "Ed25519" }) },
      }),
      { chain: [{ keyType: "Ed25519" }, {}] },
    ],
    [
      "that no list revokes",
      async () => {
        const crl = await authority.revoke([await authority.issue({ names: [host] })]);
        return { served: { shown: good }, context: trusting({ crl }) };
      },
      { trustSource: "given" },
    ],
    [
      "that bears a pin as well",
      async () => ({
        served: { shown: good },
        context: trusting({ pins: [fingerprintOf(good)] }),
      }),
      { trustSource: "given", verifiedName: host },
    ],
    [
      "that bears the one thing trusted, a pin",
      async () => {
        const shown = await createSelfSigned({ names: ["another.example.com"] });
        const pins = [`sha256:${"00".repeat(32)}`, fingerprintOf(shown)];
        return { served: { shown }, context: createTlsContext({ trust: "none", pins }) };
      },
      { trustSource: "pin", verified: true, verifiedName: undefined },
    ],
    [
      "that vouches for itself and is trusted",
      async () => {
        const shown = await createSelfSigned({ names: [host] });
        return {
          served: { shown },
          context: createTlsContext({ trust: "none", ca: shown.certificate }),
        };
      },
      { trustSource: "given", verifiedName: host },
    ],
  ];
  it.each([
    ["a name", host, host],
    ["a name in capitals", "MAIL.example.COM", host],
    ["a wildcard's label (RFC 9525 §6.3)", "a.wild.example.com", "a.wild.example.com"],
    ["an IPv4 address", "127.0.0.1", "127.0.0.1"],
    ["an IPv6 address, written another way", "0:0::1", "0:0::1"],
    ["a U-label, checked as A-label", "exämple.de", "xn--exmple-cua.de"],
  ])("is taken for %s", async (_title, name, verifiedName) => {
    const { report, error } = await once(make, { shown: good }, name, trusting());
    expect(error).toBeUndefined();
    expect(report).toMatchObject({ verified: true, resumed: false, verifiedName });
  });
  it.each(rows)("is taken: %s", async (_title, make_, expected) => {
    const row = await make_();
    const { report, error } = await once(make, row.served, host, row.context ?? trusting());
    expect(error).toBeUndefined();
    expect(report).toMatchObject({ verified: true, resumed: false, ...expected });
  });
});

describe.each(peers)("%s with a certificate that is bad", (_name, make) => {
  const at = (from: number, until: number) => ({
    notBefore: new Date(Date.now() + from * hour),
    notAfter: new Date(Date.now() + until * hour),
  });
  const leaf = async (options: Parameters<CertificateAuthority["issue"]>[0]): Promise<Row> => ({
    served: { shown: await authority.issue(options) },
  });
  const rows: readonly [title: string, row: () => Promise<Row>, code: string, says: RegExp][] = [
    [
      "expired",
      () => leaf({ names: [host], ...at(-48, -24) }),
      "TLS_CERTIFICATE_EXPIRED",
      /"CN=mail.example.com" on .*GMT/,
    ],
    [
      "not valid yet",
      () => leaf({ names: [host], ...at(24, 48) }),
      "TLS_CERTIFICATE_NOT_YET_VALID",
      /"CN=mail.example.com" from .*GMT/,
    ],
    [
      "with an intermediate that has expired",
      async () => {
        const between = await authority.intermediate({ name: "Between", ...at(-48, -24) });
        return { served: { shown: await between.issue({ names: [host] }) } };
      },
      "TLS_CERTIFICATE_EXPIRED",
      /"CN=Between" on /,
    ],
    [
      "for another name",
      () => leaf({ names: ["other.example.com", "third.example.com"] }),
      "TLS_NAME_MISMATCH",
      /not for "mail.example.com" but for "other.example.com", "third.example.com"/,
    ],
    [
      "for a wildcard two labels up (RFC 9525 §6.3)",
      () => leaf({ names: ["*.com"] }),
      "TLS_NAME_MISMATCH",
      /but for "\*\.com"/,
    ],
    [
      "for a wildcard in the middle",
      () => leaf({ names: ["mail.*.com"] }),
      "TLS_NAME_MISMATCH",
      /"mail/,
    ],
    [
      "with its name as common name only (RFC 9525 §6.3)",
      () => leaf({ names: [], commonName: host }),
      "TLS_NAME_MISMATCH",
      /for no name at all/,
    ],
    [
      "without the address that was connected to",
      async () => ({ ...(await leaf({ names: [host] })), host: "127.0.0.1" }),
      "TLS_NAME_MISMATCH",
      /not for "127.0.0.1"/,
    ],
    [
      "of a stranger",
      async () => ({ served: { shown: await stranger.issue({ names: [host] }) } }),
      "TLS_UNTRUSTED_ISSUER",
      /"CN=Stranger"/,
    ],
    [
      "of a stranger, root and all",
      async () => {
        const shown = await stranger.issue({ names: [host] });
        return { served: { shown: { ...shown, chain: shown.chain + stranger.certificate } } };
      },
      "TLS_UNTRUSTED_ISSUER",
      /"CN=Stranger"/,
    ],
    [
      "without its intermediate",
      async () => {
        const between = await authority.intermediate({ name: "Between" });
        const issuerUrl = "http://127.0.0.1:9/between.der";
        const shown = await between.issue({ names: [host], issuerUrl });
        return { served: { shown: { ...shown, chain: shown.certificate } } };
      },
      "TLS_INTERMEDIATE_MISSING",
      /issued by "CN=Between"/,
    ],
    [
      "of its own making",
      async () => ({ served: { shown: await createSelfSigned({ names: [host] }) } }),
      "TLS_SELF_SIGNED",
      /vouches for itself/,
    ],
    [
      "of a program on the way",
      async () => {
        const shield = await createAuthority({ name: "Avast Mail Scanner Root" });
        return { served: { shown: await shield.issue({ names: [host] }) } };
      },
      "TLS_INTERCEPTED",
      /Avast/,
    ],
    [
      "that was revoked",
      async () => {
        const shown = await authority.issue({ names: [host] });
        return {
          served: { shown },
          context: trusting({ crl: await authority.revoke([shown]) }),
        };
      },
      "TLS_CERTIFICATE_REVOKED",
      /revoked/,
    ],
    [
      "that may have been revoked",
      async () => ({
        served: { shown: good },
        context: trusting({ crl: await stranger.revoke([]) }),
      }),
      "TLS_REVOCATION_UNKNOWN",
      /no valid revocation list/,
    ],
    [
      "with a key of 1024 bits (RFC 9325 §4.5)",
      () => leaf({ names: [host], keyType: "RSA-1024" }),
      "TLS_KEY_TOO_WEAK",
      /RSA 1024/,
    ],
    [
      "signed with SHA-1 (RFC 9325 §4.5)",
      () => leaf({ names: [host], hash: "SHA-1" }),
      "TLS_KEY_TOO_WEAK",
      /too weak/,
    ],
    [
      "for clients",
      () => leaf({ names: [host], usage: "client" }),
      "TLS_CERTIFICATE_INVALID",
      /purpose/,
    ],
    [
      "with a signature that does not fit",
      () => leaf({ names: [host], breaksSignature: true }),
      "TLS_CERTIFICATE_INVALID",
      /signature/,
    ],
    [
      "of an intermediate that may not make intermediates",
      async () => {
        const first = await authority.intermediate({ name: "First" });
        const second = await first.intermediate({ name: "Second" });
        return { served: { shown: await second.issue({ names: [host] }) } };
      },
      "TLS_CERTIFICATE_INVALID",
      /path length/,
    ],
    [
      "without the pin",
      async () => ({
        served: { shown: good },
        context: trusting({ pins: [fingerprintOf(await authority.issue({ names: [host] }))] }),
      }),
      "TLS_PIN_MISMATCH",
      /sha256:(?:[0-9A-F]{2}:){31}/,
    ],
    [
      "without the pin, the one thing that is trusted",
      async () => ({
        served: { shown: good },
        context: createTlsContext({ trust: "none", pins: [`sha256:${"00".repeat(32)}`] }),
      }),
      "TLS_PIN_MISMATCH",
      /sha256:(?:[0-9A-F]{2}:){31}/,
    ],
    [
      "and TLS 1.1 only (RFC 8996)",
      async () => ({ served: { shown: good, only: "TLSv1.1" } }),
      "TLS_PROTOCOL_UNSUPPORTED",
      /no version/,
    ],
    [
      "and no cipher in common (RFC 9325 §4.2)",
      async () => ({ served: { shown: good, only: "AES128-SHA" } }),
      "TLS_HANDSHAKE_REFUSED",
      /HANDSHAKE_FAILURE/,
    ],
  ];
  it.each(rows)("is refused: %s", async (_title, make_, code, says) => {
    const row = await make_();
    const { report, error } = await once(
      make,
      row.served,
      row.host ?? host,
      row.context ?? trusting(),
    );
    expect(report).toBeUndefined();
    expect(error).toBeInstanceOf(TlsFailureError);
    expect(error).toMatchObject({ code, hint: expect.any(String) as string });
    expect((error as Error).cause).toBeInstanceOf(Error);
    expect(String(error)).toMatch(says);
  });

  it("is taken where anything is, and the report says that nobody vouches for it", async () => {
    const { served } = await leaf({ names: ["other.example.com"], ...at(-48, -24) });
    const context = createTlsContext({ dangerouslyAcceptAnyCertificate: true });
    const { report } = await once(make, served, host, context);
    expect(report).toMatchObject({
      verified: false,
      trustSource: "nobody",
      verifiedName: undefined,
      chain: [{ names: ["other.example.com"] }],
    });
  });
});

describe("a port without TLS", () => {
  it.each([
    ["that speaks plain text", "220 mail.example.com ESMTP\r\n", "TLS_PLAINTEXT_ON_PORT"],
    ["that cuts the line", undefined, "TLS_CONNECTION_LOST"],
  ] as const)("%s is told", async (_title, answer, code) => {
    const peer = await plainPeer(answer);
    const { error } = await shakeHands(peer, host, trusting());
    await peer.stop();
    expect(error).toMatchObject({ code, chain: [] });
  });
});

describe.each(peers)("%s that demands a certificate of the client", (_name, make) => {
  const demanding = (only?: "TLSv1.2"): Served => ({
    shown: good,
    demands: authority.certificate,
    ...(only === undefined ? {} : { only }),
  });
  it("refuses one who has none (RFC 8446 §4.4.2.4)", async () => {
    const { error } = await once(make, demanding(), host, trusting(), true);
    expect(explainTlsFailure(error, { host }).code).toBe("TLS_CLIENT_CERTIFICATE_REQUIRED");
  });
  it("refuses one who has none in the handshake of TLS 1.2 (RFC 5246 §7.4.6)", async () => {
    const { error } = await once(make, demanding("TLSv1.2"), host, trusting());
    expect(error).toMatchObject({ code: "TLS_HANDSHAKE_REFUSED" });
  });

  it.each([
    ["as PEM", (one: IssuedCertificate) => ({ certificate: one.chain, key: one.key })],
    [
      "as PEM, its key encrypted and the passphrase asked for",
      (one: IssuedCertificate) => ({
        certificate: one.chain,
        key: openssl(["pkcs8", "-topk8", "-passout", "pass:hush"], one.key),
        passphrase: () => secret("hush"),
      }),
    ],
    [
      "as PKCS #12 (RFC 7292)",
      (one: IssuedCertificate) => ({ pkcs12: pkcs12(one, "hush"), passphrase: "hush" }),
    ],
  ])("takes it %s", async (_title, identityOf) => {
    const client = await authority.issue({ names: ["client.example.com"], usage: "client" });
    const context = trusting({ identity: identityOf(client) });
    const saysSomething = make !== opensslPeer;
    const { report, error } = await once(make, demanding("TLSv1.2"), host, context, saysSomething);
    expect(error).toBeUndefined();
    expect(report?.verified).toBe(true);
    expect(context.hasIdentity).toBe(true);
  });
});

function openssl(args: readonly string[], input: string): string {
  return execFileSync("openssl", [...args], { input, encoding: "utf8" });
}

function pkcs12({ certificate, key }: IssuedCertificate, passphrase: string): Uint8Array {
  const file = join(folder, "identity.p12"); // no name that a folder of authorities is read for
  const input = join(folder, "identity.txt");
  writeFileSync(input, certificate + key);
  openssl(["pkcs12", "-export", "-in", input, "-out", file, "-passout", `pass:${passphrase}`], "");
  return readFileSync(file);
}

describe("an earlier session (RFC 8446 §2.2)", () => {
  it.each([
    ["TLS 1.3", undefined],
    ["TLS 1.2", "TLSv1.2"],
  ] as const)(
    "is taken up again by %s, and the report still has the chain",
    async (_title, only) => {
      const peer = await nodePeer({ shown: good, ...(only === undefined ? {} : { only }) });
      const context = trusting();
      const first = await shakeHands(peer, host, context, true);
      const second = await shakeHands(peer, host, context, true);
      const third = await shakeHands(peer, host, context, true);
      await peer.stop();
      expect(first.report).toMatchObject({ resumed: false, trustSource: "given" });
      expect(second.report).toMatchObject({
        resumed: true,
        verified: true,
        verifiedName: host,
        trustSource: "given",
        chain: first.report?.chain,
      });
      expect(third.report?.resumed).toBe(true);
    },
  );

  it.each([
    ["under another name", (context: TlsContext) => context, "a.wild.example.com"],
    ["by another context", (context: TlsContext) => context.with({}), host],
    ["where none is remembered", (context: TlsContext) => context.with({ sessions: 0 }), host],
  ])("is not taken up %s", async (_title, next, name) => {
    const peer = await nodePeer({ shown: good });
    const context = trusting();
    await shakeHands(peer, host, context, true);
    const other = next(context);
    const reports = [
      await shakeHands(peer, name, other, true),
      ...(other.sessions === 0 ? [await shakeHands(peer, name, other, true)] : []),
    ];
    await peer.stop();
    for (const { report } of reports) expect(report?.resumed).toBe(false);
  });

  it.each([
    ["TLS 1.3", undefined],
    ["TLS 1.2", "TLSv1.2"],
  ] as const)("is taken up again by %s where a pin alone is trusted", async (_title, only) => {
    const shown = await createSelfSigned({ names: ["any.example.com"] });
    const peer = await nodePeer({ shown, ...(only === undefined ? {} : { only }) });
    const context = createTlsContext({ trust: "none", pins: [fingerprintOf(shown)] });
    const seen = [];
    for (const _ of [1, 2]) seen.push(await shakeHands(peer, host, context, true));
    await peer.stop();
    expect(seen.map(({ report }) => report)).toMatchObject([
      { resumed: false, trustSource: "pin" },
      { resumed: true, trustSource: "pin", verified: true },
    ]);
  });

  it("is forgotten when more servers came than are remembered", async () => {
    const [one, two] = await Promise.all([nodePeer({ shown: good }), nodePeer({ shown: good })]);
    const context = trusting({ sessions: 1 });
    await shakeHands(one, host, context, true);
    await shakeHands(two, host, context, true);
    const again = await shakeHands(two, host, context, true);
    const forgotten = await shakeHands(one, host, context, true);
    await Promise.all([one.stop(), two.stop()]);
    expect([again.report?.resumed, forgotten.report?.resumed]).toEqual([true, false]);
  });

  it("of a connection that was refused is not kept", async () => {
    const peer = await nodePeer({ shown: good, only: "TLSv1.2" });
    const context = trusting();
    for (const _ of [1, 2]) {
      const { error } = await shakeHands(peer, "nobody.example.com", context);
      expect(error).toMatchObject({ code: "TLS_NAME_MISMATCH" });
    }
    await peer.stop();
  });
});

describe("createTlsContext", () => {
  it("is safe when nothing is said, frozen, and shows what it is", () => {
    const context = createTlsContext();
    expect(context).toMatchObject({
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.3",
      servername: undefined,
      acceptsAnyCertificate: false,
      givenAuthorities: 0,
      pins: [],
      checksRevocation: false,
      hasIdentity: false,
      sessions: 100,
      logsKeys: false,
    });
    expect(["system", "mozilla"]).toContain(context.store.kind);
    expect(Object.isFrozen(context)).toBe(true);
  });
  it("takes authorities as PEM, as DER, and from files and folders", () => {
    const der = new X509Certificate(authority.certificate).raw;
    const files = { "one.pem": stranger.certificate, "two.der": der, "note.txt": "not looked at" };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const both = [authority.certificate, stranger.certificate].join("\n");
    expect(createTlsContext({ ca: both }).givenAuthorities).toBe(2);
    expect(createTlsContext({ ca: [der, both] }).givenAuthorities).toBe(3);
    expect(createTlsContext({ caFiles: [join(folder, "two.der")] }).givenAuthorities).toBe(1);
    expect(createTlsContext({ caFolders: [folder] }).givenAuthorities).toBe(2);
  });
  it("gives a changed one, and leaves itself as it was", () => {
    const context = trusting();
    const changed = context.with({ minVersion: "TLSv1.3", servername: "x.example.com" });
    expect(changed).toMatchObject({ minVersion: "TLSv1.3", servername: "x.example.com" });
    expect(changed.givenAuthorities).toBe(1);
    expect(context).toMatchObject({ minVersion: "TLSv1.2", servername: undefined });
  });
  it("refuses a revocation list where no authority is trusted whose it could be", async () => {
    const crl = await authority.revoke([]);
    const pins = [fingerprintOf(good)];
    expect(() => createTlsContext({ trust: "none", pins, crl })).toThrow(
      expect.objectContaining({ code: "TLS_OPTIONS_CONTRADICTORY" }),
    );
  });
  it("tells an authority that was given from those of the store", async () => {
    const context = createTlsContext({ trust: "mozilla", ca: authority.certificate });
    const { report } = await once(nodePeer, { shown: good }, host, context);
    expect(report?.trustSource).toBe("given");
    expect(context.store).toEqual({ kind: "mozilla", from: "Node" });
  });
  it("writes the secrets of a connection down where that is asked for, and nowhere else", async () => {
    const lines: string[] = [];
    const context = trusting({ keyLog: (line) => lines.push(line) });
    await once(nodePeer, { shown: good }, host, context);
    expect(lines.map((line) => line.split(" ")[0])).toContain("CLIENT_TRAFFIC_SECRET_0");
    expect(context.logsKeys).toBe(true);
  });
  it.each([
    [{ ca: "not a certificate" }, "TLS_CA_INVALID"],
    [{ ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }, "TLS_CA_INVALID"],
    [{ ca: "-----BEGIN CERTIFICATE-----\nAAAA" }, "TLS_CA_INVALID"],
    [{ ca: Uint8Array.of(0x30, 0x03) }, "TLS_CA_INVALID"],
    [{ ca: [], trust: "none" }, "TLS_CA_MISSING"],
    [{ caFiles: ["/nowhere/ca.pem"] }, "TLS_CA_UNREADABLE"],
    [{ caFolders: ["/nowhere"] }, "TLS_CA_UNREADABLE"],
    [{ minVersion: "TLSv1.3", maxVersion: "TLSv1.2" }, "TLS_VERSIONS_INVALID"],
    [{ minVersion: "TLSv1" as "TLSv1.2" }, "TLS_VERSIONS_INVALID"],
    [{ identity: { certificate: "x", key: "y" } }, "TLS_IDENTITY_INVALID"],
    [{ identity: { pkcs12: Uint8Array.of(0x30) } }, "TLS_IDENTITY_INVALID"],
    [{ pins: ["sha1:00"] }, "TLS_PIN_INVALID"],
    [{ pins: ["sha256:00"] }, "TLS_PIN_INVALID"],
    [{ crl: "no list" }, "TLS_CRL_INVALID"],
    [{ ciphers: "NONE-OF-THESE" }, "TLS_ALGORITHMS_INVALID"],
    [{ groups: "X0" }, "TLS_ALGORITHMS_INVALID"],
    [{ signatureAlgorithms: "x" }, "TLS_ALGORITHMS_INVALID"],
    [
      { pins: [`sha256:${"00".repeat(32)}`], dangerouslyAcceptAnyCertificate: true },
      "TLS_OPTIONS_CONTRADICTORY",
    ],
    [{ sessions: -1 }, "TLS_SESSIONS_INVALID"],
    [{ sessions: Number.NaN }, "TLS_SESSIONS_INVALID"],
  ] as const)("refuses %j with %s", (options, code) => {
    expect(() => createTlsContext(options)).toThrow(expect.objectContaining({ code }));
  });
  it("checks a client certificate against its key, and opens it or says that it cannot", async () => {
    const { certificate, key } = await authority.issue({ names: ["client.example.com"] });
    const refused = expect.objectContaining({ code: "TLS_IDENTITY_INVALID" });
    expect(() => createTlsContext({ identity: { certificate, key: good.key } })).toThrow(refused);
    const file = pkcs12({ certificate, key, chain: certificate }, "right");
    expect(() => createTlsContext({ identity: { pkcs12: file, passphrase: "wrong" } })).toThrow(
      refused,
    );
    expect(
      createTlsContext({ identity: { pkcs12: file, passphrase: secret("right") } }).hasIdentity,
    ).toBe(true);
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

describe("pins", () => {
  it.each([
    ["of the certificate", (one: X509Certificate) => `sha256:${one.fingerprint256}`],
    [
      "of the certificate, without colons",
      (one: X509Certificate) => `SHA256:${one.fingerprint256.replaceAll(":", "").toLowerCase()}`,
    ],
    ["of the key, as openssl hashes it", (one: X509Certificate) => `spki-sha256:${keyHash(one)}`],
    [
      "of the key, in hexadecimal",
      (one: X509Certificate) =>
        `spki-sha256:${Buffer.from(keyHash(one), "base64").toString("hex")}`,
    ],
  ])("are taken %s", async (_title, pinOf) => {
    const shown = await createSelfSigned({ names: ["any.example.com"] });
    const pins = [pinOf(new X509Certificate(shown.certificate))];
    const context = createTlsContext({ trust: "none", pins });
    const { report, error } = await once(nodePeer, { shown }, host, context);
    expect(error).toBeUndefined();
    expect(report?.trustSource).toBe("pin");
  });

  function keyHash(certificate: X509Certificate): string {
    const pem = certificate.publicKey.export({ type: "spki", format: "pem" });
    const der = execFileSync("openssl", ["pkey", "-pubin", "-outform", "der"], { input: pem });
    return execFileSync("openssl", ["dgst", "-sha256", "-binary"], { input: der }).toString(
      "base64",
    );
  }
});
