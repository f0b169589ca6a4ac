import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SendReceipt } from "@letterwright/mailer";
import { compareArrival, type Arrival } from "../src/demo/compare.ts";
import { deliverLetter, type Delivery } from "../src/demo/deliver.ts";
import { readLetter } from "../src/demo/letter.ts";
import { isSound, reportLines } from "../src/demo/report.ts";

const letter = readLetter(new URL("../files/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "letterwright-demo-"));
let delivery: Delivery;

beforeAll(async () => {
  delivery = await deliverLetter(letter, folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function holds(change: Partial<Arrival>): Promise<boolean> {
  const { sent, receipt, arrival } = delivery;
  const rows = await compareArrival(letter, sent, receipt.messageId ?? "", {
    ...arrival,
    ...change,
  });
  return isSound(receipt, rows);
}

describe("the demo", () => {
  it("holds when nothing is altered, and says how it went", async () => {
    expect(await holds({})).toBe(true);
    const rows = await compareArrival(
      letter,
      delivery.sent,
      delivery.receipt.messageId ?? "",
      delivery.arrival,
    );
    const report = reportLines(delivery.receipt, delivery.path, rows).join("\n");
    expect(report).toContain("certificate verified for 127.0.0.1");
    expect(report).toContain(delivery.path);
    expect(report).toMatch(/zoe@example\.org: 250/);
  });

  it("fails when a recipient is lost, added or changed", async () => {
    const { recipients } = delivery.arrival;
    expect(await holds({ recipients: recipients.slice(1) })).toBe(false);
    expect(await holds({ recipients: [...recipients, "eve@example.net"] })).toBe(false);
    for (let index = 0; index < recipients.length; index++) {
      expect(await holds({ recipients: recipients.with(index, "eve@example.net") })).toBe(false);
    }
  });

  it("fails when any one byte of the stored message is altered", async () => {
    const { bytes } = delivery.arrival;
    // Every field line and a spread of the body: each with a single bit turned over.
    const headerEnd = Buffer.from(bytes).indexOf("\r\n\r\n");
    for (let at = 0; at < bytes.length; at += at < headerEnd ? 7 : 41) {
      const altered = bytes.slice();
      altered[at] = (altered[at] as number) ^ 1;
      expect(await holds({ bytes: altered }), `byte ${at}`).toBe(false);
    }
  });

  it("fails by what the reader finds, not by the digest alone", async () => {
    const text = Buffer.from(delivery.arrival.bytes).toString("latin1");
    const altered = Buffer.from(text.replace("X-Note:", "X-Nota:"), "latin1");
    const rows = await compareArrival(letter, delivery.sent, delivery.receipt.messageId ?? "", {
      ...delivery.arrival,
      bytes: altered,
    });
    expect(rows.filter(({ isSame }) => !isSame).map(({ what }) => what)).toContain("X-Note");
  });

  it("fails when a recipient was refused or the certificate was not verified", async () => {
    const { receipt, sent, arrival } = delivery;
    const rows = await compareArrival(letter, sent, receipt.messageId ?? "", arrival);
    const [accepted] = receipt.accepted;
    if (accepted === undefined) throw new Error("nobody was accepted");
    expect(isSound({ ...receipt, refused: [{ ...accepted, retry: "no" }] }, rows)).toBe(false);
    expect(isSound({ ...receipt, protection: { kind: "none" } }, rows)).toBe(false);
    const unverified: SendReceipt["protection"] = {
      kind: "tls",
      protocol: "TLSv1.3",
      cipher: "TLS_AES_256_GCM_SHA384",
      trustSource: "nobody",
    };
    expect(isSound({ ...receipt, protection: unverified }, rows)).toBe(false);
  });
});
