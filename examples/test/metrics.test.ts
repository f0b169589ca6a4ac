import { createMailer } from "@letterwright/mailer";
import { catchMail } from "@letterwright/receiver";
import { MeterProvider, MetricReader, type Histogram } from "@opentelemetry/sdk-metrics";
import { describe, expect, it } from "vitest";
import { measureSmtp } from "../src/metrics.ts";

/** OpenTelemetry's own SDK, read when it is asked for. */
class ManualReader extends MetricReader {
  protected onForceFlush(): Promise<void> {
    return Promise.resolve();
  }
  protected onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

type Sums = Readonly<Record<string, number>>;

/** Of each instrument, over all attributes; of a histogram the sum of what was recorded. */
async function sumsOf(reader: ManualReader): Promise<Sums> {
  const { resourceMetrics, errors } = await reader.collect();
  expect(errors).toEqual([]);
  const sums: Record<string, number> = {};
  for (const { metrics } of resourceMetrics.scopeMetrics) {
    for (const { descriptor, dataPoints } of metrics) {
      const values = dataPoints.map(({ value }) =>
        typeof value === "number" ? value : ((value as Histogram).sum ?? 0),
      );
      sums[descriptor.name] = values.reduce((sum, value) => sum + value, 0);
    }
  }
  return sums;
}

describe("measureSmtp", () => {
  it("feeds OpenTelemetry with messages, octets, seconds, and connections of every transport", async () => {
    const reader = new ManualReader();
    const provider = new MeterProvider({ readers: [reader] });
    const stop = measureSmtp(provider.getMeter("letterwright"));
    const inbox = await catchMail({ tls: "none" });
    const { hostname, port } = new URL(inbox.url);
    const transport = {
      host: hostname,
      port: Number(port),
      tls: "none",
      maxConnections: 1,
    } as const;
    // Two transports to one server: what one tells is not taken for the other's.
    const mailers = [1, 2].map(() => createMailer({ transport, from: "ana@example.com" }));
    try {
      for (const mailer of mailers) {
        const mails = ["bob", "eve", "joe"].map((name) => ({
          to: `${name}@example.org`,
          text: "Hi",
        }));
        for await (const result of mailer.sendAll(mails)) expect("receipt" in result).toBe(true);
      }
      const sums = await sumsOf(reader);
      expect(sums).toMatchObject({
        "smtp.client.messages": 6,
        "smtp.client.connections": 2,
        "smtp.client.queue": 0,
      });
      expect(sums["smtp.client.io"]).toBeGreaterThan(600);
      expect(sums["smtp.client.duration"]).toBeGreaterThan(0);
      for (const mailer of mailers) await mailer.close();
      expect(await sumsOf(reader)).toMatchObject({ "smtp.client.connections": 0 });
    } finally {
      stop();
      for (const mailer of mailers) await mailer.close();
      await inbox.close();
    }
    const [mailer] = mailers;
    await expect(mailer?.send({ to: "bob@example.org", text: "Hi" })).rejects.toThrow("closed");
    expect(await sumsOf(reader)).toMatchObject({ "smtp.client.messages": 6 });
    await provider.shutdown();
  });
});
