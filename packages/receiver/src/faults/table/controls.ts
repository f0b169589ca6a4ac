/** Servers with nothing wrong, some of them odd; and pairs of failures that differ in one detail. */
import { variantOf, type FaultVariant, type ScriptedVerb, type Wording } from "../variant.ts";

const healthy = (name: string, wording: Wording = {}): FaultVariant =>
  variantOf(undefined, `healthy/${name}`, {}, wording);

/** Nothing is wrong with these; whoever sees a failure here sees too much. */
export const healthyControls: readonly FaultVariant[] = [
  healthy("submission"),
  healthy("implicit-tls", { port: 465, tls: "implicit", script: { tls: "implicit" } }),
  healthy("legal-notice", {
    script: {
      greeting:
        "220-mail.example.com ESMTP Exim 4.96\n220-We do not authorize the use of this system to transport unsolicited,\n220 and/or bulk e-mail. Spam is blocked and rejected.",
    },
  }),
  healthy("catcher", {
    host: "127.0.0.1",
    port: 1025,
    tls: "none",
    user: undefined,
    script: { tls: "none", offer: ["8BITMIME", "SMTPUTF8", "SIZE 104857600"] },
  }),
  healthy("slow-but-in-time", { script: { greetingAfterMs: 1200 } }),
  healthy("many-mechanisms", {
    script: {
      offer: [
        "SIZE 35882577",
        "8BITMIME",
        "AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH",
        "ENHANCEDSTATUSCODES",
        "PIPELINING",
        "DSN",
        "SMTPUTF8",
      ],
    },
  }),
  healthy("no-extensions-but-login", { script: { offer: ["AUTH PLAIN LOGIN"] } }),
  healthy("forwards", { script: { replies: { RCPT: "251 2.1.5 User not local; will forward" } } }),
  healthy("no-size-limit", {
    message: "large",
    script: { offer: ["SIZE 0", "PIPELINING", "AUTH PLAIN LOGIN"] },
  }),
  healthy("many-names", {
    script: {
      certificate: {
        names: ["example.com", "www.example.com", "mail.example.com", "imap.example.com"],
      },
    },
  }),
  healthy("own-port", {
    port: 2525,
    script: { greeting: "220 mx.example.com ESMTP relay (greylisting off, 421 4.7.0 is history)" },
  }),
  healthy("talks-of-errors", {
    script: {
      replies: { END: "250 2.0.0 Ok: queued as 550571 (5.7.1 checks passed, spam score 0)" },
    },
  }),
];

/** Two variants and the one detail in which they differ. */
export interface NearMiss {
  readonly detail: string;
  readonly pair: readonly [FaultVariant, FaultVariant];
}

type Side = readonly [id: string, wording: Wording | string];

function nearMiss(
  detail: string,
  usual: Wording & { readonly verb?: ScriptedVerb },
  left: Side,
  right: Side,
): NearMiss {
  const side = ([id, wording]: Side): FaultVariant =>
    variantOf(id, `${id}/near-miss: ${detail}`, usual, wording);
  return { detail, pair: [side(left), side(right)] };
}

const at = (verb: ScriptedVerb, reply: string, more: Wording = {}): Wording => ({
  ...more,
  script: { replies: { [verb]: reply } },
});

