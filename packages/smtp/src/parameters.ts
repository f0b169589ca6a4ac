/** What is said of a message in MAIL, and what stands in its way: all of it is known before the first byte. */
import { LetterwrightError } from "@letterwright/base/error";
import {
  asciiDomain,
  needsSmtpUtf8,
  offers,
  type Envelope,
  type EnvelopeRecipient,
  type RawMessage,
  type ServerOffer,
} from "@letterwright/message";
import type { MailParameters, SessionLimits } from "@letterwright/smtp-protocol";
import type { SendOptions } from "@letterwright/transport";
import type { Connection } from "./connection.ts";
import { tooLarge } from "./measured.ts";

/** What MAIL says, and whether RCPT says what the envelope wishes of reports. */
export interface Said {
  readonly parameters: MailParameters;
  readonly dsn: boolean;
}

/**
 * The parameters of MAIL for this message and this server.
 *
 * @throws {LetterwrightError} `SMTP_SMTPUTF8_NOT_OFFERED`, `SMTP_MESSAGE_TOO_LARGE`, `SMTP_DSN_NOT_OFFERED`,
 * `SMTP_REQUIRETLS_NOT_OFFERED`, `SMTP_TOO_MANY_RECIPIENTS`
 */
export function parametersOf(
  raw: RawMessage,
  envelope: Envelope,
  { offer, terms, security }: Pick<Connection, "offer" | "terms" | "security">,
  options: SendOptions,
  totalBytes: number | undefined,
): Said {
  const { requireTls, mailParameters } = options;
  checkCount(envelope, terms.limits);
  const needsUtf8 = needsUtf8Path(envelope);
  if (needsUtf8 && !terms.hasUtf8) {
    throw new LetterwrightError("an address needs SMTPUTF8, and the server does not offer it", {
      code: "SMTP_SMTPUTF8_NOT_OFFERED",
      hint: "Its local-part is not ASCII (RFC 6531 §3.2). Use an ASCII address of the same person, or another server.",
    });
  }
  const limit = terms.sizeLimit;
  if (limit !== undefined && totalBytes !== undefined && totalBytes > limit) {
    throw tooLarge(totalBytes, limit);
  }
  if (requireTls === true) checkProtection(offer, security?.verified === true);
  const dsn = wantsReports(envelope) && hasReports(offer, options.dsn);
  const reports = dsn ? envelope.reports : undefined;
  return {
    dsn,
    parameters: {
      size: terms.hasSize ? totalBytes : undefined,
      body: bodyOf(raw),
      smtpUtf8: needsUtf8 || raw.requires.has("SMTPUTF8"),
      requireTls: requireTls === true,
      return: reports?.return,
      envelopeId: reports?.id,
      others: mailParameters?.(offer),
    },
  };
}

function needsUtf8Path({ reversePath, recipients }: Envelope): boolean {
  for (let at = 0; at < recipients.length; at++) {
    if (needsSmtpUtf8((recipients[at] as EnvelopeRecipient).mailbox)) return true;
  }
  return reversePath !== null && needsSmtpUtf8(reversePath);
}

function bodyOf({ requires }: RawMessage): MailParameters["body"] {
  if (requires.has("BINARYMIME")) return "BINARYMIME";
  return requires.has("8BITMIME") ? "8BITMIME" : undefined;
}

/** RFC 9422 §4.2, §4.3: what is over the limit would be refused; who is left out would be chance. */
function checkCount({ recipients }: Envelope, limits: SessionLimits): void {
  if (limits.recipients !== undefined && recipients.length > limits.recipients) {
    throw tooMany(recipients.length, "recipients", limits.recipients);
  }
  if (limits.recipientDomains === undefined) return;
  const domains = new Set(
    recipients.map(({ mailbox }) => asciiDomain(mailbox.domain).toLowerCase()),
  );
  if (domains.size > limits.recipientDomains) {
    throw tooMany(domains.size, "domains of recipients", limits.recipientDomains);
  }
}

function tooMany(found: number, what: string, limit: number): LetterwrightError {
  return new LetterwrightError(
    `the envelope has ${found} ${what}, and the server takes ${limit} in one transaction`,
    {
      code: "SMTP_TOO_MANY_RECIPIENTS",
      hint: "It was not sent. Send to fewer at a time (RFC 9422 §4.2).",
    },
  );
}

/** RFC 8689 §2: the server offers it, and TLS is verified; otherwise the first hop already breaks the promise. */
function checkProtection(offer: ServerOffer, isVerified: boolean): void {
  if (isVerified && offers(offer, "REQUIRETLS")) return;
  throw new LetterwrightError(
    isVerified
      ? "verified TLS is required on the whole way, and the server does not offer REQUIRETLS"
      : "verified TLS is required on the whole way, and this connection has none",
    {
      code: "SMTP_REQUIRETLS_NOT_OFFERED",
      hint: "It was not sent. Few servers offer it (RFC 8689); without `requireTls` only the way to this server is protected.",
    },
  );
}

function wantsReports({ reports, recipients }: Envelope): boolean {
  if (reports !== undefined) return true;
  for (let at = 0; at < recipients.length; at++) {
    const { notify, originalRecipient } = recipients[at] as EnvelopeRecipient;
    if (notify !== undefined || originalRecipient !== undefined) return true;
  }
  return false;
}

function hasReports(offer: ServerOffer, dsn: SendOptions["dsn"]): boolean {
  if (offers(offer, "DSN")) return true;
  if (dsn === "ifOffered") return false;
  throw new LetterwrightError("the envelope asks for reports, and the server does not offer DSN", {
    code: "SMTP_DSN_NOT_OFFERED",
    hint: 'It was not sent. With `dsn: "ifOffered"` it is sent without the wish (RFC 3461).',
  });
}
