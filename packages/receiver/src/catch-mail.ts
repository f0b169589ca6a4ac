/** A receiving server for development and tests. */
import { randomUUID, timingSafeEqual } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { LetterwrightError } from "@letterwright/base/error";
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";
import {
  resolveCatchOptions,
  type CatchOptions,
  type CatchSettings,
  type ReceiverIdentity,
} from "./catch-options.ts";
import { linksIn, type CaughtMessage } from "./caught-message.ts";
import { createAuthority } from "./certificates.ts";
import { Inbox, type Expectation, type WaitOptions } from "./inbox.ts";
import { readMessage } from "./read-message.ts";
import { openStore, type MessageStore } from "./store.ts";

/** A server that is listening, and what has arrived. */
export interface MailCatcher extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** For `createMailer`: `smtps://127.0.0.1:1025`, or `smtp:` where TLS begins with STARTTLS or not at all. */
  readonly url: string;
  /** PEM: the authority that clients have to trust. Empty without TLS. */
  readonly ca: string;
  /** What has arrived, oldest first. */
  readonly messages: readonly CaughtMessage[];
  /**
   * The first message that meets the expectation, also one that is here already.
   *
   * Rejects with `RECEIVER_WAITED_IN_VAIN`, which names what did arrive, or with `signal.reason`.
   */
  waitFor(expectation: Expectation, options?: WaitOptions): Promise<CaughtMessage>;
  /** Stops listening and cuts what is connected. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts a server on this machine that takes every message and delivers none.
 *
 * Rejects with `RECEIVER_CANNOT_LISTEN`, `STORE_UNWRITABLE`; throws what is wrong with the options.
 *
 * @example
 * ```ts
 * import { catchMail } from "@letterwright/receiver";
 *
 * await using inbox = await catchMail();
 * inbox.messages.length; // => 0
 * ```
 */
export async function catchMail(options: CatchOptions = {}): Promise<MailCatcher> {
  const settings = resolveCatchOptions(options);
  const identity =
    settings.tls === "none"
      ? undefined
      : (settings.identity ?? (await throwAwayIdentity(settings.host)));
  const store = settings.store === undefined ? undefined : await openStore(settings.store);
  const inbox = new Inbox(settings.maxMessages);
  const server = new SMTPServer(serverOptions(settings, identity, store, inbox));
  // A client that goes away in mid-sentence is its own affair; the server stays.
  const ignore = (): void => undefined;
  const port = await listening(server, settings);
  server.on("error", ignore);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= new Promise((resolve) => {
      inbox.close();
      server.close(() => resolve());
    });
    return closing;
  };
  const shownHost = settings.host.includes(":") ? `[${settings.host}]` : settings.host;
  return Object.freeze({
    host: settings.host,
    port,
    url: `${settings.tls === "implicit" ? "smtps" : "smtp"}://${shownHost}:${port}`,
    ca: identity?.authority ?? "",
    messages: inbox.messages,
    waitFor: (expectation: Expectation, waiting?: WaitOptions) =>
      inbox.waitFor(expectation, waiting),
    close,
    [Symbol.asyncDispose]: close,
  });
}

async function throwAwayIdentity(host: string): Promise<ReceiverIdentity> {
  const authority = await createAuthority();
  const names = [...new Set([host, "localhost", "127.0.0.1", "::1"])];
  return { ...(await authority.issue({ names })), authority: authority.certificate };
}

function listening(server: SMTPServer, { host, port }: CatchSettings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      reject(
        new LetterwrightError(`cannot listen on ${host}:${port}: ${why}`, {
          code: "RECEIVER_CANNOT_LISTEN",
          hint: "Another program may use the port; leave it out for any free one.",
          cause,
        }),
      );
    });
    const listener = server.listen(port, host, () =>
      resolve((listener.address() as AddressInfo).port),
    );
  });
}

