/** Real handshakes on loopback, with good certificates and bad ones, against Node and OpenSSL. */
import { secret } from "@letterwright/base/secret";
import type { IssuedCertificate } from "@letterwright/receiver/certificates";
import { createTlsContext, explainTlsFailure, TlsFailureError } from "@letterwright/tls";
import { beforeAll, describe, expect, it } from "vitest";
import { badCertificates } from "../src/bad-certificates.ts";
import { goodCertificates } from "../src/good-certificates.ts";
import { openssl, pkcs12 } from "../src/openssl.ts";
import { once, opensslPeer, peers, plainPeer, shakeHands, type Served } from "../src/tls-peers.ts";
import { createWorld, host, hours, leaf, trusting, type World } from "../src/tls-world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

describe.each(peers)("%s with a certificate that is good", (_name, make) => {
  it.each([
    ["a name", host, host],
    ["a name in capitals", "MAIL.example.COM", host],
    ["a wildcard's label (RFC 9525 §6.3)", "a.wild.example.com", "a.wild.example.com"],
    ["an IPv4 address", "127.0.0.1", "127.0.0.1"],
    ["an IPv6 address, written another way", "0:0::1", "0:0::1"],
    ["a U-label, checked as A-label", "exämple.de", "xn--exmple-cua.de"],
  ])("is taken for %s", async (_title, name, verifiedName) => {
    const { report, error } = await once(make, { shown: world.good }, name, trusting(world));
    expect(error).toBeUndefined();
    expect(report).toMatchObject({ verified: true, resumed: false, verifiedName });
  });
  it.each(goodCertificates)("is taken: %s", async (_title, make_, expected) => {
    const row = await make_(world);
    const { report, error } = await once(make, row.served, host, row.context ?? trusting(world));
    expect(error).toBeUndefined();
    expect(report).toMatchObject({ verified: true, resumed: false, ...expected });
  });
});

describe.each(peers)("%s with a certificate that is bad", (_name, make) => {
  it.each(badCertificates)("is refused: %s", async (_title, make_, code, says) => {
    const row = await make_(world);
    const { report, error } = await once(
      make,
      row.served,
      row.host ?? host,
      row.context ?? trusting(world),
    );
    expect(report).toBeUndefined();
    expect(error).toBeInstanceOf(TlsFailureError);
    expect(error).toMatchObject({ code, hint: expect.any(String) as string });
    expect((error as Error).cause).toBeInstanceOf(Error);
    expect(String(error)).toMatch(says);
  });

  it("is taken where anything is, and the report says that nobody vouches for it", async () => {
    const { served } = await leaf(world, { names: ["other.example.com"], ...hours(-48, -24) });
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
    const { error } = await shakeHands(peer, host, trusting(world));
    await peer.stop();
    expect(error).toMatchObject({ code, chain: [] });
  });
});

describe.each(peers)("%s that demands a certificate of the client", (_name, make) => {
  const demanding = (only?: "TLSv1.2"): Served => ({
    shown: world.good,
    demands: world.authority.certificate,
    ...(only === undefined ? {} : { only }),
  });
  it("refuses one who has none (RFC 8446 §4.4.2.4)", async () => {
    const { error } = await once(make, demanding(), host, trusting(world), true);
    expect(explainTlsFailure(error, { host }).code).toBe("TLS_CLIENT_CERTIFICATE_REQUIRED");
  });
  it("refuses one who has none in the handshake of TLS 1.2 (RFC 5246 §7.4.6)", async () => {
    const { error } = await once(make, demanding("TLSv1.2"), host, trusting(world));
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
      async (one: IssuedCertificate) => ({ pkcs12: await pkcs12(one, "hush"), passphrase: "hush" }),
    ],
  ])("takes it %s", async (_title, identityOf) => {
    const client = await world.authority.issue({ names: ["client.example.com"], usage: "client" });
    const context = trusting(world, { identity: await identityOf(client) });
    const saysSomething = make !== opensslPeer;
    const { report, error } = await once(make, demanding("TLSv1.2"), host, context, saysSomething);
    expect(error).toBeUndefined();
    expect(report?.verified).toBe(true);
    expect(context.hasIdentity).toBe(true);
  });
});
