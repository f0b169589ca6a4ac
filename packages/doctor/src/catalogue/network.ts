/** Failures between here and the server's first words, and those of its own. */
import type { FailureFacts } from "./failure.ts";

/** Their identifiers. */
export type NetworkFailureId =
  | "dns.nxdomain"
  | "dns.temporary"
  | "dns.no-mx"
  | "dns.ipv6-unroutable"
  | "connect.refused"
  | "connect.timeout"
  | "connect.port25-blocked"
  | "connect.platform-blocks-smtp"
  | "connect.edge-runtime"
  | "connect.proxy"
  | "connect.captive-portal"
  | "connect.reset"
  | "greeting.slow"
  | "connect.middlebox-silent"
  | "greeting.421"
  | "greeting.554-blocklisted"
  | "ehlo.rejected"
  | "protocol.pipelining-desync"
  | "server.temporary";

export const networkFailures: Readonly<Record<NetworkFailureId, FailureFacts>> = {
  "dns.nxdomain": {
    stage: "dns",
    frequency: 4,
    why: "No computer has this name.",
    do: [
      "Check the spelling of the host.",
      "If other names do not resolve either, the network has no DNS: a container without it, or a VPN.",
    ],
    try: ["letterwright doctor --server {server}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "dns.temporary": {
    stage: "dns",
    frequency: 3,
    why: "The name could not be looked up at the moment: the resolver failed, not the mail server.",
    do: [
      "Is this machine online? Look at /etc/resolv.conf, the VPN, and in Docker at --dns.",
      "Trying again is safe.",
    ],
    try: ["letterwright doctor --server {server}"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["Node dns docs (EAI_AGAIN)"],
  },
  "dns.no-mx": {
    stage: "recipient",
    frequency: 2,
    why: "The recipient's domain takes no mail: it does not exist, or has neither a mail server nor an address, or says so itself (a null MX).",
    do: ["Check the domain in the recipient's address for a slip."],
    try: ["letterwright doctor --domain {domain}"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["RFC 7505", "RFC 5321 §5.1"],
  },
  "dns.ipv6-unroutable": {
    stage: "connect",
    frequency: 3,
    why: "The server has an IPv6 address, and this network cannot reach IPv6.",
    do: [
      "Let the client fall back to IPv4 (ours does by itself), or switch IPv6 off for this connection.",
      "In Docker, enable IPv6 or prefer IPv4.",
    ],
    try: ["letterwright doctor --server {server}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/1743",
      "github.com/node-red/node-red-nodes/issues/1116",
      "github.com/TryGhost/Ghost/issues/17627",
      "measured with scripted servers, 2026-11-23",
    ],
  },
  "connect.refused": {
    stage: "connect",
    frequency: 4,
    why: "Nothing listens on that port there, or a firewall says no at once.",
    do: [
      "Is the server running, and is it this port? 465 and 587 are usual for sending.",
      "For tests, start a catcher here. In Docker, localhost is the container itself: use the service's name.",
    ],
    try: ["letterwright catch --dir caught --port 1025"],
    confusedWith: ["config.host-unset"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: [
      "measured with scripted servers, 2026-11-23",
      "github.com/nodemailer/nodemailer/issues/1454",
    ],
  },
  "connect.timeout": {
    stage: "connect",
    frequency: 5,
    why: "No answer at all: on the way something drops what is sent to this port. A password cannot be the reason, it was never asked for.",
    do: [
      "Try the other ports for sending: 587, 465, 2525.",
      "If all of them are silent and the web works, this network or host blocks mail: use a provider's port 2525 or its HTTP interface.",
    ],
    try: ["letterwright doctor --server {host}:587", "letterwright doctor --server {host}:465"],
    confusedWith: [
      "connect.port25-blocked",
      "connect.platform-blocks-smtp",
      "config.mx-used-for-submission",
    ],
    sure: "documented",
    asOf: "2026-11-23",
    sources: [
      "thekiharani.com/notes/why-your-vps-blocks-smtp-use-an-email-api",
      "captaindns.com/en/blog/port-25-blocked-diagnosis-solutions",
    ],
  },
  "connect.port25-blocked": {
    stage: "connect",
    frequency: 4,
    why: "Port 25 is closed towards the outside from here, as with most home connections and clouds. It is for servers among themselves.",
    do: ["To send, log in on port 465 or 587."],
    try: ["letterwright doctor --server {host}:465", "letterwright doctor --server {host}:587"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["captaindns.com", "github.com/docker-mailserver/docker-mailserver/issues/1668"],
  },
  "connect.platform-blocks-smtp": {
    stage: "connect",
    frequency: 4,
    why: "This hosting platform lets no SMTP out. What works on a laptop fails here by design.",
    do: [
      "Use port 2525 where the provider has it (SendGrid, Mailgun, Postmark, Brevo, Mailtrap, SMTP2GO), or its HTTP interface, or another plan of the platform.",
    ],
    try: ["letterwright doctor --server {host}:2525 --tls starttls"],
    confusedWith: ["connect.timeout"],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["news.lavx.hu Render case"],
  },
  "connect.edge-runtime": {
    stage: "settings",
    frequency: 2,
    why: "The program runs where there are no TCP sockets: a browser, or an edge runtime.",
    do: ["Send from a server route on Node, Deno or Bun, or through a provider's HTTP interface."],
    try: [],
    sure: "known",
    asOf: "2026-11-23",
    sources: ["npm package worker-mailer readme"],
  },
  "connect.proxy": {
    stage: "connect",
    frequency: 2,
    why: "The way out is a proxy, and mail does not use it by itself, or the proxy does not let mail ports through.",
    do: [
      "Ask whoever runs the proxy to allow CONNECT to port 465 and 587, and give the mail library the proxy explicitly.",
    ],
    try: [],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["nodemailer lib/errors.js EPROXY"],
  },
  "connect.captive-portal": {
    stage: "connect",
    frequency: 1,
    why: "A web page answers in the mail server's place: this network wants a sign-in first.",
    do: ["Sign in to the network in a browser, then try again."],
    try: ["letterwright doctor --server {server}"],
    sure: "known",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "connect.reset": {
    stage: "connect",
    frequency: 3,
    why: "The other side hung up before it said anything useful.",
    do: [
      "Before the greeting: your address may be refused, or too many connections are open: wait, and look at block lists.",
      "In the middle of the handshake: another version of TLS, or something between the two that cuts it.",
    ],
    try: ["letterwright doctor --server {server}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "greeting.slow": {
    stage: "greeting",
    frequency: 2,
    why: "The server takes its time before it greets, on purpose or because it looks you up, and the client did not wait.",
    do: ["Wait longer: a minute at least (RFC 5321 §4.5.3.2.1 asks for five)."],
    try: [],
    confusedWith: ["tls.plaintext-on-implicit-port"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["RFC 5321 §4.5.3.2", "measured with scripted servers, 2026-11-23"],
  },
  "connect.middlebox-silent": {
    stage: "greeting",
    frequency: 2,
    why: "Something takes every connection and then says nothing: a firewall, a load balancer or a virus scanner between you and the server.",
    do: ["Try from another network, a phone's for example.", "Ask whoever runs this network."],
    try: ["letterwright doctor --server {server}"],
    sure: "known",
    asOf: "2026-11-23",
    sources: [
      "github.com/nodemailer/nodemailer/issues/1099",
      "github.com/nodemailer/nodemailer/issues/638",
    ],
  },
  "greeting.421": {
    stage: "greeting",
    frequency: 3,
    why: "The server is busy, or has too many connections from you.",
    do: ["Wait and try again; open fewer connections at a time."],
    try: ["letterwright doctor --server {server}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23"],
  },
  "greeting.554-blocklisted": {
    stage: "greeting",
    frequency: 4,
    why: "Your address is on a block list, or refused as that of a home or cloud connection.",
    do: [
      "Send through your provider's submission server, with a login, instead of delivering directly.",
      "If it is your own server: find the cause, then ask the list to take the address off.",
    ],
    try: ["letterwright doctor --server {submission} --user {user}"],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["spamhaus.org PBL", "measured with scripted servers, 2026-11-23"],
  },
  "ehlo.rejected": {
    stage: "hello",
    frequency: 3,
    why: "The server does not like the name by which the client introduces itself.",
    do: [
      "Give the client a full host name (mail.example.com), not localhost, an address or a name with an underscore; ours takes `clientName`.",
    ],
    try: [],
    sure: "measured",
    asOf: "2026-11-23",
    sources: ["measured with scripted servers, 2026-11-23", "RFC 5321 §4.1.4"],
  },
  "protocol.pipelining-desync": {
    stage: "hello",
    frequency: 1,
    why: "The server counts the client as talking out of turn.",
    do: ["Wait for each reply: turn pipelining off for this server (`pipelining: false`)."],
    try: [],
    sure: "known",
    asOf: "2026-11-23",
    sources: ["Exim synchronisation check"],
  },
  "server.temporary": {
    stage: "any",
    frequency: 3,
    why: "The server has trouble of its own, for now.",
    do: ["Try again later."],
    try: [],
    sure: "documented",
    asOf: "2026-11-23",
    sources: ["github.com/corecode/dma/issues/72"],
  },
};
