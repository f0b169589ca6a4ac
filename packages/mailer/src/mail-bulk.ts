/** Many messages through one mailer. */
import { UsageError } from "@letterwright/base/error";
import {
  bulkRun,
  type BulkItem,
  type BulkOptions,
  type BulkResult,
  type BulkResults,
  type BulkSend,
  type BulkTransport,
  type Transport,
} from "@letterwright/transport";
import type { MailInput } from "./mail-input.ts";
import { noMailOptions, type MailOptions, type MailReceipt } from "./mail-options.ts";
import { mailReceipt, noChanges } from "./mail-receipt.ts";

/** One of many: a message, or a message with options of its own. */
export type BulkMail = MailInput | { readonly mail: MailInput; readonly options?: MailOptions };

/** What became of one of many. */
export type MailResult = BulkResult<BulkMail, MailReceipt>;

/** The results of `Mailer.sendAll`, as they become known. */
export type MailResults = BulkResults<BulkMail, MailReceipt>;

/** A message as the transport takes it, and what is changed for that: known in full when it has been sent. */
export interface PreparedMail {
  readonly item: Exclude<BulkItem, { readonly error: unknown }>;
  readonly changes: readonly string[];
}

/** What the transport is given: with the mail that it was made from, for the result. */
type OwnItem = BulkItem & { readonly mail: BulkMail; readonly changes: readonly string[] };

/** Sends all; `prepare` is asked for each when its turn comes, and may throw for one without touching the others. */
export function sendAllThrough(
  transport: Transport,
  mails: Iterable<BulkMail> | AsyncIterable<BulkMail>,
  prepare: (mail: MailInput, options: MailOptions) => PreparedMail,
  options: BulkOptions,
): MailResults {
  const prepared = (mail: BulkMail): OwnItem => {
    try {
      const { item, changes } = hasOptions(mail)
        ? prepare(mail.mail, mail.options ?? noMailOptions)
        : prepare(mail, noMailOptions);
      const { message, envelope, options } = item;
      return { message, envelope, options, mail, changes };
    } catch (error) {
      return { error, mail, changes: noChanges };
    }
  };
  const items = mapped(mails, prepared);
  const results = isBulk(transport)
    ? transport.sendAll(items, options)
    : oneByOne(transport, items, options);

  const named = (result: BulkResult): MailResult => {
    // What a transport gives back is what it was given.
    const { mail, changes } = result.item as OwnItem;
    const { index, attempts } = result;
    if ("error" in result) return { index, item: mail, attempts, error: result.error };
    return { index, item: mail, attempts, receipt: mailReceipt(result.receipt, changes) };
  };
  const turned = (
    turn: IteratorResult<BulkResult, undefined>,
  ): IteratorResult<MailResult, undefined> =>
    turn.done === true ? turn : { value: named(turn.value), done: false };
  return {
    next: () => results.next().then(turned),
    return: () => results.return(),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: () => results[Symbol.asyncDispose](),
  };
}

/** By `send`, for a transport that has no way of its own: as many at once as asked for, one by default. */
function oneByOne(
  transport: Transport,
  items: Iterable<BulkItem> | AsyncIterable<BulkItem>,
  options: BulkOptions,
): BulkResults {
  const send: BulkSend = ({ message, envelope, options: own }, told) => {
    const stop = new AbortController();
    const signal =
      own?.signal === undefined ? stop.signal : AbortSignal.any([own.signal, stop.signal]);
    transport.send(message, envelope, { ...own, signal }).then(
      (receipt) => told.accepted(receipt),
      (error: unknown) => told.failed(error),
    );
    return { withdraw: () => false, abort: (reason) => stop.abort(reason) };
  };
  if ((options.window ?? 1) > 1) {
    throw new UsageError("`window` is for SMTP, and this transport has no such thing", {
      code: "BULK_OPTION_INVALID",
      hint: "Leave it out for the default.",
    });
  }
  return bulkRun(items, send, { ...options, limit: options.concurrency ?? 1 });
}

function hasOptions(
  mail: BulkMail,
): mail is { readonly mail: MailInput; readonly options?: MailOptions } {
  return "mail" in mail;
}

function isBulk(transport: Transport): transport is BulkTransport {
  return "sendAll" in transport && typeof transport.sendAll === "function";
}

/** Not a generator: a source that has its messages at hand is read without a promise for each. */
function mapped<From, To>(
  source: Iterable<From> | AsyncIterable<From>,
  map: (from: From) => To,
): Iterable<To> | AsyncIterable<To> {
  if (Symbol.asyncIterator in source) {
    return {
      [Symbol.asyncIterator]() {
        const from = source[Symbol.asyncIterator]();
        return {
          async next() {
            const turn = await from.next();
            return turn.done === true
              ? { value: undefined, done: true as const }
              : { value: map(turn.value), done: false as const };
          },
          async return() {
            await from.return?.();
            return { value: undefined, done: true as const };
          },
        };
      },
    };
  }
  return {
    [Symbol.iterator]() {
      const from = source[Symbol.iterator]();
      return {
        next() {
          const turn = from.next();
          return turn.done === true
            ? { value: undefined, done: true as const }
            : { value: map(turn.value), done: false as const };
        },
        return() {
          from.return?.();
          return { value: undefined, done: true as const };
        },
      };
    },
  };
}
