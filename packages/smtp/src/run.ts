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
  /** Called as soon as the end of the content is written: what comes next may leave with it (RFC 2920 §3.1). */
  readonly ended?: (() => void) | undefined;
}

/** What becomes of a dialog, told in the turn in which it is known. */
export interface Settling<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/** A dialog under way. */
export interface Run {
  readonly stage: SmtpStage;
  readonly content: Content | undefined;
  readonly dialog: Dialog<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly stopListening: () => void;
  readonly ended: (() => void) | undefined;
  /** Whether it has been told what became of it. */
  isSettled: boolean;
  /** Replies to any of its flights. */
  heard: number;
  flight: Flight | undefined;
  replies: ServerReply[];
  /** Octets of content that were written. */
  sent: number;
  /** Commands whose replies are still to come. */
  awaiting: number;
  isWritten: boolean;
  /** Whether the end of the content may be on the wire. */
  endMayHaveLeft: boolean;
  /** Whether its dialog wants no more content on the wire. */
  isStopped: boolean;
  /** Whether nobody waits for it any more, and its replies are only read because others follow. */
  isLeft: boolean;
  /** Its own reason to end, where that differs from the connection's. */
  reason: { readonly reason: unknown } | undefined;
}

export function createRun(
  dialog: Dialog<unknown>,
  { stage, content, ended }: RunOptions,
  settled: Pick<Run, "resolve" | "reject" | "stopListening">,
): Run {
  return {
    ...settled,
    dialog,
    stage,
    content,
    ended,
    isSettled: false,
    heard: 0,
    flight: undefined,
    replies: [],
    sent: 0,
    awaiting: 0,
    isWritten: false,
    endMayHaveLeft: false,
    isStopped: false,
    isLeft: false,
    reason: undefined,
  };
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
