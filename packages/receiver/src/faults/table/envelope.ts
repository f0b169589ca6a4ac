/** What shows when sender and recipients are named. */
import { variantsOf, type FaultVariant } from "../variant.ts";

const several = ["bob@example.org", "zed@example.org"];
const crowd = ["a", "b", "c", "d"].map((name) => `${name}@example.org`);
const plainOffer = ["SIZE 10240000", "8BITMIME", "PIPELINING", "AUTH PLAIN LOGIN"];

export const envelopeFaults: readonly FaultVariant[] = [
  ...variantsOf(
    "mail.sender-not-allowed",
    { from: "billing@example.net", verb: "MAIL" },
    {
      postfix:
        "553 5.7.1 <billing@example.net>: Sender address rejected: not owned by user ana@example.com",
      exchange: {
        host: "smtp.office365.com",
        script: {
          replies: {
            END: "554 5.2.252 SendAsDenied; ana@example.com not allowed to send as billing@example.net; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
          },
        },
      },
      sendgrid: {
        host: "smtp.sendgrid.net",
        user: "apikey",
        script: {
          replies: {
            END: "550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.",
          },
        },
      },
    },
  ),
  ...variantsOf(
    "ses.sandbox",
    { host: "email-smtp.us-east-1.amazonaws.com" },
    {
      "one-identity":
        "554 Message rejected: Email address is not verified. The following identities failed the check in region US-EAST-1: bob@example.org",
      "two-identities":
        "554 Message rejected: Email address is not verified. The following identities failed the check in region US-EAST-1: ana@example.com, bob@example.org",
      "other-region": {
        host: "email-smtp.eu-central-1.amazonaws.com",
        script: {
          replies: {
            END: "554 Message rejected: Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: Ana <ana@example.com>, ana@example.com",
          },
        },
      },
    },
  ),
  ...variantsOf(
    "provider.test-mode",
    {},
    {
      mailgun: {
        host: "smtp.mailgun.org",
        script: {
          replies: {
            END: "421 Domain sandbox0a1b.mailgun.org is not allowed to send: Sandbox subdomains are for test purposes only. Please add your own domain or add the address to authorized recipients",
          },
        },
      },
      resend: {
        host: "smtp.resend.com",
        user: "resend",
        script: {
          replies: {
            END: "450 You can only send testing emails to your own email address (ana@example.com). To send emails to other recipients, please verify a domain",
          },
        },
      },
      postmark: {
        host: "smtp.postmarkapp.com",
        script: {
          replies: {
            RCPT: "550 While your account is pending approval, all recipient addresses must share the same domain as the 'From' address.",
          },
        },
      },
    },
  ),
  ...variantsOf(
    "rcpt.unknown-user",
    { verb: "RCPT" },
    {
      postfix:
        "550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown in virtual mailbox table",
      gmail:
        "550-5.1.1 The email account that you tried to reach does not exist. Please try\n550-5.1.1 double-checking the recipient's email address for typos or\n550 5.1.1 unnecessary spaces. For more information, go to https://support.google.com/mail/?p=NoSuchUser - gsmtp",
      exim: "550 No Such User Here",
    },
  ),
  ...variantsOf(
    "rcpt.partial",
    { to: several },
    {
      postfix: {
        script: {
          recipients: {
            "zed@example.org":
              "550 5.1.1 <zed@example.org>: Recipient address rejected: User unknown in local recipient table",
          },
        },
      },
      sendmail: {
        script: {
          recipients: { "zed@example.org": "550 5.1.1 <zed@example.org>... User unknown" },
        },
      },
      exim: { script: { recipients: { "bob@example.org": "550 Unrouteable address" } } },
    },
  ),
  ...variantsOf(
    "rcpt.relay-denied",
    { port: 25, user: undefined, verb: "RCPT" },
    {
      postfix: "554 5.7.1 <bob@example.org>: Relay access denied",
      sendmail: "550 5.7.1 <bob@example.org>... Relaying denied. Proper authentication required.",
      qmail: "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    },
  ),
  ...variantsOf(
    "rcpt.greylisted",
    { port: 25, user: undefined, verb: "RCPT" },
    {
      postgrey:
        "450 4.2.0 <bob@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html",
      "milter-greylist": "451 4.7.1 Greylisting in action, please come back in 00:05:00",
      exim: "451 Temporarily deferred: unknown triplet, retry in 300 seconds (greylist)",
    },
  ),
  ...variantsOf(
    "rcpt.mailbox-full",
    { port: 25, user: undefined, verb: "RCPT" },
    {
      gmail:
        "452-4.2.2 The recipient's inbox is out of storage space. Please direct the\n452 4.2.2 recipient to https://support.google.com/mail/?p=OverQuotaTemp - gsmtp",
      dovecot: "552 5.2.2 <bob@example.org> Quota exceeded (mailbox for user is full)",
      exchange: {
        script: {
          replies: {
            END: "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; Failed to process message",
          },
        },
      },
    },
  ),
  ...variantsOf(
    "rcpt.too-many",
    { to: crowd },
    {
      postfix: {
        script: {
          replies: {
            RCPT: ["250 2.1.5 Ok", "250 2.1.5 Ok", "452 4.5.3 Error: too many recipients"],
          },
        },
      },
      exim: {
        script: { replies: { RCPT: ["250 Accepted", "250 Accepted", "452 too many recipients"] } },
      },
      exchange: {
        script: {
          replies: {
            RCPT: [
              "250 2.1.5 Recipient OK",
              "452 4.5.3 Too many recipients",
              "452 4.5.3 Too many recipients",
              "452 4.5.3 Too many recipients",
            ],
          },
        },
      },
    },
  ),
  ...variantsOf(
    "rcpt.bad-address",
    { to: ["bob@example.org"], verb: "RCPT" },
    {
      postfix: "501 5.1.3 Bad recipient address syntax",
      sendmail: "553 5.1.3 <bob@example.org>... Hostname required",
      exchange: "501 5.1.3 Invalid address",
    },
  ),
  ...variantsOf(
    "smtputf8.not-offered",
    { to: ["jörg@example.org"], script: { offer: plainOffer } },
    {
      gmail: {
        script: {
          offer: plainOffer,
          replies: {
            RCPT: "553 5.6.7 The address needs internationalized email support (SMTPUTF8), which was not asked for",
          },
        },
      },
      postfix: {
        script: {
          offer: plainOffer,
          replies: { RCPT: "553 5.6.7 Must declare SMTPUTF8 to send unicode address" },
        },
      },
      exim: {
        port: 465,
        tls: "implicit",
        script: {
          tls: "implicit",
          offer: plainOffer,
          replies: { RCPT: "501 non-ASCII local part is not supported here" },
        },
      },
    },
  ),
  ...variantsOf(
    "dns.no-mx",
    { to: ["bob@gmial.example"], verb: "RCPT" },
    {
      postfix: "450 4.1.2 <bob@gmial.example>: Recipient address rejected: Domain not found",
      gmail: "550 5.4.4 Host or domain name not found: gmial.example has no MX record",
      "null-mx":
        "556 5.1.10 <bob@gmial.example>: Recipient address rejected: Domain gmial.example does not accept mail (nullMX)",
    },
  ),
];