function serverOptions(
  settings: CatchSettings,
  identity: ReceiverIdentity | undefined,
  store: MessageStore | undefined,
  inbox: Inbox,
): SMTPServerOptions {
  const { tls, auth, requireAuth, refuse, maxMessageBytes } = settings;
  const refused = new Set(refuse.map((address) => address.toLowerCase()));
  const protocols = new WeakMap<SMTPServerSession, string>();
  const disabled = [
    ...(auth === "none" ? ["AUTH"] : []),
    ...(tls === "starttls" ? [] : ["STARTTLS"]),
  ];
  return {
    name: "letterwright.invalid",
    banner: "Letterwright catches mail and delivers none",
    logger: false,
    secure: tls === "implicit",
    ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
    disabledCommands: disabled,
    authOptional: !requireAuth,
    // The test server itself takes logins without TLS only where it has none; senders still refuse to.
    allowInsecureAuth: tls === "none",
    authMethods: ["PLAIN", "LOGIN"],
    disableReverseLookup: true,
    size: maxMessageBytes,
    rejectOversized: true,
    closeTimeout: 200,
    onSecure(socket, session, callback) {
      protocols.set(session, (socket as TLSSocket).getProtocol() ?? "");
      callback();
    },
    onAuth(login, _session, callback) {
      const isWelcome =
        auth === "any" ||
        (auth !== "none" && same(login.username, auth.user) && same(login.password, auth.password));
      if (isWelcome) callback(null, { user: login.username ?? "" });
      else callback(refusal(535, "5.7.8 Error: authentication failed"));
    },
    onRcptTo(address, _session, callback) {
      if (refused.has(address.address.toLowerCase())) {
        callback(refusal(550, `5.1.1 <${address.address}> User unknown`));
      } else callback();
    },
    onData(stream, session, callback) {
      receive(stream, session)
        .then((message) => callback(null, `queued as ${message.id}`))
        .catch((error: unknown) => {
          const why = error instanceof Error ? error.message : "failed";
          // What exceeds a limit does so every time.
          const isFinal = LetterwrightError.is(error) && error.code === "PARSE_LIMIT";
          callback(isFinal ? refusal(554, `5.6.0 ${why}`) : refusal(451, `4.3.0 ${why}`));
        });
    },
  };

  async function receive(
    stream: AsyncIterable<Uint8Array>,
    session: SMTPServerSession,
  ): Promise<CaughtMessage> {
    const chunks: Uint8Array[] = [];
    let held = 0;
    for await (const chunk of stream) {
      held += chunk.length;
      // What is too large is read to its end and not kept; the server refuses it then.
      if (held <= maxMessageBytes) chunks.push(chunk);
    }
    if (held > maxMessageBytes) throw new Error("too large");
    const bytes = new Uint8Array(Buffer.concat(chunks));
    const id = `${Date.now()}-${randomUUID()}`;
    // Before it is kept: what cannot be read is refused.
    const read = readMessage(bytes);
    const path = await store?.keep(id, bytes);
    const { mailFrom, rcptTo } = session.envelope;
    const message: CaughtMessage = Object.freeze({
      ...read,
      id,
      bytes,
      envelope: Object.freeze({
        reversePath: mailFrom === false ? "" : mailFrom.address,
        recipients: Object.freeze(rcptTo.map(({ address }) => address)),
      }),
      session: Object.freeze({
        isEncrypted: session.secure,
        tlsProtocol: protocols.get(session),
        user: typeof session.user === "string" ? session.user : undefined,
        clientName: session.hostNameAppearsAs,
      }),
      receivedAt: new Date(),
      path,
      links: () => linksIn(read.text, read.html),
    });
    inbox.add(message);
    settings.onMessage(message);
    return message;
  }
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** In constant time where the lengths agree: this is a password. */
function same(given: string | null | undefined, wanted: string): boolean {
  const left = Buffer.from(given ?? "");
  const right = Buffer.from(wanted);
  return left.length === right.length && timingSafeEqual(left, right);
}
