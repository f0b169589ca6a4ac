/** Certificates that are taken, and what the report then says. */
import { createAuthority, createSelfSigned } from "@letterwright/receiver/certificates";
import { createTlsContext } from "@letterwright/tls";
import { opensslCertificate } from "./openssl.ts";
import {
  fingerprintOf,
  host,
  hours,
  leaf,
  trusting,
  type ServedCase,
  type World,
} from "./tls-world.ts";

export type GoodRow = readonly [
  title: string,
  make: (world: World) => Promise<ServedCase>,
  report: object,
];

export const goodCertificates: readonly GoodRow[] = [
  [
    "by TLS 1.2, the least there is",
    async (world) => ({ served: { shown: world.good, only: "TLSv1.2" } }),
    { protocol: "TLSv1.2", keyExchange: "X25519" },
  ],
  [
    "with its intermediate",
    async (world) => {
      const between = await world.authority.intermediate();
      return { served: { shown: await between.issue({ names: [host] }) } };
    },
    { trustSource: "given" },
  ],
  [
    "of RSA, 2048 bits",
    async (world) => ({
      served: { shown: await world.authority.issue({ names: [host], keyType: "RSA-2048" }) },
    }),
    { chain: [{ keyType: "RSA 2048" }, { keyType: "EC prime256v1" }] },
  ],
  [
    "of P-384",
    async (world) => ({
      served: { shown: await world.authority.issue({ names: [host], keyType: "P-384" }) },
    }),
    { chain: [{ keyType: "EC secp384r1" }, {}] },
  ],
  [
    "of Ed25519",
    async (world) => ({
      served: { shown: await world.authority.issue({ names: [host], keyType: "Ed25519" }) },
    }),
    { chain: [{ keyType: "Ed25519" }, {}] },
  ],
  [
    "that no list revokes",
    async (world) => {
      const crl = await world.authority.revoke([await world.authority.issue({ names: [host] })]);
      return { served: { shown: world.good }, context: trusting(world, { crl }) };
    },
    { trustSource: "given" },
  ],
  [
    "that bears a pin as well",
    async (world) => ({
      served: { shown: world.good },
      context: trusting(world, { pins: [fingerprintOf(world.good)] }),
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
  [
    "of P-521, by an authority of P-521",
    async () => {
      const strong = await createAuthority({ keyType: "P-521" });
      return {
        served: { shown: await strong.issue({ names: [host], keyType: "P-521" }) },
        context: createTlsContext({ ca: strong.certificate, trust: "none" }),
      };
    },
    { chain: [{ keyType: "EC secp521r1" }, { keyType: "EC secp521r1" }] },
  ],
  [
    "of RSA for PSS alone (RFC 8017 §8.1), as OpenSSL makes it",
    async () => {
      const shown = await opensslCertificate("rsa-pss", host);
      return {
        served: { shown },
        context: createTlsContext({ ca: shown.certificate, trust: "none" }),
      };
    },
    { chain: [{ keyType: "RSA-PSS 2048" }] },
  ],
  [
    "whose intermediate alone is trusted, and no root",
    async (world) => {
      const between = await world.authority.intermediate();
      const shown = await between.issue({ names: [host] });
      return {
        served: { shown: { ...shown, chain: shown.certificate } },
        context: createTlsContext({ ca: between.certificate, trust: "none" }),
      };
    },
    { trustSource: "given", verifiedName: host },
  ],
  [
    "that is itself what is trusted, though another issued it",
    async (world) => {
      const shown = await world.stranger.issue({ names: [host] });
      return {
        served: { shown },
        context: createTlsContext({ ca: shown.certificate, trust: "mozilla" }),
      };
    },
    { trustSource: "given", verifiedName: host },
  ],
  [
    "sent with a cross-signed certificate of its authority (RFC 4158 §2.4)",
    async (world) => {
      const shown = await world.authority.issue({ names: [host] });
      const crossed = await world.stranger.crossSign(world.authority);
      return {
        served: { shown: { ...shown, chain: shown.chain + crossed } },
        context: trusting(world, { trust: "mozilla" }),
      };
    },
    { trustSource: "given", chain: [{}, { issuer: "CN=Stranger" }] },
  ],
  [
    "sent with a cross-signed certificate that has expired",
    async (world) => {
      const shown = await world.authority.issue({ names: [host] });
      const crossed = await world.stranger.crossSign(world.authority, hours(-48, -24));
      return { served: { shown: { ...shown, chain: shown.chain + crossed } } };
    },
    { trustSource: "given" },
  ],
  [
    "of an authority that may issue for its domain (RFC 5280 §4.2.1.10)",
    async (world) => {
      const bound = await world.authority.intermediate({ permits: ["example.com"] });
      return { served: { shown: await bound.issue({ names: [host] }) } };
    },
    { verifiedName: host },
  ],
  [
    "with lists of authorities that have nothing to do with it",
    async (world) => ({
      served: { shown: world.good },
      context: trusting(world, {
        crl: [await world.stranger.revoke([]), await world.authority.revoke([])],
      }),
    }),
    { trustSource: "given" },
  ],
  [
    "with names of other kinds besides",
    (world) =>
      leaf(world, {
        names: [host, "exämple.de"],
        otherNames: [
          { type: "url", value: "https://other.example.com/a,b" },
          { type: "email", value: "postmaster@example.com" },
        ],
      }),
    {
      chain: [
        {
          names: [
            host,
            "xn--exmple-cua.de",
            "https://other.example.com/a,b",
            "postmaster@example.com",
          ],
        },
        {},
      ],
    },
  ],
];
