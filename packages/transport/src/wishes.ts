/** Options of a sending that a transport without a server of its own keeps, or refuses by a typed error. */
import { UsageError } from "@letterwright/base/error";
import {
  offers,
  type Envelope,
  type ExtensionParameters,
  type ServerOffer,
} from "@letterwright/message";
import type { SendOptions } from "./transport.ts";

/** What MAIL would have said beyond the envelope. */
export interface MailWishes {
  /** Every hop was to be asked for verified TLS (RFC 8689). */
  readonly requireTls?: true;
  /** What the hook for other extensions gave. */
  readonly mailParameters?: ExtensionParameters;
}

/**
 * The wishes, for a transport that keeps them beside the message.
 *
 * @throws {UsageError} `TRANSPORT_OPTION_UNSUPPORTED` for `requireTls` where REQUIRETLS is not offered
 */
export function wishesOf(
  { requireTls, mailParameters }: SendOptions,
  offer: ServerOffer,
): MailWishes {
  if (requireTls === true && !offers(offer, "REQUIRETLS")) throw unsupported("requireTls");
  const parameters = mailParameters?.(offer) ?? {};
  return Object.freeze({
    ...(requireTls === true ? { requireTls } : {}),
    ...(Object.keys(parameters).length === 0 ? {} : { mailParameters: parameters }),
  });
}

/**
 * For a transport that can ask nobody for reports.
 *
 * @throws {UsageError} `TRANSPORT_OPTION_UNSUPPORTED` when the envelope asks for them, and not only if they are offered
 */
export function refuseReports({ recipients, reports }: Envelope, { dsn }: SendOptions): void {
  const asks = recipients.some(
    (one) => one.notify !== undefined || one.originalRecipient !== undefined,
  );
  if (dsn !== "ifOffered" && (reports !== undefined || asks)) throw unsupported("reports");
}

/** A wish that this transport cannot pass on. */
export function unsupported(option: "requireTls" | "mailParameters" | "reports"): UsageError {
  return new UsageError(`this transport cannot pass on what ${words[option]}`, {
    code: "TRANSPORT_OPTION_UNSUPPORTED",
    hint: "Send over SMTP, or leave the wish out.",
  });
}

const words = {
  requireTls: "`requireTls` asks for",
  mailParameters: "`mailParameters` gives",
  reports: "the envelope asks for in `notify`, `originalRecipient` or `reports`",
};
