/** What to do, in the words of the command line: the packages speak of options, people of flags. */
import type { LetterwrightError } from "@letterwright/base/error";

const hints: ReadonlyMap<string, string> = new Map([
  [
    "DELIVERY_PARTIAL",
    "Those who were accepted have the message: send again to the others only. A 550 usually means that the address does not exist.",
  ],
  [
    "DELIVERY_REFUSED",
    "Nobody got it. The line of each recipient has the server's words; a 550 usually means that the address does not exist.",
  ],
  [
    "MESSAGE_INLINE_WITHOUT_HTML",
    "An inline file is shown by HTML: add --html, or give the file to --attach.",
  ],
  [
    "MESSAGE_INLINE_MISSING",
    "Add it with --inline FILE; the HTML names it by its file name, cid:logo.png.",
  ],
  [
    "MAILER_PROVIDER_REGION",
    "Regions stand behind a colon where a provider has them: --server ses:eu-west-1.",
  ],
  ["ENVELOPE_RECIPIENTS_MISSING", "Add --to bob@example.org; --cc and --bcc do as well."],
  [
    "SMTP_AUTH_REFUSED",
    "Check --user and the password. Many providers want an app password, made in the account's settings, in place of the account's own.",
  ],
  [
    "TLS_UNTRUSTED_ISSUER",
    "If the server has a certificate authority of its own, trust it with --tls-ca FILE; else its administrator has to install the whole chain.",
  ],
  [
    "TLS_SELF_SIGNED",
    "If you know the server, trust its certificate with --tls-ca FILE: it is then checked for being exactly this one.",
  ],
  [
    "TLS_CLIENT_CERTIFICATE_REQUIRED",
    "This command has no flag for that yet; in a program, give createTlsContext an `identity`.",
  ],
  [
    "SMTP_HELLO_REFUSED",
    "This machine calls itself by its host name, and the server does not like it: give the machine its full name.",
  ],
  [
    "FIELD_IS_STRUCTURED",
    "Use the flag made for it: --from, --to, --cc, --bcc, --reply-to. The fields about the body are written for you.",
  ],
  ["FIELD_IS_DERIVED", "Leave it out: it is written from --text, --html, --inline and --attach."],
  [
    "PARSE_LIMIT",
    "Nobody writes such mail: it was made to exhaust its readers. An editor shows it as it stands.",
  ],
  ["FIELD_TOO_MANY", "Give it once: a flag of its own may have written it already."],
]);

/** The hint for a person at a terminal, else the error's own. */
export function hintFor({ code, hint }: LetterwrightError): string | undefined {
  return hints.get(code) ?? hint;
}
