/**
 * The one loop that takes the steps of dialogs over a stream of bytes.
 *
 * Theory of operation. Each dialog that runs has a flight at a time: it is written when the flights before it have
 * been, and joins those that wait for answers. Replies belong to the oldest of them. When a flight has its last
 * reply its dialog is resumed, in the same turn, and what it says next leaves with what others say in that turn.
 * So several dialogs can be under way on one line, each behind the other (RFC 2920 §3.1), and no promise, timer
 * or write is made for a single reply or command.
 */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  createClientSession,
  describeCommand,
  shownText,
  type Answer,
  type Answered,
  type ClientSession,
  type Command,
  type ContentStep,
  type Dialog,
  type Flight,
  type Step,
} from "@letterwright/smtp-protocol";
import { compute } from "./computation.ts";
import { ContentFlow } from "./content-flow.ts";
import { ContentMemory } from "./content-memory.ts";
import type { Content } from "./content.ts";
import { createContentWriter, wholeOf, type ContentWriter, type Voice } from "./content-writer.ts";
import { atStage, brokenBy, explainStreamError, timedOut, type SmtpStage } from "./failure.ts";
import { Lookout } from "./lookout.ts";
import type { SmtpSettings } from "./options.ts";
import { Patience } from "./patience.ts";
import type { Place } from "./place.ts";
import { beginStep, failedAnswer, Run, stageOf, type RunOptions, type Settling } from "./run.ts";
import { Slab } from "./slab.ts";
import { Wire } from "./wire.ts";

/** What an exchange is made of. */
export interface ExchangeParts {
  readonly settings: SmtpSettings;
  readonly place: Place;
  /** Puts TLS around the stream, and gives what to read and write from then on. */
  readonly upgrade: () => Promise<Duplex>;
}

/** What ended a connection. */
export interface Failure {
  readonly reason: unknown;
  /** Whether it was given up on this side, and so says nothing about the server. */
  readonly isOurs: boolean;
}

const noContent: Content = {};

