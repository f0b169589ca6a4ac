/**
 * What a transport does, as OpenTelemetry counts it.
 *
 * `meter` is what `metrics.getMeter("letterwright")` of `@opentelemetry/api` gives; the part that is needed of it stands
 * here, so that this runs without it. Nothing is measured before this is called, and nothing after `stop`.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { SmtpMetric } from "@letterwright/smtp";

type Attributes = Readonly<Record<string, string>>;

/** What is used of OpenTelemetry's `Meter`. */
export interface Meter {
  createCounter(
    name: string,
    options?: InstrumentOptions,
  ): {
    add(value: number, attributes?: Attributes): void;
  };
  createUpDownCounter(
    name: string,
    options?: InstrumentOptions,
  ): {
    add(value: number, attributes?: Attributes): void;
  };
  createHistogram(
    name: string,
    options?: InstrumentOptions,
  ): {
    record(value: number, attributes?: Attributes): void;
  };
}

interface InstrumentOptions {
  readonly unit?: string;
  readonly description?: string;
}

/** Feeds the meter with every SMTP transport of the process; gives what ends it. */
export function measureSmtp(meter: Meter): () => void {
  const messages = meter.createCounter("smtp.client.messages", { unit: "{message}" });
  const bytes = meter.createCounter("smtp.client.io", { unit: "By" });
  const duration = meter.createHistogram("smtp.client.duration", { unit: "s" });
  const connections = meter.createUpDownCounter("smtp.client.connections", {
    unit: "{connection}",
  });
  const waiting = meter.createUpDownCounter("smtp.client.queue", { unit: "{message}" });
  /** What was last told, by the hosts of a transport: an up-down counter takes differences. */
  const last = new Map<string, { readonly connections: number; readonly waiting: number }>();

  const listen = (message: unknown): void => {
    const metric = message as SmtpMetric;
    if (metric.kind === "message") {
      const attributes: Attributes = {
        outcome: metric.outcome,
        ...(metric.host === undefined ? {} : { "server.address": metric.host }),
        ...(metric.flight === undefined ? {} : { flight: metric.flight }),
        ...(metric.code === undefined ? {} : { "error.type": metric.code }),
      };
      messages.add(1, attributes);
      bytes.add(metric.byteLength, attributes);
      duration.record(metric.durationMs / 1000, attributes);
      return;
    }
    const pool = metric.hosts.join(",");
    const before = last.get(pool) ?? { connections: 0, waiting: 0 };
    const now = { connections: metric.state.connections, waiting: metric.state.waiting };
    connections.add(now.connections - before.connections, { pool });
    waiting.add(now.waiting - before.waiting, { pool });
    last.set(pool, now);
  };
  subscribe("letterwright:smtp:metric", listen);
  return () => void unsubscribe("letterwright:smtp:metric", listen);
}
