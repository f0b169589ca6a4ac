/** The front door: a message goes in, a receipt comes out. */
import { UsageError } from "@letterwright/base/error";
import { generate, identityOf, smtpPolicy } from "@letterwright/generator";
import {
  envelopeOf,
  fieldOf,
  sender as senderField,
  type Mailbox,
  type MailboxInput,
  type Outgoing,
} from "@letterwright/message";
import type { BulkOptions, CloseOptions, SendOptions } from "@letterwright/transport";
import { sendAllThrough, type BulkMail, type MailResults, type PreparedMail } from "./mail-bulk.ts";
import { fittedPolicies } from "./fitted-policies.ts";
import { noMailOptions, type MailOptions, type MailReceipt } from "./mail-options.ts";
import { mailReceipt, noChanges } from "./mail-receipt.ts";
import { isRaw, messageFrom, type MailInput } from "./mail-input.ts";
import type { MailerOptions } from "./options.ts";
import { prepareRaw } from "./prepare-raw.ts";
import { envelopeOfRaw } from "./raw-envelope.ts";
import { signed } from "./signature.ts";
import { transportOf } from "./transport-of.ts";

/** Sends messages through one transport. */
export interface Mailer extends AsyncDisposable {
  /**
   * Writes the message for what the server offers, and sends it: a message, or what one is composed from. Date,
   * Message-ID and boundaries are fixed once for the call.
   *
   * Finished mail is prepared: line ends become CRLF, Bcc and Resent-Bcc go out, and `changes` says so. A NUL is
   * refused (`OUTGOING_HAS_NUL`) and not taken out: whoever wrote it meant something else than text. Fields about
   * sender and recipients that readers could understand in several ways are refused as well
   * (`MAILER_ENVELOPE_UNCLEAR`), unless an envelope is given.
   *
   * Rejects with a `DeliveryError` when a recipient was refused; its receipt names those who were
   * accepted. Rejects with an `OutcomeUnknownError` when nobody said whether the message was taken.
   */
  send(mail: MailInput, options?: MailOptions): Promise<MailReceipt>;
  /**
   * Sends many messages, as fast as they leave, and gives a result for each: `receipt`, or `error` with what `send`
   * would have rejected with. One that fails touches no other. They are taken from their source only as fast as
   * results are taken from here, so that a list may be endless.
   *
   * Over SMTP messages share connections and round trips; other transports send as many at once as `concurrency` says,
   * one by default. Results come as they are known, in the order of the messages with `ordered`. Leaving the loop ends
   * it: what was begun is finished, what was not is not sent.
   *
   * @throws {UsageError} `BULK_OPTION_INVALID`, `TRANSPORT_CLOSED`
   * @example
   * ```ts
   * import { createMailer, memoryTransport } from "@letterwright/mailer";
   *
   * await using mailer = createMailer({ transport: memoryTransport(), from: "Ana <ana@example.com>" });
   * const mails = ["bob@example.org", "eve@example.org"].map((to) => ({ to, subject: "Hi", text: "Hello" }));
   * for await (const result of mailer.sendAll(mails)) {
   *   if ("error" in result) console.error(result.index, result.error);
   * }
   * ```
   */
  sendAll(mails: Iterable<BulkMail> | AsyncIterable<BulkMail>, options?: BulkOptions): MailResults;
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
 * @throws {UsageError} `MAILER_URL_INVALID`, `MAILER_PROVIDER_UNKNOWN`, `MAILER_PROVIDER_REGION`,
 * `MAILER_PROVIDER_WITHOUT_SMTP`, `MAILER_TRANSPORT_MISSING`, `MAILER_USER_MISSING`, `MAILER_USER_TWICE`,
 * `MAILER_SECRET_MISSING`, `MAILER_SECRET_TWICE`, `MAILER_SECRET_UNUSED`, `ADDRESS_SYNTAX`, and what `smtpTransport`
 * throws
 * @example
 * ```ts
 * import { createMailer, memoryTransport } from "@letterwright/mailer";
 *
 * await using mailer = createMailer({ transport: memoryTransport(), from: "Ana <ana@example.com>" });
 * const receipt = await mailer.send({ to: "bob@example.org", subject: "Hi", text: "Hello" });
 * receipt.accepted.length; // => 1
 * ```
 */
export function createMailer(options: MailerOptions): Mailer {
  const author = authorOf(options.from);
  const transport = transportOf(options, author);
  const policy = options.policy ?? smtpPolicy;
  const fitted = fittedPolicies(policy);
  const { sign } = options;

  function prepared(mail: MailInput, given: MailOptions): PreparedMail {
    const { envelope } = given;
    const sendOptions = given === noMailOptions ? noMailOptions : withoutEnvelope(given);
    const withSignature = (write: Outgoing): Outgoing =>
      sign === undefined
        ? write
        : async (offer) =>
            signed(typeof write === "function" ? await write(offer) : write, sign, given.signal);
    if (isRaw(mail)) {
      const { raw, changes } = prepareRaw(mail);
      const to = envelope ?? envelopeOfRaw(mail);
      const item = { message: withSignature(raw), envelope: to, options: sendOptions };
      return { item, changes };
    }
    const composed = messageFrom(mail, author);
    const identity = identityOf(composed, policy);
    const write: Outgoing = (offer) => generate(composed, fitted(offer, composed), identity);
    const to = envelope ?? envelopeOf(composed);
    const item = { message: withSignature(write), envelope: to, options: sendOptions };
    return { item, changes: noChanges };
  }

  async function send(mail: MailInput, given: MailOptions = noMailOptions): Promise<MailReceipt> {
    const { item, changes } = prepared(mail, given);
    const receipt = await transport.send(item.message, item.envelope, item.options);
    return mailReceipt(receipt, changes);
  }

  const sendAll = (
    mails: Iterable<BulkMail> | AsyncIterable<BulkMail>,
    given: BulkOptions = {},
  ): MailResults => sendAllThrough(transport, mails, prepared, given);

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
  return Object.freeze({ send, sendAll, verify, close, [Symbol.asyncDispose]: () => close() });
}

function withoutEnvelope(given: MailOptions): SendOptions {
  const { envelope: _, ...options } = given;
  return options;
}

/** Read as the field Sender is, so that a fault shows now, and not with the first message. */
function authorOf(from: MailboxInput | undefined): Mailbox | undefined {
  return from === undefined ? undefined : fieldOf(senderField, from).value;
}
