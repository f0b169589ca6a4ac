/** Numbers for who keeps watch: on the channel `letterwright:smtp:metric` of `node:diagnostics_channel`. */
import { channel } from "node:diagnostics_channel";
import type { PoolState } from "./pool/pool-state.ts";

/** One number that changed, free of addresses and secrets. */
export type SmtpMetric =
  /** What a transport's pool holds now: connections and its queue. */
  | {
      readonly kind: "pool";
      /** Which transport of this process, by its number: two to the same hosts are two. */
      readonly transport: number;
      /** As people write them: `"smtp.example.com:465"`. */
      readonly hosts: readonly string[];
      readonly state: PoolState;
    }
  /** What became of a message that was begun on a connection, or that no connection could be made for. */
  | {
      readonly kind: "message";
      /** `"smtp.example.com:465"`; absent where no connection was made. */
      readonly host: string | undefined;
      readonly outcome: "accepted" | "refused" | "unknown" | "failed";
      /** The `code` of the error, where there is one. */
      readonly code: string | undefined;
      /** How it went over the line; absent where nothing of it did. */
      readonly flight: SmtpFlight | undefined;
      /** Octets of content that left. */
      readonly byteLength: number;
      /** From the call to the answer, waiting included. */
      readonly durationMs: number;
    };

/** `"turns"`: one command at a time. `"chained"`: behind another that was not answered yet. */
export type SmtpFlight = "turns" | "grouped" | "chained" | "eager" | "window";

const metrics = channel("letterwright:smtp:metric");

/** Whether somebody listens: a number is not even made otherwise. */
export function isMeasured(): boolean {
  return metrics.hasSubscribers;
}

export function measure(metric: SmtpMetric): void {
  metrics.publish(metric);
}

/** The outcome that an error stands for. */
export function outcomeOf(error: unknown): {
  readonly outcome: "refused" | "unknown" | "failed";
  readonly code: string | undefined;
} {
  const code =
    typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
      ? error.code
      : undefined;
  if (code === "SMTP_OUTCOME_UNKNOWN") return { outcome: "unknown", code };
  const isRefused =
    code === "DELIVERY_REFUSED" ||
    code === "DELIVERY_PARTIAL" ||
    code === "SMTP_SENDER_REFUSED" ||
    code === "SMTP_DATA_REFUSED";
  return { outcome: isRefused ? "refused" : "failed", code };
}
