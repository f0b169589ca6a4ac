import { createMailer } from "@letterwright/mailer";
import { catchMail } from "@letterwright/receiver";
import { describe, expect, it } from "vitest";
import { measureSmtp, type Meter } from "../src/metrics.ts";

describe("measureSmtp", () => {
  it("counts messages by outcome, octets, seconds, and connections that come and go", async () => {
    const sums = new Map<string, number>();
    const instrument =
      (name: string) =>
      (value: number, attributes: object = {}) => {
        const key = "outcome" in attributes ? `${name} ${String(attributes.outcome)}` : name;
        sums.set(key, (sums.get(key) ?? 0) + value);
      };
    const meter: Meter = {
      createCounter: (name) => ({ add: instrument(name) }),
      createUpDownCounter: (name) => ({ add: instrument(name) }),
      createHistogram: (name) => ({ record: instrument(name) }),
    };
    const stop = measureSmtp(meter);
    const inbox = await catchMail({ tls: "none" });
    const { hostname, port } = new URL(inbox.url);
    const transport = { host: hostname, port: Number(port), tls: "none" } as const;
    const mailer = createMailer({ transport, from: "ana@example.com" });
    try {
      const mails = ["bob", "eve", "joe"].map((name) => ({
        to: `${name}@example.org`,
        text: "Hi",
      }));
      for await (const result of mailer.sendAll(mails)) expect("receipt" in result).toBe(true);
      expect(sums.get("smtp.client.messages accepted")).toBe(3);
      expect(sums.get("smtp.client.io accepted")).toBeGreaterThan(300);
      expect(sums.get("smtp.client.duration accepted")).toBeGreaterThan(0);
      expect(sums.get("smtp.client.connections")).toBeGreaterThan(0);
      expect(sums.get("smtp.client.queue")).toBe(0);
      await mailer.close();
      expect(sums.get("smtp.client.connections")).toBe(0);
    } finally {
      stop();
      await mailer.close();
      await inbox.close();
    }
    const before = sums.get("smtp.client.messages accepted");
    await expect(mailer.send({ to: "bob@example.org", text: "Hi" })).rejects.toThrow("closed");
    expect(sums.get("smtp.client.messages accepted")).toBe(before);
  });
});
