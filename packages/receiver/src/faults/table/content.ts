/** What shows when the message itself is sent, or after. */
import { variantsOf, type FaultVariant } from "../variant.ts";

const delivery = { port: 25, user: undefined };

export const contentFaults: readonly FaultVariant[] = [
  ...variantsOf(
    "data.too-big",
    { message: "large" },
    {
      postfix: {
        script: {
          offer: ["PIPELINING", "SIZE 10240", "8BITMIME", "AUTH PLAIN LOGIN"],
          replies: { MAIL: "552 5.3.4 Message size exceeds fixed limit" },
        },
      },
      sendmail: "552 5.2.3 Message exceeds maximum fixed size (10240)",
      qmail: "552 sorry, that message size exceeds my databytes limit (#5.3.4)",
    },
  ),
  ...variantsOf(
    "data.blocked-attachment",
    { message: "program" },
    {
      gmail:
        "552-5.7.0 This message was blocked because its content presents a potential\n552-5.7.0 security issue. To review our message content and attachment content guidelines, go to\n552 5.7.0 https://support.google.com/mail/?p=BlockedMessage - gsmtp",
      postfix:
        "550 5.7.1 attachments with the extension .exe are rejected here: message content rejected",
      clamav: "554 5.7.1 Your message was rejected: infected by Win.Test.EICAR_HDB-1 virus",
    },
  ),
  ...variantsOf("data.unauthenticated-sender", delivery, {
    gmail:
      "550-5.7.26 Your email has been blocked because the sender is unauthenticated. Gmail\n550-5.7.26 requires all senders to authenticate with either SPF or DKIM.\n550-5.7.26 Authentication results: DKIM = did not pass SPF [example.com] with ip: [203.0.113.9] = did not pass\n550 5.7.26 https://support.google.com/mail/answer/81126#authentication - gsmtp",
    microsoft:
      "550 5.7.515 Access denied, sending domain EXAMPLE.COM does not meet the required authentication level. [DB5EUR01FT011.eop-EUR01.prod.protection.outlook.com]",
    yahoo:
      "554 5.7.9 Message not accepted for policy reasons. See https://senders.yahooinc.com/error-codes (DMARC policy of example.com)",
  }),
  ...variantsOf("data.no-ptr", delivery, {
    gmail:
      "550-5.7.25 [2001:db8::9] The IP address sending this message does not have a PTR record\n550-5.7.25 setup, or the corresponding forward DNS entry does not match the sending IP.\n550 5.7.25 https://support.google.com/mail/answer/81126#ip-practices - gsmtp",
    postfix: {
      script: {
        replies: {
          RCPT: "450 4.7.25 Client host rejected: cannot find your hostname, [203.0.113.9]; no reverse DNS",
        },
      },
    },
    "web-de": {
      script: {
        greeting:
          "554-web.example (mxweb010) Nemesis ESMTP Service not available\n554-No SMTP service\n554-Bad DNS PTR resource record.\n554 For explanation visit https://postmaster.web.example/error-messages?ip=203.0.113.9&c=rdns",
      },
    },
  }),
  ...variantsOf("data.spam-rejected", delivery, {
    gmail:
      "550-5.7.1 [203.0.113.9] Our system has detected that this message is likely\n550-5.7.1 unsolicited mail. To reduce the amount of spam sent to Gmail, this message has been blocked.\n550 5.7.1 https://support.google.com/mail/?p=UnsolicitedMessageError - gsmtp",
    spamassassin: "550 5.7.1 Blocked by SpamAssassin",
    rspamd: "554 5.7.1 Spam message rejected",
  }),
  ...variantsOf("data.missing-headers", delivery, {
    gmail:
      "550-5.7.1 [203.0.113.9] Messages missing a valid Message-ID header are not\n550 5.7.1 accepted. For more information, go to https://support.google.com/mail/?p=RfcMessageNonCompliant - gsmtp",
    exim: "550 5.6.0 The message is not RFC 5322 compliant: missing From: header",
    amavis: '554 5.6.0 id=01234-05 - BAD_HEADER: Missing required header field: "Date"',
  }),
  ...variantsOf(
    "data.bare-lf",
    {},
    {
      postfix: "521 5.5.2 mail.example.com Error: bare <LF> received",
      qmail: "451 See http://pobox.com/~djb/docs/smtplf.html.",
      exchange:
        "550 5.6.11 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds, which cannot be sent via DATA",
    },
  ),
  ...variantsOf(
    "data.line-too-long",
    {},
    {
      exim: "550 maximum allowed line length is 998 octets, got 14852",
      sendmail: "550 5.6.0 Line too long: a body line exceeds 998 characters",
      aiosmtpd: "500 Line too long (see RFC5321 4.5.3.1.6)",
    },
  ),
  ...variantsOf(
    "data.dropped",
    { message: "large" },
    {
      "at-once": { script: { cutsAt: "content" } },
      "in-the-middle": {
        script: { replies: { END: "421 4.4.2 mail.example.com Error: timeout exceeded" } },
      },
      "at-the-dot": { script: { cutsAt: "END" } },
    },
  ),
  ...variantsOf(
    "quota.daily",
    {},
    {
      gmail: {
        host: "smtp.gmail.com",
        user: "ana@gmail.com",
        from: "ana@gmail.com",
        script: {
          replies: {
            END: "550-5.4.5 Daily user sending limit exceeded. For more information on Gmail\n550-5.4.5 sending limits go to\n550 5.4.5 https://support.google.com/a/answer/166852 - gsmtp",
          },
        },
      },
      ses: {
        host: "email-smtp.eu-west-1.amazonaws.com",
        script: { replies: { END: "454 Throttling failure: Daily message quota exceeded." } },
      },
      exchange: {
        host: "smtp.office365.com",
        script: {
          replies: {
            AUTH: "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information. [AM0PR02CA0101.eurprd02.prod.outlook.com]",
          },
        },
      },
    },
  ),
  ...variantsOf(
    "protocol.pipelining-desync",
    {},
    {
      exim: { script: { replies: { EHLO: "554 SMTP synchronization error" } } },
      postfix: {
        script: {
          replies: {
            DATA: "503 5.5.0 <DATA>: Data command rejected: Improper use of SMTP command pipelining",
          },
        },
      },
      sendmail: { script: { replies: { RCPT: "503 5.0.0 Need MAIL before RCPT" } } },
    },
  ),
  ...variantsOf(
    "server.temporary",
    {},
    {
      postfix: "451 4.3.0 Error: queue file write error",
      exim: { script: { replies: { RCPT: "451 Temporary local problem - please try later" } } },
      sendmail: {
        script: { replies: { MAIL: "452 4.4.5 Insufficient disk space; try again later" } },
      },
    },
  ),
];
