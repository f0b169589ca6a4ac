/** The front door: a message goes in, a receipt comes out. */
import { UsageError } from "@letterwright/base/error";
import type { Secret } from "@letterwright/base/secret";
import { fit, generate, identityOf, smtpPolicy, type Policy } from "@letterwright/generator";
import { envelopeOf, type Envelope, type Message, type RawMessage } from "@letterwright/message";
import { smtpTransport, type SmtpOptions } from "@letterwright/smtp";
import type { TlsContext } from "@letterwright/tls";
import type { CloseOptions, SendOptions, SendReceipt, Transport } from "@letterwright/transport";
import { prepareRaw } from "./prepare-raw.ts";
import { smtpOptionsOf } from "./transport-url.ts";

/** What a {@link Mailer} is made from. */
export interface MailerOptions {
  /**
   * Where mail goes: a URL (`smtps://user@host` for implicit TLS, `smtp://user@host` for STARTTLS),
   * SMTP options, or any transport. There is no default host.
   */
  readonly transport: string | SmtpOptions | Transport;
  /** The password or token for the user of a URL; a function is asked each time it is needed. */
  readonly secret?:
    | Secret
    | string
    | (() => Secret | string | Promise<Secret | string>)
    | undefined;
  /** Whom to trust, for a URL. Default: the system's certificate authorities. */
  readonly tlsContext?: TlsContext | undefined;
  /** How messages are written, before they are fitted to what the server offers. */
  readonly policy?: Policy;
}

/** Options of {@link Mailer.send}. */
export interface MailOptions extends SendOptions {
  /** Who gets it, in place of what the fields say. Finished mail has to be given one. */
  readonly envelope?: Envelope;
}

/** A receipt, and what was changed on the way. */
export interface MailReceipt extends SendReceipt {
  /** One sentence for each change that finished mail needed; empty for composed messages. */
  readonly changes: readonly string[];
}

/** Sends messages through one transport. */
export interface Mailer extends AsyncDisposable {
  /**
   * Writes the message for what the server offers, and sends it. Date, Message-ID and boundaries are
   * fixed once for the call.
   *
   * Rejects with a `DeliveryError` when a recipient was refused; its receipt names those who were
   * accepted.
   */
  send(mail: Message | RawMessage, options?: MailOptions): Promise<MailReceipt>;
  /**
   * Connects, logs in and leaves, without sending anything: do the settings work?
   *
   * Rejects with `MAILER_CANNOT_VERIFY` when the transport has nothing to try.
   */
  verify(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Closes the transport. May be called twice. */
  close(options?: CloseOptions): Promise<void>;
}

/**
 * A mailer. It connects when it first sends.
 *
 * @throws {UsageError} `MAILER_URL_INVALID`, `MAILER_SECRET_UNUSED`, and what `smtpTransport` throws
 * @example
 * ```ts
 * import { createMailer, memoryTransport, message } from "@letterwright/mailer";
 *
 * await using mailer = createMailer({ transport: memoryTransport() });
 * const mail = message({ from: "ana@example.com", to: "bob@example.org", subject: "Hi", text: "Hello" });
 * (await mailer.send(mail)).accepted.length; // => 1
 * ```
 */
export function createMailer(options: MailerOptions): Mailer {
  const transport = transportOf(options);
  const policy = options.policy ?? smtpPolicy;

  async function send(mail: Message | RawMessage, given: MailOptions = {}): Promise<MailReceipt> {
    const { envelope, ...sendOptions } = given;
    if ("separator" in mail) {
      if (envelope === undefined) throw envelopeMissing();
      const { raw, changes } = prepareRaw(mail);
      const receipt = await transport.send(raw, envelope, sendOptions);
      return Object.freeze({ ...receipt, changes: Object.freeze([...changes]) });
    }
    const identity = identityOf(mail, policy);
    const receipt = await transport.send(
      (offer) => generate(mail, fit(policy, offer, mail).policy, identity),
      envelope ?? envelopeOf(mail),
      sendOptions,
    );
    return Object.freeze({ ...receipt, changes: Object.freeze([]) });
  }

  async function verify(given: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (!("verify" in transport) || typeof transport.verify !== "function") {
      throw new UsageError("this transport has no connection to try", {
        code: "MAILER_CANNOT_VERIFY",
        hint: "Only transports with a `verify` of their own, SMTP for one, can be tried beforehand.",
      });
    }
    await transport.verify(given);
  }

  const close = (given?: CloseOptions): Promise<void> => transport.close(given);
  return Object.freeze({ send, verify, close, [Symbol.asyncDispose]: () => close() });
}

function transportOf({ transport, secret, tlsContext }: MailerOptions): Transport {
  if (typeof transport === "string") {
    return smtpTransport(smtpOptionsOf(transport, { secret, tlsContext }));
  }
  if (secret !== undefined || tlsContext !== undefined) {
    throw new UsageError("`secret` and `tlsContext` belong to a URL, and the transport is none", {
      code: "MAILER_SECRET_UNUSED",
      hint: "Give them to the transport itself: smtpTransport({ host, auth, tlsContext }).",
    });
  }
  return "send" in transport ? transport : smtpTransport(transport);
}

function envelopeMissing(): UsageError {
  return new UsageError("finished mail is sent to an envelope, and none was given", {
    code: "MAILER_ENVELOPE_MISSING",
    hint: "Pass `envelope: envelope({ reversePath, recipients })`.",
  });
}
