/** Signs of DNS, of connecting, and of a greeting that does not come: mostly names of errors. */
import type { Rule } from "../rule.ts";

export const connectionRules: readonly Rule[] = [
  // DNS.
  { id: "dns.nxdomain", weight: 85, name: ["ENOTFOUND", "EAI_NONAME"] },
  {
    id: "dns.nxdomain",
    weight: 85,
    says: [
      "name or service not known",
      "nodename nor servname",
      "cannot locate host",
      "could not resolve host",
      "[errno -2]",
      "no such host",
      "unknown host",
    ],
  },
  { id: "dns.nxdomain", weight: 80, name: ["SMTP_HOST_NOT_FOUND"] },
  { id: "dns.temporary", weight: 92, name: ["EAI_AGAIN", "ESERVFAIL", "SERVFAIL"] },
  {
    id: "dns.temporary",
    weight: 90,
    says: [
      "temporary failure in name resolution",
      "[errno -3]",
      "querymx etimeout",
      "queryA etimeout",
    ],
  },
  {
    id: "dns.ipv6-unroutable",
    weight: 80,
    name: ["ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL"],
    says: ["unreach 2", "unreach fe", "unreach ::", "addrnotavail 2", "addrnotavail ::"],
  },
  { id: "dns.ipv6-unroutable", weight: 70, name: ["SMTP_HOST_UNREACHABLE", "EADDRNOTAVAIL"] },
  {
    id: "dns.ipv6-unroutable",
    weight: 60,
    says: ["cannot assign requested address", "network is unreachable"],
  },
  // Connecting.
  {
    id: "connect.proxy",
    weight: 98,
    says: [
      "eproxy",
      "proxy connection failed",
      "proxy connection refused",
      "http/1.1 407",
      "http/1.1 403",
      "proxy authentication required",
    ],
  },
  { id: "connect.refused", weight: 80, name: ["ECONNREFUSED", "SMTP_CONNECTION_REFUSED"] },
  {
    id: "connect.refused",
    weight: 78,
    says: ["connection refused", "winerror 10061", "actively refused"],
  },
  {
    id: "connect.port25-blocked",
    weight: 86,
    says: [":25 "],
    alsoSays: ["etimedout", "timed out", "did not answer"],
    not: ["greeting"],
  },
  {
    id: "connect.timeout",
    weight: 82,
    says: [
      "connect etimedout",
      "connection timeout",
      "winerror 10060",
      "stage: connect",
      "did not answer",
      "connection timed out",
    ],
    name: ["ETIMEDOUT", "SMTP_TIMEOUT", "TimeoutError", "OSError"],
    not: ["econnrefused", "smtp_connection_refused"],
  },
  {
    id: "connect.timeout",
    weight: 72,
    says: [
      "connection timeout",
      "connection timed out",
      "winerror 10060",
      "timeouterror: timed out",
    ],
  },
  { id: "connect.timeout", weight: 45, says: ["timed out", "etimedout"] },
  { id: "connect.reset", weight: 84, says: ["disconnected before secure tls connection"] },
  { id: "connect.reset", weight: 80, name: ["TLS_CONNECTION_LOST"] },
  {
    id: "connect.reset",
    weight: 70,
    name: ["ECONNRESET", "SMTP_CONNECTION_LOST", "ConnectionResetError"],
  },
  {
    id: "connect.reset",
    weight: 66,
    says: [
      "connection unexpectedly closed",
      "connection closed unexpectedly",
      "connection reset by peer",
      "unexpected eof",
      "eof occurred in violation",
    ],
    not: ["timed out"],
  },
  {
    id: "connect.reset",
    weight: 60,
    name: ["SMTPServerDisconnected"],
    not: ["timed out", "run connect() first"],
  },
  // A greeting that does not come.
  {
    id: "tls.plaintext-on-implicit-port",
    weight: 76,
    says: [
      "greeting never received",
      "accepted the connection and said nothing",
      "unexpectedly closed: timed out",
      "0 bytes received",
      "timeout waiting for server response",
      "network read error: the operation timed out",
    ],
  },
  {
    id: "tls.plaintext-on-implicit-port",
    weight: 90,
    says: ["greeting never received", "said nothing", "timed out"],
    alsoSays: [":465 ", "port 465"],
  },
  {
    id: "greeting.slow",
    weight: 52,
    says: [
      "greeting never received",
      "accepted the connection and said nothing",
      "unexpectedly closed: timed out",
    ],
  },
  {
    id: "connect.middlebox-silent",
    weight: 48,
    says: [
      "greeting never received",
      "said nothing",
      "stopped answering",
      "unexpectedly closed: timed out",
    ],
  },
];
