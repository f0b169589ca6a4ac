/** What shows when somebody logs in, or should have. */
import { variantsOf, type FaultVariant, type ServerScript, type Wording } from "../variant.ts";

const gmail: Wording = { host: "smtp.gmail.com", user: "ana@gmail.com", from: "ana@gmail.com" };
const office: Wording = { host: "smtp.office365.com" };
const offering = (auth: string, more: ServerScript = {}): { readonly script: ServerScript } => ({
  script: {
    offer: ["SIZE 35651584", "8BITMIME", "PIPELINING", ...(auth === "" ? [] : [auth])],
    ...more,
  },
});

export const loginFaults: readonly FaultVariant[] = [
  ...variantsOf(
    "auth.gmail-app-password",
    { ...gmail, verb: "AUTH" },
    {
      "two-step":
        "534-5.7.9 Application-specific password required. For more information, go to\n534 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor 5b1f17b1804b1-4cf3 - gsmtp",
      "second-factor":
        "534-5.7.9 Application-specific password required. Learn more at\n534 5.7.9 https://support.google.com/accounts/answer/185833 4fb4d7f45d1cf-5d3q - gsmtp",
      "support-page": "534 5.7.9 Application-specific password required x12-20020a5d650c - gsmtp",
    },
  ),
  ...variantsOf(
    "auth.gmail-bad-credentials",
    { ...gmail, verb: "AUTH" },
    {
      "bad-credentials":
        "535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8 https://support.google.com/mail/?p=BadCredentials 5b1f17b1804b1-4cf3 - gsmtp",
      "one-line": "535 5.7.8 Bad credentials k3-20020a05600c1c8300b003a - gsmtp",
      relay: {
        host: "smtp-relay.gmail.com",
        script: {
          replies: {
            AUTH: "535-5.7.8 Username and Password not accepted. Learn more at\n535 5.7.8 https://support.google.com/a/answer/3221692 - gsmtp",
          },
        },
      },
    },
  ),
  ...variantsOf(
    "auth.gmail-web-login",
    { ...gmail, verb: "AUTH" },
    {
      "continue-signin":
        "534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1&scc=1&plt=AKgnsbs> Please log in via\n534-5.7.14 your web browser and then try again.\n534 5.7.14 Learn more at https://support.google.com/mail/?p=WebLoginRequired - gsmtp",
      browser: "534 5.7.14 Please log in via your web browser and then try again. - gsmtp",
      "learn-more":
        "534-5.7.14 Please log in with your web browser and then try again. Learn more at\n534 5.7.14 https://support.google.com/mail/bin/answer.py?answer=78754 y13sm2132 - gsmtp",
    },
  ),
  ...variantsOf(
    "auth.too-many-logins",
    { verb: "AUTH" },
    {
      gmail: {
        ...gmail,
        script: {
          replies: {
            AUTH: "454 4.7.0 Too many login attempts, please try again later. 4-20020a056000154400b - gsmtp",
          },
        },
      },
      yahoo: {
        host: "smtp.mail.yahoo.com",
        user: "ana@yahoo.com",
        from: "ana@yahoo.com",
        script: { replies: { AUTH: "535 5.7.0 (#AUTH005) Too many bad auth attempts." } },
      },
      dovecot:
        "421 4.7.0 mail.example.com Error: too many errors; too many failed logins, try again in 10 minutes",
    },
  ),
  ...variantsOf(
    "auth.m365-smtp-auth-disabled",
    { ...office, verb: "AUTH" },
    {
      tenant:
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. [AM0PR02CA0101.eurprd02.prod.outlook.com]",
      mailbox:
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information. [BN0PR04CA0042.namprd04.prod.outlook.com]",
      "security-page":
        "535 5.7.139 Authentication unsuccessful, SMTP client authentication has been disabled for this mailbox by your administrator [ZR0P278CA0097.CHEP278.PROD.OUTLOOK.COM]",
    },
  ),
  ...variantsOf(
    "auth.m365-policy",
    { ...office, verb: "AUTH" },
    {
      "security-defaults":
        "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator. [PN2PR01CA0200.INDPRD01.PROD.OUTLOOK.COM]",
      "conditional-access":
        "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator. [LO4P123CA0211.GBRP123.PROD.OUTLOOK.COM]",
      locked:
        "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect. [VI1PR0502CA0030.eurprd05.prod.outlook.com]",
    },
  ),
  ...variantsOf(
    "auth.m365-basic-retired",
    { verb: "AUTH" },
    {
      "exchange-online": {
        ...office,
        script: {
          replies: {
            AUTH: "550 5.7.30 Basic authentication is not supported for Client Submission. [DM6PR13CA0001.namprd13.prod.outlook.com]",
          },
        },
      },
      "outlook-com": {
        host: "smtp-mail.outlook.com",
        user: "ana@outlook.com",
        from: "ana@outlook.com",
        script: {
          replies: {
            AUTH: "535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [AS4P190CA0012.EURP190.PROD.OUTLOOK.COM]",
          },
        },
      },
      "older-text": {
        ...office,
        script: {
          replies: {
            AUTH: "535 5.7.3 Authentication unsuccessful [MN2PR20CA0024.namprd20.prod.outlook.com]",
          },
        },
      },
    },
  ),
  ...variantsOf(
    "auth.oauth-token",
    { mechanism: "XOAUTH2", secret: "ya29.a0AfB-stale-token" },
    {
      "gmail-400": {
        ...gmail,
        ...offering("AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH", {
          replies: {
            AUTH: [
              "334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS8ifQ==",
              "535-5.7.8 Username and Password not accepted. Learn more at\n535 5.7.8 https://support.google.com/mail/?p=BadCredentials - gsmtp",
            ],
          },
        }),
      },
      exchange: {
        ...office,
        ...offering("AUTH LOGIN XOAUTH2", {
          replies: {
            AUTH: "535 5.7.3 Authentication unsuccessful [FR0P281CA0101.DEUP281.PROD.OUTLOOK.COM]",
          },
        }),
      },
      yahoo: {
        host: "smtp.mail.yahoo.com",
        ...offering("AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER", {
          replies: {
            AUTH: [
              "334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=",
              "535 5.7.0 (#AUTH013) token expired",
            ],
          },
        }),
      },
    },
  ),
  ...variantsOf(
    "auth.generic-535",
    { verb: "AUTH" },
    {
      postfix: "535 5.7.8 Error: authentication failed: (reason unavailable)",
      exim: "535 Incorrect authentication data",
      ses: {
        host: "email-smtp.eu-west-1.amazonaws.com",
        script: { replies: { AUTH: "535 Authentication Credentials Invalid" } },
      },
    },
  ),
  ...variantsOf(
    "auth.not-offered",
    {},
    {
      inbound: offering("", { greeting: "220 mx3.example.com ESMTP Postfix" }),
      disabled: { port: 465, tls: "implicit", ...offering("", { tls: "implicit" }) },
      "local-relay": { port: 2525, ...offering("", { greeting: "220 relay.corp.example ESMTP" }) },
    },
  ),
  ...variantsOf(
    "auth.mechanism",
    {},
    {
      "oauth-only": offering("AUTH XOAUTH2 OAUTHBEARER"),
      "ntlm-only": offering("AUTH NTLM GSSAPI"),
      "scram-only": offering("AUTH SCRAM-SHA-512-PLUS EXTERNAL"),
    },
  ),
  ...variantsOf(
    "auth.needs-tls",
    {
      tls: "none",
      verb: "AUTH",
      script: {
        refusesInTheClearOnly: true,
        offerBeforeTls: ["STARTTLS", "AUTH PLAIN LOGIN", "8BITMIME"],
      },
    },
    {
      postfix: "538 5.7.11 Encryption required for requested authentication mechanism",
      qmail: "538 auth not available without TLS (#5.3.3)",
      cyrus: "538 5.7.11 Encryption required: this mechanism needs TLS",
    },
  ),
  ...variantsOf(
    "auth.ip-not-allowed",
    { verb: "AUTH" },
    {
      brevo: {
        host: "smtp-relay.brevo.com",
        script: { replies: { AUTH: "525 5.7.1 Unauthorized IP address" } },
      },
      "google-relay": {
        host: "smtp-relay.gmail.com",
        user: undefined,
        script: {
          replies: {
            MAIL: "550-5.7.1 Invalid credentials for relay [203.0.113.9]. The IP address you've\n550-5.7.1 registered in your Workspace SMTP Relay service doesn't match the domain of\n550 5.7.1 the account this email is being sent from. - gsmtp",
          },
        },
      },
      "exchange-connector": {
        host: "smtp.example.com",
        script: {
          replies: {
            AUTH: "550 5.7.1 Your IP address 203.0.113.9 is not allowed to log in to this account",
          },
        },
      },
    },
  ),
  ...variantsOf(
    "mail.auth-required",
    { user: undefined, verb: "MAIL" },
    {
      sendmail: "530 5.7.0 Authentication required",
      exchange:
        "530 5.7.57 Client not authenticated to send mail. [AM0PR02CA0101.eurprd02.prod.outlook.com]",
      qmail: "530 Authentication required (#5.7.1)",
    },
  ),
];
