/** Every transport of this package keeps what `Transport` promises. */
import { envelope } from "@letterwright/message";
import { memoryTransport, type Transport } from "@letterwright/transport";
import {
  allComplianceCases,
  ComplianceError,
  complianceCases,
  type ComplianceHarness,
} from "@letterwright/transport/compliance";
import { describe, expect, it } from "vitest";
import * as harnesses from "./harnesses.ts";

const toNobody = envelope({ reversePath: null, recipients: ["nobody@example.org"] });
const { memory, bareMemory, file, sendmail } = harnesses;
describe.each([
  ["memory", memory],
  ["memory, with nothing offered", bareMemory],
  ["file", file],
  ["sendmail", sendmail],
])("%s", (_name, harness) => {
  it.each(complianceCases(harness.capabilities).map((one) => [one.name, one] as const))(
    "%s",
    (_title, one) => one.run(harness),
  );
});

it("has a name of its own for each case", () => {
  const names = allComplianceCases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(35);
});

describe("the suite notices", () => {
  const sound = memoryTransport();
  const harness = (transport: Transport, arrived = sound.sent): ComplianceHarness => ({
    capabilities: ["exact-bytes"],
    open: async () => ({
      transport,
      arrived: async () => arrived,
      [Symbol.asyncDispose]: async () => undefined,
    }),
  });
  const failing = async (transport: () => Transport): Promise<readonly string[]> => {
    const names: string[] = [];
    for (const one of complianceCases(["exact-bytes"])) {
      await one.run(harness(transport(), [])).catch((error: unknown) => {
        if (error instanceof ComplianceError) names.push(one.name);
      });
    }
    return names;
  };
  /** Takes everything and keeps nothing. */
  const credulous = (): Transport => ({
    send: async () => ({
      accepted: [],
      refused: [],
      unknown: [],
      timings: {},
      acceptedBy: "",
      reply: { code: 250, text: "" },
      protection: { kind: "none" },
      byteLength: 0,
      durationMs: 0,
    }),
    close: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  });
  it("a transport that says yes to everything", async () => {
    const names = await failing(credulous);
    // All but the two that ask only what a receipt must not say, and how closing ends.
    expect(names.length).toBeGreaterThan(complianceCases(["exact-bytes"]).length - 4);
  });
  it("a message that arrives though its source failed", async () => {
    const found = harness(memoryTransport(), [{ bytes: new Uint8Array(1), envelope: toNobody }]);
    const one = complianceCases([]).find(({ name }) => name.includes("fails in the middle"));
    await expect(one?.run(found)).rejects.toMatchObject({ code: "TRANSPORT_NOT_COMPLIANT" });
  });
});