export class Exchange {
  readonly session: ClientSession;
  readonly #settings: SmtpSettings;
  readonly #place: Place;
  readonly #patience: Patience;
  readonly #upgrade: () => Promise<Duplex>;
  readonly #wire: Wire;
  /** Of its stream; made with the first content that cannot be written at once. */
  #flow: ContentFlow | undefined;
  readonly #memory: ContentMemory = new ContentMemory();
  /** Memory for small messages that are written in advance. */
  readonly slab: Slab = new Slab();
  /** Flights to be written; the first is being written. */
  readonly #writing: Run[] = [];
  /** Flights that wait for answers. */
  readonly #answering: Run[] = [];
  /** The greeting, when it is faster than the dialog that waits for it. */
  #early: Answered[] = [];
  #failure: Failure | undefined;
  #isPumping = false;
  #isEnding = false;
  readonly #lookout: Lookout = new Lookout(() => this.#failure);
  /** Whose flight is being written. */
  #speaker: Run | undefined;
  /** How content is written: one for all, because flights are written one after another. */
  readonly #voice: Voice = {
    say: (command) => this.#say(this.#speaker as Run, command),
    put: (bytes, room) => this.#wire.output.add(bytes, room),
  };
  /** Called once, when the connection has ended and whoever waited for it has been told. */
  onEnd: (() => void) | undefined;
  /** Called when all that was heard at once has been told. */
  onHeard: (() => void) | undefined;
  /** Whether there is more to tell of what was heard, so that `onHeard` is still to come. */
  isHearing = false;

  constructor(stream: Duplex, { settings, place, upgrade }: ExchangeParts) {
    this.#settings = settings;
    this.#place = place;
    this.#upgrade = upgrade;
    this.session = createClientSession({ protocol: settings.protocol });
    this.#patience = new Patience(
      settings.timeouts,
      () => ({ verb: this.session.next, stage: this.#answering[0]?.stage ?? "quit" }),
      ({ stage, withinMs }) => this.fail(timedOut(stage, place, withinMs)),
    );
    this.#wire = new Wire(stream, {
      heard: (chunk) => this.#heard(chunk),
      moved: (backlog) => this.#moved(backlog),
      ended: (error) => this.fail(explainStreamError(error, place)),
    });
  }

  /** What ended the connection; `undefined` while it stands. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Whether the connection ends as soon as those under way have their answers: nothing more can be begun. */
  get isEnding(): boolean {
    return this.#isEnding || this.session.fault !== undefined;
  }

  /** Whether no dialog is under way. */
  get isIdle(): boolean {
    return this.#writing.length === 0 && this.#answering.length === 0;
  }

  /** The stream, for who has to look at it or to put TLS around it. */
  get stream(): Duplex {
    return this.#wire.stream;
  }

  /** Takes a dialog's steps until it has its result, behind those that are under way. */
  run<Result>(dialog: Dialog<Result>, options: RunOptions): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (options.signal?.aborted === true) reject(options.signal.reason);
      else this.start(dialog, options, { resolve, reject });
    });
  }

  /** The same without a promise; gives what is known of it while it is under way. */
  start<Result>(
    dialog: Dialog<Result>,
    { stage, content, signal }: RunOptions,
    settling: Settling<Result>,
  ): Readonly<Run> {
    const run = new Run(dialog, stage, content, settling);
    if (signal !== undefined) {
      const abort = (): void => this.abort(run, signal.reason);
      run.stopListening = () => signal.removeEventListener("abort", abort);
      signal.addEventListener("abort", abort, { once: true });
    }
    this.hold();
    try {
      this.#resume(run, undefined);
    } finally {
      this.release();
    }
    return run;
  }

  /** Nothing is expected of the server for now: the process may end, and no deadline runs. */
  rest(): void {
    this.#patience.clear();
    this.#wire.keepAlive(false);
  }

  /** Something is about to be said: the process waits for the answer. */
  rise(): void {
    this.#wire.keepAlive(true);
  }

  /**
   * Memory for so many octets of content, to be written into before anything else is done. What is no socket of Node may
   * pass on what it is given and say that it is written: it gets memory of its own.
   */
  memoryFor(octets: number): Uint8Array {
    return this.#wire.stream instanceof Socket ? this.#memory.lend(octets) : new Uint8Array(octets);
  }

  /** Octets that are on their way out and have not left. */
  get backlog(): number {
    return this.#wire.output.backlog;
  }

  /**
   * What `work` comes to, or, when the connection fails or the signal fires in the meantime, that: nobody waits for
   * what is of no use any more.
   */
  whileOpen<Result>(
    work: () => Promise<Result>,
    stage: SmtpStage,
    signal?: AbortSignal,
  ): Promise<Result> {
    return this.#lookout.whileOpen(work, signal).catch((error: unknown) => {
      throw this.#failure?.reason === error ? atStage(error, stage) : error;
    });
  }

  /** Ends the connection when nobody needs it any more. */
  close(): void {
    this.#giveUpLine(undefined);
  }

  /** Ends the connection for a reason that is ours, or one dialog's. */
  #giveUpLine(reason: unknown): void {
    this.fail(brokenBy(reason, this.#place), true);
  }

  /** Ends the connection; whoever waits for it gets the reason. */
  fail(reason: unknown, isOurs = false): void {
    if (this.#failure !== undefined) return;
    this.#failure = { reason, isOurs };
    this.#patience.clear();
    this.#wire.stream.destroy();
    const { watch } = this.#settings;
    if (watch.isOn) watch.tell({ ...this.#place.told, kind: "closed" });
    const answering = this.#answering.splice(0);
    const writing = this.#writing.splice(0).filter((run) => !answering.includes(run));
    for (const run of [...answering, ...writing]) if (!run.isLeft) this.#resumeFailed(run);
    this.#lookout.wake();
    this.onEnd?.();
  }

  #resume(run: Run, answer: Answer | undefined): void {
    let turn: IteratorResult<Step, unknown>;
    try {
      turn = answer === undefined ? run.dialog.next() : run.dialog.next(answer);
    } catch (error) {
      this.#reject(run, error);
      return;
    }
    if (turn.done === true) {
      run.stopListening?.();
      run.isSettled = true;
      run.settling.resolve(turn.value);
    } else this.#take(run, turn.value);
  }

  #reject(run: Run, reason: unknown): void {
    if (run.isSettled) return;
    run.stopListening?.();
    run.isSettled = true;
    run.settling.reject(reason);
  }

  #take(run: Run, step: Step): void {
    if (run.isLeft) {
      this.#giveUpLine(run.reason?.reason);
      this.#reject(run, run.reason?.reason);
      return;
    }
    beginStep(run, step);
    if (this.#failure !== undefined) {
      this.#resumeFailed(run);
      return;
    }
    switch (step.kind) {
      case "greeting":
        run.awaiting = 1;
        run.isWritten = true;
        this.#answering.push(run);
        this.#patience.await();
        for (const answered of this.#early.splice(0)) this.#answer(answered);
        return;
      case "upgrade":
        void this.#secure(run); // it tells the dialog itself how it went
        return;
      case "compute":
        void this.#compute(run, step); // so does it
        return;
      case "flight":
        this.#writing.push(run);
        this.#write();
    }
  }

  #resumeFailed(run: Run): void {
    const reason = run.reason === undefined ? this.#failure?.reason : run.reason.reason;
    this.#resume(run, failedAnswer(run, atStage(reason, stageOf(run))));
  }

  /** Stops a dialog that was started here; it hears the reason. */
  abort(run: Run, reason: unknown): void {
    run.reason = { reason };
    const waits = this.#writing.indexOf(run);
    if (waits > 0 || (waits === 0 && !this.#isPumping && !this.#answering.includes(run))) {
      // None of it is on its way: the others go on.
      this.#writing.splice(waits, 1);
      this.#resumeFailed(run);
      return;
    }
    if (this.#answering.length > 1 && this.#answering.includes(run)) {
      this.#leave(run);
      return;
    }
    this.#giveUpLine(reason);
    this.#reject(run, reason); // where it waits for TLS; elsewhere it has been told by now
  }

  /**
   * Whoever waits for the run is told, and its replies are read all the same: cutting the line would leave those who
   * share it without an answer. It is cut when the others have theirs, unless the run came to its end by then.
   */
  #leave(run: Run): void {
    run.isLeft = true;
    run.isStopped = true;
    this.#isEnding ||= !run.endMayHaveLeft;
    this.#resumeFailed(run);
    this.#lookout.wake();
  }

  async #secure(run: Run): Promise<void> {
    let stream: Duplex;
    try {
      this.session.upgrade();
      this.#wire.leave();
      stream = await this.#upgrade();
    } catch (error) {
      this.fail(error);
      const reason = run.reason === undefined ? error : run.reason.reason;
      this.#resume(run, { replies: [], failure: { reason } });
      return;
    }
    if (this.#failure !== undefined) {
      stream.destroy();
      this.#resumeFailed(run);
      return;
    }
    this.#wire.take(stream);
    this.#flow = undefined;
    this.together(() => this.#resume(run, { replies: [] }));
  }

  async #compute(run: Run, step: Extract<Step, { readonly kind: "compute" }>): Promise<void> {
    let answer: Answer = { replies: [] };
    try {
      const work = (): Promise<Uint8Array> => compute(step.computation, this.#wire.stream);
      step.take(await this.whileOpen(work, run.stage));
    } catch (error) {
      const reason = run.reason === undefined ? error : run.reason.reason;
      answer = { replies: [], failure: { reason } };
    }
    this.together(() => this.#resume(run, answer));
  }

  /** Writes flights, as long as none has to wait for its content. */
  #write(): void {
    this.hold();
    try {
      while (!this.#isPumping && this.#failure === undefined) {
        const run = this.#writing[0];
        if (run === undefined) return;
        this.#fly(run);
      }
    } finally {
      this.release();
    }
  }

  #fly(run: Run): void {
    const { commands, content: step } = run.flight as Flight;
    this.#answering.push(run);
    this.#speaker = run;
    try {
      for (const command of commands) this.#say(run, command);
    } catch (error) {
      // A command that cannot be written. What was said before it is answered, and then the run is over.
      if (this.session.fault === undefined) this.#giveUp(run, error);
      else this.fail(this.session.fault);
      return;
    }
    if (step === undefined) {
      this.#written(run);
      return;
    }
    const content = run.content ?? noContent;
    if (content.pieces !== undefined) this.#memory.begin(content.pieces);
    const writer = createContentWriter(step, content.isBinary === true, this.#voice);
    const whole =
      step.inTurn === true || content.stretched !== undefined ? undefined : wholeOf(content);
    if (whole === undefined) void this.#pump(run, step, writer);
    else {
      writer.whole(whole.pieces);
      this.#wrote(run, whole.bytes);
      this.#written(run);
    }
  }

  async #pump(run: Run, step: ContentStep, writer: ContentWriter): Promise<void> {
    this.#isPumping = true;
    let failed: { readonly reason: unknown } | undefined;
    const isMade = run.content?.stretched !== undefined;
    try {
      const isWhole = await (this.#flow ??= this.#flowOf()).pump(run, step, writer);
      // No answer comes to what was announced and is not there. The line is cut when the others have theirs.
      if (!isWhole && step.form !== "lines") run.awaiting -= 1;
    } catch (error) {
      failed = { reason: error };
    }
    this.#isPumping = false;
    if (this.#failure !== undefined) return;
    if (failed !== undefined && (step.form === "lines" || isMade)) {
      // There is no way to end it that would not make it look whole, or what follows a part of it.
      run.reason = failed;
      this.#giveUpLine(failed.reason);
      return;
    }
    this.together(() => {
      // What BDAT announced has left, and no chunk was the last: the transaction can be given up in order.
      if (failed === undefined) this.#written(run);
      else this.#giveUp(run, failed.reason);
      this.#write();
    });
  }

  #flowOf(): ContentFlow {
    return new ContentFlow({
      stream: this.#wire.stream,
      output: this.#wire.output,
      lookout: this.#lookout,
      patience: this.#patience,
      hasFailed: () => this.#failure !== undefined,
      whileOpen: (work) => this.whileOpen(work, "content"),
      wrote: (run, count) => this.#wrotePart(run, count),
    });
  }

  #wrotePart(run: Run, count: number): void {
    this.#wire.flush();
    this.#wrote(run, count);
  }

  #wrote(run: Run, count: number): void {
    run.sent += count;
    run.content?.onBytes?.(run.sent);
  }

  #giveUp(run: Run, error: unknown): void {
    run.reason = { reason: error };
    run.isStopped = true;
    this.#written(run);
  }

  #say(run: Run, command: Command): void {
    const line = this.session.line(command);
    if (command.verb === "END" || command.verb === "BDAT LAST") {
      // Where content follows that is made as it leaves, its end is still to come.
      run.endMayHaveLeft =
        run.flight?.content === undefined ||
        run.content?.stretched === undefined ||
        command.verb === "END";
    }
    if (this.session.awaited === 1) this.#patience.await();
    run.awaiting += 1;
    this.#wire.output.line(line);
    const { watch } = this.#settings;
    if (watch.isOn) {
      watch.tell({ ...this.#place.told, kind: "command", line: describeCommand(command) });
    }
  }

  #written(run: Run): void {
    run.isWritten = true;
    this.#memory.end();
    if (this.#writing[0] === run) this.#writing.shift();
    const { watch } = this.#settings;
    if (run.flight?.content !== undefined && watch.isOn) {
      watch.tell({ ...this.#place.told, kind: "content", byteLength: run.sent });
    }
    if (run.endMayHaveLeft) run.settling.ended?.();
    if (run.awaiting === 0) this.#complete(run);
  }

  #heard(chunk: Uint8Array): void {
    this.hold();
    this.isHearing = true;
    try {
      this.#hear(chunk);
      this.isHearing = false;
      this.onHeard?.();
    } finally {
      this.isHearing = false;
      this.release();
    }
  }

  #hear(chunk: Uint8Array): void {
    this.#patience.heard();
    try {
      for (const answered of this.session.receive(chunk)) this.#answer(answered);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (this.session.fault !== undefined) this.fail(this.session.fault);
  }

  #answer(answered: Answered): void {
    const run = this.#answering[0];
    if (run === undefined) {
      this.#early.push(answered);
      return;
    }
    const { reply, isLast } = answered;
    const { watch } = this.#settings;
    if (watch.isOn)
      watch.tell({ ...this.#place.told, kind: "reply", ...reply, text: shownText(reply) });
    run.replies.push(reply);
    run.heard += 1;
    if (isLast) run.awaiting -= 1;
    if (run.isWritten) {
      if (run.awaiting === 0) this.#complete(run);
      return;
    }
    if (run.flight?.content?.stopsAfter?.(run.replies) === true) run.isStopped = true;
    this.#lookout.wake();
  }

  #complete(run: Run): void {
    // It is the oldest, unless it had nothing to say after all.
    if (this.#answering[0] === run) this.#answering.shift();
    else this.#answering.splice(this.#answering.indexOf(run), 1);
    const { replies } = run;
    if (run.isLeft) {
      if (!run.endMayHaveLeft) this.#giveUpLine(run.reason?.reason);
      return;
    }
    this.#resume(run, { replies, failure: run.reason, endMayHaveLeft: false });
  }

  #moved(backlog: number): void {
    this.#patience.moved(backlog);
    if (backlog === 0) this.#memory.left();
    this.#lookout.wake();
  }

  /** What is written in one turn leaves together. */
  together(work: () => void): void {
    this.hold();
    try {
      work();
    } finally {
      this.release();
    }
  }

  /** The same for who wants no function for it: until the `release` that belongs to it nothing leaves. */
  hold(): void {
    this.#wire.hold();
  }

  release(): void {
    this.#wire.release();
  }
}
