/** Failures of the login. */
import type { FailureFacts } from "./failure.ts";

/** Their identifiers. */
export type LoginFailureId =
  | "auth.gmail-app-password"
  | "auth.gmail-bad-credentials"
  | "auth.gmail-web-login"
  | "auth.too-many-logins"
  | "auth.m365-smtp-auth-disabled"
  | "auth.m365-policy"
  | "auth.m365-basic-retired"
  | "auth.oauth-token"
  | "auth.generic-535"
  | "auth.not-offered"
  | "auth.mechanism"
  | "auth.needs-tls"
  | "auth.ip-not-allowed";

export const loginFailures: Readonly<Record<LoginFailureId, FailureFacts>> = {
  "auth.gmail-app-password": {
    stage: "login",
    frequency: 5,
    why: "Google wants an App Password here: the account has 2-Step Verification.",
    do: [
      "Make one at https://myaccount.google.com/apppasswords and use its 16 letters as the password (blanks do not matter), or use OAuth 2.",
    ],
    try: ["letterwright doctor --server {server} --user {user} --login"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["github kmhmubin/Face-Recognition-Attendance-System#46"],
  },
  "auth.gmail-bad-credentials": {
    stage: "login",
    frequency: 5,
    why: "Google does not take this password. Account passwords are refused here; App Passwords end when the account's password changes.",
    do: [
      "Make an App Password: https://myaccount.google.com/apppasswords (needs 2-Step Verification), or use OAuth 2.",
      "The user is the full address. In Workspace an administrator may have forbidden App Passwords.",
    ],
    try: ["letterwright doctor --server {server} --user {user} --login"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/1656",
      "openillumi.com",
      "thedebonair.co.uk",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "auth.gmail-web-login": {
    stage: "login",
    frequency: 3,
    why: "Google finds this login suspicious and wants you to sign in with a browser first.",
    do: [
      "Sign in with a browser from a usual place and confirm that it was you; then use an App Password or OAuth 2.",
    ],
    try: ["letterwright doctor --server {server} --user {user} --login"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["github.com/gogs/docs/pull/241"],
  },
  "auth.too-many-logins": {
    stage: "login",
    frequency: 3,
    why: "Too many logins in a short time: one for each message, or many that failed.",
    do: ["Send many messages over one connection; then wait, from minutes to a day."],
    try: [],
    sure: "documented",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/1388",
      "github.com/gophish/gophish/issues/1836",
    ],
  },
  "auth.m365-smtp-auth-disabled": {
    stage: "login",
    frequency: 5,
    why: "Microsoft 365 has SMTP logins switched off for this mailbox or for the whole organisation, as it is by default.",
    do: [
      "Mailbox: admin centre, the user, Mail, Manage email apps, Authenticated SMTP. Or Set-CASMailbox -SmtpClientAuthenticationDisabled $false.",
      "Organisation: Set-TransportConfig -SmtpClientAuthenticationDisabled $false. Better: OAuth 2, or Microsoft Graph.",
    ],
    try: ["letterwright doctor --server {server} --user {user} --login"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "docs.bookyourpto.com/features/smtp-troubleshoot",
      "irohastack.com/?p=4192",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "auth.m365-policy": {
    stage: "login",
    frequency: 4,
    why: "Microsoft 365 refuses the password by policy (security defaults, Conditional Access, MFA), or it is wrong.",
    do: [
      "Look at the sign-in log of the account, which names the policy.",
      "Use OAuth 2, or have an administrator exempt this mailbox.",
    ],
    try: ["letterwright doctor --server {server} --user {user} --login"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["docs.bookyourpto.com/features/smtp-troubleshoot"],
  },
  "auth.m365-basic-retired": {
    stage: "login",
    frequency: 5,
    why: "Microsoft no longer takes passwords for sending here; it wants OAuth 2.",
    do: [
      "Use OAuth 2 (XOAUTH2, scope https://outlook.office.com/SMTP.Send), Microsoft Graph, or another relay.",
      "Personal accounts lost passwords on 2024-09-16. Exchange Online: off by default for existing tenants at the end of December 2026; the last date is to be announced (Microsoft, 2026-01-27).",
    ],
    try: [],
    sure: "documented",
    asOf: "2026-11-23",
    sources: [
      "techcommunity.microsoft.com Exchange blog 4489835 (27 Jan 2026)",
      "easi.its.utoronto.ca (5.7.30 text)",
      "techissuestoday.com and patriotmail.ai (outlook.com, 16 Sep 2024)",
    ],
  },
  "auth.oauth-token": {
    stage: "login",
    frequency: 3,
    why: "The access token is not taken: run out, revoked, for another account, or without the right to send.",
    do: [
      "Get a new token. Gmail wants the scope https://mail.google.com/, Microsoft https://outlook.office.com/SMTP.Send.;invalid_grant means: sign in again. Google's refresh tokens of apps in testing live seven days.",
    ],
    try: [],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23", "Google/Microsoft XOAUTH2 docs"],
  },
  "auth.generic-535": {
    stage: "login",
    frequency: 5,
    why: "The server does not take this user with this password.",
    do: [
      "Many providers want an app password or an API key in its place, and the full address as user.",
      "Look for a blank or a line end at its end, quotes from a .env file, and signs that a shell changed.",
    ],
    try: ["letterwright doctor --server {server} --user {user} --login"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "github.com/gogs/docs/pull/241",
      "github.com/louislam/uptime-kuma/issues/4777",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "auth.not-offered": {
    stage: "login",
    frequency: 4,
    why: "The server offers no login here: only inside TLS, or not at all, as servers that receive mail do.",
    do: [
      "Use TLS first; if it is offered nowhere, this is not the server for sending: ask the provider for its submission server.",
      "A catcher on your own machine needs no login: leave it out.",
    ],
    try: ["letterwright doctor --server {server}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23", "zhjwpku.com 2017 smtp-auth"],
  },
  "auth.mechanism": {
    stage: "login",
    frequency: 3,
    why: "The server and the client share no way to log in.",
    do: ["Use one that the server offers: XOAUTH2 takes an access token, not a password."],
    try: ["letterwright doctor --server {server}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/865",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "auth.needs-tls": {
    stage: "login",
    frequency: 3,
    why: "The server takes no password without TLS, rightly.",
    do: ["Use TLS: mode starttls here, or port 465."],
    try: ["letterwright doctor --server {server} --tls starttls"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "auth.ip-not-allowed": {
    stage: "login",
    frequency: 3,
    why: "The account or relay takes mail only from addresses that were registered, and yours is not among them.",
    do: [
      "Add your public address in the provider's console (Brevo: Security, Authorised IPs; Google: Admin console, Gmail, Routing, SMTP relay).",
    ],
    try: [],
    sure: "known",
    asOf: "2026-11-23",
    sources: ["Brevo/Workspace docs"],
  },
};
