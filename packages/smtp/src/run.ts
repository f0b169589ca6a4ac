/** A dialog under way on a connection. */
import type { ServerReply } from "@letterwright/message";
import type { Answer, Dialog, Flight, Step } from "@letterwright/smtp-protocol";
import type { Content } from "./content.ts";
import type { SmtpStage } from "./failure.ts";

/** How a dialog is run. */
export interface RunOptions {
  /** What it is about, for errors. */
  readonly stage: SmtpStage;
  readonly content?: Content | undefined;
  /** Ends it; when some of it is on its way, that ends the connection too. */
  readonly signal?: AbortSignal | undefined;
}

/** What becomes of a dialog, told in the turn in which it is known. */
export interface Settling<Result> {
  resolve(result: Result): void;
  reject(reason: unknown): void;
  /** The end of the content is written: what comes next may leave with it (RFC 2920 §3.1). */
  ended?(): void;
}

/** Of who has no flight: nothing is ever put into it. */
const noReplies = Object.freeze([]) as unknown as ServerReply[];

/**
 * A dialog under way. A class, and no literal that is put together: one is made for each message, and all of them have
 * to be of one shape for the engine.
 */
export class Run {
  readonly dialog: Dialog<unknown>;
  readonly stage: SmtpStage;
  readonly content: Content | undefined;
  readonly settling: Settling<unknown>;
  /** Takes back what the caller's signal is listened to with. */
  stopListening: (() => void) | undefined = undefined;
  /** Whether it has been told what became of it. */
  isSettled: boolean = false;
  /** Replies to any of its flights. */
  heard: number = 0;
  flight: Flight | undefined = undefined;
  /** To the flight. */
  replies: ServerReply[] = noReplies;
  /** Octets of content that were written. */
  sent: number = 0;
  /** Commands whose replies are still to come. */
  awaiting: number = 0;
  isWritten: boolean = false;
  /** Whether the end of the content may be on the wire. */
  endMayHaveLeft: boolean = false;
  /** Whether its dialog wants no more content on the wire. */
  isStopped: boolean = false;
  /** Whether nobody waits for it any more, and its replies are only read because others follow. */
  isLeft: boolean = false;
  /** Its own reason to end, where that differs from the connection's. */
  reason: { readonly reason: unknown } | undefined = undefined;

  constructor(
    dialog: Dialog<unknown>,
    stage: SmtpStage,
    content: Content | undefined,
    settling: Settling<unknown>,
  ) {
    this.dialog = dialog;
    this.stage = stage;
    this.content = content;
    this.settling = settling;
  }
}

/** The next step begins with nothing known of it. */
export function beginStep(run: Run, step: Step): void {
  run.flight = step.kind === "flight" ? step : undefined;
  run.replies = [];
  run.awaiting = 0;
  run.isWritten = false;
  run.endMayHaveLeft = false;
  run.isStopped = false;
}

/** How far the run has come. */
export function stageOf(run: Run): SmtpStage {
  if (run.stage !== "envelope") return run.stage;
  if (run.endMayHaveLeft) return "end";
  return run.flight?.content === undefined || run.flight.commands.length > 0
    ? "envelope"
    : "content";
}

/** What the dialog hears when its step has failed. */
export function failedAnswer(run: Run, reason: unknown): Answer {
  return { replies: run.replies, failure: { reason }, endMayHaveLeft: run.endMayHaveLeft };
}
