/** The transport that a mailer was told: by URL, by the name of a provider, by SMTP options, or by value. */
import { UsageError } from "@letterwright/base/error";
import { addrSpec, type Mailbox } from "@letterwright/message";
import { smtpTransport } from "@letterwright/smtp";
import type { Transport } from "@letterwright/transport";
import type { MailerOptions } from "./options.ts";
import { isProviderName, smtpOptionsOfProvider } from "./provider-transport.ts";
import { smtpOptionsOf } from "./transport-url.ts";

/** @throws {UsageError} what `createMailer` says */
export function transportOf(options: MailerOptions, author: Mailbox | undefined): Transport {
  const { transport, user, secret, token, tlsContext, proxy } = options;
  // A variable that is not set is undefined, or empty, whatever the types say.
  const given: unknown = transport;
  if (given === undefined || given === null || given === "" || given === "undefined") {
    throw new UsageError("there is no transport", {
      code: "MAILER_TRANSPORT_MISSING",
      hint: "Pass a URL such as smtps://user@host, the name of a provider, or a transport. Is the variable it comes from set?",
    });
  }
  if (typeof transport === "string") {
    const way = proxy === undefined ? {} : { proxy };
    if (!isProviderName(transport)) {
      const smtp = smtpOptionsOf(transport, { user, secret, token, tlsContext });
      return smtpTransport({ ...smtp, ...way });
    }
    const address = author === undefined ? undefined : addrSpec(author);
    const smtp = smtpOptionsOfProvider(transport, { user, address, secret, token });
    return smtpTransport({ ...smtp, ...way, ...(tlsContext === undefined ? {} : { tlsContext }) });
  }
  if ([user, secret, token, tlsContext, proxy].some((one) => one !== undefined)) {
    throw new UsageError(
      "`user`, `secret`, `token`, `tlsContext` and `proxy` belong to a URL or a provider, and the transport is neither",
      {
        code: "MAILER_SECRET_UNUSED",
        hint: "Give them to the transport itself: smtpTransport({ host, auth, tlsContext, proxy }).",
      },
    );
  }
  return "send" in transport ? transport : smtpTransport(transport);
}
