import { createMailer, memoryTransport, type MailResult } from "@letterwright/mailer";
import { bytesOf } from "@letterwright/message";
import { describe, expect, it } from "vitest";

const raw = {
  fields: [
    { name: "From", bytes: new TextEncoder().encode("From: ana@example.com\n") },
    { name: "To", bytes: new TextEncoder().encode("To: bob@example.org\r\n") },
  ],
  separator: new Uint8Array([13, 10]),
  body: bytesOf("one\ntwo\r\n"),
  requires: new Set<never>(),
};

describe("Mailer.sendAll", () => {
  it("sends what send takes, with options of its own for each, in order", async () => {
    const transport = memoryTransport();
    const mailer = createMailer({ transport, from: "ana@example.com" });
    const results: MailResult[] = [];
    const mails = [
      { to: "bob@example.org", text: "first" },
      raw,
      { mail: { to: "not an address", text: "third" } },
      { to: "eve@example.org", text: "fourth" },
    ];
    for await (const result of mailer.sendAll(mails, { ordered: true })) results.push(result);
    expect(results.map((one) => ("error" in one ? "error" : one.receipt.changes.length))).toEqual([
      0,
      2,
      "error",
      0,
    ]);
    expect(results[2]).toMatchObject({ index: 2, item: mails[2], attempts: 0 });
    expect(results[2]).toMatchObject({ error: { code: "ADDRESS_SYNTAX" } });
    expect(transport.sent).toHaveLength(3);
  });

  it("gives over any transport what it gives over SMTP: as many at once as asked for", async () => {
    const inner = memoryTransport();
    let underWay = 0;
    let most = 0;
    const transport = {
      ...inner,
      async send(...given: Parameters<typeof inner.send>) {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 1));
        try {
          return await inner.send(...given);
        } finally {
          underWay -= 1;
        }
      },
    };
    const mailer = createMailer({ transport, from: "ana@example.com" });
    async function* mails() {
      for (let at = 0; at < 20; at++) yield { to: `user${at}@example.org`, text: "Hi" };
    }
    let accepted = 0;
    for await (const result of mailer.sendAll(mails(), { concurrency: 4 })) {
      if ("receipt" in result) accepted += 1;
    }
    expect(accepted).toBe(20);
    expect(most).toBe(4);
    expect(() => mailer.sendAll([], { window: 4 })).toThrow(
      expect.objectContaining({ code: "BULK_OPTION_INVALID" }),
    );
  });
});
