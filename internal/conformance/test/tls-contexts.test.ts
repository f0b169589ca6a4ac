/** What contexts take, what they refuse, and what they show of themselves. */
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secret } from "@letterwright/base/secret";
import { createSelfSigned } from "@letterwright/receiver/certificates";
import { connectTls, createTlsContext } from "@letterwright/tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pkcs12 } from "../src/openssl.ts";
import { nodePeer, once } from "../src/tls-peers.ts";
import { createWorld, fingerprintOf, host, trusting, type World } from "../src/tls-world.ts";

const folder = mkdtempSync(join(tmpdir(), "letterwright-tls-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

let world: World;
beforeAll(async () => {
  world = await createWorld();
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
    const der = new X509Certificate(world.authority.certificate).raw;
    const files = {
      "one.pem": world.stranger.certificate,
      "two.der": der,
      "note.txt": "not looked at",
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const both = [world.authority.certificate, world.stranger.certificate].join("\n");
    expect(createTlsContext({ ca: both }).givenAuthorities).toBe(2);
    expect(createTlsContext({ ca: [der, both] }).givenAuthorities).toBe(3);
    expect(createTlsContext({ caFiles: [join(folder, "two.der")] }).givenAuthorities).toBe(1);
    expect(createTlsContext({ caFolders: [folder] }).givenAuthorities).toBe(2);
  });
  it("gives a changed one, and leaves itself as it was", () => {
    const context = trusting(world);
    const changed = context.with({ minVersion: "TLSv1.3", servername: "x.example.com" });
    expect(changed).toMatchObject({ minVersion: "TLSv1.3", servername: "x.example.com" });
    expect(changed.givenAuthorities).toBe(1);
    expect(context).toMatchObject({ minVersion: "TLSv1.2", servername: undefined });
  });
  it("refuses a revocation list where no authority is trusted whose it could be", async () => {
    const crl = await world.authority.revoke([]);
    const pins = [fingerprintOf(world.good)];
    expect(() => createTlsContext({ trust: "none", pins, crl })).toThrow(
      expect.objectContaining({ code: "TLS_OPTIONS_CONTRADICTORY" }),
    );
  });
  it("tells an authority that was given from those of the store", async () => {
    const context = createTlsContext({ trust: "mozilla", ca: world.authority.certificate });
    const { report } = await once(nodePeer, { shown: world.good }, host, context);
    expect(report?.trustSource).toBe("given");
    expect(context.store).toEqual({ kind: "mozilla", from: "Node" });
  });
  it("writes the secrets of a connection down where that is asked for, and nowhere else", async () => {
    const lines: string[] = [];
    const context = trusting(world, { keyLog: (line) => lines.push(line) });
    await once(nodePeer, { shown: world.good }, host, context);
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
    [{ trust: "sytem" as "system" }, "TLS_TRUST_INVALID"],
    [{ servername: "mail.example.com:465" }, "TLS_NAME_INVALID"],
    [{ servername: "" }, "TLS_NAME_INVALID"],
    [{ minVersion: "TLSv1.3", maxVersion: "TLSv1.2" }, "TLS_VERSIONS_INVALID"],
    [{ minVersion: "TLSv1" as "TLSv1.2" }, "TLS_VERSIONS_INVALID"],
    [{ identity: { certificate: "x", key: "y" } }, "TLS_IDENTITY_INVALID"],
    [{ identity: { pkcs12: Uint8Array.of(0x30) } }, "TLS_IDENTITY_INVALID"],
    [{ pins: ["sha1:00"] }, "TLS_PIN_INVALID"],
    [{ pins: ["sha256:00"] }, "TLS_PIN_INVALID"],
    [{ crl: "no list" }, "TLS_CRL_INVALID"],
    [{ ciphers: "NONE-OF-THESE" }, "TLS_ALGORITHMS_INVALID"],
    [{ ciphers: "HIGH:eNULL" }, "TLS_ALGORITHMS_INVALID"],
    [{ ciphers: "ECDHE+AESGCM:aNULL" }, "TLS_ALGORITHMS_INVALID"],
    [
      { identity: { certificate: "x", key: "y", passphrase: (async () => "late") as never } },
      "TLS_IDENTITY_INVALID",
    ],
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
    const { certificate, key } = await world.authority.issue({ names: ["client.example.com"] });
    const refused = expect.objectContaining({ code: "TLS_IDENTITY_INVALID" });
    expect(() => createTlsContext({ identity: { certificate, key: world.good.key } })).toThrow(
      refused,
    );
    const file = await pkcs12({ certificate, key, chain: certificate }, "right");
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
