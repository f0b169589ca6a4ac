/** What a mailer adds to a receipt, and what it keeps of it. */
import type { SendReceipt } from "@letterwright/transport";
import { describe, expect, it } from "vitest";
import { mailReceipt, noChanges } from "./mail-receipt.ts";

const usual = {
  accepted: [],
  refused: [],
  unknown: [],
  acceptedBy: "mx.example.org",
  reply: { code: 250, text: "2.0.0 Ok" },
  protection: "none",
  byteLength: 3,
  durationMs: 1,
  timings: {},
} as unknown as SendReceipt;

describe("the receipt of a mailer", () => {
  const { timings: _, ...short } = usual;
  it.each([
    ["a usual one", usual],
    ["one with identifiers", { ...usual, messageId: "<1@example.org>", queueId: "4Xy" }],
    ["one that says more", { ...usual, region: "eu" }],
    ["one that says something else instead", { ...short, region: "eu" }],
  ])("keeps all that %s says", (_title, receipt) => {
    const made = mailReceipt(receipt as SendReceipt, noChanges);
    expect(made).toEqual({ ...receipt, changes: [] });
    expect(Object.isFrozen(made)).toBe(true);
  });
});
