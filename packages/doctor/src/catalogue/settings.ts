/** Failures that stand in the settings, before a packet is sent. */
import type { FailureFacts } from "./failure.ts";

/** Their identifiers. */
export type SettingsFailureId =
  | "config.host-unset"
  | "config.credentials-missing"
  | "config.tls-mode-string"
  | "config.url-encoding"
  | "config.scheme-port-clash"
  | "config.wrong-service-port"
  | "config.mx-used-for-submission"
  | "config.host-typo";

export const settingsFailures: Readonly<Record<SettingsFailureId, FailureFacts>> = {
  "config.host-unset": {
    stage: "settings",
    frequency: 5,
    why: "No server was named, so the library called this computer, and nothing answers mail here.",
    do: [
      "Say which server to use; there is no sensible default. Look for the variable that should hold it, and whether the file it stands in was loaded.",
      "In Node, load the file: node --env-file=.env app.js",
    ],
    try: ["letterwright doctor --server smtp.example.com"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/889",
      "github.com/nodemailer/nodemailer/issues/745",
      "github.com/forwardemail/email-templates/issues/359",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "config.credentials-missing": {
    stage: "settings",
    frequency: 5,
    why: "A login was asked for, and user or password is empty.",
    do: [
      "Look for the variable that should hold it: not loaded, misspelt, or another name in production.",
      "Check the option's name: many libraries want `pass`, some `password`, ours `secret`.",
    ],
    try: ["node --env-file=.env app.js"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/1641",
      "github.com/nodemailer/nodemailer/issues/1698",
      "github.com/nodemailer/nodemailer/issues/1651",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "config.tls-mode-string": {
    stage: "settings",
    frequency: 4,
    why: "The setting for TLS is a text, and every text counts as true: TLS was begun at once on a port that starts in plain text.",
    do: [
      'Settings from the environment are texts: compare with "true" instead of passing them on.',
      "Better, name the mode: implicit, starttls or none.",
    ],
    try: ["letterwright doctor --server {server} --tls starttls"],
    confusedWith: ["tls.implicit-on-starttls-port"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "measured with scripted servers, 2026-11-23",
      "github.com/louislam/uptime-kuma/issues/140",
    ],
  },
  "config.url-encoding": {
    stage: "settings",
    frequency: 4,
    why: "User or password in the URL holds a character that ends that part of a URL (@ : / # % ?), so the address was cut in the wrong place.",
    do: [
      "Write such characters as percent codes: @ is %40, # is %23, / is %2F, % is %25.",
      "Or give user and password as settings of their own, outside the URL.",
    ],
    try: [],
    confusedWith: ["dns.nxdomain"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/572",
      "github.com/nodemailer/nodemailer/issues/1723",
      "github.com/nodemailer/nodemailer/issues/1332",
      "github.com/wekan/wekan/issues/1845",
    ],
  },
  "config.scheme-port-clash": {
    stage: "settings",
    frequency: 4,
    why: "Port and TLS mode do not belong together: 465 begins with TLS, 587, 25 and 2525 begin in plain text.",
    do: [
      "Use implicit TLS with 465, STARTTLS with 587; leave the mode out where the port says it.",
    ],
    try: ["letterwright doctor --server {host}:465", "letterwright doctor --server {host}:587"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["github.com/nodemailer/nodemailer/issues/1154", "RFC 8314"],
  },
  "config.wrong-service-port": {
    stage: "settings",
    frequency: 3,
    why: "Another service answers on this port, not a mail server that takes mail.",
    do: [
      "Use a port for sending: 465 (TLS at once) or 587 (STARTTLS). 143 and 993 are IMAP, 110 and 995 POP3, 22 SSH, 80 and 443 the web.",
    ],
    try: ["letterwright doctor --server {host}:465", "letterwright doctor --server {host}:587"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/638",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "config.mx-used-for-submission": {
    stage: "settings",
    frequency: 4,
    why: "This is a server that receives mail for its own users (an MX). It never logs anyone in.",
    do: [
      "Use the provider's submission server instead.",
      "For Gmail and Workspace that is smtp.gmail.com, port 465 (or 587 with STARTTLS), with an App Password or OAuth 2.",
    ],
    try: ["letterwright doctor --server {submission} --user {user}"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["intodns.ai/citations/google-workspace-mx-records (Workspace MX is smtp.google.com)"],
  },
  "config.host-typo": {
    stage: "settings",
    frequency: 3,
    why: "The host name is one slip away from a mail server that is well known.",
    do: ["Correct the host."],
    try: ["letterwright doctor --server {submission}"],
    confusedWith: ["dns.nxdomain"],
    sure: "known",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
};
