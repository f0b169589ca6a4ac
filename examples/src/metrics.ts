/** What transports do, as OpenTelemetry counts it. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { SmtpMetric } from "@letterwright/smtp";
import type { Attributes, Meter } from "@opentelemetry/api";

/**
 * Feeds the meter, which `metrics.getMeter("letterwright")` gives, with every SMTP transport of the process; gives what
 * ends it. Nothing is measured before this is called, and nothing after that.
 */
export function measureSmtp(meter: Meter): () => void {
  const messages = meter.createCounter("smtp.client.messages", { unit: "{message}" });
  const bytes = meter.createCounter("smtp.client.io", { unit: "By" });
  const duration = meter.createHistogram("smtp.client.duration", { unit: "s" });
  const connections = meter.createUpDownCounter("smtp.client.connections", {
    unit: "{connection}",
  });
  const waiting = meter.createUpDownCounter("smtp.client.queue", { unit: "{message}" });
  /** What each transport told last: an up-down counter takes differences. */
  const last = new Map<number, { readonly connections: number; readonly waiting: number }>();

  const listen = (message: unknown): void => {
    const metric = message as SmtpMetric;
    if (metric.kind === "message") {
      const attributes: Attributes = {
        outcome: metric.outcome,
        ...(metric.host === undefined ? {} : { server: metric.host }),
        ...(metric.flight === undefined ? {} : { flight: metric.flight }),
        ...(metric.code === undefined ? {} : { "error.type": metric.code }),
      };
      messages.add(1, attributes);
      bytes.add(metric.byteLength, attributes);
      duration.record(metric.durationMs / 1000, attributes);
      return;
    }
    const servers = metric.hosts.join(",");
    const before = last.get(metric.transport) ?? { connections: 0, waiting: 0 };
    const now = { connections: metric.state.connections, waiting: metric.state.waiting };
    connections.add(now.connections - before.connections, { servers });
    waiting.add(now.waiting - before.waiting, { servers });
    if (now.connections === 0 && now.waiting === 0) last.delete(metric.transport);
    else last.set(metric.transport, now);
  };
  subscribe("letterwright:smtp:metric", listen);
  return () => void unsubscribe("letterwright:smtp:metric", listen);
}
