/** Failures of TLS, its certificates and its beginning. */
import type { FailureFacts } from "./failure.ts";

/** Their identifiers. */
export type TlsFailureId =
  | "tls.implicit-on-starttls-port"
  | "tls.plaintext-on-implicit-port"
  | "tls.self-signed"
  | "tls.intercepted"
  | "tls.missing-intermediate"
  | "tls.private-ca"
  | "tls.hostname-mismatch"
  | "tls.expired"
  | "tls.clock-skew"
  | "tls.old-protocol"
  | "tls.handshake-failure"
  | "tls.sni-or-fallback-cert"
  | "starttls.not-offered"
  | "starttls.454"
  | "starttls.required"
  | "proton.bridge";

export const tlsFailures: Readonly<Record<TlsFailureId, FailureFacts>> = {
  "tls.implicit-on-starttls-port": {
    stage: "tls",
    frequency: 5,
    why: "This port starts in plain text and switches to TLS later; TLS was begun with the first byte.",
    do: [
      "Use STARTTLS on this port, or port 465 for TLS at once. Turning off verification would not help.",
    ],
    try: [
      "letterwright doctor --server {server} --tls starttls",
      "letterwright doctor --server {host}:465",
    ],
    confusedWith: ["config.tls-mode-string", "config.wrong-service-port"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/1154",
      "github.com/nodemailer/nodemailer/issues/1461",
      "github.com/nodemailer/nodemailer/issues/1217",
      "github.com/gitroomhq/postiz-app/issues/466",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "tls.plaintext-on-implicit-port": {
    stage: "greeting",
    frequency: 5,
    why: "This port wants TLS from the first byte; the client waited for a greeting in plain text.",
    do: [
      "Use implicit TLS on this port (in nodemailer secure: true, in Python SMTP_SSL), or port 587 with STARTTLS.",
    ],
    try: [
      "letterwright doctor --server {server} --tls implicit",
      "letterwright doctor --server {host}:587",
    ],
    confusedWith: ["greeting.slow", "connect.middlebox-silent"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/441",
      "github.com/nodemailer/nodemailer/issues/535",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "tls.self-signed": {
    stage: "tls",
    frequency: 4,
    why: "The server's certificate vouches for itself, as those made at installation do.",
    do: [
      "If it is your server, trust exactly this certificate, or give it one from a public authority, which costs nothing.",
      "Do not switch verification off: then anybody can be the server.",
    ],
    try: [],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/504",
      "github.com/nodemailer/nodemailer/issues/406",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "tls.intercepted": {
    stage: "tls",
    frequency: 4,
    why: "Something on the way re-signs the connection: a virus scanner, or a company's proxy.",
    do: [
      "Turn off the scanning of mail in that program; or, if it is your company's, trust its root certificate.",
    ],
    try: [],
    confusedWith: ["tls.private-ca"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/330",
      "github.com/nodemailer/nodemailer/issues/1040",
      "github.com/nodemailer/nodemailer/issues/1429",
      "github.com/PHPMailer/PHPMailer/issues/776",
    ],
  },
  "tls.missing-intermediate": {
    stage: "tls",
    frequency: 3,
    why: "The server does not send the certificate that links its own to a known authority. Browsers fetch it by themselves, mail programs do not.",
    do: [
      "Whoever runs the server: install the full chain (fullchain.pem in place of cert.pem).",
      "Until then, trust the missing certificate.",
    ],
    try: [],
    confusedWith: ["tls.private-ca"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "tls.private-ca": {
    stage: "tls",
    frequency: 2,
    why: "The certificate comes from an authority that this machine does not know, such as a company's own.",
    do: ["Trust that authority's root certificate."],
    try: ["NODE_EXTRA_CA_CERTS=company-root.pem node app.js"],
    confusedWith: ["tls.missing-intermediate", "tls.intercepted"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "tls.hostname-mismatch": {
    stage: "tls",
    frequency: 4,
    why: "The certificate is for other names than the one you connect to.",
    do: [
      "Connect to one of the names in the certificate. On shared hosting that is the name of the hoster's server.",
    ],
    try: ["letterwright doctor --server {named}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "tls.expired": {
    stage: "tls",
    frequency: 3,
    why: "The server's certificate has run out, or the clock of this machine is ahead.",
    do: [
      "Whoever runs the server: renew it, and restart the mail program, which may hold the old one.",
      "If every server looks like this, set this machine's clock.",
    ],
    try: ["letterwright doctor --server {server}"],
    confusedWith: ["tls.clock-skew"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "tls.clock-skew": {
    stage: "tls",
    frequency: 2,
    why: "The certificate is not valid yet: most likely the clock of this machine is behind.",
    do: ["Set the clock (timedatectl set-ntp true). Tokens and signatures depend on it too."],
    try: ["date --utc"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "tls.old-protocol": {
    stage: "tls",
    frequency: 3,
    why: "The server speaks only versions of TLS that are broken and retired (1.0, 1.1).",
    do: ["Whoever runs the server: enable TLS 1.2 or 1.3."],
    try: ["letterwright doctor --server {server}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "tls.handshake-failure": {
    stage: "tls",
    frequency: 2,
    why: "The two sides found no terms for TLS: no cipher in common, a key too weak, or a client certificate that was wanted.",
    do: [
      "If the server wants a certificate of yours, give the client one.",
      "Else whoever runs the server has to renew its key (RSA 2048 or more) and ciphers.",
    ],
    try: ["letterwright doctor --server {server}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "tls.sni-or-fallback-cert": {
    stage: "tls",
    frequency: 1,
    why: "The server showed the stand-in certificate that it has for clients who do not say which name they want.",
    do: ["Connect by the host's name, not by an address; or set the TLS server name."],
    try: ["letterwright doctor --server {server}"],
    sure: "known",
    asOf: "2026-11-23",
    sources: ["Google TLS behaviour, widely seen"],
  },
  "starttls.not-offered": {
    stage: "tls",
    frequency: 4,
    why: "The server offers no STARTTLS here: it has none, or something on the way takes the offer out.",
    do: [
      "Use port 465, where TLS begins at once.",
      "A catcher on your own machine may do without TLS. Never send a password in the clear.",
    ],
    try: ["letterwright doctor --server {host}:465"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "starttls.454": {
    stage: "tls",
    frequency: 2,
    why: "The server offers TLS and then cannot: its certificate or TLS set-up is broken.",
    do: ["Tell whoever runs it; try later, or port 465."],
    try: ["letterwright doctor --server {host}:465"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "starttls.required": {
    stage: "sender",
    frequency: 4,
    why: "The server takes nothing before TLS, and the client went on in plain text.",
    do: ["Use TLS: mode starttls on this port."],
    try: ["letterwright doctor --server {server} --tls starttls"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "proton.bridge": {
    stage: "connect",
    frequency: 2,
    why: "Proton Mail takes mail for sending through its Bridge on this machine, with a certificate of its own, or with an SMTP token of a paid plan.",
    do: ["Start the Bridge and trust its certificate; or use smtp.protonmail.ch with a token."],
    try: [],
    sure: "known",
    asOf: "2026-11-23",
    sources: ["nodemailer services.json", "Proton support"],
  },
};
