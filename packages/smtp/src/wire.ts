/** One stream of bytes: what comes in is handed on, and what is said in one turn leaves together. */
import type { Duplex } from "node:stream";
import { createOutput, type Output } from "./output.ts";

/** What is told of it. */
export interface WireWatch {
  heard(chunk: Uint8Array): void;
  /** Some of what was said has left; the stream holds so many octets. */
  moved(backlog: number): void;
  /** Nothing more comes. Without an error the other side ended it. */
  ended(error: Error | undefined): void;
}

export class Wire {
  readonly #watch: WireWatch;
  #stream: Duplex;
  #output: Output;
  /** Above 0 nothing is flushed: more is about to be said. */
  #holds = 0;

  readonly #onData = (chunk: Uint8Array): void => this.#watch.heard(chunk);
  readonly #onError = (error: Error): void => this.#watch.ended(error);
  readonly #onEnd = (): void => this.#watch.ended(undefined);

  constructor(stream: Duplex, watch: WireWatch) {
    this.#watch = watch;
    this.#stream = stream;
    this.#output = this.#outputOf(stream);
    this.#listen();
  }

  get stream(): Duplex {
    return this.#stream;
  }

  get output(): Output {
    return this.#output;
  }

  /** Somebody else reads and writes the stream now, to put TLS around it. */
  leave(): void {
    const stream = this.#stream;
    stream.pause();
    stream.off("data", this.#onData);
    stream.off("error", this.#onError);
    stream.off("end", this.#onEnd);
    stream.off("close", this.#onEnd);
  }

  /** From now on it is this stream. */
  take(stream: Duplex): void {
    this.#stream = stream;
    this.#output = this.#outputOf(stream);
    this.#listen();
  }

  /** Whether the process has to wait for it. */
  keepAlive(isNeeded: boolean): void {
    const stream = this.#stream as Duplex & { ref?: () => void; unref?: () => void };
    if (isNeeded) stream.ref?.();
    else stream.unref?.();
  }

  /** Until the `release` that belongs to it nothing leaves. */
  hold(): void {
    this.#holds += 1;
  }

  release(): void {
    this.#holds -= 1;
    this.flush();
  }

  /** Lets what was said leave, unless more is about to be said. */
  flush(): void {
    if (this.#holds === 0) this.#output.flush();
  }

  #outputOf(stream: Duplex): Output {
    return createOutput(stream, () => this.#watch.moved(this.#output.backlog));
  }

  #listen(): void {
    const stream = this.#stream;
    stream.on("data", this.#onData);
    stream.on("error", this.#onError);
    stream.on("end", this.#onEnd);
    stream.on("close", this.#onEnd);
    stream.resume();
  }
}
