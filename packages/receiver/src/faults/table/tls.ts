/** What shows while a connection becomes secure. */
import { variantsOf, type CertificatePlan, type FaultVariant, type Wording } from "../variant.ts";

const implicit = { port: 465, tls: "implicit" as const };
const shown = (certificate: CertificatePlan, more: Wording = {}): Wording => ({
  ...more,
  script: { ...(more.tls === "implicit" ? { tls: "implicit" as const } : {}), certificate },
});

export const tlsFaults: readonly FaultVariant[] = [
  ...variantsOf(
    "tls.implicit-on-starttls-port",
    { tls: "implicit" },
    {
      postfix: { script: { greeting: "220 mail.example.com ESMTP Postfix (Debian/GNU)" } },
      exim: {
        port: 25,
        script: {
          greeting: "220 mail.example.com ESMTP Exim 4.96 Fri, 27 Nov 2026 10:00:00 +0000",
        },
      },
      exchange: {
        port: 2525,
        script: {
          greeting:
            "220 EX01.corp.example Microsoft ESMTP MAIL Service ready at Fri, 27 Nov 2026 10:00:00 +0000",
        },
      },
    },
  ),
  ...variantsOf(
    "tls.plaintext-on-implicit-port",
    { port: 465, tls: "starttls", script: { tls: "implicit" } },
    {
      postfix: { script: { tls: "implicit", greeting: "220 mail.example.com ESMTP Postfix" } },
      exim: {
        port: 8465,
        tls: "none",
        user: undefined,
        script: { tls: "implicit", greeting: "220 mail.example.com ESMTP Exim 4.98" },
      },
      courier: {
        port: 2465,
        script: { tls: "implicit", greeting: "220 mail.example.com ESMTP Courier" },
      },
    },
  ),
  ...variantsOf(
    "tls.self-signed",
    {},
    {
      snakeoil: shown({ kind: "self-signed" }),
      appliance: shown({ kind: "self-signed", organization: "Scanner Works" }, implicit),
      nas: shown({ kind: "self-signed", organization: "Home Storage Inc.", validToDays: 3650 }),
    },
  ),
  ...variantsOf(
    "tls.intercepted",
    {},
    {
      avast: shown({ kind: "intercepted", issuer: "avast! Mail Scanner Root" }, implicit),
      zscaler: shown({ kind: "intercepted", issuer: "Zscaler Intermediate Root CA (zscaler.net)" }),
      sophos: shown({ kind: "intercepted", issuer: "Sophos SSL CA_C0123456789" }),
    },
  ),
  ...variantsOf(
    "tls.missing-intermediate",
    {},
    {
      "leaf-only": shown({ kind: "leaf-without-intermediate" }),
      "wrong-file": shown(
        { kind: "leaf-without-intermediate", issuer: "Example Trust DV CA 3" },
        implicit,
      ),
      renewed: shown({ kind: "leaf-without-intermediate", issuer: "R11", validToDays: 89 }),
    },
  ),
  ...variantsOf(
    "tls.private-ca",
    {},
    {
      company: shown({ kind: "other-authority", issuer: "Example Corp Issuing CA" }),
      lab: shown({ kind: "other-authority", issuer: "Lab Root 2026" }, implicit),
      university: shown({ kind: "other-authority", issuer: "Example University CA G02" }),
    },
  ),
  ...variantsOf(
    "tls.hostname-mismatch",
    {},
    {
      "shared-hosting": shown({ names: ["server12.hosting.example", "*.hosting.example"] }),
      address: shown({ names: ["mail.example.com"] }, { ...implicit, host: "192.0.2.25" }),
      "old-name": shown({ names: ["mx1.example.com", "mx2.example.com"] }, implicit),
    },
  ),
  ...variantsOf(
    "tls.expired",
    {},
    {
      "last-week": shown({ validFromDays: -97, validToDays: -7 }),
      "last-year": shown({ validFromDays: -760, validToDays: -395 }, implicit),
      intermediate: shown({ kind: "expired-intermediate" }),
    },
  ),
  ...variantsOf(
    "tls.clock-skew",
    {},
    {
      tomorrow: shown({ validFromDays: 1, validToDays: 91 }),
      "next-year": shown({ validFromDays: 300, validToDays: 400 }, implicit),
      "next-hour": shown({ validFromDays: 0.1, validToDays: 90 }),
    },
  ),
  ...variantsOf(
    "tls.old-protocol",
    {},
    {
      "tls-1.0": { ...implicit, script: { tls: "implicit", newestTls: "TLSv1" } },
      "tls-1.1": { ...implicit, script: { tls: "implicit", newestTls: "TLSv1.1" } },
      "tls-1.1-starttls": {
        script: { newestTls: "TLSv1.1", greeting: "220 old.example.com ESMTP" },
      },
    },
  ),
  ...variantsOf(
    "tls.handshake-failure",
    {},
    {
      "client-certificate": { script: { wantsClientCertificate: true } },
      "weak-key": { ...implicit, script: { tls: "implicit", certificate: { kind: "weak-key" } } },
      "odd-cipher": { ...implicit, script: { tls: "implicit", hasOddCipher: true } },
    },
  ),
  ...variantsOf(
    "tls.sni-or-fallback-cert",
    {},
    {
      google: shown(
        {
          kind: "self-signed",
          names: ["invalid2.invalid"],
          organization: "No SNI provided\\; please fix your client.",
        },
        { ...implicit, host: "192.0.2.109" },
      ),
      panel: shown({ kind: "self-signed", names: ["sni-support-required-for-valid-ssl"] }),
      balancer: shown(
        {
          kind: "self-signed",
          names: ["0a1b2c.traefik.default"],
          commonName: "TRAEFIK DEFAULT CERT",
        },
        implicit,
      ),
    },
  ),
  ...variantsOf(
    "starttls.not-offered",
    {},
    {
      "local-relay": {
        port: 25,
        script: { tls: "none", offer: ["PIPELINING", "SIZE 10240000", "8BITMIME"] },
      },
      "cisco-fixup": {
        script: {
          tls: "none",
          greeting: "220 ****************************",
          offer: ["SIZE 10240000", "XXXXXXXA", "8BITMIME"],
        },
      },
      "helo-only": {
        port: 25,
        script: {
          tls: "none",
          replies: { EHLO: ["502 Command not implemented", "250 mail.example.com"] },
        },
      },
    },
  ),
  ...variantsOf(
    "starttls.454",
    { verb: "STARTTLS" },
    {
      postfix: "454 4.7.0 TLS not available due to local problem",
      qmail: "454 TLS not available: missing RSA private key (#4.3.0)",
      sendmail: "454 4.3.3 TLS not available after start",
    },
  ),
  ...variantsOf(
    "starttls.required",
    { tls: "none", user: undefined, verb: "MAIL", script: { refusesInTheClearOnly: true } },
    {
      postfix: "530 5.7.0 Must issue a STARTTLS command first",
      exchange: "451 5.7.3 STARTTLS is required to send mail",
      courier: "530 Use STARTTLS first, this server accepts encrypted sessions only.",
    },
  ),
  ...variantsOf(
    "proton.bridge",
    { host: "127.0.0.1", port: 1025, user: "ana@proton.me", from: "ana@proton.me" },
    {
      "bridge-3": {
        script: {
          greeting: "220 127.0.0.1 ESMTP Service Ready",
          certificate: { kind: "self-signed", names: ["127.0.0.1"], organization: "Proton AG" },
        },
      },
      "bridge-2": {
        script: {
          greeting: "220 127.0.0.1 ESMTP Service Ready",
          certificate: {
            kind: "self-signed",
            names: ["127.0.0.1"],
            organization: "Proton Technologies AG",
          },
        },
      },
      hydroxide: {
        script: {
          greeting: "220 localhost ESMTP Service Ready",
          certificate: {
            kind: "self-signed",
            names: ["localhost", "127.0.0.1"],
            organization: "hydroxide",
          },
        },
      },
    },
  ),
];
