/** Certificates that are refused: the code of each cause, and what the words have to name. */
import { createAuthority, createSelfSigned } from "@letterwright/receiver/certificates";
import { createTlsContext, type TlsFailureCode } from "@letterwright/tls";
import {
  fingerprintOf,
  host,
  hours,
  leaf,
  trusting,
  type ServedCase,
  type World,
} from "./tls-world.ts";

export type BadRow = readonly [
  title: string,
  make: (world: World) => Promise<ServedCase>,
  code: TlsFailureCode,
  says: RegExp,
];

export const badCertificates: readonly BadRow[] = [
  [
    "expired",
    (world) => leaf(world, { names: [host], ...hours(-48, -24) }),
    "TLS_CERTIFICATE_EXPIRED",
    /"CN=mail.example.com" on .*GMT/,
  ],
  [
    "not valid yet",
    (world) => leaf(world, { names: [host], ...hours(24, 48) }),
    "TLS_CERTIFICATE_NOT_YET_VALID",
    /"CN=mail.example.com" from .*GMT/,
  ],
  [
    "with an intermediate that has expired",
    async (world) => {
      const between = await world.authority.intermediate({ name: "Between", ...hours(-48, -24) });
      return { served: { shown: await between.issue({ names: [host] }) } };
    },
    "TLS_CERTIFICATE_EXPIRED",
    /"CN=Between" on /,
  ],
  [
    "for another name",
    (world) => leaf(world, { names: ["other.example.com", "third.example.com"] }),
    "TLS_NAME_MISMATCH",
    /not for "mail.example.com" but for "other.example.com", "third.example.com"/,
  ],
  [
    "for a wildcard two labels up (RFC 9525 §6.3)",
    (world) => leaf(world, { names: ["*.com"] }),
    "TLS_NAME_MISMATCH",
    /but for "\*\.com"/,
  ],
  [
    "for a wildcard in the middle",
    (world) => leaf(world, { names: ["mail.*.com"] }),
    "TLS_NAME_MISMATCH",
    /"mail/,
  ],
  [
    "with its name as common name only (RFC 9525 §6.3)",
    (world) => leaf(world, { names: [], commonName: host }),
    "TLS_NAME_MISMATCH",
    /for no name at all/,
  ],
  [
    "without the address that was connected to",
    async (world) => ({ ...(await leaf(world, { names: [host] })), host: "127.0.0.1" }),
    "TLS_NAME_MISMATCH",
    /not for "127.0.0.1"/,
  ],
  [
    "of a stranger",
    async (world) => ({ served: { shown: await world.stranger.issue({ names: [host] }) } }),
    "TLS_UNTRUSTED_ISSUER",
    /"CN=Stranger"/,
  ],
  [
    "of a stranger, root and all",
    async (world) => {
      const shown = await world.stranger.issue({ names: [host] });
      return { served: { shown: { ...shown, chain: shown.chain + world.stranger.certificate } } };
    },
    "TLS_UNTRUSTED_ISSUER",
    /"CN=Stranger"/,
  ],
  [
    "without its intermediate",
    async (world) => {
      const between = await world.authority.intermediate({ name: "Between" });
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
    async (world) => {
      const shown = await world.authority.issue({ names: [host] });
      return {
        served: { shown },
        context: trusting(world, { crl: await world.authority.revoke([shown]) }),
      };
    },
    "TLS_CERTIFICATE_REVOKED",
    /revoked/,
  ],
  [
    "that may have been revoked",
    async (world) => ({
      served: { shown: world.good },
      context: trusting(world, { crl: await world.stranger.revoke([]) }),
    }),
    "TLS_REVOCATION_UNKNOWN",
    /no valid revocation list/,
  ],
  [
    "with a key of 1024 bits (RFC 9325 §4.5)",
    (world) => leaf(world, { names: [host], keyType: "RSA-1024" }),
    "TLS_KEY_TOO_WEAK",
    /RSA 1024/,
  ],
  [
    "signed with SHA-1 (RFC 9325 §4.5)",
    (world) => leaf(world, { names: [host], hash: "SHA-1" }),
    "TLS_KEY_TOO_WEAK",
    /too weak/,
  ],
  [
    "for clients",
    (world) => leaf(world, { names: [host], usage: "client" }),
    "TLS_CERTIFICATE_INVALID",
    /purpose/,
  ],
  [
    "with a signature that does not fit",
    (world) => leaf(world, { names: [host], breaksSignature: true }),
    "TLS_CERTIFICATE_INVALID",
    /signature/,
  ],
  [
    "of an intermediate that may not make intermediates",
    async (world) => {
      const first = await world.authority.intermediate({ name: "First" });
      const second = await first.intermediate({ name: "Second" });
      return { served: { shown: await second.issue({ names: [host] }) } };
    },
    "TLS_CERTIFICATE_INVALID",
    /path length/,
  ],
  [
    "without the pin",
    async (world) => ({
      served: { shown: world.good },
      context: trusting(world, {
        pins: [fingerprintOf(await world.authority.issue({ names: [host] }))],
      }),
    }),
    "TLS_PIN_MISMATCH",
    /sha256:(?:[0-9A-F]{2}:){31}/,
  ],
  [
    "without the pin, the one thing that is trusted",
    async (world) => ({
      served: { shown: world.good },
      context: createTlsContext({ trust: "none", pins: [`sha256:${"00".repeat(32)}`] }),
    }),
    "TLS_PIN_MISMATCH",
    /sha256:(?:[0-9A-F]{2}:){31}/,
  ],
  [
    "and TLS 1.1 only (RFC 8996)",
    async (world) => ({ served: { shown: world.good, only: "TLSv1.1" } }),
    "TLS_PROTOCOL_UNSUPPORTED",
    /no version/,
  ],
  [
    "and no cipher in common (RFC 9325 §4.2)",
    async (world) => ({ served: { shown: world.good, only: "AES128-SHA" } }),
    "TLS_HANDSHAKE_REFUSED",
    /HANDSHAKE_FAILURE/,
  ],
  [
    "of an authority that has expired, though it is trusted",
    async () => {
      const old = await createAuthority({ name: "Old", ...hours(-48, -24) });
      return {
        served: { shown: await old.issue({ names: [host] }) },
        context: createTlsContext({ ca: old.certificate, trust: "none" }),
      };
    },
    "TLS_CERTIFICATE_EXPIRED",
    /"CN=Old" on /,
  ],
  [
    "of an impostor with the name of an authority",
    async () => {
      const impostor = await createAuthority({ name: "Trusted" });
      return { served: { shown: await impostor.issue({ names: [host] }) } };
    },
    "TLS_UNTRUSTED_ISSUER",
    /"CN=Trusted"/,
  ],
  [
    "whose intermediate was revoked",
    async (world) => {
      const between = await world.authority.intermediate();
      const { certificate } = between;
      const crl = [
        await world.authority.revoke([{ certificate, chain: certificate, key: "" }]),
        await between.revoke([]),
      ];
      return {
        served: { shown: await between.issue({ names: [host] }) },
        context: trusting(world, { crl }),
      };
    },
    "TLS_CERTIFICATE_REVOKED",
    /revoked/,
  ],
  [
    "whose list is out of date",
    async (world) => ({
      served: { shown: world.good },
      context: trusting(world, { crl: await world.authority.revoke([], hours(-48, -24)) }),
    }),
    "TLS_REVOCATION_UNKNOWN",
    /out of date/,
  ],
  [
    "whose list an impostor made",
    async (world) => {
      const impostor = await createAuthority({ name: "Trusted" });
      return {
        served: { shown: world.good },
        context: trusting(world, { crl: await impostor.revoke([]) }),
      };
    },
    "TLS_REVOCATION_UNKNOWN",
    /no valid revocation list/,
  ],
  [
    "of one that is no authority (RFC 5280 §4.2.1.9)",
    async (world) => {
      const none = await world.authority.intermediate({ mayIssue: false });
      return { served: { shown: await none.issue({ names: [host] }) } };
    },
    "TLS_CERTIFICATE_INVALID",
    /not made for this/,
  ],
  [
    "of an authority that may issue for another domain (RFC 5280 §4.2.1.10)",
    async (world) => {
      const bound = await world.authority.intermediate({ permits: ["example.org"] });
      return { served: { shown: await bound.issue({ names: [host] }) } };
    },
    "TLS_CERTIFICATE_INVALID",
    /permitted subtree/,
  ],
  [
    "with a critical extension that nobody knows (RFC 5280 §4.2)",
    (world) => leaf(world, { names: [host], hasUnknownExtension: true }),
    "TLS_CERTIFICATE_INVALID",
    /critical extension/,
  ],
  [
    "whose one name has others inside",
    (world) => leaf(world, { names: [`a, DNS:${host}, DNS:b`, 'q"', "ok.example.com"] }),
    "TLS_NAME_MISMATCH",
    /but for "a, DNS:mail.example.com, DNS:b", "q\\"", "ok.example.com"/,
  ],
  [
    "with its name in a URL only",
    (world) => leaf(world, { names: [], otherNames: [{ type: "url", value: `DNS:${host}` }] }),
    "TLS_NAME_MISMATCH",
    /but for "DNS:mail.example.com"/,
  ],
];
