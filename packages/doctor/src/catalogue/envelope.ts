/** Failures of sender and recipients. */
import type { FailureFacts } from "./failure.ts";

/** Their identifiers. */
export type EnvelopeFailureId =
  | "mail.auth-required"
  | "mail.sender-not-allowed"
  | "ses.sandbox"
  | "provider.test-mode"
  | "rcpt.unknown-user"
  | "rcpt.partial"
  | "rcpt.relay-denied"
  | "rcpt.greylisted"
  | "rcpt.mailbox-full"
  | "rcpt.too-many"
  | "rcpt.bad-address"
  | "smtputf8.not-offered";

export const envelopeFailures: Readonly<Record<EnvelopeFailureId, FailureFacts>> = {
  "mail.auth-required": {
    stage: "sender",
    frequency: 4,
    why: "The server wants a login before it takes mail, and there was none.",
    do: ["Give user and password, and see that the client really logs in."],
    try: ["letterwright doctor --server {server} --user {user} --login"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "measured with scripted servers, 2026-11-23",
      "support.smtp2go.com Common Sending Errors",
    ],
  },
  "mail.sender-not-allowed": {
    stage: "sender",
    frequency: 5,
    why: "You may not send as this address: it is not that of the login, or its domain is not verified with the provider.",
    do: [
      "Send from the login's address, and put the other into Reply-To.",
      "Or have it added: an alias, a Send As right, a verified domain or sender.",
    ],
    try: [],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "zeptomail SMTP error codes",
      "kouhan.cn 00038744 SendAsDenied",
      "twilio sendgrid 403",
      "support.sparkpost.com",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "ses.sandbox": {
    stage: "content",
    frequency: 4,
    why: "Amazon SES knows the address as unverified: a new account may write to verified addresses only, and each region has its own list.",
    do: [
      "Verify the sender in the region of the host; ask for production access to write to everybody.",
    ],
    try: [],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["repost.aws ses-554-400", "fusion242.com"],
  },
  "provider.test-mode": {
    stage: "recipient",
    frequency: 3,
    why: "The provider's account is in test mode: it sends only to you, or to recipients you registered.",
    do: [
      "Verify a domain, or ask for approval, or add the recipient to the allowed ones; look whether credits are used up.",
    ],
    try: [],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["help.mailgun.com Authorized Recipients", "twilio sendgrid errors"],
  },
  "rcpt.unknown-user": {
    stage: "recipient",
    frequency: 5,
    why: "There is no such mailbox.",
    do: ["Correct the address; trying again does not help."],
    try: [],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "rcpt.partial": {
    stage: "recipient",
    frequency: 4,
    why: "Some recipients were refused; the others have the message.",
    do: ["Send again to the refused ones only, when their addresses are corrected."],
    try: [],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "rcpt.relay-denied": {
    stage: "recipient",
    frequency: 5,
    why: "The server does not carry mail to that domain for you: you are not logged in, or it is not your provider's server.",
    do: ["Log in; use your own provider's submission server."],
    try: ["letterwright doctor --server {server} --user {user} --login"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23", "learn.microsoft.com 5.7.64"],
  },
  "rcpt.greylisted": {
    stage: "recipient",
    frequency: 3,
    why: "A refusal for now: the server wants to see the same mail again later.",
    do: ["Try again in 5 to 15 minutes, then with longer pauses. Nothing is wrong yet."],
    try: [],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "github.com/eleith/emailjs/issues/202",
      "github.com/postalserver/postal/issues/576",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "rcpt.mailbox-full": {
    stage: "recipient",
    frequency: 2,
    why: "The recipient's mailbox is full.",
    do: ["Tell them another way, and try again later."],
    try: [],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["RFC 3463"],
  },
  "rcpt.too-many": {
    stage: "recipient",
    frequency: 2,
    why: "More recipients in one message than this server takes.",
    do: ["Send it in several parts."],
    try: [],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["RFC 5321 §4.5.3.1.8", "RFC 9422"],
  },
  "rcpt.bad-address": {
    stage: "recipient",
    frequency: 4,
    why: "The server does not read this as an address.",
    do: [
      "Look for blanks, commas or semicolons inside, a missing @, and quotes that a word processor made.",
    ],
    try: ['letterwright compose -f ana@example.com -t "bob@example.org" -b Hello'],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "smtputf8.not-offered": {
    stage: "recipient",
    frequency: 3,
    why: "The part of the address before the @ has letters beyond ASCII, and this server does not take such addresses.",
    do: ["Use another address of the same person, or a server that offers SMTPUTF8."],
    try: ["letterwright doctor --server {server}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23", "RFC 6531"],
  },
};
