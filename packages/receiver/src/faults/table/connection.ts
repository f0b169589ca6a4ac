/** What shows before a word of SMTP: another service, a closed door, a line that is cut, a greeting that refuses. */
import { variantsOf, type FaultVariant, type ServerScript } from "../variant.ts";

const web = (head: string): ServerScript => ({
  says: `${head}\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html><body>Sign in</body></html>\r\n`,
});
const silent: ServerScript = { isSilent: true, tls: "none" };
const inbound: ServerScript = { offer: ["SIZE 157286400", "8BITMIME", "PIPELINING", "SMTPUTF8"] };

export const connectionFaults: readonly FaultVariant[] = [
  ...variantsOf(
    "config.wrong-service-port",
    {},
    {
      "dovecot-imap": {
        port: 143,
        script: {
          says: "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS LOGINDISABLED] Dovecot (Debian) ready.\r\n",
        },
      },
      qpopper: {
        port: 110,
        script: {
          says: "+OK POP3 mail.example.com v2003 server ready <1896.697170952@mail.example.com>\r\n",
        },
      },
      openssh: { port: 22, script: { says: "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n" } },
    },
  ),
  ...variantsOf(
    "config.mx-used-for-submission",
    { port: 25 },
    {
      "google-mx": {
        host: "smtp.google.com",
        user: "ana@gmail.com",
        from: "ana@gmail.com",
        script: { ...inbound, greeting: "220 mx.google.com ESMTP 4fb4d7f45d1cf-5d3qsi - gsmtp" },
      },
      "exchange-online-protection": {
        host: "example-com.mail.protection.outlook.com",
        script: {
          ...inbound,
          greeting:
            "220 DB5EUR01FT011.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready",
        },
      },
      "fastmail-mx": {
        host: "in1-smtp.messagingengine.com",
        user: "ana@fastmail.com",
        from: "ana@fastmail.com",
        script: { ...inbound, greeting: "220 mx1.messagingengine.com ESMTP . No UCE permitted." },
      },
    },
  ),
  ...variantsOf(
    "connect.refused",
    { doors: {} },
    {
      "port-587": {},
      "port-465": { port: 465, tls: "implicit", doors: { 587: {} } },
      "port-2525": { port: 2525, doors: { 25: { offer: ["SIZE 10240000"] } } },
    },
  ),
  ...variantsOf(
    "connect.reset",
    {},
    {
      "before-greeting": { script: { cutsAt: "connection" } },
      "after-client-hello": {
        port: 465,
        tls: "implicit",
        script: { tls: "implicit", cutsAt: "handshake" },
      },
      "after-ehlo": { script: { replies: { EHLO: "cut" } } },
    },
  ),
  ...variantsOf(
    "connect.captive-portal",
    {},
    {
      "hotel-redirect": {
        script: web("HTTP/1.1 302 Found\r\nLocation: http://portal.hotel.example/login"),
      },
      "airport-page": {
        script: web(
          "HTTP/1.1 301 Moved Permanently\r\nLocation: https://wifi.airport.example/welcome?dst=mail",
        ),
      },
      "campus-gateway": {
        script: web(
          "HTTP/1.0 307 Temporary Redirect\r\nServer: CampusGate\r\nLocation: https://netlogin.university.example/",
        ),
      },
    },
  ),
  ...variantsOf(
    "connect.middlebox-silent",
    { everyDoor: silent },
    {
      firewall: { doors: {} },
      "load-balancer": { port: 465, tls: "implicit", doors: {} },
      antivirus: { port: 25, doors: {} },
    },
  ),
  ...variantsOf(
    "greeting.slow",
    {},
    {
      postscreen: {
        port: 25,
        script: { greetingAfterMs: 3800, greeting: "220 mx.example.com ESMTP Postfix" },
      },
      tarpit: {
        script: {
          greetingAfterMs: 3400,
          greeting: "220-mail.example.com ESMTP OpenSMTPD\n220 patience is a virtue",
        },
      },
      "reverse-lookup": {
        script: { greetingAfterMs: 3600, greeting: "220 mail.example.com ESMTP Sendmail 8.17.1" },
      },
    },
  ),
  ...variantsOf(
    "greeting.421",
    {},
    {
      postfix: {
        script: {
          greeting: "421 4.7.0 mail.example.com Error: too many connections from 203.0.113.9",
        },
      },
      exim: {
        script: {
          greeting:
            "421 mail.example.com: Too many concurrent SMTP connections; please try again later.",
        },
      },
      sendmail: { script: { greeting: "421 4.3.2 Connection rate limit exceeded." } },
    },
  ),
  ...variantsOf(
    "greeting.554-blocklisted",
    { port: 25 },
    {
      spamhaus: {
        script: {
          replies: {
            RCPT: "554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/203.0.113.9",
          },
        },
      },
      barracuda: {
        script: {
          greeting:
            "554 Service unavailable; Client host [203.0.113.9] blocked using Barracuda Reputation; https://www.barracudanetworks.com/reputation/?ip=203.0.113.9",
        },
      },
      microsoft: {
        script: {
          replies: {
            MAIL: "550 5.7.1 Unfortunately, messages from [203.0.113.9] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).",
          },
        },
      },
    },
  ),
  ...variantsOf(
    "ehlo.rejected",
    {},
    {
      postfix: {
        script: {
          replies: {
            EHLO: ["504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname"],
          },
        },
      },
      exim: { script: { replies: { EHLO: "501 Syntactically invalid EHLO argument(s)" } } },
      exchange: { script: { replies: { EHLO: "501 5.5.4 Invalid domain name" } } },
    },
  ),
];
