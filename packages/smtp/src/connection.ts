/**
 * The one loop that knows a socket. It takes the steps of dialogs, and adds three things: bytes,
 * deadlines, and TLS.
 */
import { connect as connectSocket, type Socket } from "node:net";
import { concatBytes } from "@letterwright/base/bytes";
import { LetterwrightError } from "@letterwright/base/error";
import type { ServerReply } from "@letterwright/message";
import {
  createClientSession,
  createDotStuffer,
  describeCommand,
  shownText,
  type ClientSession,
  type Command,
  type Dialog,
  type Step,
} from "@letterwright/smtp-protocol";
import {
  connectTls,
  describeConnection,
  explainTlsFailure,
  type TlsReport,
} from "@letterwright/tls";
import { canBind, compute } from "./computation.ts";
import { explainSocketError, SmtpError, timedOut, type SmtpStage } from "./failure.ts";
import type { SmtpSettings } from "./options.ts";
import type { Tunnel } from "./proxy/tunnel.ts";

/** What the content step writes. */
export interface Content {
  /** The message, with CRLF line ends only. */
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly onBytes: (count: number) => void;
}

/** A connected session. */
export interface Connection {
  readonly session: ClientSession;
  readonly security: TlsReport | undefined;
  /** Whether a login can be bound to this connection (RFC 9266). */
  readonly canBind: boolean;
  /** The address of this side, for EHLO. */
  readonly localAddress: string;
  /** Whether the end of a message may have left without having been answered. */
  readonly endMayHaveLeft: boolean;
  /**
   * What `work` comes to, or, when the connection fails or the signal fires in the meantime, that: nobody
   * waits for what is of no use any more.
   */
  whileOpen<Result>(work: () => Promise<Result>, stage: SmtpStage): Promise<Result>;
  /** Takes a dialog's steps until it has its result. A failure leaves the connection closed. */
  run<Result>(dialog: Dialog<Result>, stage: SmtpStage, content?: Content): Promise<Result>;
  /** Cuts the line. */
  destroy(): void;
}

/** Connects, with TLS from the first byte where the settings say so. */
export async function openConnection(
  settings: SmtpSettings,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  signal?.throwIfAborted();
  const socket = await connected(settings, signal);
  const connection = new SocketConnection(socket, settings, signal);
  if (settings.tls === "implicit") await connection.secure();
  return connection;
}

async function connected(settings: SmtpSettings, signal: AbortSignal | undefined): Promise<Socket> {
  const { host, port, timeouts, onEvent, tunnel } = settings;
  if (tunnel !== undefined) return tunnelled(tunnel, settings, signal);
  const socket = connectSocket({ host, port, autoSelectFamily: true, noDelay: true });
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(timedOut("connect", host, port, timeouts.connectMs)),
        timeouts.connectMs,
      );
      const abort = (): void => reject(signal?.reason);
      const settle = (done: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        done();
      };
      signal?.addEventListener("abort", abort, { once: true });
      socket.once("connect", () => settle(resolve));
      socket.once("error", (error) =>
        settle(() => reject(explainSocketError(error, "connect", host, port))),
      );
    });
  } catch (error) {
    socket.on("error", () => undefined); // what failed is on its way to the caller already
    socket.destroy();
    throw error;
  }
  socket.removeAllListeners("error");
  onEvent({ kind: "connected", host, port, address: socket.remoteAddress ?? "" });
  if (signal?.aborted === true) {
    socket.destroy();
    signal.throwIfAborted();
  }
  return socket;
}

async function tunnelled(
  tunnel: Tunnel,
  { host, port, timeouts, onEvent }: SmtpSettings,
  given: AbortSignal | undefined,
): Promise<Socket> {
  const deadline = new AbortController();
  const late = timedOut("connect", host, port, timeouts.connectMs);
  const timer = setTimeout(() => deadline.abort(late), timeouts.connectMs);
  const signal = given === undefined ? deadline.signal : AbortSignal.any([deadline.signal, given]);
  try {
    const socket = (await tunnel({ host, port, signal })) as Socket;
    onEvent({ kind: "connected", host, port, address: socket.remoteAddress ?? "" });
    return socket;
  } finally {
    clearTimeout(timer);
  }
}

/** Content is gathered into writes of about this size: fewer calls, fewer TLS records. */
const writeBytes = 65_536;

