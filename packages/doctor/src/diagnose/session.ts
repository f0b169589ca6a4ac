/** Takes the dialogs of SMTP over a socket: a small driver, for asking and not for sending. */
import type { Socket } from "node:net";
import { concatBytes } from "@letterwright/base/bytes";
import type { ServerReply } from "@letterwright/message";
import { canBind, compute } from "@letterwright/smtp";
import {
  createClientSession,
  type Answer,
  type ClientSession,
  type Dialog,
  type Step,
} from "@letterwright/smtp-protocol";
import { connectTls, describeConnection, type TlsContext, type TlsReport } from "@letterwright/tls";

/** What the driver needs. */
export interface SessionOptions {
  readonly host: string;
  readonly port: number;
  readonly tlsContext: TlsContext;
  readonly signal: AbortSignal;
}

/** The line was cut, or nothing came in time, while an answer was awaited. */
export class LineEnded extends Error {
  override readonly name: string = "LineEnded";
  readonly isSilence: boolean;
  constructor(isSilence: boolean) {
    super(isSilence ? "the server stopped answering" : "the server hung up");
    this.isSilence = isSilence;
  }
}

/** A session that asks. */
export interface AskingSession {
  readonly session: ClientSession;
  readonly security: TlsReport | undefined;
  /** The first reply: the greeting. */
  readonly greeting: ServerReply | undefined;
  run<Result>(dialog: Dialog<Result>): Promise<Result>;
  /** Whether a login can be bound to the connection (RFC 9266). */
  readonly canBind: boolean;
  secure(): Promise<void>;
  close(): void;
}

/** A session over a connected socket. */
export function createAskingSession(socket: Socket, options: SessionOptions): AskingSession {
  return new Asking(socket, options);
}

class Asking implements AskingSession {
  readonly session: ClientSession = createClientSession();
  security: TlsReport | undefined;
  greeting: ServerReply | undefined;
  readonly #options: SessionOptions;
  #socket: Socket;
  #replies: ServerReply[] = [];
  #end: { readonly reason: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: Socket, options: SessionOptions) {
    this.#options = options;
    this.#socket = socket;
    options.signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#attach(socket);
  }

  get canBind(): boolean {
    return canBind(this.#socket);
  }

  async run<Result>(dialog: Dialog<Result>): Promise<Result> {
    let turn = dialog.next();
    while (turn.done !== true) {
      let answer: Answer;
      try {
        answer = { replies: await this.#take(turn.value) };
      } catch (reason) {
        answer = { replies: [], failure: { reason } };
      }
      turn = dialog.next(answer);
    }
    return turn.value;
  }

  async secure(): Promise<void> {
    this.#detach(this.#socket);
    const { host, port, tlsContext, signal } = this.#options;
    const secured = await connectTls(tlsContext, { socket: this.#socket, host, port, signal });
    this.#socket = secured;
    this.security = describeConnection(secured);
    this.#attach(secured);
  }

  close(): void {
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#socket.on("error", () => undefined);
    this.#socket.destroy();
  }

  async #take(step: Step): Promise<readonly ServerReply[]> {
    switch (step.kind) {
      case "greeting": {
        this.greeting = await this.#reply();
        return [this.greeting];
      }
      case "flight": {
        if (step.content !== undefined) throw new Error("the doctor sends no content");
        if (this.#end !== undefined) throw this.#end.reason;
        this.#socket.write(concatBytes(step.commands.map((command) => this.session.send(command))));
        const replies: ServerReply[] = [];
        for (let count = 0; count < step.commands.length; count++)
          replies.push(await this.#reply());
        return replies;
      }
      case "upgrade":
        this.session.upgrade();
        await this.secure();
        return [];
      case "compute":
        step.take(await compute(step.computation, this.#socket));
        return [];
    }
  }

  async #reply(): Promise<ServerReply> {
    for (;;) {
      const reply = this.#replies.shift();
      if (reply !== undefined) return reply;
      if (this.#end !== undefined) throw this.#end.reason;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #finish(reason: unknown): void {
    this.#end ??= { reason };
    this.#wake();
  }

  readonly #onAbort = (): void => {
    this.#finish(new LineEnded(true));
    this.#socket.destroy();
  };
  readonly #onData = (chunk: Uint8Array): void => {
    try {
      for (const { reply } of this.session.receive(chunk)) this.#replies.push(reply);
      if (this.session.fault !== undefined) throw this.session.fault;
      this.#wake();
    } catch (error) {
      this.#finish(error);
    }
  };
  readonly #onError = (error: Error): void => this.#finish(error);
  readonly #onClose = (): void => this.#finish(new LineEnded(false));

  #attach(socket: Socket): void {
    socket.on("data", this.#onData);
    socket.on("error", this.#onError);
    socket.on("close", this.#onClose);
    socket.resume();
  }

  #detach(socket: Socket): void {
    socket.pause();
    socket.off("data", this.#onData);
    socket.off("error", this.#onError);
    socket.off("close", this.#onClose);
  }
}