/** Each pair has two answers; who gives the same for both does not look closely. */
export const nearMisses: readonly NearMiss[] = [
  nearMiss(
    "the same 535, from Google and from elsewhere",
    {},
    [
      "auth.gmail-bad-credentials",
      at("AUTH", "535 5.7.8 Username and Password not accepted", { host: "smtp.gmail.com" }),
    ],
    ["auth.generic-535", at("AUTH", "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6")],
  ),
  nearMiss(
    "454 4.7.0 at STARTTLS and at AUTH",
    {},
    ["starttls.454", at("STARTTLS", "454 4.7.0 TLS not available due to local problem")],
    [
      "auth.too-many-logins",
      at("AUTH", "454 4.7.0 Too many login attempts, please try again later"),
    ],
  ),
  nearMiss(
    "5.2.2 and 5.2.3",
    { port: 25, user: undefined, message: "large" },
    ["rcpt.mailbox-full", "552 5.2.2 Mailbox size limit exceeded"],
    ["data.too-big", "552 5.2.3 Message size limit exceeded"],
  ),
  nearMiss(
    "550 5.7.1 for relaying and for spam",
    { port: 25, user: undefined, verb: "RCPT" },
    ["rcpt.relay-denied", "550 5.7.1 Unable to relay for bob@example.org"],
    ["data.spam-rejected", "550 5.7.1 Message rejected as spam"],
  ),
  nearMiss(
    "450 4.2.0 and 452 4.2.2",
    { port: 25, user: undefined, verb: "RCPT" },
    ["rcpt.greylisted", "450 4.2.0 Greylisted, try again in 300 seconds"],
    ["rcpt.mailbox-full", "452 4.2.2 Mailbox over quota, try again in 300 seconds"],
  ),
  nearMiss(
    "whether the certificate says where its issuer is to be had",
    {},
    [
      "tls.missing-intermediate",
      { script: { certificate: { kind: "leaf-without-intermediate", issuer: "Example CA" } } },
    ],
    [
      "tls.private-ca",
      { script: { certificate: { kind: "other-authority", issuer: "Example CA" } } },
    ],
  ),
  nearMiss(
    "the name of the issuer",
    {},
    [
      "tls.intercepted",
      {
        script: {
          certificate: {
            kind: "intercepted",
            issuer: "Kaspersky Anti-Virus Personal Root Certificate",
          },
        },
      },
    ],
    [
      "tls.private-ca",
      {
        script: {
          certificate: { kind: "intercepted", issuer: "Example Personal Root Certificate" },
        },
      },
    ],
  ),
  nearMiss(
    "421 and 554 as greeting",
    { port: 25, user: undefined },
    ["greeting.421", { script: { greeting: "421 4.7.0 Try again later" } }],
    [
      "greeting.554-blocklisted",
      { script: { greeting: "554 5.7.1 Your address 203.0.113.9 is on a block list" } },
    ],
  ),
  nearMiss(
    "530 5.7.0 that wants TLS and one that wants a login",
    { tls: "none", user: undefined, verb: "MAIL" },
    ["starttls.required", "530 5.7.0 Must issue a STARTTLS command first."],
    ["mail.auth-required", "530 5.7.0 Authentication Required."],
  ),
  nearMiss(
    "silence before TLS, and silence before everything",
    {},
    ["tls.plaintext-on-implicit-port", { script: { tls: "implicit" } }],
    ["connect.middlebox-silent", { doors: {}, everyDoor: { isSilent: true, tls: "none" } }],
  ),
  nearMiss(
    "plain text that is SMTP, and plain text that is not",
    { tls: "implicit" },
    ["tls.implicit-on-starttls-port", { script: { greeting: "220 mail.example.com ready" } }],
    ["config.wrong-service-port", { script: { says: "* OK mail.example.com ready\r\n" } }],
  ),
  nearMiss(
    "expired and not valid yet",
    {},
    ["tls.expired", { script: { certificate: { validFromDays: -30, validToDays: -1 } } }],
    ["tls.clock-skew", { script: { certificate: { validFromDays: 1, validToDays: 30 } } }],
  ),
  nearMiss(
    "one recipient refused of two, and of one",
    {},
    [
      "rcpt.partial",
      {
        to: ["bob@example.org", "zed@example.org"],
        script: { recipients: { "zed@example.org": "550 5.1.1 User unknown" } },
      },
    ],
    [
      "rcpt.unknown-user",
      {
        to: ["zed@example.org"],
        script: { recipients: { "zed@example.org": "550 5.1.1 User unknown" } },
      },
    ],
  ),
  nearMiss(
    "an MX by its name, and a server without logins by another",
    { port: 25, script: { offer: ["SIZE 1000000"] } },
    [
      "config.mx-used-for-submission",
      { host: "aspmx.l.google.com", script: { offer: ["SIZE 1000000"] } },
    ],
    ["auth.not-offered", { host: "mail.example.com", script: { offer: ["SIZE 1000000"] } }],
  ),
];