class SocketConnection implements Connection {
  readonly session: ClientSession = createClientSession();
  security: TlsReport | undefined;
  endMayHaveLeft = false;
  readonly localAddress: string;
  readonly #settings: SmtpSettings;
  readonly #signal: AbortSignal | undefined;
  #socket: Socket;
  #replies: ServerReply[] = [];
  #failure: { readonly reason: unknown } | undefined;
  #isClosed = false;
  /** Those who wait for a reply, for room to write, or for something that needs the connection. */
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket, settings: SmtpSettings, signal: AbortSignal | undefined) {
    this.#socket = socket;
    this.#settings = settings;
    this.#signal = signal;
    this.localAddress = socket.localAddress ?? "";
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#listen(socket);
  }

  get canBind(): boolean {
    return canBind(this.#socket);
  }

  async run<Result>(dialog: Dialog<Result>, stage: SmtpStage, content?: Content): Promise<Result> {
    try {
      let turn = dialog.next();
      while (turn.done !== true) {
        let replies: readonly ServerReply[];
        try {
          replies = await this.#take(turn.value, stage, content);
        } catch (error) {
          turn = dialog.throw(error);
          continue;
        }
        turn = dialog.next(replies);
      }
      return turn.value;
    } catch (error) {
      throw stage === "greeting" ? notSmtp(error, this.#settings) : error;
    }
  }

  whileOpen<Result>(work: () => Promise<Result>, stage: SmtpStage): Promise<Result> {
    // Not Promise.race with a promise that lives as long as the connection: it would keep every result.
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.#failure === undefined) this.#waiting.add(look);
        else reject(atStage(this.#failure.reason, stage));
      };
      look();
      if (this.#failure !== undefined) return;
      work()
        .finally(() => this.#waiting.delete(look))
        .then(resolve, reject);
    });
  }

  destroy(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#socket.destroy();
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#settings.onEvent({ kind: "closed" });
  }

  /** TLS over the socket; what is read from here on is read from inside. */
  async secure(): Promise<void> {
    const { host, port, tlsContext, timeouts } = this.#settings;
    this.#unlisten(this.#socket);
    const deadline = new AbortController();
    const timer = setTimeout(
      () => deadline.abort(timedOut("tls", host, port, timeouts.tlsMs)),
      timeouts.tlsMs,
    );
    const signal =
      this.#signal === undefined
        ? deadline.signal
        : AbortSignal.any([deadline.signal, this.#signal]);
    try {
      const secured = await connectTls(tlsContext, { socket: this.#socket, host, port, signal });
      this.#socket = secured;
      this.security = describeConnection(secured);
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
    this.#settings.onEvent({ kind: "secured", report: this.security });
    this.#listen(this.#socket);
  }

  async #take(
    step: Step,
    stage: SmtpStage,
    content: Content | undefined,
  ): Promise<readonly ServerReply[]> {
    const { timeouts } = this.#settings;
    switch (step.kind) {
      case "greeting":
        return [await this.#reply("greeting", timeouts.greetingMs)];
      case "commands": {
        this.#throwIfFailed(stage);
        await this.#write(
          concatBytes(step.commands.map((command) => this.#encoded(command))),
          stage,
        );
        const replies: ServerReply[] = [];
        for (const { verb } of step.commands) {
          replies.push(
            await this.#reply(stage, verb === "DATA" ? timeouts.dataMs : timeouts.commandMs),
          );
        }
        return replies;
      }
      case "upgrade":
        this.session.upgrade();
        await this.secure();
        return [];
      case "content":
        return [await this.#send(content)];
      case "compute": {
        const { computation } = step;
        step.take(await this.whileOpen(() => compute(computation, this.#socket), stage));
        return [];
      }
    }
  }

  #encoded(command: Command): Uint8Array {
    const bytes = this.session.send(command);
    this.#settings.onEvent({ kind: "command", line: describeCommand(command) });
    return bytes;
  }

  async #send(content: Content | undefined): Promise<ServerReply> {
    const stuffer = createDotStuffer();
    let held: Uint8Array[] = [];
    let heldBytes = 0;
    let byteLength = 0;
    for await (const chunk of this.#read(content)) {
      held.push(stuffer.stuff(chunk));
      heldBytes += chunk.length;
      byteLength += chunk.length;
      if (heldBytes >= writeBytes) {
        await this.#write(concatBytes(held), "content");
        held = [];
        heldBytes = 0;
        content?.onBytes(byteLength);
      }
    }
    content?.onBytes(byteLength);
    this.#throwIfFailed("content");
    const last = concatBytes([...held, stuffer.end(), this.#encoded({ verb: "END" })]);
    // From here on the server may take the message, whatever else happens.
    this.endMayHaveLeft = true;
    await this.#write(last, "end");
    this.#settings.onEvent({ kind: "content", byteLength });
    const reply = await this.#reply("end", this.#settings.timeouts.endMs);
    this.endMayHaveLeft = false;
    return reply;
  }

  /** The chunks of the content, as long as the connection stands: a source may stall for ever. */
  async *#read(content: Content | undefined): AsyncGenerator<Uint8Array> {
    if (content === undefined) return;
    const iterator = content.chunks[Symbol.asyncIterator]();
    let isDone = false;
    try {
      for (;;) {
        const next = await this.whileOpen(() => iterator.next(), "content");
        isDone = next.done === true;
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // Not awaited: a source that stalls would not answer this either.
      if (!isDone) iterator.return?.().catch(() => undefined);
    }
  }

  /** Resolves when the bytes are on their way and there is room for more. */
  async #write(bytes: Uint8Array, stage: SmtpStage): Promise<void> {
    this.#throwIfFailed(stage);
    if (this.#socket.write(bytes)) return;
    const isDrained = (): true | undefined => (this.#socket.writableNeedDrain ? undefined : true);
    const wake = (): void => this.#wake();
    this.#socket.once("drain", wake);
    try {
      await this.#until(isDrained, stage, this.#settings.timeouts.blockMs);
    } finally {
      this.#socket.off("drain", wake);
    }
  }

  async #reply(stage: SmtpStage, withinMs: number): Promise<ServerReply> {
    const reply = await this.#until(() => this.#replies.shift(), stage, withinMs);
    this.#settings.onEvent({ kind: "reply", code: reply.code, text: shownText(reply) });
    return reply;
  }

  /** Waits until `take` gives something, the connection fails, or the time is up. */
  async #until<Value>(
    take: () => Value | undefined,
    stage: SmtpStage,
    withinMs: number,
  ): Promise<Value> {
    const { host, port } = this.#settings;
    let timer: NodeJS.Timeout | undefined;
    try {
      for (;;) {
        const value = take();
        if (value !== undefined) return value;
        this.#throwIfFailed(stage);
        timer ??= setTimeout(() => this.#fail(timedOut(stage, host, port, withinMs)), withinMs);
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #throwIfFailed(stage: SmtpStage): void {
    if (this.#failure !== undefined) throw atStage(this.#failure.reason, stage);
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.destroy();
    this.#wake();
  }

  /** Lets everybody who waits look again. */
  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const look of waiting) look();
  }

  readonly #onAbort = (): void => this.#fail(this.#signal?.reason);
  readonly #onData = (chunk: Uint8Array): void => {
    try {
      this.#replies.push(...this.session.receive(chunk));
      if (this.session.fault !== undefined) throw this.session.fault;
      this.#wake();
    } catch (error) {
      this.#fail(error);
    }
  };
  readonly #onError = (error: Error): void => {
    const { host, port } = this.#settings;
    // RFC 8446 §4.4.2.4: only after the handshake does a server say that it misses the client's certificate.
    const explained = explainTlsFailure(error, { host, port });
    const isAboutTls = explained.code === "TLS_CLIENT_CERTIFICATE_REQUIRED";
    this.#fail(isAboutTls ? explained : explainSocketError(error, "connect", host, port));
  };
  readonly #onClose = (): void => {
    this.#fail(explainSocketError(undefined, "connect", this.#settings.host, this.#settings.port));
  };

  #listen(socket: Socket): void {
    socket.on("data", this.#onData);
    socket.on("error", this.#onError);
    socket.on("close", this.#onClose);
    socket.resume();
  }

  #unlisten(socket: Socket): void {
    socket.pause();
    socket.off("data", this.#onData);
    socket.off("error", this.#onError);
    socket.off("close", this.#onClose);
  }
}

/** Sockets do not know how far a send had come when they break. */
function atStage(error: unknown, stage: SmtpStage): unknown {
  if (!(error instanceof SmtpError) || error.stage === stage || error.code === "SMTP_TIMEOUT")
    return error;
  const { code, hint, retry, cause, message } = error;
  return new SmtpError(message, { code, hint, retry, cause, stage });
}

/** What answers first is not even SMTP: say so, rather than that a reply is malformed. */
function notSmtp(error: unknown, { host, port }: SmtpSettings): unknown {
  if (!LetterwrightError.is(error) || error.code !== "SMTP_REPLY_MALFORMED") return error;
  return new SmtpError(`${host}:${port} does not speak SMTP: ${error.message}`, {
    code: "SMTP_NOT_SMTP",
    hint: "Another service answers on this port. 465 and 587 are usual for sending.",
    stage: "greeting",
    retry: "no",
    cause: error,
  });
}
