/** Failures of the message, of limits, and of what comes after. */
import type { FailureFacts } from "./failure.ts";

/** Their identifiers. */
export type ContentFailureId =
  | "data.too-big"
  | "data.blocked-attachment"
  | "data.unauthenticated-sender"
  | "data.no-ptr"
  | "data.spam-rejected"
  | "data.missing-headers"
  | "data.bare-lf"
  | "data.line-too-long"
  | "data.dropped"
  | "quota.daily"
  | "post.accepted-not-arrived"
  | "post.bounce";

export const contentFailures: Readonly<Record<ContentFailureId, FailureFacts>> = {
  "data.too-big": {
    stage: "content",
    frequency: 4,
    why: "The message is larger than the server takes. In the mail, files grow by 37 % (base64).",
    do: ["Send a link, or less; look for a server with a larger limit."],
    try: ["letterwright doctor --server {server}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "data.blocked-attachment": {
    stage: "content",
    frequency: 3,
    why: "The kind of attachment is forbidden there, or a scanner found something in it. Archives are looked into.",
    do: ["Send a link, or another format."],
    try: [],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["support.google.com/mail/?p=BlockedMessage", "zeptomail 552 5.7.1 virus"],
  },
  "data.unauthenticated-sender": {
    stage: "content",
    frequency: 5,
    why: "The receiving side cannot verify that the mail comes from its From domain: neither SPF nor DKIM passed, or DMARC forbids it.",
    do: [
      "Send through the provider of that domain, or add what it gives you for DNS: SPF, DKIM, DMARC.",
      "Never send as somebody@gmail.com through another server.",
    ],
    try: ["letterwright doctor --domain {from-domain}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "measured with scripted servers, 2026-11-23",
      "pastebin 550-5.7.1 sample",
      "dmarcpal.com",
    ],
  },
  "data.no-ptr": {
    stage: "content",
    frequency: 3,
    why: "The sending address has no name in DNS that leads back to it (reverse DNS), often only its IPv6 address.",
    do: ["Have the hoster set it; or send over IPv4, or through a provider."],
    try: [],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["dmarcpal.com", "spamresource.com 2025-12"],
  },
  "data.spam-rejected": {
    stage: "content",
    frequency: 4,
    why: "The message, or your address's reputation, was judged spam.",
    do: [
      "Authenticate the domain (SPF, DKIM, DMARC), send a text part, Date and Message-ID, and follow the link in the reply.",
    ],
    try: ["letterwright doctor --domain {from-domain}"],
    sure: "known",
    asOf: "2026-11-23",
    sources: ["Google/Microsoft postmaster codes"],
  },
  "data.missing-headers": {
    stage: "content",
    frequency: 3,
    why: "The message lacks a field that it must have, or has one twice: Date, From, Message-ID.",
    do: ["Let a library write the message: ours adds Date and Message-ID, and refuses doubles."],
    try: ["letterwright compose -f {user} -t {to} -b Hello"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["Gmail 550-5.7.1 RFC 5322 text"],
  },
  "data.bare-lf": {
    stage: "content",
    frequency: 3,
    why: "Lines of the message end in LF alone. Servers refuse that since it was used to smuggle mail.",
    do: ["Write CRLF line ends; a library does."],
    try: ["letterwright compose -f ana@example.com -t bob@example.org -b Hello"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: [
      "github.com/vert-x3/vertx-mail-client/issues/219",
      "github.com/guileen/node-sendmail/issues/41",
    ],
  },
  "data.line-too-long": {
    stage: "content",
    frequency: 2,
    why: "A line of the message has more than 998 characters: HTML without line breaks, mostly.",
    do: ["Encode that part as quoted-printable or base64; ours does by itself."],
    try: ["letterwright compose -f ana@example.com -t bob@example.org --html @page.html"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["RFC 5321 §4.5.3.1.6", "Exim max line length"],
  },
  "data.dropped": {
    stage: "content",
    frequency: 3,
    why: "The connection broke while the message was being sent.",
    do: [
      "Try a small message: if that works, it is the size or a time limit; if not, the network or a filter.",
      "After the last line it may have arrived all the same: look before you send again.",
    ],
    try: [],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "quota.daily": {
    stage: "content",
    frequency: 4,
    why: "A limit of the provider is reached: messages a day or a minute, or connections at a time.",
    do: [
      "Wait, or slow down. Gmail: 500 recipients a day, Workspace 2000; Microsoft 365: 30 messages a minute, 3 connections.",
      "For more, use a service that is made for it.",
    ],
    try: [],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["github.com/gen-smtp/gen_smtp/issues/140", "codeopx.com outlook"],
  },
  "post.accepted-not-arrived": {
    stage: "after",
    frequency: 5,
    why: "Accepted is not delivered: the server took it, and what came after is not seen from here.",
    do: [
      "Look in the spam folder, and for a bounce at the sender's address; ask with the id the server gave.",
      "A catcher (Ethereal, Mailtrap's sandbox, this machine) delivers nothing.",
    ],
    try: ["letterwright doctor --domain {from-domain}"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/1557",
      "github.com/nodemailer/nodemailer/issues/1020",
      "github.com/nodemailer/nodemailer/issues/373",
      "github.com/nodemailer/smtp-server/issues/137",
    ],
  },
  "post.bounce": {
    stage: "after",
    frequency: 3,
    why: "A bounce: a server further on could not deliver, and says why in it.",
    do: ["Read the status and the diagnostic code in it; they decide what to do."],
    try: ["letterwright doctor < bounce.eml"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["RFC 3464"],
  },
};
