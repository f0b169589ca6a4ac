/** Signs in the greeting and in the introduction. */
import type { Rule } from "../rule.ts";

const opening = ["greeting", "hello"] as const;

export const openingRules: readonly Rule[] = [
  { id: "greeting.421", weight: 84, stage: opening, reply: [421] },
  {
    id: "greeting.421",
    weight: 86,
    says: [
      "too many connections",
      "too many concurrent smtp connections",
      "connection rate limit",
      "too many sessions",
      "server busy",
      "server too busy",
      "too many open connections",
    ],
  },
  { id: "greeting.421", weight: 80, name: ["SMTP_SERVER_CLOSING"], reply: [421] },
  {
    id: "greeting.554-blocklisted",
    weight: 96,
    says: [
      "spamhaus",
      "blocked using",
      "block list",
      "blocklist",
      "blacklist",
      "black list",
      "dnsbl",
      "barracuda",
      "spamcop",
      "sorbs",
      "uceprotect",
      "listed by",
      "listed in",
      "listed at",
      " rbl",
    ],
  },
  { id: "greeting.554-blocklisted", weight: 70, stage: ["greeting"], reply: [554, 550, 521] },
  {
    id: "ehlo.rejected",
    weight: 97,
    says: [
      "helo command rejected",
      "ehlo command rejected",
      "invalid helo",
      "invalid ehlo argument",
      "invalid helo argument",
      "helo argument",
      "ehlo argument",
      "helo name",
      "need fully-qualified hostname",
      "bad helo",
      "invalid hostname in helo",
    ],
  },
  { id: "ehlo.rejected", weight: 78, stage: ["hello"] },
  { id: "ehlo.rejected", weight: 84, says: ["invalid domain name"], status: ["5.5.4"] },
  {
    id: "protocol.pipelining-desync",
    weight: 96,
    says: [
      "synchronization error",
      "synchronisation error",
      "improper use of smtp command pipelining",
      "smtp protocol synchronization",
      "pipelining not allowed",
      "client sent data before",
    ],
  },
  { id: "protocol.pipelining-desync", weight: 78, reply: [503], not: ["auth", "starttls", "tls"] },
  {
    id: "protocol.pipelining-desync",
    weight: 86,
    says: [
      "bad sequence of commands",
      "out of sequence",
      "need mail before rcpt",
      "need mail command",
      "need rcpt",
      "sender already given",
      "sender already specified",
    ],
  },
];
